"""Working days: reg 2 of SI 2006/1738, the day of receipt being day 0."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean.calendar import WorkingDays
from pipeline.problem import Problem

DAYS = st.dates(date(2019, 1, 1), date(2023, 12, 31))


@pytest.fixture(scope="session")
def calendar(council):
    return WorkingDays.for_council(council, 2018, 2025)


def series(*days) -> pd.Series:
    return pd.Series(days, dtype="datetime64[us]")


@pytest.mark.parametrize(
    ("received", "ten", "twenty", "twenty_five", "sixty_five"),
    [
        ("2021-12-13", "2021-12-29", "2022-01-13", "2022-01-20", "2022-03-17"),
        ("2022-05-20", "2022-06-07", "2022-06-21", "2022-06-28", "2022-08-23"),
        ("2022-09-05", "2022-09-20", "2022-10-04", "2022-10-11", "2022-12-06"),
        ("2023-04-24", "2023-05-10", "2023-05-24", "2023-06-01", "2023-07-27"),
    ],
)
def test_the_reference_cases(calendar, received, ten, twenty, twenty_five, sixty_five):
    start = date.fromisoformat(received)
    due = {10: ten, 20: twenty, 25: twenty_five, 65: sixty_five}
    assert {days: calendar.add(start, days).isoformat() for days in due} == due
    for days, end in due.items():
        assert calendar.count(series(received), series(end)).tolist() == [days]


def test_a_case_systems_own_output(calendar):
    assert calendar.add(date(2021, 2, 15), 20) == date(2021, 3, 15)


@pytest.mark.parametrize(
    "day_off",
    [
        "2022-06-03", "2022-09-19", "2023-05-08",  # one-off bank holidays
        "2022-06-02",  # the spring bank holiday, moved for the jubilee
        "2020-05-08",  # the May bank holiday, moved to VE Day
        "2020-12-25", "2019-12-26", "2021-04-02",  # Christmas Day, Boxing Day, Good Friday
        "2021-12-25", "2021-12-27", "2021-12-28",  # Christmas at a weekend, and its substitutes
        "2022-01-03", "2021-04-05", "2021-08-30",
        "2022-01-15", "2022-01-16",  # a Saturday and a Sunday
    ],
)  # fmt: skip
def test_a_day_off_is_not_counted(calendar, day_off):
    day = date.fromisoformat(day_off)
    eve = day - timedelta(days=1)
    assert calendar.add(eve, 1) > day


@pytest.mark.parametrize(
    "ordinary", ["2022-05-30", "2021-12-24", "2021-03-17", "2022-11-30", "2022-08-01", "2022-07-12"]
)
def test_holidays_of_elsewhere_are_working_days(calendar, ordinary):
    """The moved bank holiday's old Monday, Christmas Eve, and the days of Scotland and Northern Ireland."""
    day = date.fromisoformat(ordinary)
    assert calendar.add(day - timedelta(days=1), 1) == day


def test_received_on_a_day_off_the_next_working_day_is_day_1(calendar):
    assert calendar.add(date(2022, 1, 15), 1) == date(2022, 1, 17)  # Saturday
    assert calendar.add(date(2022, 1, 16), 10) == date(2022, 1, 28)  # Sunday
    assert calendar.add(date(2022, 9, 19), 1) == date(2022, 9, 20)  # the State Funeral
    assert calendar.add(date(2021, 12, 25), 1) == date(2021, 12, 29)


def test_answered_on_the_day_of_receipt_takes_no_working_day(calendar):
    days = series("2022-01-14", "2022-01-15")
    assert calendar.count(days, days).tolist() == [0, 0]


def test_answered_on_a_day_off_counts_as_the_next_working_day(calendar):
    friday, saturday = date(2022, 1, 14), date(2022, 1, 15)
    received = date(2021, 12, 30)
    assert calendar.add(received, 10) == friday
    assert calendar.count(series(received, received), series(friday, saturday)).tolist() == [
        10,
        11,
    ]


def test_missing_dates_stay_missing(calendar):
    start, end = series("2022-01-14", None, "2022-01-14"), series("2022-01-17", "2022-01-17", None)
    taken = calendar.count(start, end)
    assert str(taken.dtype) == "Int64"
    assert taken.isna().tolist() == [False, True, True]
    assert calendar.add(start, 10).isna().tolist() == [False, True, False]


def test_an_empty_column_gives_an_empty_column(calendar):
    assert calendar.add(series(), 10).empty
    assert calendar.count(series(), series()).empty


def test_the_index_is_that_of_the_start(calendar):
    start = series("2022-01-14", "2022-01-17").set_axis([7, 3])
    assert calendar.add(start, 1).index.tolist() == [7, 3]
    assert calendar.count(start, start).index.tolist() == [7, 3]


def test_an_end_before_the_start_is_negative(calendar):
    assert calendar.count(series("2022-01-18"), series("2022-01-14")).tolist() == [-2]


def test_a_council_adds_a_day_that_the_calendar_lacks(a_council):
    corrected = WorkingDays.for_council(
        a_council(bank_holidays={"add": ["2022-01-17"]}), 2022, 2022
    )
    assert corrected.add(date(2022, 1, 14), 1) == date(2022, 1, 18)


def test_a_council_removes_a_day_that_the_calendar_has_wrongly(a_council):
    corrected = WorkingDays.for_council(
        a_council(bank_holidays={"remove": ["2022-09-19"]}), 2022, 2022
    )
    assert corrected.add(date(2022, 9, 16), 1) == date(2022, 9, 19)


@pytest.mark.parametrize(
    ("day", "name"),
    [("2022-12-25", "Christmas Day"), ("2022-12-26", "Boxing Day"), ("2022-04-15", "Good Friday")],
)
def test_no_council_works_on_a_day_that_reg_2_names(a_council, day, name):
    with pytest.raises(Problem) as refused:
        WorkingDays.for_council(a_council(bank_holidays={"remove": [day]}), 2022, 2022)
    assert str(refused.value) == (
        f"data/raw/council.yaml, bank_holidays.remove: {day} is {name}, which is never a working day (reg 2 of SI 2006/1738)\n"
        "Take this date out of the list."
    )


def test_years_without_known_bank_holidays_are_refused(council):
    with pytest.raises(
        Problem,
        match="they run from 2020 to 2999, but bank holidays are known for 1872 to 2100 only",
    ):
        WorkingDays.for_council(council, 2020, 2999)


def test_a_date_outside_the_calendars_years_is_never_guessed(council):
    only_2022 = WorkingDays.for_council(council, 2022, 2022)
    with pytest.raises(ValueError, match="is not inside 2022-01-01 to 2022-12-31"):
        only_2022.add(date(2021, 12, 31), 1)
    with pytest.raises(ValueError, match="is not inside"):
        only_2022.add(date(2022, 12, 20), 10)
    assert only_2022.count(
        series("2022-01-01"), pd.Series([pd.Timestamp("2022-12-30 12:00")])
    ).tolist() == [250]


def test_a_limit_is_at_least_a_day(calendar):
    with pytest.raises(ValueError, match="1 working day or more"):
        calendar.add(date(2022, 1, 14), 0)


@given(start=DAYS, days=st.integers(1, 200))
def test_a_limit_takes_as_many_days_as_it_has(calendar, start, days):
    due = calendar.add(start, days)
    assert calendar.count(series(start), series(due)).tolist() == [days]
    assert due.weekday() < 5


@given(start=DAYS, end=DAYS)
def test_adding_the_days_taken_leads_back_to_a_working_day(calendar, start, end):
    taken = calendar.count(series(start), series(end)).iloc[0]
    if taken > 0:
        reached = calendar.add(start, taken)
        assert reached >= end
        assert (
            reached == end
            or calendar.add(end, 1) == calendar.add(reached - timedelta(days=1), 1) == reached
        )


@given(start=DAYS, end=DAYS, limit=st.integers(1, 70))
def test_more_days_than_the_limit_and_after_the_last_day_are_the_same(calendar, start, end, limit):
    taken = calendar.count(series(start), series(end)).iloc[0]
    assert (taken > limit) == (end > calendar.add(start, limit))


@given(start=DAYS, days=st.integers(1, 70))
def test_days_counted_one_by_one_agree(calendar, start, days):
    """The slow and obvious way: walk on until the limit's last working day."""
    import holidays

    england = holidays.country_holidays("GB", subdiv="ENG")
    day, left = start, days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in england
    assert calendar.add(start, days) == day
