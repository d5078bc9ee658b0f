"""A template has the dictionary's headings, notes and lists, and what is filled in is read as it was meant."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline.settings import load_settings
from pipeline.start.template import extract_template
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME
from pipeline.validate.reading.read import read_extracts

NAMES = [extract.name for extract in EXTRACTS]


@pytest.fixture(scope="module")
def council():
    return load_settings(Path(__file__).resolve().parents[2], "latest").council


def opened(name, council):
    return openpyxl.load_workbook(io.BytesIO(extract_template(EXTRACTS_BY_NAME[name], council)))


@pytest.mark.parametrize("name", NAMES)
def test_the_headings_are_the_dictionary_s_without_what_is_personal(name, council):
    book = opened(name, council)
    columns = [column for column in EXTRACTS_BY_NAME[name].columns if not column.personal]
    assert book.sheetnames == [name, "notes", "codes"]
    assert [cell.value for cell in book[name][1]] == [column.name for column in columns]
    assert book[name].max_row == 1
    notes = [[cell.value for cell in row] for row in book["notes"].iter_rows(min_row=2)]
    assert [row[:3] for row in notes] == [
        [column.name, column.description, column.type] for column in columns
    ]


@pytest.mark.parametrize("name", NAMES)
def test_each_coded_column_offers_its_codes_and_each_column_says_what_it_holds(name, council):
    book = opened(name, council)
    offered = {}
    for listed in book[name].data_validations.dataValidation:
        column = EXTRACTS_BY_NAME[name].column(listed.promptTitle)
        place = [cell.value for cell in book[name][1]].index(column.name)
        assert str(listed.sqref) == "{0}2:{0}1048576".format(
            openpyxl.utils.get_column_letter(place + 1)
        )
        assert listed.prompt == column.description[:255]
        if listed.type == "list":
            offered[column.name] = [
                cell.value for (cell,) in book["codes"][listed.formula1.removeprefix("codes!")]
            ]
            assert listed.showErrorMessage is (column.type != "codes")
    coded = {
        one.name: list(one.allowed_values(council))
        for one in EXTRACTS_BY_NAME[name].columns
        if one.allowed_values(council) and not one.personal
    }
    assert offered == coded


def test_the_same_dictionary_makes_the_same_bytes(council, monkeypatch):
    import openpyxl.writer.excel as writer

    first = extract_template(EXTRACTS_BY_NAME["complaints"], council)

    class Later(writer.datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr(writer.datetime, "datetime", Later)
    assert extract_template(EXTRACTS_BY_NAME["complaints"], council) == first


def test_what_is_filled_in_is_read_as_it_was_meant(workspace):
    year, settings = workspace / "data" / "raw" / "2021-22", load_settings(workspace, "2021-22")
    book = opened("complaints", settings.council)
    filled = {
        "reference": "00123", "received": date(2021, 5, 4), "service_area": "Early Help", "complainant_type": "parent",
        "route": "direct", "theme": "delay; placement", "accepted": "yes", "status": "closed", "outcome": "upheld",
        "closed": date(2021, 6, 1), "age_band": "25 to 44",
    }  # fmt: skip
    book["complaints"].append([filled.get(cell.value) for cell in book["complaints"][1]])
    (year / "complaints.csv").unlink()
    book.save(year / "complaints.xlsx")
    reading = read_extracts(settings)
    assert [
        one
        for one in reading.findings
        if one.file.endswith("complaints.xlsx") and one.severity != "info"
    ] == []
    table = reading.tables["complaints"]
    (row,) = table[table["year"] == "2021-22"].to_dict("records")
    read = {
        name: value.date() if name in ("received", "closed") else value
        for name, value in row.items()
        if name in filled
    }
    assert read == filled
    assert row["row"] == 2


@pytest.mark.parametrize("name", NAMES)
def test_a_template_left_empty_is_an_extract_without_rows(name, workspace):
    year = workspace / "data" / "raw" / "2021-22"
    (year / f"{name}.csv").unlink()
    settings = load_settings(workspace, "2021-22")
    (year / f"{name}.xlsx").write_bytes(extract_template(EXTRACTS_BY_NAME[name], settings.council))
    reading = read_extracts(settings)
    assert [one for one in reading.findings if one.severity == "critical"] == []
    assert (reading.tables[name]["year"] == "2021-22").sum() == 0
