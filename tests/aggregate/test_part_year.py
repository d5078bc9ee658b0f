"""Part of a year is compared with the same part of others, and quarters add up to the year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import hypothesis
import pandas as pd
import pytest
from builders import CATALOGUE
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from pipeline.aggregate.figure_table import build_figure_table
from pipeline.aggregate.figures.months import MONTHS, QUARTERS
from pipeline.year import Year, same_day

KEYS = ["figure", "year", "category", "detail"]
FIRST, LAST = date(2020, 4, 1), date(2022, 3, 31)


def as_time(day: date | None) -> pd.Timestamp | None:
    return None if day is None else pd.Timestamp(day)


@st.composite
def complaints(draw):
    """A complaint of 2020-21 or 2021-22, perhaps closed, and its investigation at stage 1."""
    received = draw(st.dates(FIRST, LAST))
    closed = draw(st.none() | st.integers(0, 500).map(lambda days: received + timedelta(days)))
    case = {
        "year": str(Year.from_date(received)),
        "received": as_time(received),
        "accepted": "yes",
        "status": "closed" if closed else "open",
        "closed": as_time(closed),
        "outcome": draw(st.sampled_from(["upheld", "not upheld"])) if closed else None,
    }
    investigation = {
        "year": case["year"],
        "stage": "1",
        "requested": as_time(received),
        "responded": as_time(closed),
        "days": 5 if closed else None,
        "timeliness": draw(st.sampled_from(["within limit", "late"])) if closed else "open",
    }
    return case, investigation


@pytest.fixture
def figures(data, published_csv):
    """figures(rows, to=date(…)): the values of all figures, by key, of these complaints."""

    def build(rows, to=None, **tables):
        cases, investigations = zip(*rows, strict=True) if rows else ((), ())
        cleaned = data(cases=list(cases), investigations=list(investigations), **tables)
        settings = cleaned.settings.model_copy(update={"to": to})
        table = build_figure_table(replace(cleaned, settings=settings), published_csv())
        return table.set_index(KEYS)["value"].astype("float64")

    return build


def number(values: pd.Series, figure: str, year: str = "2021-22", category: str = "") -> float:
    return values[figure, year, category, ""]


@pytest.mark.slow
@hypothesis.settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=5,
)
@given(st.lists(complaints(), max_size=8))
def test_part_up_to_the_last_day_equals_the_year(figures, rows):
    pd.testing.assert_series_equal(figures(rows, to=date(2022, 3, 31)), figures(rows))


def without_last_day(row: dict[str, object]) -> dict[str, object]:
    """A row in which nothing happens on the last day of a financial year."""
    return {
        name: value - pd.Timedelta(days=1)
        if isinstance(value, pd.Timestamp) and (value.month, value.day) == (3, 31)
        else value
        for name, value in row.items()
    }


@pytest.mark.slow
@hypothesis.settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=3,
)
@given(st.lists(complaints(), max_size=8))
def test_part_equals_the_year_if_nothing_happened_after_it(figures, rows):
    """Up to the day before the last, rows are selected by date; on the last day they are all."""
    rows = [tuple(without_last_day(part) for part in row) for row in rows]
    pd.testing.assert_series_equal(figures(rows, to=date(2022, 3, 30)), figures(rows))


@hypothesis.settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.lists(complaints(), max_size=8))
def test_quarters_and_months_add_up_to_the_year(data, rows):
    cases, investigations = zip(*rows, strict=True) if rows else ((), ())
    cleaned = data(cases=list(cases), investigations=list(investigations))

    def count(id: str, category: str = "") -> float:
        selected = CATALOGUE[id].selected_rows(cleaned)
        return CATALOGUE[id].numbers(selected).get(("2021-22", category, ""), 0.0)

    for base, prefix in (
        ("complaints.received", "complaints."),
        ("complaints.closed_in_year", "complaints.closed_"),
        ("stage_1.in_time", "stage_1.in_time_"),
    ):
        for quarter, months in QUARTERS.items():
            parts = [count(f"{prefix}by_month", month) for month in months]
            assert count(f"{prefix}by_quarter", quarter) == sum(parts)
        assert sum(count(f"{prefix}by_quarter", name) for name in QUARTERS) == count(base)


def case(received: date, closed: date | None = None):
    received_at = as_time(received)
    status = "closed" if closed else "open"
    dates = {"received": received_at, "closed": as_time(closed)}
    year = str(Year.from_date(received))
    row = {"year": year, "accepted": "yes", "status": status, "outcome": None, **dates}
    return row, {"year": year, "stage": "1", "requested": received_at, "timeliness": "open"}


def test_same_part_of_the_year_before_is_compared(figures):
    rows = [
        case(date(2020, 4, 1)),
        case(date(2020, 12, 31)),
        case(date(2021, 1, 1), closed=date(2021, 6, 1)),
        case(date(2021, 12, 31)),
        case(date(2022, 1, 1)),
    ]
    values = figures(rows, to=date(2021, 12, 31))
    assert number(values, "complaints.received", "2020-21") == 2
    assert number(values, "complaints.received") == 1
    # What came after the part of the year before was open when this year began.
    assert number(values, "complaints.carried_over") == 3
    assert number(values, "complaints.closed_in_year") == 1
    assert number(values, "complaints.open_at_year_end") == 1


def test_months_are_those_of_the_financial_year(figures):
    rows = [case(date(2021, 4, 30)), case(date(2022, 1, 2)), case(date(2022, 3, 31))]
    values = figures(rows, to=date(2022, 3, 31))
    months = {name: number(values, "complaints.by_month", category=name) for name in MONTHS}
    assert {name: count for name, count in months.items() if count} == {
        "April": 1,
        "January": 1,
        "March": 1,
    }
    assert number(values, "complaints.by_quarter", category="January to March") == 2


def test_leap_day_is_the_last_of_february_in_other_years():
    assert same_day(date(2024, 2, 29), Year(2022)) == date(2023, 2, 28)
    assert same_day(date(2024, 12, 31), Year(2022)) == date(2022, 12, 31)
    assert same_day(date(2024, 1, 31), Year(2022)) == date(2023, 1, 31)
