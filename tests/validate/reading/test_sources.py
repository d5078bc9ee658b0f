"""Every file and sheet is read or reported, and parts of one extract are read together."""

from __future__ import annotations

from datetime import date

import pytest
from builders import make_council
from workbook_files import Look, workbook_bytes

from pipeline.start.template import extract_template
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.reading.layout.source_names import missing_numbers, parse_source_name
from pipeline.year import Year

WORKBOOKS = [".xlsx", ".xls", ".ods"]
HEADINGS = ["date", "title", "attended"]
FIRST = [HEADINGS, [date(2021, 5, 1), "First", 12]]
SECOND = [["title", "date", "attended"], ["Second", date(2021, 8, 2), 7]]
COMPLAINTS = [["reference", "received", "service_area", "theme", "status", "route", "accepted"]]
COMPLAINTS += [["C1", "2021-05-01", "Early Help", "delay", "open", "direct", "yes"]]


def put_workbook(workspace, name: str, sheets: dict, looks: dict | None = None) -> None:
    ending = name[name.rindex(".") :]
    workspace.put(f"2021-22/{name}", workbook_bytes(ending, sheets, looks))


def put_text(workspace, name: str, rows: list[list]) -> None:
    lines = [",".join(str(cell) for cell in row) for row in rows]
    workspace.put(f"2021-22/{name}", "\n".join(lines))


def severities(reading) -> list[tuple[str, str]]:
    return [(one.severity, one.rule) for one in reading.findings]


@pytest.mark.parametrize(
    ("name", "extract", "part"),
    [
        ("complaints", "complaints", ""),
        ("Complaints_Q1", "complaints", "q 1"),
        ("complaints Q2", "complaints", "q 2"),
        ("complaintsQ3", "complaints", "q 3"),
        ("Q4 complaints", "complaints", "q 4"),
        ("complaints 1", "complaints", "1"),
        ("complaints (2)", "complaints", "2"),
        ("complaints - part 1 of 2", "complaints", "part 1 of 2"),
        ("Complaints April to June", "complaints", "april to june"),
        ("complaints Jul-Sept 2021", "complaints", "jul sept 2021"),
        ("complaints 2021-22 H1", "complaints", "2021 22 h 1"),
        ("complaints 2021-04-01 to 2021-06-30", "complaints", "2021 04 01 to 2021 06 30"),
        ("1st quarter training", "training", "1 st quarter"),
    ],
)
def test_name_of_a_part_has_a_quarter_month_or_number(name, extract, part):
    source_name = parse_source_name(name, Year(2021))
    assert (source_name.extract, source_name.part) == (extract, part)


@pytest.mark.parametrize(
    "name",
    [
        "complaints old",
        "complaints - Copy",
        "complaints 2020-21",
        "complaints 2019",
        "notes on complaints",
        "complaint",
        "Summary",
    ],
)
def test_name_with_other_words_is_no_part(name):
    assert parse_source_name(name, Year(2021)) is None


def test_numbers_missing_from_a_series_are_named():
    assert missing_numbers(["q 1", "q 2", "q 4"]) == ["q 3"]
    assert missing_numbers(["q 1", "q 2", "q 3"]) == ["q 4"]
    assert missing_numbers(["1", "2", "4"]) == ["3"]
    assert missing_numbers(["q 1", "q 2", "q 3", "q 4"]) == []
    assert missing_numbers(["april to june", "july"]) == []
    assert missing_numbers(["2021 05", "2021 09"]) == []


@pytest.mark.parametrize("ending", [*WORKBOOKS, ".csv"])
def test_files_of_one_extract_are_read_together(workspace, ending):
    for name, rows in (("training part 1", FIRST), ("training_part_2", SECOND)):
        if ending == ".csv":
            put_text(workspace, f"{name}.csv", rows)
        else:
            put_workbook(workspace, f"{name}{ending}", {"Sheet1": rows})
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("info", "training.file.parts")
    assert finding.what.startswith("training is read from 2 sources together, 2 rows in all: ")
    assert f"data/raw/2021-22/training_part_2{ending}" in finding.what
    assert finding.remedy == "Nothing to do if each is a part of the extract."
    table = reading.tables["training"]
    assert table["title"].tolist() == ["First", "Second"]
    assert table["attended"].tolist() == [12, 7]
    assert table["row"].tolist() == [2, 2]
    assert [file.partition(" · ")[0] for file in table["file"]] == [
        f"data/raw/2021-22/training part 1{ending}",
        f"data/raw/2021-22/training_part_2{ending}",
    ]


@pytest.mark.parametrize("ending", WORKBOOKS)
@pytest.mark.parametrize(
    ("file", "sheets"),
    [("all", ("training Q1", "training Q2")), ("training", ("Q1", "Q2")), ("training", ("a", "b"))],
)
def test_sheets_of_one_extract_are_read_together(workspace, ending, file, sheets):
    first, second = sheets
    put_workbook(workspace, f"{file}{ending}", {"Cover": [["x"]], first: FIRST, second: SECOND})
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["First", "Second"]
    assert reading.tables["training"]["file"].tolist() == [
        f"data/raw/2021-22/{file}{ending} · {sheet}" for sheet in sheets
    ]
    assert ("info", "training.file.parts") in severities(reading)
    assert "critical" not in {severity for severity, _ in severities(reading)}


@pytest.mark.parametrize("file", ["training", "CSC return", ""])
def test_workbook_of_each_quarter_has_sheets_of_the_same_names(workspace, file):
    for quarter, rows in (("Q1", FIRST), ("Q2", SECOND)):
        name = f"{file} {quarter}.xlsx".strip()
        put_workbook(workspace, name, {"training": rows, "Notes": [["x"]]})
    reading = workspace.read()
    assert reading.tables["training"]["attended"].tolist() == [12, 7]
    assert ("info", "training.file.parts") in severities(reading)
    assert "critical" not in {severity for severity, _ in severities(reading)}


def test_missing_quarter_is_a_warning(workspace):
    put_text(workspace, "training Q1.csv", FIRST)
    put_text(workspace, "training Q4.csv", SECOND)
    [finding] = [one for one in workspace.read().findings if one.severity == "warning"]
    assert finding.rule == "training.file.parts_complete"
    assert finding.what.endswith("these are not there: q 2, q 3")
    assert "Add the missing parts" in finding.remedy


def test_parts_with_other_headings_are_critical(workspace):
    put_text(workspace, "training Q1.csv", FIRST)
    put_text(workspace, "training Q2.csv", SECOND)
    put_text(workspace, "training Q3.csv", [["date", "title", "people"], ["2021-11-01", "C", 4]])
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("critical", "training.file.headings_alike")
    assert finding.file == "data/raw/2021-22/training Q3.csv"
    assert finding.what == (
        "its headings differ from those of data/raw/2021-22/training Q1.csv: it lacks "
        '"attended" and it alone has "people"'
    )
    assert "Give all parts of training the same headings" in finding.remedy
    put_text(workspace, "training Q3.csv", [HEADINGS, ["2021-11-01", "C", 4]])
    assert workspace.read().tables["training"]["attended"].tolist() == [12, 7, 4]


@pytest.mark.parametrize("copy", ["training (2).csv", "training 2.xlsx"])
def test_copy_named_as_a_part_is_critical(workspace, copy):
    put_text(workspace, "training.csv", FIRST)
    if copy.endswith(".csv"):
        put_text(workspace, copy, FIRST)
    else:
        put_workbook(workspace, copy, {"Sheet1": FIRST})
    [finding] = [one for one in workspace.read().findings if one.severity == "critical"]
    assert finding.rule == "training.file.repeated"
    assert finding.what.startswith("row 2 is also in data/raw/2021-22/training")
    assert finding.remedy == "Remove one of the two from the folder: nothing may be counted twice."


def test_overlap_of_two_parts_is_a_warning(workspace):
    put_text(workspace, "training 1.csv", [*FIRST, ["2021-06-30", "Both", 3]])
    put_text(
        workspace, "training 2.csv", [HEADINGS, ["2021-06-30", "Both", 3], ["2021-07-01", "D", 1]]
    )
    [finding] = [one for one in workspace.read().findings if one.severity == "warning"]
    assert finding.rule == "training.file.repeated"
    assert finding.what == (
        "row 2 is also in data/raw/2021-22/training 1.csv, the same in every column"
    )


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_hidden_sheet_is_never_preferred_to_a_visible_one(workspace, ending):
    hidden = {"Old": Look(is_hidden=True)}
    put_workbook(workspace, f"training{ending}", {"Old": SECOND, "New": FIRST}, hidden)
    reading = workspace.read()
    [finding] = reading.findings
    assert reading.tables["training"]["title"].tolist() == ["First"]
    assert (finding.severity, finding.rule) == ("warning", "file.hidden")
    assert finding.what == (
        "this sheet is hidden, so it is not read (1 row), although its headings are those of "
        "training"
    )
    assert finding.remedy.startswith("Unhide the sheet if it is the extract")


@pytest.mark.parametrize("ending", WORKBOOKS)
@pytest.mark.parametrize("file", ["all", "training"])
def test_extract_on_a_hidden_sheet_alone_is_critical(workspace, ending, file):
    sheets = {"Cover": [["x"]], "training": FIRST}
    put_workbook(workspace, f"{file}{ending}", sheets, {"training": Look(is_hidden=True)})
    findings = [one for one in workspace.read().findings if one.rule == "file.hidden"]
    assert len(findings) == 1
    put_workbook(workspace, f"{file}{ending}", sheets)
    assert workspace.read().tables["training"]["title"].tolist() == ["First"]


@pytest.mark.parametrize("ending", WORKBOOKS)
def test_other_sheet_is_reported_with_its_rows(workspace, ending):
    other = [["Total", "n"], ["a", 1], ["b", 2]]
    put_workbook(workspace, f"all{ending}", {"training": FIRST, "Pivot": other, "Blank": []})
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("info", "file.known")
    assert finding.file.endswith(" · Pivot")
    assert "it is not read (2 rows below the first)" in finding.what


def test_cover_and_the_sheets_of_a_template_are_no_finding(workspace):
    template = extract_template(EXTRACTS_BY_NAME["complaints"], make_council())
    workspace.put("2021-22/complaints.xlsx", template)
    workspace.put("2021-22/templates/complaints.xlsx", template)
    workspace.remove("2021-22/complaints.csv")
    cover = [["Anyshire Council"], ["Complaints team"], ["Extract of 30 June 2022"]]
    put_workbook(workspace, "all.ods", {"Cover": cover, "training": FIRST})
    assert workspace.read().findings == []


def test_sheet_with_the_headings_of_an_extract_is_a_warning(workspace):
    put_workbook(workspace, "all.xlsx", {"training": FIRST, "Archive": COMPLAINTS})
    [finding] = workspace.read().findings
    assert (finding.severity, finding.file[-7:]) == ("warning", "Archive")
    assert "although its headings are those of complaints" in finding.what
    assert finding.remedy.startswith("Name the sheet after its extract")


def test_table_outside_the_folder_of_a_year_is_a_warning(workspace):
    workspace.put("published.xlsx", b"x")
    workspace.put("2020_21/complaints.csv", "reference\nC1\n")
    findings = workspace.read().findings
    assert {(one.severity, one.rule) for one in findings} == {("warning", "file.known")}
    assert [one.file for one in findings] == ["data/raw/2020_21", "data/raw/published.xlsx"]
    assert "data/raw/published.csv alone" in findings[1].remedy
    assert "such as 2021-22" in findings[0].remedy


def test_folder_with_tables_inside_a_year_is_a_warning(workspace):
    workspace.put("2021-22/Q1/complaints.csv", "reference\nC1\n")
    workspace.put("2021-22/letters/letter.docx", "x")
    [finding] = workspace.read().findings
    assert (finding.severity, finding.rule) == ("warning", "file.known")
    assert finding.file == "data/raw/2021-22/Q1"
    assert "it has 1 file that may be extracts" in finding.what
    assert finding.remedy.startswith("Put each extract directly into the folder of its year")
