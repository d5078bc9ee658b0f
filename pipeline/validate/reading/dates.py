"""Dates as people and systems write them; one that can be read in two ways is a trouble, never a guess."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

DateOrder = Literal["day first", "month first"]
DateFault = tuple[str, str, str]

_TIME = (
    r"(?:[T ,]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]m)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, flags=re.ASCII | re.IGNORECASE
)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", flags=re.ASCII)
SERIAL_DATE = re.compile(r"(\d{5})(?:\.\d+)?", flags=re.ASCII)
YEAR_LAST = re.compile(
    r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})" + _TIME, flags=re.ASCII | re.IGNORECASE
)
NAMED_MONTH = re.compile(
    r"(?:[a-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[-/ ]([a-z]+)[-/, ]+(\d{4})" + _TIME,
    flags=re.ASCII | re.IGNORECASE,
)
SHORT_YEAR = re.compile(
    r"\d{1,2}[-/. ](?:\d{1,2}|[a-z]+)[-/. ]'?\d{2}" + _TIME, flags=re.ASCII | re.IGNORECASE
)
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SERIAL_DAY_0 = date(1899, 12, 30)  # of a spreadsheet's serial dates, for any day since March 1900
LONDON = ZoneInfo("Europe/London")

ISO_REMEDY = "Write the date as 2021-04-30."
NOT_A_DATE = (
    "readable",
    "this is not a date",
    "Write the date as 2021-04-30, or leave the cell empty.",
)
NO_SUCH_DAY = ("readable", "there is no such day in the calendar", ISO_REMEDY)
YEAR_OUT_OF_RANGE = ("readable", "the year of this date is not between 1900 and 2199", ISO_REMEDY)
TWO_DIGIT_YEAR = (
    "readable",
    "the year has only two digits, so the century is not known",
    "Write the year in full: 2021-04-30.",
)
AMBIGUOUS_ORDER = (
    "unambiguous", "day and month could be either way round, and no other date of this column in the file shows which",
    "Write the date as 2021-04-30, or say `dates: day first` in council.yaml if that is how the case system writes them.",
)  # fmt: skip


def parse_dates(
    values: list[str | None], order: DateOrder | None
) -> tuple[np.ndarray, dict[int, DateFault], DateOrder | None]:
    """The day each text means (datetime64[D], NaT where it means none), the troubles by place, and the order of day and month.

    order: what the settings say of dates such as 03/04/2021; without it, the column's other dates may prove it: one that has a
    number over 12 in one place, and none that has it in the other.
    """
    read: list[date | tuple[int, int, int] | DateFault | None] = [
        _parse_date(value) if value else None for value in values
    ]
    loose = [
        found
        for found in read
        if isinstance(found, tuple) and len(found) == 3 and isinstance(found[0], int)
    ]
    order = order or _infer_order(loose)
    days, troubles = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[D]"), {}
    for place, found in enumerate(read):
        if found is None:
            continue
        if not isinstance(found, date) and isinstance(found[0], int):
            found = _resolve_order(found, order)
        if isinstance(found, date) and not 1900 <= found.year <= 2199:
            found = YEAR_OUT_OF_RANGE
        if isinstance(found, date):
            days[place] = found
        else:
            troubles[place] = found
    return days, troubles, order


def _infer_order(loose: list[tuple[int, int, int]]) -> DateOrder | None:
    days_first = any(12 < first <= 31 and second <= 12 for first, second, _ in loose)
    months_first = any(12 < second <= 31 and first <= 12 for first, second, _ in loose)
    if days_first == months_first:
        return None
    return "day first" if days_first else "month first"


def _resolve_order(found: tuple[int, int, int], order: DateOrder | None) -> date | DateFault:
    first, second, year = found
    if order is None and first != second and first <= 12 and second <= 12:
        return AMBIGUOUS_ORDER
    if order == "month first" or (order is None and second > 12):
        first, second = second, first
    return _calendar_day(year, second, first)


def _parse_date(text: str) -> date | tuple[int, int, int] | DateFault:
    """A day, or three numbers whose first two may be day and month or the reverse, or what is wrong."""
    if found := YEAR_FIRST.fullmatch(text):
        return (
            _london_day(text)
            if found["zone"]
            else _calendar_day(int(found[1]), int(found[3]), int(found[4]))
        )
    if found := YEAR_LAST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := SERIAL_DATE.fullmatch(text):
        return SERIAL_DAY_0 + timedelta(days=int(found[1]))
    if found := COMPACT_DATE.fullmatch(text):
        return _calendar_day(int(found[1]), int(found[2]), int(found[3]))
    if found := NAMED_MONTH.fullmatch(text):
        name = found[2].lower()
        month = next(
            (
                n
                for n, full in enumerate(MONTH_NAMES, 1)
                if len(name) >= 3 and full.startswith(name)
            ),
            0,
        )
        return _calendar_day(int(found[3]), month, int(found[1])) if month else NOT_A_DATE
    return TWO_DIGIT_YEAR if SHORT_YEAR.fullmatch(text) else NOT_A_DATE


def _calendar_day(year: int, month: int, day: int) -> date | DateFault:
    try:
        return date(year, month, day)
    except ValueError:
        return NO_SUCH_DAY


def _london_day(text: str) -> date | DateFault:
    """The day in England at a moment given with its zone: 23:00 in universal time is the next day in summer."""
    try:
        return datetime.fromisoformat(text.replace(" ", "T", 1)).astimezone(LONDON).date()
    except (ValueError, OverflowError):
        return NOT_A_DATE
