"""Errors, hidden and merged cells, and columns without a heading are findings, in every format."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pandas as pd
import pytest
import xlsxwriter
from workbook_files import ErrorCell, FormulaCell, Look, ods_with_tables, workbook_bytes

from pipeline.validate.reading.layout.accounts import MAX_MERGED_AREAS
from pipeline.validate.reading.layout.sheet_marks import NO_RESULT

WORKBOOKS = [".xlsx", ".xls", ".ods"]
HEADINGS = ["date", "title", "attended"]
GOOD_ROWS = [
    HEADINGS,
    [date(2021, 5, 1), "First", 12],
    [date(2021, 5, 2), "Second", 7],
    [date(2021, 5, 3), "Third", 5],
]
# fmt: off
ERRORS = [
    "#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
    "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#ERROR!",
    "#Error", "#Deleted", "#Num!", "Err:502", "Err:522", "Error 2042", "########", " #n/a ",
    "'#N/A", "=#REF!", "Loading...",
]
# fmt: on


def with_cell(row: int, column: int, cell: object) -> list[list[object]]:
    """The good rows with one other cell; rows and columns count from 0."""
    rows = [list(row) for row in GOOD_ROWS]
    rows[row][column] = cell
    return rows


def put_training(workspace, ending: str, rows: list[list], look: Look | None = None) -> None:
    looks = {"training": look} if look else None
    content = workbook_bytes(ending, {"training": rows}, looks)
    workspace.put(f"2021-22/training{ending}", content)


def findings_of(reading, rule: str) -> list:
    return [one for one in reading.findings if one.rule == rule]


def assert_reads_good_rows(workspace) -> None:
    """The corrected file reads as the good rows, without a finding."""
    reading = workspace.read()
    assert reading.findings == []
    table = reading.tables["training"]
    assert table["attended"].tolist() == [12, 7, 5]
    assert table["title"].tolist() == ["First", "Second", "Third"]
    assert table["date"].tolist() == [pd.Timestamp(2021, 5, day) for day in (1, 2, 3)]


@pytest.mark.parametrize("ending", WORKBOOKS)
@pytest.mark.parametrize(("position", "column"), [(0, "date"), (1, "title"), (2, "attended")])
def test_error_in_a_workbook_cell_is_critical(workspace, ending, position, column):
    put_training(workspace, ending, with_cell(2, position, ErrorCell("#DIV/0!")))
    reading = workspace.read()
    [finding] = reading.findings
    assert finding.severity == "critical"
    assert finding.rule == f"training.{column}.error"
    assert (finding.row, finding.column, finding.value) == (3, column, "#DIV/0!")
    assert "this is an error and no value" in finding.what
    assert "Correct the formula" in finding.remedy
    assert len(reading.tables["training"]) == 3
    put_training(workspace, ending, GOOD_ROWS)
    assert_reads_good_rows(workspace)


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_formula_without_stored_result_is_critical(workspace, ending):
    put_training(workspace, ending, with_cell(3, 2, FormulaCell()))
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("critical", "training.attended.error")
    assert (finding.row, finding.value) == (4, NO_RESULT)
    assert "formula whose result is not stored" in finding.what
    assert "Open the workbook in Excel or LibreOffice" in finding.remedy
    put_training(workspace, ending, GOOD_ROWS)
    assert_reads_good_rows(workspace)


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_error_as_text_in_a_file_is_critical(workspace, delimiter):
    ending = "tsv" if delimiter == "\t" else "csv"
    rows = [HEADINGS, *(["2021-05-01", text, "12"] for text in ERRORS)]
    workspace.put(f"2021-22/training.{ending}", "\n".join(delimiter.join(row) for row in rows))
    reading = workspace.read()
    assert {(one.severity, one.rule) for one in reading.findings} == {
        ("critical", "training.title.error")
    }
    assert [one.row for one in reading.findings] == list(range(2, len(ERRORS) + 2))
    assert reading.tables["training"]["title"].isna().all()


def test_text_that_is_no_error_is_kept(workspace):
    texts = ["#MeToo week", "C#", "Error in a letter", "# 1", "#1", "N/A?!"]
    lines = [f"2021-05-01,{text}" for text in texts]
    workspace.put("2021-22/training.csv", "\n".join(["date,title", *lines]))
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["training"]["title"].tolist() == texts


def test_each_error_that_excel_knows_is_read(workspace):
    texts = [text for text in ERRORS if text.startswith("#")]
    rows = [HEADINGS, *([date(2021, 5, 1), ErrorCell(text), 12] for text in texts)]
    put_training(workspace, ".xlsx", rows)
    reading = workspace.read()
    assert [one.value for one in reading.findings] == texts
    assert {one.rule for one in reading.findings} == {"training.title.error"}
    assert reading.tables["training"]["attended"].tolist() == [12] * len(texts)


def test_error_among_several_codes_is_critical(workspace):
    workspace.rows("complaints", {"theme": "delay; #REF!"})
    [finding] = [one for one in workspace.read().findings if one.column == "theme"]
    assert (finding.severity, finding.rule) == ("critical", "complaints.theme.error")


def test_error_in_published_totals_is_critical(workspace):
    heading = "year,figure,category,value,source\n"
    workspace.put("published.csv", f"{heading}2019-20,complaints.received,,#VALUE!,Report\n")
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("critical", "published.value.error")
    workspace.put("published.csv", f"{heading}2019-20,complaints.received,,7,Report\n")
    reading = workspace.read()
    assert (reading.findings, reading.published["value"].tolist()) == ([], [7.0])


def test_error_in_a_personal_column_is_a_warning(workspace):
    workspace.rows("complaints", {"complainant_name": "#N/A"})
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("warning", "complaints.complainant_name.error")


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_error_in_a_column_that_is_not_read_is_none(workspace, ending):
    rows = [[*row, ErrorCell("#N/A")] for row in GOOD_ROWS]
    rows[0][-1] = "Checked by"
    put_training(workspace, ending, rows)
    rules = [one.rule for one in workspace.read().findings]
    assert rules == ["training.heading.known"]


@pytest.mark.parametrize("ending", [*WORKBOOKS, ".csv"])
def test_error_for_a_heading_is_critical(workspace, ending):
    if ending == ".csv":
        workspace.put("2021-22/training.csv", "date,title,#REF!\n2021-05-01,A,3\n2021-05-02,B,\n")
    else:
        rows = [["date", "title", ErrorCell("#REF!")], ["2021-05-01", "A", 3]]
        put_training(workspace, ending, rows)
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("critical", "training.heading.error")
    assert "the heading of column C is #REF!" in finding.what
    assert "something in 1 row (row 2)" in finding.what
    assert finding.remedy == "Type the heading again, or delete the column."


def test_zero_of_a_program_that_does_not_calculate_is_critical(workspace):
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output)
    sheet = book.add_worksheet("training")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, ["2021-05-01", "First"])
    sheet.write_formula(1, 2, "=6+6")
    sheet.write_row(2, 0, ["2021-05-02", "Second"])
    sheet.write_formula(2, 2, "=3+4", None, 7)
    book.close()
    workspace.put("2021-22/training.xlsx", output.getvalue())
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.rule, finding.row) == ("training.attended.error", 2)
    assert reading.tables["training"]["attended"].tolist() == [pd.NA, 7]


def test_results_of_formulas_are_read_whatever_their_type(workspace):
    cells = (
        '<c r="A2" t="str"><f>A</f><v>2021-05-01</v></c><c r="B2" t="str"><f>B</f><v>First</v></c>'
        '<c r="C2"><f t="shared" si="0" ref="C2:C3">D</f><v>12</v></c>'
        '<c r="D2" t="str"><f>""</f><v></v></c>'
    )
    put_training(workspace, ".xlsx", [[*HEADINGS, "audience"]])
    path = workspace.path("2021-22/training.xlsx")
    path.write_bytes(with_row(path.read_bytes(), f'<row r="2">{cells}</row>'))
    reading = workspace.read()
    assert reading.findings == []
    [row] = reading.tables["training"][["title", "attended"]].to_numpy().tolist()
    assert row == ["First", 12]
    assert reading.tables["training"]["audience"].isna().tolist() == [True]


@pytest.mark.parametrize("cell", ['<c r="B2" t="str"><f>B</f></c>', '<c r="B2"><f>B</f><v/></c>'])
def test_formula_with_nothing_stored_is_critical(workspace, cell):
    put_training(workspace, ".xlsx", [HEADINGS])
    path = workspace.path("2021-22/training.xlsx")
    day = '<c r="A2" t="inlineStr"><is><t>2021-05-01</t></is></c>'
    path.write_bytes(with_row(path.read_bytes(), f'<row r="2">{day}{cell}</row>'))
    [finding] = workspace.read().findings
    assert (finding.rule, finding.row) == ("training.title.error", 2)
    assert finding.value == NO_RESULT


def with_row(workbook: bytes, row: str) -> bytes:
    """The workbook with a row of XML at the end of its first sheet."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(output, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                content = content.replace("</sheetData>", f"{row}</sheetData>")
            new.writestr(name, content)
    return output.getvalue()


def test_error_that_an_older_program_stores_as_zero_is_seen(workspace):
    def cell(text: str) -> str:
        content = f"<text:p>{text}</text:p>"
        return f'<table:table-cell office:value-type="string">{content}</table:table-cell>'

    headings = "".join(map(cell, HEADINGS))
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
        "<text:p>Err:503</text:p></table:table-cell>"
    )
    record = f"{cell('2021-05-01')}{cell('First')}{error}"
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (headings, record))
    table = f'<table:table table:name="training">{rows}</table:table>'
    workspace.put("2021-22/training.ods", ods_with_tables(table))
    [finding] = workspace.read().findings
    assert (finding.rule, finding.value) == ("training.attended.error", "Err:503")


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_hidden_rows_are_read_and_named(workspace, ending):
    put_training(workspace, ending, GOOD_ROWS, Look(hidden_rows=(1, 2)))
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.row.hidden")
    assert finding.what.startswith("2 rows (rows 2 to 3) cannot be seen")
    assert "Clear the filter" in finding.remedy
    assert finding.stands_for == 2
    assert reading.tables["training"]["attended"].tolist() == [12, 7, 5]
    put_training(workspace, ending, GOOD_ROWS)
    assert_reads_good_rows(workspace)


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_hidden_column_that_is_read_is_a_warning(workspace, ending):
    put_training(workspace, ending, GOOD_ROWS, Look(hidden_columns=(2,)))
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.column.hidden")
    assert (finding.column, finding.what) == (
        "attended",
        "column C is hidden; it is read like all others",
    )
    assert reading.tables["training"]["attended"].tolist() == [12, 7, 5]


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_cell_merged_over_several_rows_is_critical(workspace, ending):
    rows = with_cell(2, 1, None)
    rows[3][1] = None
    put_training(workspace, ending, rows, Look(merged=((1, 3, 1, 1),)))
    [finding] = findings_of(workspace.read(), "training.cell.merged")
    assert finding.severity == "critical"
    assert finding.what.startswith("the cells B2:B4 are merged")
    assert finding.what.endswith("what title should be in 2 rows (rows 3 to 4)")
    assert finding.remedy == "Undo the merging and fill in each cell."
    put_training(workspace, ending, GOOD_ROWS)
    assert_reads_good_rows(workspace)


def test_many_merged_areas_have_a_bounded_number_of_findings(workspace):
    pairs = MAX_MERGED_AREAS + 1
    rows = [GOOD_ROWS[0], *[list(GOOD_ROWS[1]) for _ in range(2 * pairs)]]
    areas = tuple((row, row + 1, 1, 1) for row in range(1, 2 * pairs + 1, 2))
    put_training(workspace, ".xlsx", rows, Look(merged=areas))
    findings = findings_of(workspace.read(), "training.cell.merged")
    assert len(findings) == MAX_MERGED_AREAS
    assert {finding.severity for finding in findings} == {"critical"}


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_merged_cells_beside_the_records_are_no_finding(workspace, ending):
    rows = [*GOOD_ROWS, [None, None, None], [None, None, None]]
    put_training(workspace, ending, rows, Look(merged=((4, 5, 0, 2),)))
    assert_reads_good_rows(workspace)


@pytest.mark.parametrize("ending", [*WORKBOOKS, ".csv"])
def test_column_with_data_and_no_heading_is_a_warning(workspace, ending):
    rows = [
        ["date", "title", None, "attended"],
        *([*row[:2], "x", row[2]] for row in GOOD_ROWS[1:]),
    ]
    rows[2][2] = None
    if ending == ".csv":
        lines = [",".join(str(cell or "") for cell in row) for row in rows]
        workspace.put("2021-22/training.csv", "\n".join(lines))
    else:
        put_training(workspace, ending, rows)
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.heading.blank")
    assert finding.what == (
        "column C has no heading, so it is not read; it has something in 2 rows (rows 2, 4)"
    )
    assert finding.remedy == "Give the column its heading, or remove what is in it."
    assert reading.tables["training"]["attended"].tolist() == [12, 7, 5]


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_records_below_a_blank_row_are_read(workspace, ending):
    blank = [None] * 3
    rows = [*GOOD_ROWS[:2], blank, blank, *GOOD_ROWS[2:]]
    put_training(workspace, ending, rows)
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["training"]["row"].tolist() == [2, 5, 6]
