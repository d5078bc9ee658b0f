"""Each time limit of the procedure at its boundary, through the public functions of the step."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from builders import make_council, share_of_examples
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.calendar import WorkingDays
from pipeline.clean.cases import TIMELINESS, clean_investigations

RECEIVED = date(2021, 12, 13)


@pytest.fixture(scope="session")
def after(council):
    """after(n): the n-th working day after the day of receipt."""
    calendar = WorkingDays.for_council(council, 2021, 2023)
    return lambda days, start=RECEIVED: calendar.add(start, days) if days else start


@pytest.fixture(scope="session")
def judged(extract, council):
    """judged(stage="1"): an investigation with these cells, as the clean step leaves it."""

    def judge(council=council, complaint_outcome=None, **row) -> pd.Series:
        complaints = extract("complaints", {"reference": "C1", "outcome": complaint_outcome})
        investigations = extract("investigations", {"complaint": "C1", "requested": RECEIVED} | row)
        return (
            clean_investigations(investigations, complaints, council)
            .tables["investigations"]
            .iloc[0]
        )

    return judge


@pytest.mark.parametrize(
    ("stage", "working_days", "extended", "ground", "timeliness", "late_by"),
    [
        ("1", 0, None, None, "within limit", 0),
        ("1", 10, None, None, "within limit", 0),
        ("1", 11, None, None, "late", 1),
        ("1", 10, "yes", "complex", "within limit", 0),
        ("1", 11, "yes", "complex", "within extension", 0),
        ("1", 20, "yes", "advocate", "within extension", 0),
        ("1", 21, "yes", "advocate", "late", 1),
        ("1", 20, "yes", None, "late", 10),
        ("1", 21, "yes", None, "late", 11),
        ("1", 11, "no", "complex", "late", 1),
        ("1", 11, None, "complex", "late", 1),
        ("2", 25, None, None, "within limit", 0),
        ("2", 26, None, None, "late", 1),
        ("2", 26, "yes", "complex", "within extension", 0),
        ("2", 65, "yes", "complex", "within extension", 0),
        ("2", 66, "yes", "complex", "late", 1),
        ("2", 65, "yes", None, "late", 40),
    ],
)
def test_stages_1_and_2_at_their_limits(
    judged, after, stage, working_days, extended, ground, timeliness, late_by
):
    row = judged(
        stage=stage, responded=after(working_days), extended=extended, extension_ground=ground
    )
    assert (row["timeliness"], row["days"], row["days_late"]) == (
        timeliness,
        working_days,
        late_by,
    )


def test_last_days_at_stages_1_and_2_follow_the_regulations(judged):
    row = judged(stage="1", extended="yes", extension_ground="complex")
    assert (row["due"], row["due_extended"], row["limit"]) == (
        pd.Timestamp("2021-12-29"),
        pd.Timestamp("2022-01-13"),
        20,
    )
    row = judged(stage="2", extended="yes", extension_ground="complex")
    assert (row["due"], row["due_extended"], row["limit"]) == (
        pd.Timestamp("2022-01-20"),
        pd.Timestamp("2022-03-17"),
        65,
    )


def test_extension_without_ground_moves_no_date(judged):
    row = judged(stage="1", extended="yes")
    assert pd.isna(row["due_extended"])
    assert row["limit"] == 10


def test_monday_is_day_1_after_receipt_on_saturday(judged):
    saturday = date(2022, 1, 15)
    assert (
        judged(stage="1", requested=saturday, responded=date(2022, 1, 28))["timeliness"]
        == "within limit"
    )
    assert (
        judged(stage="1", requested=saturday, responded=date(2022, 1, 31))["timeliness"] == "late"
    )


def test_answer_on_saturday_after_last_day_is_a_day_late(judged):
    row = judged(stage="1", requested=date(2021, 12, 30), responded=date(2022, 1, 15))
    assert row["due"] == pd.Timestamp("2022-01-14")
    assert (row["timeliness"], row["days"], row["days_late"]) == ("late", 11, 1)


@pytest.mark.parametrize("stage", ["1", "2", "3"])
def test_unanswered_stage_is_open_even_after_years(judged, stage):
    row = judged(stage=stage, requested=date(2015, 4, 1), outcome=None)
    assert row["timeliness"] == "open"
    assert pd.isna(row["days"])
    assert pd.isna(row["days_late"])


@pytest.mark.parametrize("stage", ["1", "2", "3"])
def test_unanswered_stage_that_was_withdrawn_is_not_open(judged, stage):
    assert judged(stage=stage, outcome="withdrawn")["timeliness"] == "withdrawn"
    assert judged(stage=stage, complaint_outcome="withdrawn")["timeliness"] == "withdrawn"


def test_answered_stage_of_withdrawn_complaint_is_judged(judged, after):
    assert (
        judged(stage="1", complaint_outcome="withdrawn", responded=after(11))["timeliness"]
        == "late"
    )


def test_stage_with_outcome_ignores_that_of_complaint(judged):
    assert (
        judged(stage="1", outcome="not upheld", complaint_outcome="withdrawn")["timeliness"]
        == "open"
    )


@pytest.mark.parametrize(
    ("clock", "agreed_after", "clock_from", "timeliness"),
    [
        ("requested", 5, "requested", "late"),
        ("agreed", 5, "agreed", "within limit"),
        ("agreed", None, "requested", "late"),
    ],
)
def test_stage_2_clock_starts_where_settings_say(
    judged, after, clock, agreed_after, clock_from, timeliness
):
    council = make_council(time_limits={"stage_2_clock": clock})
    agreed = after(agreed_after) if agreed_after else None
    row = judged(council, stage="2", agreed=agreed, responded=after(30))
    assert (row["clock_from"], row["timeliness"]) == (clock_from, timeliness)
    assert row["clock_started"] == pd.Timestamp(agreed if clock_from == "agreed" else RECEIVED)


def test_agreed_clock_does_not_apply_to_stage_1(judged, after):
    council = make_council(time_limits={"stage_2_clock": "agreed"})
    assert judged(council, stage="1", agreed=after(5), responded=after(11))["timeliness"] == "late"


def test_limits_of_the_council_are_used(judged, after):
    council = make_council(time_limits={"stage_1": "5", "stage_1_extended": "700"})
    assert judged(council, stage="1", responded=after(6))["days_late"] == 1
    assert (
        judged(council, stage="1", responded=after(6), extended="yes", extension_ground="complex")[
            "limit"
        ]
        == 700
    )


@pytest.mark.parametrize(
    ("panel", "report", "response", "timeliness", "late_by"),
    [
        (30, 5, 15, "within limit", 0),
        (31, 5, 15, "late", 1),
        (30, 6, 15, "late", 1),
        (30, 5, 16, "late", 1),
        (10, 5, 16, "late", 1),  # early at one step buys no time at another
        (32, 8, 19, "late", 9),
    ],
)
def test_stage_3_is_late_if_one_limit_was_exceeded(
    judged, after, panel, report, response, timeliness, late_by
):
    met, reported, responded = after(panel), after(panel + report), after(panel + report + response)
    row = judged(stage="3", panel_met=met, panel_reported=reported, responded=responded)
    days = row[["panel_days", "report_days", "response_days", "days"]].tolist()
    assert days == [panel, report, response, panel + report + response]
    assert (row["timeliness"], row["days_late"]) == (timeliness, late_by)
    assert row["panel_due"] == pd.Timestamp(after(30))
    assert row["report_due"] == pd.Timestamp(after(5, met))
    assert row["due"] == pd.Timestamp(after(15, reported))


@pytest.mark.parametrize(
    ("panel", "report", "response", "timeliness", "late_by"),
    [
        (None, None, 50, "within limit", 0),
        (None, None, 51, "late", 1),
        (30, None, 50, "within limit", 0),
        (30, None, 51, "late", 1),
        (None, 35, 50, "within limit", 0),
        (None, 36, 50, "late", 1),
        (31, None, 50, "late", 1),
    ],
)
def test_stage_3_dates_around_a_missing_one_share_limits(
    judged, after, panel, report, response, timeliness, late_by
):
    row = judged(
        stage="3",
        responded=after(response),
        panel_met=after(panel) if panel else None,
        panel_reported=after(report) if report else None,
    )
    assert (row["timeliness"], row["days_late"]) == (timeliness, late_by)


def test_stage_3_is_open_until_the_authority_responds(judged, after):
    row = judged(stage="3", panel_met=after(40))
    assert (row["timeliness"], row["panel_days"]) == ("open", 40)


@share_of_examples(0.3)
@given(data=st.data())
def test_timeliness_agrees_with_days_and_dates(extract, council, data):
    dates = st.none() | st.dates(date(2021, 4, 1), date(2022, 3, 31))
    row_strategy = st.fixed_dictionaries(
        {
            "stage": st.sampled_from(["1", "2", "3"]),
            "requested": st.dates(date(2021, 4, 1), date(2021, 10, 1)),
            "responded": dates,
            "panel_met": dates,
            "panel_reported": dates,
            "extended": st.sampled_from([None, "yes", "no"]),
            "extension_ground": st.sampled_from([None, "complex", "advocate"]),
            "outcome": st.sampled_from([None, "withdrawn"]),
        }
    )
    rows = data.draw(st.lists(row_strategy, min_size=1, max_size=40))
    rows = [row | {"complaint": str(number)} for number, row in enumerate(rows)]
    table = clean_investigations(
        extract("investigations", *rows), extract("complaints"), council
    ).tables["investigations"]
    assert table["timeliness"].isin(TIMELINESS).all()
    answered = table["responded"].notna()
    assert (table["timeliness"].isin(["open", "withdrawn"]) == ~answered).all()
    assert (table["days_late"].notna() == answered).all()
    assert ((table["timeliness"] == "late") == (table["days_late"].fillna(0) > 0)).all()
    two_stages = table[answered & (table["stage"] != "3")]
    last_day = two_stages["due_extended"].fillna(two_stages["due"])
    assert ((two_stages["timeliness"] == "late") == (two_stages["responded"] > last_day)).all()
