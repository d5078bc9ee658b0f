"""Working days: reg 2 of SI 2006/1738, the day of receipt being day 0."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from builders import make_council
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
def test_last_days_of_limits_match_cases_worked_by_hand(
    calendar, received, ten, twenty, twenty_five, sixty_five
):
    start = date.fromisoformat(received)
    due = {10: ten, 20: twenty, 25: twenty_five, 65: sixty_five}
    assert {days: calendar.add(start, days).isoformat() for days in due} == due
    for days, end in due.items():
        assert calendar.count(series(received), series(end)).tolist() == [days]


def test_last_day_matches_output_of_a_case_system(calendar):
    assert calendar.add(date(2021, 2, 15), 20) == date(2021, 3, 15)


@pytest.mark.parametrize(
    "day_off",
    [
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",  # one-off bank holidays
        "2022-06-02",  # the spring bank holiday, moved for the jubilee
        "2020-05-08",  # the May bank holiday, moved to VE Day
        "2020-12-25",
        "2019-12-26",
        "2021-04-02",  # Christmas Day, Boxing Day, Good Friday
        "2021-12-25",
        "2021-12-27",
        "2021-12-28",  # Christmas at a weekend, and its substitutes
        "2022-01-03",
        "2021-04-05",
        "2021-08-30",
        "2022-01-15",
        "2022-01-16",  # a Saturday and a Sunday
    ],
)
def test_bank_holiday_and_weekend_are_not_counted(calendar, day_off):
    day = date.fromisoformat(day_off)
    eve = day - timedelta(days=1)
    assert calendar.add(eve, 1) > day


@pytest.mark.parametrize(
    "ordinary", ["2022-05-30", "2021-12-24", "2021-03-17", "2022-11-30", "2022-08-01", "2022-07-12"]
)
def test_holiday_outside_england_is_a_working_day(calendar, ordinary):
    """The old day of a moved bank holiday, Christmas Eve, Scottish and Northern Irish holidays."""
    day = date.fromisoformat(ordinary)
    assert calendar.add(day - timedelta(days=1), 1) == day


def test_day_1_after_receipt_on_day_off_is_next_working_day(calendar):
    assert calendar.add(date(2022, 1, 15), 1) == date(2022, 1, 17)  # Saturday
    assert calendar.add(date(2022, 1, 16), 10) == date(2022, 1, 28)  # Sunday
    assert calendar.add(date(2022, 9, 19), 1) == date(2022, 9, 20)  # the State Funeral
    assert calendar.add(date(2021, 12, 25), 1) == date(2021, 12, 29)


def test_answer_on_day_of_receipt_takes_no_working_day(calendar):
    days = series("2022-01-14", "2022-01-15")
    assert calendar.count(days, days).tolist() == [0, 0]


def test_answer_on_day_off_counts_as_next_working_day(calendar):
    friday, saturday = date(2022, 1, 14), date(2022, 1, 15)
    received = date(2021, 12, 30)
    assert calendar.add(received, 10) == friday
    assert calendar.count(series(received, received), series(friday, saturday)).tolist() == [
        10,
        11,
    ]


def test_missing_date_gives_missing_count_and_limit(calendar):
    start, end = series("2022-01-14", None, "2022-01-14"), series("2022-01-17", "2022-01-17", None)
    count = calendar.count(start, end)
    assert str(count.dtype) == "Int64"
    assert count.isna().tolist() == [False, True, True]
    assert calendar.add(start, 10).isna().tolist() == [False, True, False]


def test_empty_column_of_dates_gives_empty_column(calendar):
    assert calendar.add(series(), 10).empty
    assert calendar.count(series(), series()).empty


def test_index_of_result_is_that_of_the_start(calendar):
    start = series("2022-01-14", "2022-01-17").set_axis([7, 3])
    assert calendar.add(start, 1).index.tolist() == [7, 3]
    assert calendar.count(start, start).index.tolist() == [7, 3]


def test_end_before_start_gives_negative_count(calendar):
    assert calendar.count(series("2022-01-18"), series("2022-01-14")).tolist() == [-2]


def test_bank_holiday_added_by_council_is_not_counted():
    corrected = WorkingDays.for_council(
        make_council(bank_holidays={"add": ["2022-01-17"]}), 2022, 2022
    )
    assert corrected.add(date(2022, 1, 14), 1) == date(2022, 1, 18)


def test_bank_holiday_removed_by_council_is_counted():
    corrected = WorkingDays.for_council(
        make_council(bank_holidays={"remove": ["2022-09-19"]}), 2022, 2022
    )
    assert corrected.add(date(2022, 9, 16), 1) == date(2022, 9, 19)


@pytest.mark.parametrize(
    ("day", "name"),
    [("2022-12-25", "Christmas Day"), ("2022-12-26", "Boxing Day"), ("2022-04-15", "Good Friday")],
)
def test_day_that_reg_2_names_cannot_be_removed(day, name):
    with pytest.raises(Problem) as refused:
        WorkingDays.for_council(make_council(bank_holidays={"remove": [day]}), 2022, 2022)
    assert str(refused.value) == (
        f"data/raw/council.yaml, bank_holidays.remove: {day} is {name}, "
        "which is never a working day (reg 2 of SI 2006/1738)\n"
        "Take this date out of the list."
    )


def test_year_without_known_bank_holidays_is_refused(council):
    with pytest.raises(
        Problem,
        match="they run from 2020 to 2999, but bank holidays are known for 1872 to 2100 only",
    ):
        WorkingDays.for_council(council, 2020, 2999)


def test_date_outside_the_calendar_is_an_error(council):
    only_2022 = WorkingDays.for_council(council, 2022, 2022)
    with pytest.raises(ValueError, match="is not inside 2022-01-01 to 2022-12-31"):
        only_2022.add(date(2021, 12, 31), 1)
    with pytest.raises(ValueError, match="is not inside"):
        only_2022.add(date(2022, 12, 20), 10)
    assert only_2022.count(
        series("2022-01-01"), pd.Series([pd.Timestamp("2022-12-30 12:00")])
    ).tolist() == [250]


def test_limit_of_less_than_a_day_is_an_error(calendar):
    with pytest.raises(ValueError, match="1 working day or more"):
        calendar.add(date(2022, 1, 14), 0)


@given(start=DAYS, days=st.integers(1, 200))
def test_count_to_last_day_of_limit_is_the_limit(calendar, start, days):
    due = calendar.add(start, days)
    assert calendar.count(series(start), series(due)).tolist() == [days]
    assert due.weekday() < 5


@given(start=DAYS, end=DAYS)
def test_adding_the_count_leads_to_end_or_next_working_day(calendar, start, end):
    count = calendar.count(series(start), series(end)).iloc[0]
    if count > 0:
        reached = calendar.add(start, count)
        assert reached >= end
        assert (
            reached == end
            or calendar.add(end, 1) == calendar.add(reached - timedelta(days=1), 1) == reached
        )


@given(start=DAYS, end=DAYS, limit=st.integers(1, 70))
def test_count_beyond_limit_means_end_after_last_day(calendar, start, end, limit):
    count = calendar.count(series(start), series(end)).iloc[0]
    assert (count > limit) == (end > calendar.add(start, limit))


@given(start=DAYS, days=st.integers(1, 70))
def test_last_day_agrees_with_counting_day_by_day(calendar, start, days):
    """The slow and obvious way: walk on until the limit's last working day."""
    import holidays

    england = holidays.country_holidays("GB", subdiv="ENG")
    day, left = start, days
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in england
    assert calendar.add(start, days) == day
