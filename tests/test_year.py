from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.year import Year, financial_years

YEARS = st.integers(1900, 2199).map(Year)
DAYS = st.dates(date(1900, 4, 1), date(2199, 3, 31))


@settings(deadline=None)
@given(YEARS)
def test_a_year_is_read_as_it_is_written(year):
    assert Year.parse(str(year)) == year


@pytest.mark.parametrize("text", [
    "2021", "2021-2", "2021-2022", "2021-23", "2021/22", "21-22", "", " 2021-22", "2021-22\n", "../../etc", "2021-22/../..",
    "latest", "٢٠٢١-٢٢", "1899-00", "2200-01",
])  # fmt: skip
def test_anything_else_is_refused_with_how_to_write_one(text):
    with pytest.raises(
        ValueError,
        match=r"is not a financial year: write it as 2021-22, for 1 April 2021 to 31 March 2022",
    ):
        Year.parse(text)


def test_the_century_turns_as_it_should():
    assert str(Year(1999)) == "1999-00"
    assert Year.parse("1999-00") == Year(1999)


@settings(deadline=None)
@given(DAYS)
def test_every_day_lies_in_exactly_one_year(day):
    year = Year.from_date(day)
    assert year.first_day <= day <= year.last_day
    assert not year.previous.first_day <= day <= year.previous.last_day
    assert year.previous.last_day + timedelta(days=1) == year.first_day


def test_the_year_turns_on_1_april():
    assert Year.from_date(date(2022, 3, 31)) == Year(2021)
    assert Year.from_date(date(2022, 4, 1)) == Year(2022)


@settings(deadline=None)
@given(YEARS, st.integers(1, 20))
def test_a_window_runs_without_a_gap_up_to_the_year_itself(year, length):
    window = year.window(length)
    assert len(window) == length
    assert window[-1] == year
    assert all(earlier == later.previous for earlier, later in pairwise(window))


@settings(deadline=None)
@given(st.lists(st.none() | DAYS, min_size=1, max_size=20))
def test_the_years_of_a_column_of_dates_are_those_of_each_date(days):
    column = pd.Series(pd.to_datetime(days)).astype("datetime64[us]")
    found = financial_years(column)
    assert [None if pd.isna(year) else year for year in found] == [
        None if day is None else str(Year.from_date(day)) for day in days
    ]
