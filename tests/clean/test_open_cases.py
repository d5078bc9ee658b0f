"""The team's list of open cases: their age, and what is due in the next ten working days."""

from __future__ import annotations

import os
import stat
from datetime import date

import pandas as pd
import pytest
from builders import CHILDREN, make_council, typed_extract

from pipeline.clean.open_cases import (
    DUE_LATER,
    DUE_SOON,
    NO_DATE,
    OLDEST,
    OVERDUE,
    open_case_summary,
    open_cases,
)
from pipeline.clean.timeliness import timeliness_types

AS_AT = date(2022, 6, 30)


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def listed(cases, investigations=()):
    stages = typed_extract("investigations", list(investigations), timeliness_types(CHILDREN))
    return open_cases(typed_extract("complaints", cases), stages, make_council(), AS_AT)


def case(reference, received, **changes):
    row = {"year": "2022-23", "reference": reference, "received": day(received), "status": "open"}
    return row | changes


def stage(complaint, requested, due, **changes):
    row = {"year": "2022-23", "complaint": complaint, "stage": "1", "requested": day(requested)}
    return row | {"due": day(due)} | changes


def test_open_cases_have_their_age_and_the_response_due_first():
    table = listed(
        [
            case("A", "2022-06-20"),
            case("B", "2022-01-04"),
            case("C", "2022-06-01"),
            case("D", "2022-06-29"),
            case("closed", "2022-06-01", status="closed", closed=day("2022-06-10")),
            case("later", "2022-07-01"),
        ],
        [
            stage("A", "2022-06-20", "2022-07-04"),
            stage("B", "2022-01-04", "2022-01-18", responded=day("2022-01-18")),
            stage("B", "2022-06-01", "2022-09-01", stage="2"),
            stage("C", "2022-06-01", "2022-06-17"),
        ],
    )
    columns = ("reference", "working_days_open", "stage", "working_days_left", "state")
    rows = [tuple(row) for row in table[[*columns]].astype("object").fillna("").values.tolist()]
    assert rows == [
        ("C", 19, "1", -9, OVERDUE),
        ("A", 8, "1", 2, DUE_SOON),
        ("B", 122, "2", 44, DUE_LATER),
        ("D", 1, "", "", NO_DATE),
    ]
    assert list(table["age"])[2] == OLDEST


def test_response_with_a_counted_extension_is_due_by_its_end():
    extended = stage("A", "2022-06-20", "2022-07-04", due_extended=day("2022-07-18"))
    (state,) = listed([case("A", "2022-06-20")], [extended])["state"]
    assert state == DUE_LATER


def test_summary_counts_every_case_once_by_age_and_by_state():
    table = listed([case("A", "2022-06-20"), case("B", "2022-06-01")])
    lines = open_case_summary(table).splitlines()
    assert lines[0] == "2 open cases"
    counts = [int(line.split()[0]) for line in lines if line.startswith("  ")]
    assert sum(counts) == 2 * len(table)
    assert open_case_summary(listed([])).startswith("0 open cases")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of folders")
def test_list_is_in_a_folder_of_its_maker_and_in_no_report(workspace, annual_report):
    result = annual_report("open-cases", "2021-22", "--workspace", workspace)
    assert result.returncode == 0, result.stderr
    assert "For the team, not for publication" in result.stdout
    (table,) = workspace.rglob("open_cases.csv")
    assert table.relative_to(workspace).as_posix() == "data/processed/2021-22.open/open_cases.csv"
    assert stat.S_IMODE(table.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert stat.S_IMODE(table.parent.stat().st_mode) == stat.S_IRWXU
    assert not (workspace / "reports").exists()
