"""Dates as people and systems write them; an ambiguous one is a fault, never a guess."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from pipeline.validate.reading.faults import DECLARE_PLACEHOLDER, ConversionFault

DateOrder = Literal["day first", "month first"]


class UnorderedDate(NamedTuple):
    """A date whose first two numbers are day and month, or the reverse."""

    first: int
    second: int
    year: int


FLAGS = re.ASCII | re.IGNORECASE
TIME = (
    r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]m)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME, FLAGS)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
SERIAL_DATE = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})" + TIME, FLAGS)
NAMED_MONTH = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[-/ ]([a-z]+)[-/, ]+(\d{4})" + TIME, FLAGS
)
SHORT_YEAR = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]+)[-/. ]'?\d{2}" + TIME, FLAGS)
# fmt: off
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)
# fmt: on
MIN_MONTH_LETTERS = 3
SERIAL_DAY_0 = date(1899, 12, 30)  # of a spreadsheet's serial dates, for any day since March 1900
EARLIEST_YEAR = 1900
LATEST_YEAR = 2199
LONDON = ZoneInfo("Europe/London")

ISO_REMEDY = "Write the date as 2021-04-30."
NOT_A_DATE = ConversionFault(
    rule="readable",
    what="this is not a date",
    remedy=f"Write the date as 2021-04-30, or leave the cell empty. {DECLARE_PLACEHOLDER}",
)
NO_SUCH_DAY = ConversionFault(
    rule="readable", what="there is no such day in the calendar", remedy=ISO_REMEDY
)
YEAR_OUT_OF_RANGE = ConversionFault(
    rule="readable",
    what=f"the year of this date is not between {EARLIEST_YEAR} and {LATEST_YEAR}",
    remedy=ISO_REMEDY,
)
TWO_DIGIT_YEAR = ConversionFault(
    rule="readable",
    what="the year has only two digits, so the century is not known",
    remedy="Write the year in full: 2021-04-30.",
)
AMBIGUOUS_ORDER = ConversionFault(
    rule="unambiguous",
    what=(
        "day and month could be either way round, and no other date of this column in the file "
        "shows which"
    ),
    remedy=(
        "Write the date as 2021-04-30, or say `dates: day first` in council.yaml if that is how "
        "the case system writes them."
    ),
)


def parse_dates(
    values: list[str | None], order: DateOrder | None
) -> tuple[np.ndarray, dict[int, ConversionFault], DateOrder | None]:
    """The day that each text means, the faults by position, and the order of day and month.

    values: the texts of one column; the days are datetime64[D], NaT where there is none.
    order: what the settings say of dates such as 03/04/2021. Without it the column's other dates
        may prove it: one that has a number over 12 in one place, and none that has it in the
        other.
    """
    parsed = [_parse_date(value) if value else None for value in values]
    if order is None:
        order = _infer_order([written for written in parsed if isinstance(written, UnorderedDate)])
    days = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[D]")
    faults: dict[int, ConversionFault] = {}
    for position, written in enumerate(parsed):
        day = _resolve_order(written, order) if isinstance(written, UnorderedDate) else written
        if isinstance(day, date) and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            day = YEAR_OUT_OF_RANGE
        if isinstance(day, date):
            days[position] = day
        elif day is not None:
            faults[position] = day
    return days, faults, order


def _infer_order(dates: list[UnorderedDate]) -> DateOrder | None:
    """The order that a column's dates prove, or None where none or both are proved."""
    is_day_first = any(12 < written.first <= 31 and written.second <= 12 for written in dates)
    is_month_first = any(12 < written.second <= 31 and written.first <= 12 for written in dates)
    if is_day_first == is_month_first:
        return None
    return "day first" if is_day_first else "month first"


def _resolve_order(written: UnorderedDate, order: DateOrder | None) -> date | ConversionFault:
    first, second, year = written
    if order is None:
        if first != second and first <= 12 and second <= 12:
            return AMBIGUOUS_ORDER
        order = "month first" if second > 12 else "day first"
    if order == "month first":
        return _calendar_day(year, month=first, day=second)
    return _calendar_day(year, month=second, day=first)


def _parse_date(text: str) -> date | UnorderedDate | ConversionFault:
    if match := YEAR_FIRST.fullmatch(text):
        if match["zone"]:
            return _london_day(text)
        return _calendar_day(int(match[1]), int(match[3]), int(match[4]))
    if match := YEAR_LAST.fullmatch(text):
        return UnorderedDate(int(match[1]), int(match[3]), int(match[4]))
    if match := SERIAL_DATE.fullmatch(text):
        return SERIAL_DAY_0 + timedelta(days=int(match[1]))
    if match := COMPACT_DATE.fullmatch(text):
        return _calendar_day(int(match[1]), int(match[2]), int(match[3]))
    if match := NAMED_MONTH.fullmatch(text):
        month = _month_number(match[2].lower())
        if month is None:
            return NOT_A_DATE
        return _calendar_day(int(match[3]), month, int(match[1]))
    return TWO_DIGIT_YEAR if SHORT_YEAR.fullmatch(text) else NOT_A_DATE


def _month_number(name: str) -> int | None:
    """The month of a name, which may be cut short: 9 for "sep"."""
    if len(name) < MIN_MONTH_LETTERS:
        return None
    for number, full_name in enumerate(MONTH_NAMES, start=1):
        if full_name.startswith(name):
            return number
    return None


def _calendar_day(year: int, month: int, day: int) -> date | ConversionFault:
    try:
        return date(year, month, day)
    except ValueError:
        return NO_SUCH_DAY


def _london_day(text: str) -> date | ConversionFault:
    """The day in England at a moment with a time zone: 23:00 UTC is the next day in summer."""
    try:
        return datetime.fromisoformat(text.replace(" ", "T", 1)).astimezone(LONDON).date()
    except (ValueError, OverflowError):
        return NOT_A_DATE
