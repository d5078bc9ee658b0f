"""Figures across years, of cases in several categories, and of values that were not recorded."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from builders import CATALOGUE, UPHELD_CASE

from pipeline.aggregate.figure_table import build_figure_table
from pipeline.aggregate.names import check_setting_names
from pipeline.artifacts import DETAIL_SEPARATOR
from pipeline.problem import Kind, Problem
from pipeline.settings import Council

OPEN = {"status": "open", "outcome": None, "closed": None}
EARLIER = {"year": "2020-21", "received": "2020-05-04"}


@pytest.mark.parametrize(
    ("dates", "number"),
    [({}, 0), ({"reopened": "2021-07-01"}, 1), ({"closed_again": "2021-08-02"}, 1)],
)
def test_case_with_a_date_of_reopening_is_reopened(numbers_of, dates, number):
    assert numbers_of("complaints.reopened", cases=[UPHELD_CASE, UPHELD_CASE | dates]) == {
        "": number
    }


# Over the end of a year


@pytest.mark.parametrize(("closed", "number"), [("2022-03-31", 0), ("2022-04-01", 1), (None, 1)])
def test_complaint_is_open_at_year_end_until_closed(numbers_of, closed, number):
    case = UPHELD_CASE | {
        "received": "2022-03-01",
        "closed": closed,
        "status": "closed" if closed else "open",
    }
    assert numbers_of("complaints.open_at_year_end", cases=[case]) == {"": number}


@pytest.mark.parametrize(("closed", "number"), [("2021-03-31", 0), ("2021-04-01", 1), (None, 1)])
def test_complaint_open_at_start_of_year_is_carried_over(numbers_of, closed, number):
    assert numbers_of(
        "complaints.carried_over", cases=[UPHELD_CASE | EARLIER | {"closed": closed}, UPHELD_CASE]
    ) == {"": number}


def test_carried_over_complaints_have_their_present_outcome(numbers_of):
    endings = [{"closed": "2021-04-01"}, {"closed": "2022-05-01", "outcome": "not upheld"}, OPEN]
    cases = [UPHELD_CASE | EARLIER | ending for ending in endings]
    cases += [UPHELD_CASE | EARLIER | {"closed": "2021-03-31"}, UPHELD_CASE]
    numbers = numbers_of("complaints.carried_over_by_outcome", cases=cases)
    assert numbers == {"upheld": 1, "not upheld": 1, "open": 1}


@pytest.mark.parametrize(
    ("closed", "state"),
    [
        ("2021-04-01", "closed in the year"),
        ("2022-03-31", "closed in the year"),
        ("2022-04-01", "open at the end of the year"),
        (None, "open at the end of the year"),
    ],
)
def test_carried_over_complaint_is_closed_by_the_last_day(numbers_of, closed, state):
    cases = [UPHELD_CASE | EARLIER | {"closed": closed}, UPHELD_CASE]
    assert numbers_of("complaints.carried_over_at_year_end", cases=cases) == {state: 1}


@pytest.mark.parametrize(
    ("received", "closed", "numbers"),
    [
        (EARLIER, "2021-03-31", {}),
        (EARLIER, "2021-04-01", {"received in an earlier year": 1}),
        ({}, "2022-03-31", {"received in the year": 1}),
        ({}, "2022-04-01", {}),
        (EARLIER, None, {}),
    ],
)
def test_complaint_is_closed_in_the_year_of_its_closing_date(numbers_of, received, closed, numbers):
    cases = [UPHELD_CASE | received | {"closed": closed}]
    assert numbers_of("complaints.closed_in_year_by_receipt", cases=cases) == numbers
    assert numbers_of("complaints.closed_in_year", cases=cases) == {"": sum(numbers.values())}


def test_carried_over_needs_extracts_of_the_year_before(numbers_of):
    assert numbers_of("complaints.carried_over", "2020-21", cases=[UPHELD_CASE | EARLIER]) == {
        "": "[x]"
    }


@pytest.mark.parametrize(
    ("status", "completed", "number"),
    [
        ("in progress", None, 1),
        ("implemented", "2021-03-31", 0),
        ("implemented", "2021-04-01", 1),
        ("not implemented", None, 0),
    ],
)
def test_action_is_carried_over_until_done_or_given_up(numbers_of, status, completed, number):
    action = {"year": "2020-21", "action": "Check", "status": status, "completed": completed}
    assert numbers_of("learning.carried_over", learning=[action]) == {"": number}


def test_actions_are_counted_by_who_recommended_them(numbers_of):
    action = {"action": "Check", "status": "in progress"}
    rows = [action | {"recommended_by": name} for name in ("members", "members", None)]
    numbers = numbers_of("learning.by_recommender", learning=rows)
    assert numbers == {"members": 2, "not recorded": 1}
    without = numbers_of("learning.by_recommender", learning=[action])
    assert set(without.values()) == {"[x]"}


@pytest.mark.parametrize(
    ("due", "status", "number"),
    [
        ("2022-06-29", "in progress", 1),
        ("2022-06-30", "in progress", 0),
        (None, "in progress", 0),
        ("2022-01-01", "implemented", 0),
    ],
)
def test_action_is_overdue_if_due_before_data_was_taken(numbers_of, due, status, number):
    assert numbers_of(
        "learning.overdue", learning=[{"action": "Check", "status": status, "due": due}]
    ) == {"": number}


@pytest.mark.parametrize(
    ("due", "status", "number"),
    [
        ("2022-06-29", "in progress", 1),
        ("2022-06-30", "in progress", 0),
        (None, "in progress", 0),
        ("2022-01-01", "implemented", 0),
    ],
)
def test_carried_over_action_is_overdue_like_any_other(numbers_of, due, status, number):
    action = {"year": "2020-21", "action": "Check", "status": status, "due": due}
    action |= {"completed": "2021-05-01" if status == "implemented" else None}
    rows = [action, {"action": "Check", "status": "in progress", "due": "2022-01-01"}]
    assert numbers_of("learning.overdue_carried_over", learning=rows) == {"": number}
    assert numbers_of("learning.carried_over_by_status", learning=rows) == {status: 1}


def test_tracker_gives_owner_due_date_and_status_of_an_action(data, published_csv):
    action = {"action": "Check", "status": "in progress"}
    rows = [
        action | {"owner": "Head of Service, SEND", "due": "2022-12-06"},
        action | {"owner": "Head | Deputy", "status": "implemented", "completed": "2022-01-31"},
        action | {"year": "2020-21"},
    ]
    cleaned = data(learning=rows)
    parts = []
    table = build_figure_table(cleaned, published_csv(), parts.append)
    numbers = table[table["figure"].isin(["learning.tracker", "learning.carried_over_tracker"])]
    details = {
        (row.figure, row.year): [] for row in numbers.itertuples() if row.category == "Check"
    }
    for row in numbers[numbers["category"] == "Check"].itertuples():
        details[row.figure, row.year].append(row.detail.rsplit(DETAIL_SEPARATOR, 2))
    unknown = ["not recorded", "not recorded", "in progress"]
    assert details == {
        ("learning.tracker", "2020-21"): [unknown],
        ("learning.tracker", "2021-22"): [
            ["Head of Service, SEND", "6 December 2022", "in progress"],
            ["Head | Deputy", "not recorded", "implemented"],
        ],
        ("learning.carried_over_tracker", "2021-22"): [unknown],
    }
    lineage = pa.concat_tables(parts).to_pandas()
    behind = lineage[lineage["figure"] == "learning.tracker"]
    assert set(behind["detail"]) == set(
        numbers.loc[numbers["figure"] == "learning.tracker", "detail"]
    ) - {""}


def test_ombudsman_decision_counts_in_the_year_it_was_made(data, published_csv):
    case = {"received": "2020-06-01", "year": "2020-21", "subject": "Delay", "decision": "upheld"}
    rows = [case | {"decided": day} for day in ("2021-03-31", "2021-04-01", None)]
    table = build_figure_table(data(ombudsman=rows), published_csv())
    table = table[(table["year"] == "2021-22") & (table["value"] > 0)].set_index("figure")
    assert table.loc["ombudsman.decided_by_decision", ["category", "value"]].to_list() == [
        "upheld",
        1,
    ]
    by_subject = table.loc["ombudsman.decided_by_subject", ["category", "detail", "value"]]
    assert by_subject.to_list() == ["Delay", "upheld", 1]


# Cases that count more than once


def test_complaint_counts_once_at_each_of_its_themes(numbers_of):
    cases = [
        UPHELD_CASE | {"theme": "delay; staff"},
        UPHELD_CASE | {"theme": "staff;staff"},
        UPHELD_CASE | {"theme": None},
    ]
    assert numbers_of("complaints.by_theme", cases=cases) == {"delay": 1, "staff": 2}


def test_issues_are_the_themes_of_all_complaints_added_up(numbers_of):
    cases = [
        UPHELD_CASE | {"theme": "delay; staff"},
        UPHELD_CASE | {"theme": "staff;staff"},
        UPHELD_CASE,
    ]
    assert numbers_of("complaints.issues", cases=cases) == {"": 4}


def test_themes_and_areas_of_upheld_complaints_leave_out_others(numbers_of):
    cases = [
        UPHELD_CASE | {"theme": "delay; staff"},
        UPHELD_CASE | {"outcome": "partially upheld", "service_area": "Looked After Children"},
        UPHELD_CASE | {"outcome": "not upheld"},
        UPHELD_CASE | {"accepted": "no"},
    ]
    assert numbers_of("complaints.upheld_by_theme", cases=cases) == {"delay": 2, "staff": 1}
    by_area = numbers_of("complaints.upheld_by_service_area", cases=cases)
    assert by_area == {"Early Help": 1, "Looked After Children": 1}


def test_teams_of_any_year_are_the_categories_of_every_year(numbers_of, data, published_csv):
    cases = [
        UPHELD_CASE | {"team": "South"},
        UPHELD_CASE | {"team": None},
        UPHELD_CASE | EARLIER | {"team": "North"},
    ]
    assert numbers_of("complaints.by_team", cases=cases) == {"South": 1, "not recorded": 1}
    table = build_figure_table(data(cases=cases), published_csv())
    rows = table[table["figure"] == "complaints.by_team"]
    for year, shorthand in (("2019-20", "x"), ("2020-21", ""), ("2021-22", "")):
        of_year = rows[rows["year"] == year]
        assert list(of_year["category"]) == ["North", "South", "not recorded"]
        assert set(of_year["shorthand"]) == {shorthand}


def test_escalation_counts_in_the_year_of_the_complaint(numbers_of):
    cases = [
        UPHELD_CASE | EARLIER | {"reference": "C0"},
        UPHELD_CASE,
        UPHELD_CASE | {"reference": "C2"},
    ]
    stages = [
        {"complaint": "C0", "stage": "1", "year": "2020-21"},
        {"complaint": "C0", "stage": "2", "year": "2021-22"},
        {"complaint": "C0", "stage": "3", "year": "2021-22"},
        {"complaint": "C1", "stage": "1"},
        {"complaint": "C1", "stage": "2"},
        {"complaint": "C9", "stage": "2"},  # of a complaint that is not held
    ]
    stages = [{"timeliness": "open"} | stage for stage in stages]
    went_on = numbers_of("complaints.escalated", cases=cases, investigations=stages)
    assert went_on == {"went on to stage 2": 1}
    year_before = numbers_of("complaints.escalated", "2020-21", cases=cases, investigations=stages)
    assert year_before == {"went on to stage 2": 1, "went on to stage 3": 1}
    assert numbers_of("stage_2.investigated", cases=cases, investigations=stages) == {"": 3}


def test_complaint_that_began_at_a_stage_has_not_gone_on_to_it(numbers_of):
    stages = [{"complaint": "C1", "stage": "2", "bypassed": "yes", "timeliness": "open"}]
    assert numbers_of("complaints.escalated", cases=[UPHELD_CASE], investigations=stages) == {}
    assert numbers_of("complaints.bypassed_stage_1", investigations=stages) == {"": 1}
    stages.append({"complaint": "C1", "stage": "3", "timeliness": "open"})
    went_on = numbers_of("complaints.escalated", cases=[UPHELD_CASE], investigations=stages)
    assert went_on == {"went on to stage 3": 1}


def test_complaint_went_on_only_from_the_stage_just_before(numbers_of):
    stages_of = {"C1": "12", "C2": "1", "C3": "2", "C4": "23", "C5": "13", "C6": "123"}
    cases = [UPHELD_CASE | {"reference": reference} for reference in stages_of]
    stages = [
        {"complaint": reference, "stage": stage, "timeliness": "open"}
        for reference, stages in stages_of.items()
        for stage in stages
    ]
    tables = {"cases": cases, "investigations": stages}
    expected = {"at_stage_1": 4, "went_on_to_stage_2": 2}  # C1 C2 C5 C6; C1 C6
    expected |= {"at_stage_2": 4, "went_on_to_stage_3": 2}  # C1 C3 C4 C6; C4 C6
    for name, count in expected.items():
        assert numbers_of(f"complaints.{name}", **tables) == {"": count}
    # C5 went on from an earlier stage, though not from the one before.
    went_on = numbers_of("complaints.escalated", **tables)
    assert went_on == {"went on to stage 2": 2, "went on to stage 3": 3}


# What is decided, what is late


def test_upheld_in_whole_or_in_part_is_a_figure_of_its_own(numbers_of):
    outcomes = ["upheld", "partially upheld", "partially upheld", "not upheld", "no finding"]
    cases = [UPHELD_CASE | {"outcome": outcome} for outcome in outcomes]
    cases += [UPHELD_CASE | OPEN | {"outcome": "upheld"}, UPHELD_CASE | {"accepted": "no"}]
    assert numbers_of("complaints.upheld_wholly_or_partly", cases=cases) == {"": 3}
    stages = [{"stage": "1", "outcome": outcome, "timeliness": "late"} for outcome in outcomes]
    assert numbers_of("stage_1.upheld_wholly_or_partly", investigations=stages) == {"": 3}
    assert numbers_of("stage_2.upheld_wholly_or_partly", investigations=stages) == {"": 0}


def test_response_in_time_is_within_limit_or_extension(numbers_of):
    verdicts = ["within limit", "within extension", "within extension", "late", "open", "withdrawn"]
    stages = [{"stage": "2", "timeliness": verdict} for verdict in verdicts]
    assert numbers_of("stage_2.in_time", investigations=stages) == {"": 3}


def test_share_in_time_is_of_the_answered_investigations(numbers_of):
    days_by_verdict = {"within limit": 9, "late": 80, "open": None, "withdrawn": None}
    stages = [
        {"stage": "3", "timeliness": verdict, "days": days}
        for verdict, days in days_by_verdict.items()
    ]
    assert numbers_of("stage_3.answered", investigations=stages) == {"": 2}
    assert numbers_of("stage_3.in_time", investigations=stages) == {"": 1}
    assert CATALOGUE["stage_3.in_time"].base == "stage_3.answered"


def test_only_outcomes_with_a_finding_count_as_decided(numbers_of):
    outcomes = [
        "upheld",
        "no finding",
        "withdrawn",
        "resolved before investigation",
        "not progressed",
    ]
    cases = [UPHELD_CASE | {"outcome": outcome} for outcome in outcomes]
    cases += [
        UPHELD_CASE | OPEN,
        UPHELD_CASE | {"accepted": "no"},
        UPHELD_CASE | OPEN | {"outcome": "upheld"},
    ]
    assert numbers_of("complaints.decided", cases=cases) == {"": 2}
    assert numbers_of("complaints.decided_by_outcome", cases=cases) == {
        "upheld": 1,
        "no finding": 1,
    }


def test_days_late_are_measured_on_late_stages_only(numbers_of):
    def stage(late, verdict):
        return {
            "complaint": "C1",
            "stage": "2",
            "timeliness": verdict,
            "days": 30,
            "days_late": late,
        }

    rows = [stage(0, "within limit"), stage(5, "late"), stage(40, "late")]
    assert numbers_of("stage_2.longest_late", investigations=rows) == {"": 40}
    assert numbers_of("stage_2.median_late", investigations=rows) == {"": 22.5}
    assert numbers_of("stage_2.longest_late", investigations=rows[:1]) == {"": "[z]"}


def answered_stages(*days: int, year: str = "2021-22") -> list[dict]:
    row = {"stage": "1", "timeliness": "late", "year": year}
    return [row | {"days": number} for number in days]


def test_few_responses_are_listed_by_days_in_order(data, published_csv, numbers_of):
    stages = answered_stages(18, 9, 100, 9) + answered_stages(30, year="2020-21")
    stages.append({"stage": "1", "timeliness": "open"})
    assert numbers_of("stage_1.by_days", investigations=stages) == {"9": 2, "18": 1, "100": 1}
    assert numbers_of("stage_1.by_days", "2020-21", investigations=stages) == {"30": 1}
    table = build_figure_table(data(investigations=stages), published_csv())
    rows = table[(table["figure"] == "stage_1.by_days") & (table["year"] == "2020-21")]
    assert list(rows["category"]) == ["9", "18", "30", "100"]


@pytest.mark.parametrize(("count", "number"), [(0, 0), (9, 1), (10, "[z]")])
def test_ten_responses_or_more_are_not_listed_by_days(numbers_of, count, number):
    stages = answered_stages(*range(1, count + 1)) + answered_stages(1, year="2020-21")
    numbers = numbers_of("stage_1.by_days", investigations=stages)
    assert numbers.get("1", 0) == number


def test_measures_of_days_are_made_of_the_same_responses(numbers_of):
    stages = answered_stages(1, 2, 3, 4, 90)
    stages.append({"stage": "1", "timeliness": "open"})
    names = ("shortest_days", "median_days", "mean_days", "days_90th", "longest_days")
    measured = [numbers_of(f"stage_1.{name}", investigations=stages)[""] for name in names]
    assert measured == [1, 3, 20, 90, 90]
    assert numbers_of("stage_1.mean_days", investigations=[]) == {"": "[z]"}


@pytest.mark.parametrize(("count", "days"), [(1, 1), (9, 9), (10, 9), (11, 10), (19, 18), (20, 18)])
def test_nine_in_ten_responses_took_a_whole_number_of_days(numbers_of, count, days):
    """A number between two responses would be untrue of at least nine in ten."""
    stages = answered_stages(*range(1, count + 1))
    assert numbers_of("stage_1.days_90th", investigations=stages) == {"": days}


@pytest.mark.parametrize(
    ("days", "timeliness"), [(30, "within limit"), (31, "late"), (None, "not recorded")]
)
def test_each_limit_of_the_panel_is_judged_on_its_own(numbers_of, days, timeliness):
    due = pd.Timestamp("2021-06-30")
    row = {
        "complaint": "C1",
        "stage": "3",
        "timeliness": "late",
        "panel_met": due + pd.Timedelta(days=days - 30) if days else None,
        "panel_due": due,
        "panel_days": days,
        "panel_reported": due,
        "report_due": due,
        "report_days": 5,
    }
    assert numbers_of("stage_3.panel", investigations=[row]) == {timeliness: 1}
    assert numbers_of("stage_3.report", investigations=[row]) == {"within limit": 1}


@pytest.mark.slow
def test_cost_that_was_not_recorded_is_not_0(numbers_of):
    row = {"complaint": "C1", "stage": "2", "timeliness": "open"}
    assert numbers_of("stage_2.cost", investigations=[row]) == {"": "[x]"}
    assert numbers_of("stage_2.cost", investigations=[row, row | {"cost": 100.5}]) == {"": 100.5}
    assert numbers_of("stage_2.costed", investigations=[row, row | {"cost": 100.5}]) == {"": 1}
    assert numbers_of("stage_2.cost", investigations=[]) == {"": 0}


# What is not recorded


def test_characteristic_not_collected_is_not_available(numbers_of):
    assert numbers_of("complaints.by_gender", cases=[UPHELD_CASE | {"gender": "female"}]) == {
        "not recorded": "[x]"
    }
    assert numbers_of("complaints.with_gender", cases=[UPHELD_CASE | {"gender": "female"}]) == {
        "": 0
    }


def test_empty_cell_counts_as_not_recorded(numbers_of):
    assert numbers_of(
        "complaints.by_method", cases=[UPHELD_CASE, UPHELD_CASE | {"method": "email"}]
    ) == {
        "email": 1,
        "not recorded": 1,
    }


# Rates


def test_rate_uses_the_last_count_of_children(numbers_of):
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
    assert numbers_of("activity.children_in_need", activity=activity) == {"": 800}
    assert numbers_of(
        "complaints.per_1000_children", cases=[UPHELD_CASE, UPHELD_CASE], activity=activity
    ) == {"": 2.5}


def test_counts_of_a_service_area_are_those_of_its_last_date(numbers_of):
    row = {"measure": "referrals", "service_area": "Early Help"}
    activity = [
        row | {"count": 5, "as_at": "2021-09-30"},
        row | {"count": 9, "as_at": "2022-03-31"},
        row | {"count": 40, "as_at": "2022-03-31", "service_area": None},
        row | {"count": 7, "as_at": "2022-03-31", "measure": "children in need"},
    ]
    for name, count in (("referrals", 9), ("children_in_need", 7)):
        numbers = numbers_of(f"activity.{name}_by_service_area", activity=activity)
        assert numbers.pop("Early Help") == count
        assert set(numbers.values()) == {"[x]"}


@pytest.mark.parametrize("count", [0, None])
def test_rate_without_children_is_not_available(numbers_of, count):
    activity = [{"measure": "children in need", "count": count, "as_at": "2022-03-31"}]
    assert numbers_of("complaints.per_1000_children", cases=[UPHELD_CASE], activity=activity) == {
        "": "[x]"
    }


def test_measure_that_was_not_given_is_not_0(numbers_of):
    assert numbers_of(
        "activity.children_in_need",
        activity=[{"measure": "referrals", "count": 9, "as_at": "2022-03-31"}],
    ) == {"": "[x]"}


# What was once published


def test_number_that_differs_from_published_is_revised(data, published_csv):
    published = published_csv(
        ("2020-21", "complaints.received", "", 9),
        ("2021-22", "complaints.received", "", 1),
        ("2020-21", "stage_1.median_days", "", 13.5),
    )
    stages = [
        {"year": "2020-21", "stage": "1", "timeliness": "late", "days": days} for days in (13, 14)
    ]
    table = build_figure_table(
        data(cases=[UPHELD_CASE, UPHELD_CASE | EARLIER], investigations=stages), published
    ).set_index(["figure", "year"])
    revised, same = (
        table.loc[("complaints.received", "2020-21")],
        table.loc[("complaints.received", "2021-22")],
    )
    assert (revised["value"], revised["shorthand"], revised["once_published"]) == (1, "r", 9)
    assert (same["value"], same["shorthand"]) == (1, "")
    assert pd.isna(same["once_published"])
    assert table.loc[("stage_1.median_days", "2020-21"), "shorthand"] == ""


def test_unknown_figures_in_the_settings_are_all_named(council):
    breaks = [
        {"figure": name, "from_year": "2020-21", "note": "counted anew"}
        for name in ("complaints.recieved", "complaints.received", "compliments.receved")
    ]
    disclosure = {"policy": "publish", "reason": "by decision", "sensitive": ["characterstics"]}
    broken = Council.model_validate(
        council.model_dump(mode="json") | {"series_breaks": breaks, "disclosure": disclosure}
    )
    with pytest.raises(Problem) as raised:
        check_setting_names(broken)
    assert raised.value.kind == Kind.SETTINGS
    assert raised.value.what.startswith("3 things to fix\n")
    for text in (
        'entry 1: there is no figure "complaints.recieved". Did you mean "complaints.received"?',
        'entry 3: there is no figure "compliments.receved". Did you mean "compliments.received"?',
        'entry 1: there is no figure "characterstics". Did you mean "characteristics"?',
        "  → Use the id of a figure",
    ):
        assert text in raised.value.what
