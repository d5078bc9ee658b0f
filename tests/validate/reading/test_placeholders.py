"""`placeholders:` in council.yaml: texts that stand for an empty cell, in every column."""

from __future__ import annotations

import pandas as pd
import pytest
from wide_export import MAPPING, as_csv, widen

from pipeline.problem import Problem

DECLARED = ["N/A", "-", "NULL", "not known"]
CASES = (
    "reference,received,service_area,complainant_type,route,theme,accepted,status,outcome,closed\n"
    "C1,2021-05-04,Early Help,parent,direct,delay; staff,yes,closed,partially upheld,2021-08-02\n"
)
STAGES = (
    "complaint,stage,requested,agreed,bypassed,extended,extension_ground,panel_met,panel_reported,"
    "responded,outcome,cost\n"
    "C1,1,2021-05-04,,,no,,,,2021-05-18,not upheld,\n"
)


def placeholder_findings(reading) -> list[tuple[str, str, int]]:
    return [
        (finding.severity, finding.what, finding.stands_for)
        for finding in reading.findings
        if finding.rule.endswith(".placeholders")
    ]


@pytest.mark.parametrize(
    "text", ["N/A", "n/a", " N/A ", "-", "\u2013", "\u2212", "null", "Not  Known", "not\u00a0known"]
)
def test_declared_placeholder_is_an_empty_cell_in_every_type(workspace, text):
    workspace.council["placeholders"] = DECLARED
    workspace.put("2021-22/training.csv", f'date,title,attended\n2021-05-01,"{text}","{text}"\n')
    workspace.rows(
        "investigations",
        {
            "complaint": "C1",
            "stage": "1",
            "requested": "2021-05-04",
            "agreed": text,
            "extended": text,
            "outcome": text,
            "cost": text,
        },
    )
    reading = workspace.read()
    [row] = reading.tables["investigations"].to_dict("records")
    assert all(pd.isna(row[name]) for name in ("agreed", "extended", "outcome", "cost"))
    assert reading.tables["training"][["title", "attended"]].isna().all(axis=None)
    assert [finding.severity for finding in reading.findings] == ["info", "info"]
    assert placeholder_findings(reading) == [
        (
            "info",
            "4 cells were read as empty, as `placeholders:` says: agreed 1, extended 1, "
            "outcome 1, cost 1",
            4,
        ),
        ("info", "2 cells were read as empty, as `placeholders:` says: title 1, attended 1", 2),
    ]


def test_undeclared_placeholder_is_a_finding_that_names_the_key(workspace):
    workspace.put("2021-22/training.csv", "date,title,attended\nN/A,A,not known\n")
    reading = workspace.read()
    assert [(one.severity, one.column, one.value) for one in reading.findings] == [
        ("critical", "date", "N/A"),
        ("critical", "attended", "not known"),
    ]
    assert all("`placeholders:` in council.yaml" in one.remedy for one in reading.findings)


@pytest.mark.parametrize("text", ["N/A", "n.a.", "--", "?", "TBC", "Not recorded", "NULL"])
def test_likely_placeholder_in_a_text_is_a_warning(workspace, text):
    workspace.put("2021-22/training.csv", f"date,title,audience\n2021-05-01,A,{text}\n")
    reading = workspace.read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("warning", "training.audience.placeholder")
    assert "seems to stand for an empty cell" in finding.what
    assert "`placeholders:` in council.yaml" in finding.remedy
    workspace.council["placeholders"] = [text]
    reading = workspace.read()
    assert reading.tables["training"]["audience"].isna().all()
    assert [one.severity for one in reading.findings] == ["info"]


def test_placeholder_in_a_workbook_is_an_empty_cell(workspace, as_workbook):
    workspace.council["placeholders"] = DECLARED
    sheet = [["date", "title", "attended"], ["2021-05-01", "A", "N/A"], ["2021-05-02", "B", 3]]
    for ending in (".xlsx", ".ods"):
        workspace.put(f"2021-22/training{ending}", as_workbook(ending, {"training": sheet}))
        attended = workspace.read().tables["training"]["attended"]
        assert [None if pd.isna(one) else one for one in attended] == [None, 3]
        workspace.remove(f"2021-22/training{ending}")


def test_values_of_a_column_win_over_placeholders(workspace):
    workspace.council["placeholders"] = DECLARED
    workspace.council["values"] = {"complaints.outcome": {"N/A": "no finding"}}
    workspace.rows("complaints", {"outcome": "n/a", "method": "n/a"})
    reading = workspace.read()
    [row] = reading.tables["complaints"].to_dict("records")
    assert row["outcome"] == "no finding"
    assert pd.isna(row["method"])
    assert placeholder_findings(reading)[0][1].endswith("says: method 1")


def test_placeholder_among_several_codes_is_left_out(workspace):
    workspace.council["placeholders"] = DECLARED
    workspace.rows("complaints", {"theme": "delay; N/A"}, {"reference": "C2", "theme": "-; staff"})
    reading = workspace.read()
    assert reading.tables["complaints"]["theme"].tolist() == ["delay", "staff"]


def test_row_of_nothing_but_placeholders_is_no_record(workspace):
    workspace.council["placeholders"] = DECLARED
    workspace.put("2021-22/training.csv", "date,title\n2021-05-01,A\n-,-\nN/A,\n2021-05-02,B\n")
    reading = workspace.read()
    assert reading.tables["training"]["title"].tolist() == ["A", "B"]
    assert reading.tables["training"]["row"].tolist() == [2, 5]
    [(severity, what, count)] = placeholder_findings(reading)
    assert (severity, count) == ("info", 3)
    assert what.endswith("date 2, title 1. 2 rows with nothing else were left out")


@pytest.mark.parametrize("text", ["-", "N/A", "&nbsp;", "\u200b"])
def test_stage_with_nothing_but_placeholders_is_not_reached(workspace, text):
    rows = widen(CASES, STAGES)
    for position, heading in enumerate(rows[0]):
        if heading.startswith("CaseStageStage2") and not heading.endswith("TargetDays"):
            rows[1][position] = text
    workspace.put("2021-22/complaints.csv", as_csv(rows))
    workspace.path("2021-22/investigations.csv").unlink()
    workspace.council |= MAPPING
    workspace.council["placeholders"] = DECLARED
    reading = workspace.read()
    assert reading.tables["investigations"]["stage"].tolist() == ["1"]
    assert [one for one in reading.findings if one.severity == "critical"] == []


def test_value_that_means_nothing_does_not_reach_a_stage(workspace):
    rows = widen(CASES, STAGES)
    rows[1][rows[0].index("CaseStageStage2.Outcome")] = "Not Known"
    workspace.put("2021-22/complaints.csv", as_csv(rows))
    workspace.path("2021-22/investigations.csv").unlink()
    workspace.council |= MAPPING
    assert workspace.read().tables["investigations"]["stage"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("placeholders", "what", "remedy"),
    [
        (["other"], '"other" is a code of complaints, complainant_type', "under `values:`"),
        (["Delay"], '"Delay" is a code of complaints, theme', "under `values:`"),
        (["2"], '"2" is a code of investigations, stage', "under `values:`"),
        ("N/A", "where a list is needed", "on its own line"),
        ([None], "found nothing where a text is needed", '"NULL"'),
    ],
)
def test_impossible_placeholder_is_a_problem_with_a_remedy(workspace, placeholders, what, remedy):
    workspace.council["placeholders"] = placeholders
    with pytest.raises(Problem) as raised:
        workspace.read()
    assert raised.value.where.startswith("data/raw/council.yaml")
    assert what in raised.value.what
    assert remedy in raised.value.remedy
