"""A blank spreadsheet for an extract: its headings and lists, and how it is read back."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from builders import REPOSITORY

from pipeline.settings import load_settings
from pipeline.start.template import LAST_SHEET_ROW, MAX_PROMPT_CHARACTERS, extract_template
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME
from pipeline.validate.reading.read import read_extracts

NAMES = [extract.name for extract in EXTRACTS]
# fmt: off
COMPLAINT = {
    "reference": "00123", "received": date(2021, 5, 4), "service_area": "Early Help",
    "complainant_type": "parent", "route": "direct", "theme": "delay; placement",
    "accepted": "yes", "status": "closed", "outcome": "upheld", "closed": date(2021, 6, 1),
    "age_band": "25 to 44",
}
# fmt: on


@pytest.fixture(scope="module")
def council():
    return load_settings(REPOSITORY, "latest").council


def open_template(name, council):
    return openpyxl.load_workbook(io.BytesIO(extract_template(EXTRACTS_BY_NAME[name], council)))


@pytest.mark.parametrize("name", NAMES)
def test_headings_are_the_dictionarys_columns_except_personal(name, council):
    book = open_template(name, council)
    columns = [
        column for column in EXTRACTS_BY_NAME[name].columns_of(council) if not column.personal
    ]
    assert book.sheetnames == [name, "notes", "codes"]
    assert [cell.value for cell in book[name][1]] == [column.name for column in columns]
    assert book[name].max_row == 1
    notes = [[cell.value for cell in row] for row in book["notes"].iter_rows(min_row=2)]
    expected_notes = [[column.name, column.description, column.type] for column in columns]
    assert [row[:3] for row in notes] == expected_notes


@pytest.mark.parametrize("name", NAMES)
def test_coded_columns_offer_codes_and_all_have_a_prompt(name, council):
    book = open_template(name, council)
    headings = [cell.value for cell in book[name][1]]
    listed_codes = {}
    for validation in book[name].data_validations.dataValidation:
        column = EXTRACTS_BY_NAME[name].column(validation.promptTitle)
        letter = openpyxl.utils.get_column_letter(headings.index(column.name) + 1)
        assert str(validation.sqref) == f"{letter}2:{letter}{LAST_SHEET_ROW}"
        assert validation.prompt == column.description[:MAX_PROMPT_CHARACTERS]
        if validation.type == "list":
            cells = book["codes"][validation.formula1.removeprefix("codes!")]
            listed_codes[column.name] = [cell.value for (cell,) in cells]
            assert validation.showErrorMessage is (column.type != "codes")
    coded_columns = [
        column
        for column in EXTRACTS_BY_NAME[name].columns_of(council)
        if column.allowed_values(council)
    ]
    assert listed_codes == {
        column.name: list(column.allowed_values(council))
        for column in coded_columns
        if not column.personal
    }


def test_same_dictionary_gives_the_same_bytes_at_any_time(council, monkeypatch):
    import openpyxl.writer.excel as writer

    first = extract_template(EXTRACTS_BY_NAME["complaints"], council)

    class LaterDatetime(writer.datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)

    monkeypatch.setattr(writer.datetime, "datetime", LaterDatetime)
    assert extract_template(EXTRACTS_BY_NAME["complaints"], council) == first


def test_filled_template_is_read_with_the_values_entered(workspace):
    year_folder = workspace / "data" / "raw" / "2021-22"
    settings = load_settings(workspace, "2021-22")
    book = open_template("complaints", settings.council)
    book["complaints"].append([COMPLAINT.get(cell.value) for cell in book["complaints"][1]])
    (year_folder / "complaints.csv").unlink()
    book.save(year_folder / "complaints.xlsx")
    reading = read_extracts(settings)
    findings = [finding for finding in reading.findings if finding.file.endswith("complaints.xlsx")]
    assert [finding for finding in findings if finding.severity != "info"] == []
    table = reading.tables["complaints"]
    (row,) = table[table["year"] == "2021-22"].to_dict("records")
    dates = {name: row[name].date() for name in ("received", "closed")}
    assert {name: row[name] for name in COMPLAINT} | dates == COMPLAINT
    assert row["row"] == 2


@pytest.mark.parametrize("name", NAMES)
def test_empty_template_is_an_extract_without_rows(name, workspace):
    year_folder = workspace / "data" / "raw" / "2021-22"
    (year_folder / f"{name}.csv").unlink(missing_ok=True)
    settings = load_settings(workspace, "2021-22")
    template = extract_template(EXTRACTS_BY_NAME[name], settings.council)
    (year_folder / f"{name}.xlsx").write_bytes(template)
    reading = read_extracts(settings)
    assert [finding for finding in reading.findings if finding.severity == "critical"] == []
    assert (reading.tables[name]["year"] == "2021-22").sum() == 0
