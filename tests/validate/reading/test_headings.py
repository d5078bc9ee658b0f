"""Headings that are repeated, missing, shared or damaged: asked about, and never guessed."""

from __future__ import annotations

import pandas as pd
import pytest
from wide_export import MAPPING, as_csv, widen

from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import column_letters

CASES = (
    "reference,received,service_area,complainant_type,route,theme,accepted,status,outcome,closed\n"
    "C1,2021-05-04,Early Help,parent,direct,delay; staff,yes,closed,partially upheld,2021-08-02\n"
)
STAGES = (
    "complaint,stage,requested,agreed,bypassed,extended,extension_ground,panel_met,panel_reported,"
    "responded,outcome,cost\n"
    "C1,1,2021-05-04,,,no,,,,2021-05-18,not upheld,\n"
    "C1,2,2021-06-01,2021-06-08,no,yes,complex,,,2021-08-02,partially upheld,1200.50\n"
)


def of_severity(reading, severity: str) -> list[Finding]:
    return [finding for finding in reading.findings if finding.severity == severity]


@pytest.mark.parametrize(
    ("position", "letters"), [(0, "A"), (2, "C"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_column_is_named_as_a_spreadsheet_names_it(position, letters):
    assert column_letters(position) == letters


@pytest.mark.parametrize(
    "second",
    ["title", "Title", " TITLE ", "ti\u00adtle", "title\u00a0", "\ufefftitle", "tit\u200ble"],
)
def test_repeated_heading_is_critical_in_any_spelling(workspace, second):
    workspace.put("2021-22/training.csv", f'date,title,"{second}"\n2021-05-01,A,B\n')
    [finding] = of_severity(workspace.read(), "critical")
    assert (finding.rule, finding.column) == ("training.heading.once", "title")
    assert 'the heading "title" appears 2 times, in columns B and C' in finding.what
    assert "under columns, training, write `title: title (column B)`" in finding.remedy


@pytest.mark.parametrize(("letter", "title"), [("B", "A"), ("c", "B")])
def test_repeated_heading_is_chosen_by_its_letters(workspace, letter, title):
    workspace.put("2021-22/training.csv", "date,title,Title\n2021-05-01,A,B\n")
    workspace.council["columns"] = {"training": {"title": f"title (column {letter})"}}
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == [title]
    assert [finding.severity for finding in reading.findings] == ["info"]


def test_letters_of_a_column_with_another_heading_are_critical(workspace):
    workspace.put("2021-22/training.csv", "date,title,Title\n2021-05-01,A,B\n")
    workspace.council["columns"] = {"training": {"title": "title (column A)"}}
    [finding] = of_severity(workspace.read(), "critical")
    assert 'the heading "title (column A)" that council.yaml names is missing' in finding.what


def test_repeated_heading_in_a_workbook_is_critical(workspace, as_workbook):
    sheet = [["date", "title", "Title"], ["2021-05-01", "A", "B"]]
    for ending in (".xlsx", ".ods"):
        workspace.put(f"2021-22/training{ending}", as_workbook(ending, {"training": sheet}))
        [finding] = of_severity(workspace.read(), "critical")
        assert "in columns B and C" in finding.what
        workspace.remove(f"2021-22/training{ending}")


def test_repeated_mapped_heading_is_critical(workspace):
    workspace.put("2021-22/training.csv", "When,title,When\n2021-05-01,A,2021-06-01\n")
    workspace.council["columns"] = {"training": {"date": "when"}}
    [finding] = of_severity(workspace.read(), "critical")
    assert (finding.column, finding.value) == ("date", "When")
    workspace.council["columns"] = {"training": {"date": "When (column C)"}}
    assert workspace.read().tables["training"]["date"].tolist() == [pd.Timestamp(2021, 6, 1)]


def wide(workspace, change=lambda rows: None) -> None:
    """Make the year of a workspace one wide export, after a change of its rows."""
    rows = widen(CASES, STAGES)
    change(rows)
    workspace.put("2021-22/complaints.csv", as_csv(rows))
    workspace.path("2021-22/investigations.csv").unlink(missing_ok=True)
    workspace.council |= MAPPING


def repeat(heading: str, value: str):
    """A change that adds a column with a heading which another column has."""

    def change(rows: list[list[str]]) -> None:
        rows[0].append(heading.upper())
        rows[1].append(value)

    return change


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("CaseStageStage2.DateCompleted", "responded"),
        ("CaseStageStage2.Cost", "cost"),
        ("CaseStageStage2.DateReceived", "requested"),
    ],
)
def test_repeated_heading_of_a_stage_is_critical(workspace, heading, key):
    wide(workspace, repeat(heading, "2021-09-02"))
    [finding] = of_severity(workspace.read(), "critical")
    assert (finding.rule, finding.column) == ("investigations.heading.once", key)
    assert f'the heading "{heading}" appears 2 times, in columns ' in finding.what
    assert f"under stages, stage_2, write `{key}: {heading} (column " in finding.remedy


def test_repeated_heading_that_shows_a_stage_reached_is_critical(workspace):
    wide(workspace, repeat("CaseStageStage1.DateDue", ""))
    [finding] = of_severity(workspace.read(), "critical")
    assert finding.column is None
    assert "write `reached: CaseStageStage1.DateDue (column " in finding.remedy


def test_heading_of_a_stage_is_chosen_by_its_letters(workspace):
    wide(workspace, repeat("CaseStageStage2.DateCompleted", "2021-09-02"))
    letters = column_letters(len(widen(CASES, STAGES)[0]))
    named = f"CaseStageStage2.DateCompleted (column {letters})"
    stage_2 = MAPPING["stages"]["stage_2"] | {"responded": named}
    workspace.council["stages"] = MAPPING["stages"] | {"stage_2": stage_2}
    reading = workspace.read()
    assert of_severity(reading, "critical") == []
    assert reading.tables["investigations"]["responded"].tolist() == [
        pd.Timestamp(2021, 5, 18),
        pd.Timestamp(2021, 9, 2),
    ]


def test_repeated_heading_of_codes_is_still_combined(workspace):
    workspace.council["columns"] = {"complaints": {"theme": "Class"}}
    workspace.put(
        "2021-22/complaints.csv",
        CASES.replace("theme", "Class,class").replace("delay; staff", "delay,staff"),
    )
    reading = workspace.read()
    assert reading.tables["complaints"]["theme"].tolist() == ["delay; staff"]
    assert of_severity(reading, "critical") == []


@pytest.mark.parametrize("column", ["closed", "received", "team"])
def test_missing_mapped_heading_is_critical_beside_our_own(workspace, column):
    text = CASES.replace("closed\n", "closed,team\n").replace("2021-08-02", "2021-08-02,North")
    workspace.put("2021-22/complaints.csv", text)
    workspace.council["columns"] = {"complaints": {column: "Their Heading"}}
    reading = workspace.read()
    [finding] = of_severity(reading, "critical")
    assert (finding.rule, finding.column) == ("complaints.heading.present", column)
    assert 'the heading "Their Heading" that council.yaml names is missing' in finding.what
    assert f'There is a column "{column}", which is not read in its place' in finding.what
    assert 'rename it to "Their Heading" in the file' in finding.remedy
    assert reading.tables["complaints"][column].isna().all()
    workspace.put("2021-22/complaints.csv", text.replace(column, "their heading", 1))
    reading = workspace.read()
    assert reading.findings == []
    assert reading.tables["complaints"][column].notna().all()


def test_one_of_several_mapped_headings_missing_is_critical(workspace):
    workspace.council["columns"] = {"complaints": {"theme": ["theme", "theme.1"]}}
    workspace.put("2021-22/complaints.csv", CASES)
    [finding] = of_severity(workspace.read(), "critical")
    assert 'the heading "theme.1" that council.yaml names is missing' in finding.what


def test_file_in_our_own_form_is_read_and_that_is_said(workspace):
    workspace.council["columns"] = MAPPING["columns"]
    workspace.put("2021-22/complaints.csv", CASES)
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("info", "complaints.heading.ours")
    assert reading.tables["complaints"]["reference"].tolist() == ["C1"]


def test_column_of_our_name_beside_the_mapped_one_is_a_warning(workspace):
    workspace.put("2021-22/training.csv", "date,title,Held\n2021-05-01,A,2021-06-01\n")
    workspace.council["columns"] = {"training": {"date": "Held"}}
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.heading.displaced")
    assert finding.what == (
        'the column "date" is not read, because council.yaml names "Held" for date'
    )
    assert "remove the line from council.yaml" in finding.remedy
    assert reading.tables["training"]["date"].tolist() == [pd.Timestamp(2021, 6, 1)]


@pytest.mark.parametrize(
    ("mapping", "what"),
    [
        (
            {"columns": {"complaints": {"received": "Day", "closed": "day"}}},
            'the heading "Day" is read as received and as closed',
        ),
        (
            {
                "stages": {
                    "stage_1": {"requested": "A", "responded": "Done"},
                    "stage_2": {"requested": "B", "responded": "done"},
                }
            },
            'the heading "Done" is read as responded of stage 1 and as responded of stage 2',
        ),
    ],
)
def test_heading_read_into_two_columns_is_a_warning(workspace, mapping, what):
    workspace.council |= mapping
    [finding] = [one for one in workspace.read().findings if one.rule.endswith("heading.shared")]
    assert (finding.severity, finding.file) == ("warning", "data/raw/council.yaml")
    assert finding.what == what
    assert "name the right heading of each" in finding.remedy


@pytest.mark.parametrize("heading", ["RÃ©ception", "R&eacute;ception", "<b>Réception</b>"])
def test_damaged_heading_is_matched_with_a_warning(workspace, heading):
    workspace.put("2021-22/training.csv", f"{heading},title\n2021-05-01,A\n")
    workspace.council["columns"] = {"training": {"date": "Réception"}}
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.heading.encoding")
    assert f'the heading "{heading}", in column A' in finding.what
    assert 'it was read as "Réception"' in finding.what
    assert reading.tables["training"]["date"].tolist() == [pd.Timestamp(2021, 5, 1)]
