"""Linked cases are counted once; the clocks of reopened cases stop where the setting says."""

from __future__ import annotations

import pandas as pd
import pytest
from builders import make_settings

from pipeline.clean import clean
from pipeline.validate.events import event_findings

REQUIRED = ("complaints", "investigations", "ombudsman", "compliments", "learning")


@pytest.fixture(scope="session")
def cleaned(extract):
    """cleaned(complaints, investigations, …): the result, under settings changed as named."""

    def build(complaints, investigations=(), **changes):
        tables = {name: extract(name) for name in REQUIRED}
        tables["complaints"] = extract("complaints", *complaints)
        tables["investigations"] = extract("investigations", *investigations)
        return clean(tables, make_settings(**changes))

    return build


@pytest.mark.parametrize(
    ("links", "counted"),
    [
        ({"C1": None, "C2": "C1", "C3": "C1"}, ["C1"]),
        ({"C1": "C2", "C2": "C3", "C3": None}, ["C3"]),
        ({"C1": "C2", "C2": "C1", "C3": None}, ["C1", "C3"]),
        ({"C1": "C1", "C2": "elsewhere", "C3": None}, ["C1", "C2", "C3"]),
    ],
)
def test_linked_cases_are_counted_once_in_any_order(cleaned, links, counted):
    cases = [{"reference": name, "linked_to": target} for name, target in links.items()]
    result = cleaned(cases)
    assert result.tables["cases"]["reference"].tolist() == counted
    account = result.reconciliation.query("extract == 'complaints'").set_index("rule")["rows"]
    rule = "linked to another case, and counted as that case"
    assert account.get(rule, 0) == len(links) - len(counted)
    assert len(result.dropped_rows) == len(links) - len(counted)


def test_stages_of_a_linked_case_belong_to_the_case_counted(cleaned):
    cases = [{"reference": "C1"}, {"reference": "C2", "linked_to": "C1"}]
    stages = [("C1", "1"), ("C2", "1"), ("C2", "2")]
    investigations = [
        {"complaint": name, "stage": stage, "requested": "2021-05-04"} for name, stage in stages
    ]
    result = cleaned(cases, investigations)
    table = result.tables["investigations"]
    assert table[["complaint", "stage"]].to_numpy().tolist() == [["C1", "1"], ["C1", "2"]]
    assert result.dropped_rows["rule"].tolist()[-1] == (
        "a stage that the case it is linked to has too"
    )


@pytest.mark.parametrize(
    ("clock", "closed", "timeliness"),
    [
        ("first closing", "2021-05-11", "within limit"),
        ("last closing", "2021-07-30", "late"),
    ],
)
def test_clock_of_a_reopened_case_stops_where_declared(cleaned, clock, closed, timeliness):
    case = {"reference": "C1", "status": "closed", "closed": "2021-05-11"}
    case |= {"reopened": "2021-06-01", "closed_again": "2021-07-30"}
    stage = {"complaint": "C1", "stage": "1", "requested": "2021-05-04", "responded": "2021-05-11"}
    result = cleaned([case], [stage], reopened_clock=clock)
    assert result.tables["cases"]["closed"].tolist() == [pd.Timestamp(closed)]
    assert result.tables["investigations"]["timeliness"].tolist() == [timeliness]


def test_last_closing_is_the_only_one_where_no_case_was_reopened(cleaned):
    case = {"reference": "C1", "status": "closed", "closed": "2021-05-11"}
    stage = {"complaint": "C1", "stage": "1", "requested": "2021-05-04", "responded": "2021-05-11"}
    result = cleaned([case], [stage], reopened_clock="last closing")
    assert result.tables["cases"]["closed"].tolist() == [pd.Timestamp("2021-05-11")]
    assert result.tables["investigations"]["timeliness"].tolist() == ["within limit"]


def test_reopened_case_that_is_open_has_no_closing_date(cleaned):
    case = {"reference": "C1", "status": "open", "closed": "2021-05-11", "reopened": "2021-06-01"}
    assert cleaned([case]).tables["cases"]["closed"].isna().tolist() == [True]


def test_linked_and_reopened_cases_are_reported(extract):
    cases = [{"reference": "C1", "reopened": "2021-06-01"}, {"reference": "C2", "linked_to": "C1"}]
    findings = list(event_findings(extract("complaints", *cases), make_settings()))
    assert [one.what for one in findings] == [
        "1 case is reopened: a clock stops at the first closing "
        "(`reopened_clock: first closing`); row 2",
        "1 case is linked to another case: a linked case is counted once, as the case that it is "
        "linked to; row 3",
    ]
