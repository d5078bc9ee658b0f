"""Files as people download, open and save them are read, or refused with what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import reference_files as files
from builders import make_settings

from pipeline.problem import Problem
from pipeline.reference.layouts import LAYOUTS
from pipeline.reference.store import Reference
from pipeline.reference.take import take_files
from pipeline.validate.reading.columns.mapping_checks import check_mapping
from pipeline.year import Year

TODAY = date(2026, 11, 29)
DOCS = Path(__file__).parents[2] / "docs" / "reference.md"
ONS = "code,name,Aged 0 to 17\nE08000033,Calderdale,45000\nE08000035,Leeds,176000\n"
ONS_COLUMNS = {"population": {"new_la_code": ["code"], "population_estimate": ["Aged 0 to 17"]}}


@pytest.fixture
def values(tmp_path):
    """values(path, …, measure="children_in_need", **council): what was read, by code."""

    def read(*paths, measure="children_in_need", earlier=(), **council):
        settings = make_settings(tmp_path, **({"la_code": files.CALDERDALE} | council))
        reading = take_files(paths, settings, Reference([*earlier], []), TODAY)
        return {row.code: row.value for row in reading.reference.rows if row.measure == measure}

    return read


def rewritten(path: Path, change: Callable[[str], str], encoding: str = "utf-8") -> Path:
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode(encoding))
    return path


def with_cell(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(f",{old}\n", f",{new}\n")


FORMS = {
    "byte order mark": (lambda text: text, "utf-8-sig"),
    "line ends of Windows": (lambda text: text.replace("\n", "\r\n"), "utf-8"),
    "Windows-1252": (lambda text: text.replace("Devon", "D\u00e9von"), "cp1252"),
    "UTF-16": (lambda text: text, "utf-16"),
    "semicolons": (lambda text: text.replace(",", ";"), "utf-8"),
    "tabs": (lambda text: text.replace(",", "\t"), "utf-8"),
    "title rows": (lambda text: f"Children in need,,\n,,\nSource: DfE,,\n{text}", "utf-8"),
    "blank rows at the end": (lambda text: f"{text}\n,,,\n\n", "utf-8"),
    "headings in capitals": (lambda text: text.replace("time_period", "TIME PERIOD"), "utf-8"),
    "thousands": (with_cell("1600", '"1,600"'), "utf-8"),
    "spaces": (with_cell("1600", " 1 600 "), "utf-8"),
    "the same row twice": (lambda text: text + text.splitlines()[2] + "\n", "utf-8"),
    "2021/22": (lambda text: text.replace("2022,Reporting", "2021/22,Reporting"), "utf-8"),
    "2021-22": (lambda text: text.replace("2022,Reporting", "2021-22,Reporting"), "utf-8"),
    "2021 to 2022": (
        lambda text: text.replace("2022,Reporting", "2021 to 2022,Reporting"),
        "utf-8",
    ),
    "202122": (lambda text: text.replace("2022,Reporting", "202122,Reporting"), "utf-8"),
    "code of a later boundary": (lambda text: text.replace("E08000033", "E08000099"), "utf-8"),
    "no code": (lambda text: text.replace("381,E08000033", ",Calderdale"), "utf-8"),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_same_file_are_read_alike(values, tmp_path, form):
    change, encoding = FORMS[form]
    path = rewritten(files.children_in_need(tmp_path), change, encoding)
    values_by_code = values(path, files.neighbours(tmp_path))
    assert values_by_code == files.IN_NEED | {"E92000001": "400000"}


REFUSED = {
    "nothing": (b"", "this file is empty"),
    "white space": (b"\n \n", "this file is empty"),
    "a workbook": (b"PK\x03\x04rest", "another kind of file"),
    "an old workbook": (bytes.fromhex("d0cf11e0a1b11ae1"), "another kind of file"),
    "a web page": (b"\n<!DOCTYPE html><html></html>", "this is a web page"),
    "an open quotation mark": (b'a,"b\n', "this is no CSV file"),
    "binary": (bytes(range(256)), "this"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_file_that_is_none_says_what_it_is(values, tmp_path, name):
    content, message = REFUSED[name]
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Problem, match=message) as caught:
        values(path)
    assert caught.value.remedy


def test_workbook_and_missing_file_are_refused_with_what_to_do(values, tmp_path):
    path = tmp_path / "file.xlsx"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(Problem, match="another kind of file") as caught:
        values(path)
    assert "save the sheet" in caught.value.remedy
    with pytest.raises(Problem, match="there is no such file"):
        values(tmp_path / "missing.csv")


@pytest.mark.parametrize("cell", ["12%", "many", "", "*", "1.600", '"1.600,5"', "-3"])
def test_cell_that_is_no_count_is_refused_with_its_row(values, tmp_path, cell):
    path = rewritten(files.children_in_need(tmp_path), with_cell("1600", cell))
    with pytest.raises(Problem, match=r"b1_children_in_need\.csv, row 3") as caught:
        values(path)
    assert "The symbols are c, x, u" in caught.value.remedy


def test_symbol_in_brackets_is_that_symbol(values, tmp_path):
    path = rewritten(files.children_in_need(tmp_path), with_cell("1600", "[c]"))
    assert values(path)[files.CALDERDALE] == "c"


def test_two_rows_that_differ_are_refused_with_both(values, tmp_path):
    path = files.children_in_need(tmp_path)
    row = path.read_text().splitlines()[2]
    path.write_text(path.read_text() + row.replace(",1600", ",1700") + "\n")
    with pytest.raises(Problem, match="rows 3 and 7") as caught:
        values(path)
    assert "one has 1600 and the other 1700" in caught.value.what


def test_two_versions_of_a_file_are_not_read_together(values, tmp_path):
    older = tmp_path / "older"
    older.mkdir()
    paths = [files.children_in_need(tmp_path), files.children_in_need(older)]
    paths[1] = paths[1].rename(older / "b1_2020.csv")
    with pytest.raises(Problem, match="are both Children in need"):
        values(*paths)


def test_ombudsman_s_years_are_kept_next_to_each_other(tmp_path):
    earlier = Reference([], [])
    for year in ("2020-21", "2021-22"):
        settings = make_settings(tmp_path, la_code=files.CALDERDALE)
        settings = settings.model_copy(update={"year": Year.parse(year)})
        paths = [files.complaints_decided(tmp_path, year)]
        earlier = take_files(paths, settings, earlier, TODAY).reference
    own = [row for row in earlier.rows if row.code == files.CALDERDALE]
    assert sorted({row.year for row in own}) == ["2020-21", "2021-22"]


def test_unknown_layout_is_mapped_like_an_extract(values, tmp_path):
    path = tmp_path / "mid-year 2021-22.csv"
    path.write_text(ONS)
    with pytest.raises(Problem) as caught:
        values(path)
    assert 'its headings seem to be "code", "name", "Aged 0 to 17"' in caught.value.what
    assert "columns: {children_in_need: {new_la_code: its heading" in caught.value.remedy
    assert "population (Mid-year population estimates" in caught.value.remedy
    values_by_code = values(path, measure="children", columns=ONS_COLUMNS)
    assert values_by_code == {files.CALDERDALE: "45000", files.LEEDS: "176000"}


def test_headings_of_reference_files_are_no_fault_of_the_extracts(tmp_path):
    """The same council.yaml is read by every run."""
    check_mapping(make_settings(tmp_path, columns=ONS_COLUMNS).council)
    wrong = {"population": {"new_code": ["code"]}}
    with pytest.raises(Problem, match="new_code"):
        check_mapping(make_settings(tmp_path, columns=wrong).council)


def test_remedies_that_were_carried_out_are_read(values, tmp_path):
    values_by_code = values(files.remedies(tmp_path), measure="remedies_complied")
    assert values_by_code == {files.CALDERDALE: "28", files.LEEDS: "30"}


def test_documentation_names_every_source_with_its_columns():
    text = DOCS.read_text(encoding="utf-8")
    for layout in LAYOUTS:
        assert (
            f"| {layout.title} (`{layout.name}`) | {layout.publisher} | {layout.address} |" in text
        )
        columns = ", ".join(f"`{name}`" for name in layout.columns if name not in layout.optional)
        assert re.search(rf"^\| `{layout.name}` \| {re.escape(columns)} \|", text, re.MULTILINE)
