"""Figures that follow cases over years, share a case between categories, or are of what is not recorded."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.aggregate.figure_table import build_figure_table
from pipeline.problem import Kind, Problem
from pipeline.settings import Council

CASE = {
    "reference": "C1", "received": "2021-05-04", "accepted": "yes", "status": "closed", "outcome": "upheld",
    "closed": "2021-06-01",
    "service_area": "Early Help", "route": "direct", "complainant_type": "parent", "theme": "delay",
}  # fmt: skip
OPEN = {"status": "open", "outcome": None, "closed": None}
EARLIER = {"year": "2020-21", "received": "2020-05-04"}


@pytest.fixture
def made(data, published_csv):
    """made("complaints.received", cases=[…]): category → value of a figure in 2021-22; `[x]` and the like where there is none."""

    def make(id: str, year: str = "2021-22", published=(), **rows) -> dict[str, float | str]:
        table = build_figure_table(data(**rows), published_csv(*published))
        found = table[(table["figure"] == id) & (table["year"] == year)]
        return {
            one.category: f"[{one.shorthand}]" if pd.isna(one.value) else one.value
            for one in found.itertuples()
            if pd.isna(one.value) or one.value or not one.category
        }

    return make


# Over the end of a year -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("closed", "number"), [("2022-03-31", 0), ("2022-04-01", 1), (None, 1)])
def test_a_complaint_is_open_at_the_year_s_end_until_it_is_closed(made, closed, number):
    case = CASE | {
        "received": "2022-03-01",
        "closed": closed,
        "status": "closed" if closed else "open",
    }
    assert made("complaints.open_at_year_end", cases=[case]) == {"": number}


@pytest.mark.parametrize(("closed", "number"), [("2021-03-31", 0), ("2021-04-01", 1), (None, 1)])
def test_one_of_the_year_before_is_carried_over_if_it_was_open_when_this_began(
    made, closed, number
):
    assert made("complaints.carried_over", cases=[CASE | EARLIER | {"closed": closed}, CASE]) == {
        "": number
    }


def test_nobody_knows_what_was_carried_over_from_a_year_without_extracts(made):
    assert made("complaints.carried_over", "2020-21", cases=[CASE | EARLIER]) == {"": "[x]"}


@pytest.mark.parametrize(("status", "completed", "number"), [
    ("in progress", None, 1), ("implemented", "2021-03-31", 0), ("implemented", "2021-04-01", 1), ("not implemented", None, 0),
])  # fmt: skip
def test_an_action_is_carried_over_until_it_is_done_or_given_up(made, status, completed, number):
    action = {"year": "2020-21", "action": "Check", "status": status, "completed": completed}
    assert made("learning.carried_over", learning=[action]) == {"": number}


@pytest.mark.parametrize(("due", "status", "number"), [
    ("2022-06-29", "in progress", 1), ("2022-06-30", "in progress", 0), (None, "in progress", 0),
    ("2022-01-01", "implemented", 0),
])  # fmt: skip
def test_an_action_is_overdue_if_it_was_due_before_the_data_was_taken(made, due, status, number):
    assert made(
        "learning.overdue", learning=[{"action": "Check", "status": status, "due": due}]
    ) == {"": number}


# Cases that count more than once --------------------------------------------------------------------------------------------


def test_a_complaint_counts_once_at_each_of_its_themes(made):
    cases = [
        CASE | {"theme": "delay; staff"},
        CASE | {"theme": "staff;staff"},
        CASE | {"theme": None},
    ]
    assert made("complaints.by_theme", cases=cases) == {"delay": 1, "staff": 2}


def test_escalation_follows_the_complaints_of_one_year_whenever_they_went_on(made):
    cases = [CASE | EARLIER | {"reference": "C0"}, CASE, CASE | {"reference": "C2"}]
    stages = [
        {"complaint": "C0", "stage": "1", "year": "2020-21"}, {"complaint": "C0", "stage": "2", "year": "2021-22"},
        {"complaint": "C0", "stage": "3", "year": "2021-22"}, {"complaint": "C1", "stage": "2"},
        {"complaint": "C9", "stage": "2"},  # of a complaint that is not held
    ]  # fmt: skip
    stages = [{"timeliness": "open"} | stage for stage in stages]
    went_on = made("complaints.escalated", cases=cases, investigations=stages)
    assert went_on == {"went on to stage 2": 1}
    before = made("complaints.escalated", "2020-21", cases=cases, investigations=stages)
    assert before == {"went on to stage 2": 1, "went on to stage 3": 1}
    assert made("stage_2.investigated", cases=cases, investigations=stages) == {"": 3}


# What is decided, what is late ----------------------------------------------------------------------------------------------


def test_only_what_was_found_counts_as_decided(made):
    outcomes = [
        "upheld",
        "no finding",
        "withdrawn",
        "resolved before investigation",
        "not progressed",
    ]
    cases = [CASE | {"outcome": outcome} for outcome in outcomes]
    cases += [CASE | OPEN, CASE | {"accepted": "no"}, CASE | OPEN | {"outcome": "upheld"}]
    assert made("complaints.decided", cases=cases) == {"": 2}
    assert made("complaints.decided_by_outcome", cases=cases) == {"upheld": 1, "no finding": 1}


def test_how_late_is_of_the_late_only_and_of_none_there_is_no_most(made):
    def stage(late, verdict):
        return {
            "complaint": "C1",
            "stage": "2",
            "timeliness": verdict,
            "working_days": 30,
            "working_days_late": late,
        }

    rows = [stage(0, "within limit"), stage(5, "late"), stage(40, "late")]
    assert made("stage_2.longest_late", investigations=rows) == {"": 40}
    assert made("stage_2.median_late", investigations=rows) == {"": 22.5}
    assert made("stage_2.longest_late", investigations=rows[:1]) == {"": "[z]"}


@pytest.mark.parametrize(
    ("days", "said"), [(30, "within limit"), (31, "late"), (None, "not recorded")]
)
def test_each_of_the_panel_s_limits_is_judged_by_itself(made, days, said):
    row = {
        "complaint": "C1",
        "stage": "3",
        "timeliness": "late",
        "panel_working_days": days,
        "report_working_days": 5,
    }
    assert made("stage_3.panel", investigations=[row]) == {said: 1}
    assert made("stage_3.report", investigations=[row]) == {"within limit": 1}


def test_a_cost_that_nobody_recorded_is_not_nothing(made):
    row = {"complaint": "C1", "stage": "2", "timeliness": "open"}
    assert made("stage_2.cost", investigations=[row]) == {"": "[x]"}
    assert made("stage_2.cost", investigations=[row, row | {"cost": 100.5}]) == {"": 100.5}
    assert made("stage_2.costed", investigations=[row, row | {"cost": 100.5}]) == {"": 1}
    assert made("stage_2.cost", investigations=[]) == {"": 0}


# What is not recorded -------------------------------------------------------------------------------------------------------


def test_what_the_council_does_not_collect_is_not_available_even_if_a_cell_is_filled(made):
    assert made("complaints.by_gender", cases=[CASE | {"gender": "female"}]) == {
        "not recorded": "[x]"
    }
    assert made("complaints.with_gender", cases=[CASE | {"gender": "female"}]) == {"": 0}


def test_an_empty_cell_is_not_recorded(made):
    assert made("complaints.by_method", cases=[CASE, CASE | {"method": "email"}]) == {
        "email": 1,
        "not recorded": 1,
    }


# Rates ----------------------------------------------------------------------------------------------------------------------


def test_a_rate_is_the_count_for_each_thousand_at_the_last_date(made):
    activity = [
        {"measure": "children in need", "count": 500, "as_at": "2021-09-30"},
        {"measure": "children in need", "count": 800, "as_at": "2022-03-31"},
        {
            "measure": "children in need",
            "count": 200,
            "as_at": "2022-03-31",
            "service_area": "Early Help",
        },
    ]
    assert made("activity.children_in_need", activity=activity) == {"": 800}
    assert made("complaints.per_1000_children", cases=[CASE, CASE], activity=activity) == {"": 2.5}


@pytest.mark.parametrize("count", [0, None])
def test_there_is_no_rate_without_children(made, count):
    activity = [{"measure": "children in need", "count": count, "as_at": "2022-03-31"}]
    assert made("complaints.per_1000_children", cases=[CASE], activity=activity) == {"": "[x]"}


def test_a_measure_that_was_not_given_is_not_0(made):
    assert made(
        "activity.children_in_need",
        activity=[{"measure": "referrals", "count": 9, "as_at": "2022-03-31"}],
    ) == {"": "[x]"}


# What was once published ----------------------------------------------------------------------------------------------------


def test_a_number_that_is_another_than_was_published_is_marked_as_revised(data, published_csv):
    published = published_csv(("2020-21", "complaints.received", "", 9), ("2021-22", "complaints.received", "", 1),
                              ("2020-21", "stage_1.median_days", "", 13.5))  # fmt: skip
    stages = [
        {"year": "2020-21", "stage": "1", "timeliness": "late", "working_days": days}
        for days in (13, 14)
    ]
    table = build_figure_table(
        data(cases=[CASE, CASE | EARLIER], investigations=stages), published
    ).set_index(["figure", "year"])
    revised, same = (
        table.loc[("complaints.received", "2020-21")],
        table.loc[("complaints.received", "2021-22")],
    )
    assert (revised["value"], revised["shorthand"], revised["once_published"]) == (1, "r", 9)
    assert (same["value"], same["shorthand"]) == (1, "")
    assert pd.isna(same["once_published"])
    assert table.loc[("stage_1.median_days", "2020-21"), "shorthand"] == ""


def test_a_break_in_the_series_of_no_figure_is_refused(data, published_csv, council):
    made = data(cases=[CASE])
    broken = Council.model_validate(council.model_dump() | {"series_breaks": [
        {"figure": "complaints.recieved", "from_year": "2020-21", "note": "counted anew"}
    ]})  # fmt: skip
    settings = made.settings.model_copy(update={"council": broken})
    with pytest.raises(
        Problem, match=r'no figure "complaints\.recieved"\. Did you mean "complaints\.received"'
    ) as raised:
        build_figure_table(type(made)(made.tables, made.supplied, settings), published_csv())
    assert raised.value.kind == Kind.SETTINGS
    assert raised.value.where == "data/raw/council.yaml, series_breaks, entry 1"
