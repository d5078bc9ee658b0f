"""The spreadsheets hold the numbers of figures.csv, in tables that a screen reader can follow."""

from __future__ import annotations

import csv
import datetime
import re
from zipfile import ZipFile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from pipeline.aggregate.catalogue import figures_of
from pipeline.open_data.layout import number_text
from pipeline.report.documents.open_data import EXCLUDED_SUBJECTS, open_data_files
from pipeline.report.documents.spreadsheet import WORKSHEETS
from pipeline.report.figures import Published
from pipeline.settings import load_settings
from pipeline.settings.procedures import packaged_names, packaged_procedure


@pytest.fixture(scope="module")
def folder(sample_report):
    return sample_report.html.parent


@pytest.fixture(scope="module")
def book(folder):
    return openpyxl.load_workbook(folder / "figures.xlsx")


def table_rows(sheet) -> list[dict]:
    """The rows below the heading row, which is the first row that fills every column."""
    rows = list(sheet.iter_rows(values_only=True))
    start = next(number for number, row in enumerate(rows) if all(row))
    return [dict(zip(rows[start], row, strict=True)) for row in rows[start + 1 :]]


def test_cover_contents_and_notes_enclose_the_tables(book):
    names = book.sheetnames
    assert names[:2] == ["Cover", "Contents"]
    assert names[-1] == "Notes"
    assert [row["Sheet name"] for row in table_rows(book["Contents"])] == names[2:]


def test_each_table_has_one_heading_row_and_no_merged_or_blank_cell(book):
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert list(sheet.merged_cells.ranges) == []
        rows = table_rows(sheet)
        assert rows
        for row in rows:
            assert all(value is not None and value != "" for value in row.values()), (name, row)
        assert len(sheet.tables) == 1
    assert list(book["Cover"].merged_cells.ranges) == []


@pytest.mark.parametrize("name", packaged_names())
def test_every_figure_of_every_procedure_is_on_a_worksheet(name):
    begins = (*EXCLUDED_SUBJECTS, *(begin for group in WORKSHEETS.values() for begin in group))
    figures = figures_of(packaged_procedure(name))
    assert [id for id in figures if not id.startswith(begins)] == []


def test_worksheets_hold_exactly_the_numbers_of_the_open_data(book, folder):
    ids = {row["Figure"]: row["Name in the open data"] for row in table_rows(book["Notes"])}
    on_worksheets = {}
    for name in book.sheetnames[2:-1]:
        for row in table_rows(book[name]):
            for year in (heading for heading in row if " to " in heading):
                category = "Total" if row["Category"] == "Overall" else row["Category"]
                on_worksheets[ids[row["Figure"]], category, year[:4]] = row[year]
    with (folder / "figures.csv").open(encoding="utf-8") as file:
        open_data = {
            (row["figure"], row["breakdown"], row["time_period"][:4]): number_text(row)
            for row in csv.DictReader(file)
        }
    # A worksheet puts a shorthand into brackets.
    expected = {
        key: f"[{value}]" if value.isalpha() else float(value) for key, value in open_data.items()
    }
    left_out = {key: value for key, value in expected.items() if key not in on_worksheets}
    assert set(left_out.values()) == {"[x]"}, "only years of which nothing is available"
    assert on_worksheets == {key: expected[key] for key in expected.keys() - left_out.keys()}


def test_year_is_left_out_only_if_a_worksheet_has_none_of_it(book):
    for name in book.sheetnames[2:-1]:
        rows = table_rows(book[name])
        years = [heading for heading in rows[0] if " to " in heading]
        assert years[-1] == "2021 to 2022"
        for year in years[:-1]:
            assert {row[year] for row in rows} != {"[x]"}, (name, year)


def test_no_total_is_given_of_a_median_a_cost_or_a_rate(book):
    rows = [row for name in book.sheetnames[2:-1] for row in table_rows(book[name])]
    overall = {row["Figure"] for row in rows if row["Category"] == "Overall"}
    assert {"Cost of stage 2", "Median working days to a stage 1 response"} <= overall
    assert "Complaints received" not in overall
    units = {(row["Figure"], row["Category"]): row["Unit"] for row in rows}
    assert units["Children served", "referrals"] == "referrals"
    assert units["Children served", "care leavers"] == "children"
    assert units["Complaints for each thousand children in need", "Overall"] == (
        "complaints per 1,000"
    )


def test_worksheets_print_in_landscape_and_repeat_their_heading(book):
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.page_setup.orientation == "landscape"
        # One page wide is the default of the format and need not be written.
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if name != "Contents":
            heading = next(iter(sheet.tables.values())).ref.split(":")[0].removeprefix("A")
            assert sheet.print_title_rows == f"${heading}:${heading}"
            assert sheet.row_dimensions[int(heading) + 1].height


def test_ods_file_prints_in_landscape_and_repeats_headings(book, folder):
    with ZipFile(folder / "figures.ods") as parts:
        content = parts.read("content.xml").decode()
        styles = parts.read("styles.xml").decode()
    assert 'style:print-orientation="landscape"' in styles
    assert 'style:scale-to-X="1"' in styles
    assert content.count("<table:table-header-rows>") == len(book.sheetnames) - 2


def test_shorthands_of_a_table_are_explained_above_it(book):
    for name in book.sheetnames[2:-1]:
        sheet = book[name]
        lines = sheet.iter_rows(values_only=True, max_row=8)
        above = " ".join(str(line[0]) for line in lines)
        values = [value for row in table_rows(sheet) for value in row.values()]
        shorthands = {value for value in values if str(value).startswith("[")}
        assert {f"{word} means" for word in shorthands} == set(re.findall(r"\[\w\] means", above))


def test_ods_file_holds_the_cells_of_the_xlsx_file(book, folder):
    ods = CalamineWorkbook.from_path(folder / "figures.ods")
    assert ods.sheet_names == book.sheetnames
    for name in book.sheetnames:
        rows = [
            ["" if value is None else value for value in row]
            for row in book[name].iter_rows(values_only=True)
        ]
        assert ods.get_sheet_by_name(name).to_python() == rows


def test_spreadsheets_are_dated_by_the_data_with_the_same_bytes(folder, sample_report):
    settings = load_settings(sample_report.workspace, sample_report.year)
    again = open_data_files(settings, Published.read(settings))
    today = datetime.date.today().isoformat()
    for name in ("figures.xlsx", "figures.ods"):
        assert again[name] == (folder / name).read_bytes()
        with ZipFile(folder / name) as parts:
            assert {part.date_time[:3] for part in parts.infolist()} == {(2022, 9, 30)}
            for part in parts.namelist():
                if part.endswith((".xml", ".rdf")):
                    assert today not in parts.read(part).decode("utf-8", "replace")


def test_ods_file_starts_with_its_uncompressed_media_type(folder):
    with ZipFile(folder / "figures.ods") as parts:
        first = parts.infolist()[0]
        assert first.filename == "mimetype"
        assert first.compress_type == 0
        assert parts.read(first) == b"application/vnd.oasis.opendocument.spreadsheet"
