"""Financial years: how they are written, which days they contain, and which years come before."""

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
# fmt: off
NOT_YEARS = [
    "2021", "2021-2", "2021-2022", "2021-23", "2021/22", "21-22", "", " 2021-22", "2021-22\n",
    "../../etc", "2021-22/../..", "latest", "٢٠٢١-٢٢", "1899-00", "2200-01",
]
# fmt: on


@settings(deadline=None)
@given(YEARS)
def test_parsing_a_written_year_returns_that_year(year):
    assert Year.parse(str(year)) == year


@pytest.mark.parametrize("text", NOT_YEARS)
def test_other_text_is_refused_with_how_to_write_a_year(text):
    message = "is not a financial year: write it as 2021-22, for 1 April 2021 to 31 March 2022"
    with pytest.raises(ValueError, match=message):
        Year.parse(text)


def test_year_at_the_turn_of_the_century_is_1999_00():
    assert str(Year(1999)) == "1999-00"
    assert Year.parse("1999-00") == Year(1999)


@settings(deadline=None)
@given(DAYS)
def test_every_day_belongs_to_exactly_one_year(day):
    year = Year.from_date(day)
    assert year.first_day <= day <= year.last_day
    assert not year.previous.first_day <= day <= year.previous.last_day
    assert year.previous.last_day + timedelta(days=1) == year.first_day


def test_financial_year_starts_on_1_april():
    assert Year.from_date(date(2022, 3, 31)) == Year(2021)
    assert Year.from_date(date(2022, 4, 1)) == Year(2022)


@settings(deadline=None)
@given(YEARS, st.integers(1, 20))
def test_window_has_no_gap_and_ends_with_the_year(year, length):
    window = year.window(length)
    assert len(window) == length
    assert window[-1] == year
    assert all(earlier == later.previous for earlier, later in pairwise(window))


@settings(deadline=None)
@given(st.lists(st.none() | DAYS, min_size=1, max_size=20))
def test_years_of_a_column_are_those_of_its_dates(days):
    column = pd.Series(pd.to_datetime(days)).astype("datetime64[us]")
    years = [None if pd.isna(year) else year for year in financial_years(column)]
    assert years == [None if day is None else str(Year.from_date(day)) for day in days]


@pytest.mark.parametrize(("text", "is_year"), [("2021-22", True), ("2021-23", False), ("", False)])
def test_name_of_a_year_is_told_from_others(text, is_year):
    assert Year.is_name(text) == is_year
