"""The spreadsheets hold the numbers of figures.csv, in tables that a screen reader and a machine can follow."""

from __future__ import annotations

import csv
import datetime
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.report.documents.open_data import open_data_files
from pipeline.report.figures import Published
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def folder(sample_report):
    return sample_report.html.parent


@pytest.fixture(scope="module")
def book(folder):
    return openpyxl.load_workbook(folder / "figures.xlsx")


def table(sheet) -> list[dict]:
    """What stands below the one heading row: the first row that fills every column."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if all(row))
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


def test_a_cover_a_list_of_contents_and_notes_stand_around_the_tables(book):
    names = book.sheetnames
    assert (names[:2], names[-1]) == (["Cover", "Contents"], "Notes")
    assert [row["Sheet name"] for row in table(book["Contents"])] == names[2:]


def test_each_table_has_one_heading_row_no_merged_cell_and_no_blank(book):
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert list(sheet.merged_cells.ranges) == []
        rows = table(sheet)
        assert rows
        for row in rows:
            assert all(value is not None and value != "" for value in row.values()), (name, row)
        assert len(sheet.tables) == 1
    assert list(book["Cover"].merged_cells.ranges) == []


def test_every_number_of_the_open_data_stands_in_it(book, folder):
    notes = {row["Figure"]: row["Name in the open data"] for row in table(book["Notes"])}
    held = {}
    for name in book.sheetnames[2:-1]:
        for row in table(book[name]):
            for year in (key for key in row if " to " in key):
                held[notes[row["Figure"]], row["Category"], year[:4]] = row[year]
    with (folder / "figures.csv").open(encoding="utf-8") as file:
        open_data = {
            (row["figure"], row["category"], row["time_period"][:4]): row["value"] for row in csv.DictReader(file)
        }  # fmt: skip
    assert set(held) == set(open_data)
    for key, value in held.items():
        given = open_data[key]
        assert value == f"[{given}]" if given.isalpha() else value == float(given)


def test_what_stands_in_place_of_a_number_is_explained_above_the_table(book):
    for name in book.sheetnames[2:-1]:
        sheet = book[name]
        above = " ".join(str(row[0]) for row in sheet.iter_rows(values_only=True, max_row=8))
        signs = {
            value
            for row in table(sheet)
            for value in row.values()
            if isinstance(value, str) and value.startswith("[")
        }
        assert all(f"{sign} means" in above for sign in signs)


def test_the_open_document_holds_the_same_cells(book, folder):
    other = CalamineWorkbook.from_path(folder / "figures.ods")
    assert other.sheet_names == book.sheetnames
    for name in book.sheetnames:
        mine = [
            [("" if value is None else value) for value in row]
            for row in book[name].iter_rows(values_only=True)
        ]
        assert other.get_sheet_by_name(name).to_python() == mine


def test_both_are_dated_by_the_data_and_the_same_when_made_again(folder, sample_report):
    settings = load_settings(sample_report.workspace, sample_report.year)
    again = open_data_files(settings, Published.read(settings))
    for name in ("figures.xlsx", "figures.ods"):
        assert again[name] == (folder / name).read_bytes()
        with ZipFile(folder / name) as held:
            assert {part.date_time[:3] for part in held.infolist()} == {(2022, 9, 30)}
            assert datetime.date.today().isoformat() not in "".join(
                held.read(part).decode("utf-8", "replace")
                for part in held.namelist()
                if part.endswith((".xml", ".rdf"))
            )


def test_an_open_document_says_first_what_it_is(folder):
    with ZipFile(folder / "figures.ods") as held:
        first = held.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", 0)
        assert held.read(first) == b"application/vnd.oasis.opendocument.spreadsheet"
