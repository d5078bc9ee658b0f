"""The case system's headings, codes and wide rows, by the worked example in docs/mapping.md."""

from __future__ import annotations

import shutil
from pathlib import Path

import forms
import pandas as pd
import pytest
from builders import SAMPLE_RAW
from wide_export import MAPPING, as_csv, widen

from pipeline.problem import Problem
from pipeline.settings import load_settings
from pipeline.validate.reading.read import read_extracts


def read_sample(folder: Path):
    return read_extracts(load_settings(folder, "latest"))


def assert_same_readings(text, other) -> None:
    assert text.findings == []
    assert [finding for finding in other.findings if finding.severity != "info"] == []
    assert list(text.tables) == list(other.tables)
    for name, table in text.tables.items():
        pd.testing.assert_frame_equal(
            table.drop(columns=["file", "row"]), other.tables[name].drop(columns=["file", "row"])
        )
    assert text.missing_extracts == other.missing_extracts


def test_sample_reads_the_same_in_all_three_forms(tmp_path):
    readings = []
    for form in (forms.as_csv, forms.as_workbook, forms.as_wide_export):
        raw = tmp_path / form.__name__ / "data" / "raw"
        shutil.copytree(SAMPLE_RAW, raw)
        form(raw)
        readings.append(read_sample(tmp_path / form.__name__))
    text, workbook, wide = readings
    assert len(text.tables["investigations"]) > 3
    assert_same_readings(text, workbook)
    assert_same_readings(text, wide)


@pytest.fixture
def wide(workspace):
    """wide(complaints, investigations): a workspace whose year is one wide export.

    council.yaml has the mapping that it needs.
    """

    def make(complaints: str, investigations: str):
        workspace.put("2021-22/complaints.csv", as_csv(widen(complaints, investigations)))
        workspace.path("2021-22/investigations.csv").unlink(missing_ok=True)
        workspace.council |= MAPPING
        return workspace

    return make


CASES = (
    "reference,received,service_area,complainant_type,route,theme,accepted,status,outcome,closed\n"
    "C1,2021-05-04,Early Help,parent,direct,delay; staff,yes,closed,partially upheld,2021-08-02\n"
    "C2,2021-05-05,Early Help,other,direct,delay,yes,open,,\n"
    "C3,2021-05-06,Early Help,other,direct,delay,no,closed,,2021-05-07\n"
)
STAGES = (
    "complaint,stage,requested,agreed,bypassed,extended,extension_ground,panel_met,panel_reported,"
    "responded,outcome,cost\n"
    "C1,1,2021-05-04,,,no,,,,2021-05-18,not upheld,\n"
    "C1,2,2021-06-01,2021-06-08,no,yes,complex,,,2021-08-02,partially upheld,1200.50\n"
    "C2,1,2021-05-05,,,,,,,,,\n"
)


def test_each_stage_reached_is_a_row_and_no_other(wide):
    reading = wide(CASES, STAGES).read()
    investigations = reading.tables["investigations"]
    assert investigations[["complaint", "stage", "row"]].to_numpy().tolist() == [
        ["C1", "1", 2],
        ["C1", "2", 2],
        ["C2", "1", 3],
    ]
    assert investigations["requested"].tolist() == [
        pd.Timestamp(2021, 5, 4),
        pd.Timestamp(2021, 6, 1),
        pd.Timestamp(2021, 5, 5),
    ]
    assert investigations["outcome"].tolist()[:2] == ["not upheld", "partially upheld"]
    assert investigations["extended"].tolist()[:2] == ["no", "yes"]
    assert reading.tables["complaints"]["theme"].tolist() == ["delay; staff", "delay", "delay"]
    assert reading.tables["complaints"]["complainant_type"].tolist() == ["parent", "other", "other"]


def test_unmapped_columns_are_not_read_and_listed_once(wide):
    reading = wide(CASES, STAGES).read()
    [finding] = reading.findings
    assert (finding.severity, finding.rule) == ("info", "complaints.heading.known")
    assert "CaseWorker.Name" in finding.what
    assert "CaseStageStage1.TargetDays" in finding.what
    assert "Somebody Else" not in str(reading.tables)


def test_stage_without_reached_needs_an_own_cell_filled(wide):
    workspace = wide(CASES, STAGES)
    stage_1 = {
        name: heading for name, heading in MAPPING["stages"]["stage_1"].items() if name != "reached"
    }
    workspace.council["stages"] = MAPPING["stages"] | {"stage_1": stage_1}
    investigations = workspace.read().tables["investigations"]
    assert investigations[["complaint", "stage"]].to_numpy().tolist() == [["C1", "1"], ["C1", "2"]]


def test_earlier_case_is_read_for_this_years_stages(wide):
    cases = CASES.replace("C1,2021-05-04", "C1,2021-03-04")
    reading = wide(cases, STAGES).read()
    assert reading.tables["complaints"]["reference"].tolist() == ["C2", "C3"]
    assert reading.tables["investigations"][["complaint", "stage"]].to_numpy().tolist() == [
        ["C1", "2"],
        ["C2", "1"],
    ]
    [finding] = [one for one in reading.findings if one.severity == "warning"]
    assert (finding.rule, finding.row, finding.value) == (
        "complaints.received.carried_over",
        2,
        "2021-03-04",
    )


def test_bad_value_in_a_stage_names_the_files_heading(wide):
    reading = wide(CASES, STAGES.replace("2021-06-08", "08/06/21")).read()
    [finding] = [one for one in reading.findings if one.severity == "critical"]
    assert (finding.extract, finding.row, finding.column, finding.value) == (
        "investigations",
        2,
        "agreed",
        "08/06/21",
    )
    assert finding.what.endswith('(the file\'s heading is "CaseStageStage2.DateAgreed")')


def test_missing_heading_of_a_stage_is_critical(wide):
    workspace = wide(CASES, STAGES)
    path = workspace.path("2021-22/complaints.csv")
    path.write_text(
        path.read_text().replace("CaseStageStage2.DateReceived", "CaseStageStage2.DateRecieved")
    )
    [finding] = [one for one in workspace.read().findings if one.severity == "critical"]
    assert finding.what == (
        'the heading "CaseStageStage2.DateReceived" that council.yaml names for stage 2 is '
        'missing. Did you mean "CaseStageStage2.DateRecieved"?'
    )
    assert finding.remedy.startswith(
        "Correct the heading in council.yaml, under stages, stage_2, requested"
    )


def test_investigations_beside_a_wide_export_are_a_finding(wide):
    workspace = wide(CASES, STAGES)
    workspace.put("2021-22/investigations.csv", STAGES)
    reading = workspace.read()
    assert [one.what for one in reading.findings if one.severity == "critical"] == [
        "investigations is supplied more than once: as an extract of its own, and in the stages of "
        "data/raw/2021-22/complaints.csv"
    ]


def test_one_year_may_be_wide_and_another_not(wide):
    workspace = wide(CASES, STAGES)
    workspace.add_year("2020-21")
    workspace.put("2020-21/complaints.csv", CASES.replace("2021-", "2020-"))
    workspace.put("2020-21/investigations.csv", STAGES.replace("2021-", "2020-"))
    reading = workspace.read()
    assert [one for one in reading.findings if one.severity == "critical"] == []
    assert reading.tables["investigations"]["year"].tolist() == ["2020-21"] * 3 + ["2021-22"] * 3


def test_numbered_headings_of_codes_are_joined(workspace):
    workspace.council["columns"] = {"complaints": {"theme": ["Class.", "Class.1"]}}
    workspace.council["values"] = {"theme": {"Slow & rude": "delay; staff", "None": ""}}
    workspace.rows(
        "complaints",
        {"reference": "C1", "Class.": "Delay", "Class.1": "staff"},
        {"reference": "C2", "Class.": "None", "Class.1": "slow & RUDE"},
    )
    assert workspace.read().tables["complaints"]["theme"].tolist() == [
        "delay; staff",
        "delay; staff",
    ]


def test_code_for_one_extract_overrides_that_for_all(workspace):
    workspace.council["values"] = {
        "status": {"Done": "closed"},
        "learning.status": {"Done": "implemented"},
    }
    workspace.rows("complaints", {"status": "done"})
    workspace.rows("learning", {"reference": "L1", "lesson": "x", "action": "y", "status": "DONE"})
    tables = workspace.read().tables
    assert (tables["complaints"]["status"].tolist(), tables["learning"]["status"].tolist()) == (
        ["closed"],
        ["implemented"],
    )


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (
            {"columns": {"complaint": {}}},
            'columns, complaint: there is no extract "complaint". Did you mean "complaints"?',
        ),
        (
            {"columns": {"complaints": {"recieved": "X"}}},
            'there is no column of complaints "recieved". Did you mean "received"?',
        ),
        (
            {"columns": {"complaints": {"received": ["A", "B"]}}},
            "this column takes one heading, and several are named",
        ),
        (
            {"values": {"outcom": {"a": "upheld"}}},
            'there is no column "outcom". Did you mean "outcome"?',
        ),
        (
            {"columns": {"Complaints": {"received": "X"}}},
            'there is no extract "Complaints". Did you mean "complaints"?',
        ),
        (
            {"columns": {"complaints": {"Received": "X"}}},
            'there is no column of complaints "Received". Did you mean "received"?',
        ),
        (
            {"values": {"Outcome": {"a": "upheld"}}},
            'there is no column "Outcome". Did you mean "outcome"?',
        ),
        (
            {"values": {"outcome": {"Part": "partly upheld"}}},
            'there is no code of outcome "partly upheld". Did you mean "partially',
        ),
        (
            {"values": {"theme": {"Slow": "delay; slowness"}}},
            'there is no code of theme "slowness".',
        ),
        (
            {"stages": {"stage_1": {"outcome": "X"}}},
            "it does not say which heading holds the date the stage was asked for",
        ),
        (
            {"stages": {"stage_1": {"requestd": "X"}}},
            'there is no such key. Did you mean "requested"?',
        ),
        ({"stages": {"stage_9": {}}}, "there is no such key."),
        ({"dates": "american"}, 'found "american", which is not allowed'),
    ],
)
def test_impossible_mapping_is_a_problem_with_a_hint(workspace, mapping, message):
    workspace.council |= mapping
    with pytest.raises(Problem) as raised:
        workspace.read()
    assert message in str(raised.value)
    assert raised.value.where.startswith("data/raw/council.yaml")


def test_heading_that_mapping_names_and_file_lacks(workspace):
    workspace.council["columns"] = {"complaints": {"reference": "CaseId", "team": "Tema"}}
    workspace.rows("complaints", {"reference": None, "Case_Idd": "C1", "Teams": "x"})
    path = workspace.path("2021-22/complaints.csv")
    path.write_text(path.read_text().replace("reference,", "Ref,"))
    missing_headings = [
        (one.severity, one.column, one.what)
        for one in workspace.read().findings
        if one.rule.endswith("heading.present")
    ]
    assert missing_headings == [
        (
            "critical",
            "reference",
            'the heading "CaseId" that council.yaml names is missing '
            '(the reference by which the case is known). Did you mean "Case_Idd"?',
        ),
        (
            "critical",
            "team",
            'the heading "Tema" that council.yaml names is missing. Did you mean "Teams"?',
        ),
    ]


def test_values_of_a_year_come_before_those_of_all_years(sample_workspace, tmp_path):
    workspace = sample_workspace(tmp_path / "workspace")
    council = workspace / "data" / "raw" / "council.yaml"
    text = council.read_text(encoding="utf-8")
    council.write_text(
        f"{text}\nvalues:\n  team: {{North: Area one}}\n"
        "values_by_year:\n  2020-21: {complaints.team: {NORTH: Area two}}\n",
        encoding="utf-8",
    )
    for year in ("2020-21", "2021-22"):
        path = workspace / "data" / "raw" / year / "complaints.csv"
        table = pd.read_csv(path, dtype="str", keep_default_na=False)
        table.assign(team="North").to_csv(path, index=False)
    teams = read_sample(workspace).tables["complaints"].groupby("year")["team"].unique()
    assert {year: list(names) for year, names in teams.items()} == {
        "2020-21": ["Area two"],
        "2021-22": ["Area one"],
    }


def test_unknown_code_of_a_year_is_named_with_its_key(sample_workspace, tmp_path):
    workspace = sample_workspace(tmp_path / "workspace")
    council = workspace / "data" / "raw" / "council.yaml"
    text = council.read_text(encoding="utf-8")
    entry = "values_by_year: {2020-21: {service_area: {North: Erly Help}}}"
    council.write_text(f"{text}\n{entry}\n", encoding="utf-8")
    with pytest.raises(Problem, match="values_by_year, 2020-21, service_area, North"):
        read_sample(workspace)
