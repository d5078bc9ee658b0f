"""Dates as people and systems write them; an ambiguous one is a fault, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np

from pipeline.validate.reading.columns.times import NOT_A_DATE, TIME, day_in_england
from pipeline.validate.reading.faults import (
    DECLARE_PLACEHOLDER,
    DECLARE_SHORT_YEARS,
    ConversionFault,
)
from pipeline.year import MONTHS

MONTH_NUMBERS = set(range(1, 13))
DateOrder = Literal["day first", "month first"]


class UnorderedDate(NamedTuple):
    """A date whose first two numbers are day and month, or the reverse; match: its pattern's."""

    first: int
    second: int
    year: int
    match: re.Match[str]

    @property
    def separator(self) -> str:
        """What stands between the numbers."""
        return self.match[2]

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is a day of the calendar in both orders, and not the same day."""
        return self.first != self.second and {self.first, self.second} <= MONTH_NUMBERS


FLAGS = re.ASCII | re.IGNORECASE
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + TIME, FLAGS)
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
SERIAL_DATE = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})" + TIME, FLAGS)
NAMED_MONTH = re.compile(
    r"(?:(?P<weekday>[a-z]+),? )?(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/ ](?P<month>[a-z]+)[-/, ]+"
    r"(?P<year>\d{4})" + TIME,
    FLAGS,
)
SHORT_YEAR = re.compile(
    r"(?P<start>(?:[a-z]+,? )?\d{1,2}(?:st|nd|rd|th)?[-/. ](?:\d{1,2}|[a-z]+)[-/. ])"
    rf"'?(?P<short>\d{{2}})(?P<rest>{TIME})",
    FLAGS,
)
MONTH_NAMES = tuple(map(str.lower, MONTHS))
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MIN_LETTERS = 3  # of the name of a month or a day of the week
SERIAL_DAY_0 = date(1899, 12, 30)  # of a spreadsheet's serial dates, for any day since March 1900
EARLIEST_YEAR = 1900
LATEST_YEAR = 2199

ISO_REMEDY = "Write the date as 2021-04-30."
NO_SUCH_DAY = ConversionFault(
    rule="readable", what="there is no such day in the calendar", remedy=ISO_REMEDY
)
YEAR_OUT_OF_RANGE = ConversionFault(
    rule="readable",
    what=f"the year of this date is not between {EARLIEST_YEAR} and {LATEST_YEAR}",
    remedy=f"{ISO_REMEDY} {DECLARE_PLACEHOLDER}",
)
TWO_DIGIT_YEAR = ConversionFault(
    rule="readable",
    what="the year has only two digits, so the century is not known",
    remedy=DECLARE_SHORT_YEARS,
)
WRONG_WEEKDAY = ConversionFault(
    rule="readable",
    what="this date is not on that day of the week",
    remedy="Correct the date, and write it as 2021-04-30.",
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
CONTRADICTORY_ORDER = ConversionFault(
    rule="unambiguous",
    what=(
        "day and month could be either way round: the other dates of this column contradict each "
        "other, or are written with another separator"
    ),
    remedy="Write every date of the column as 2021-04-30.",
)


def parse_dates(
    values: list[str | None], order: DateOrder | None, first_year: int | None = None
) -> tuple[np.ndarray, dict[int, ConversionFault], DateOrder | None]:
    """The day that each text means, the faults by position, and the order of day and month.

    values: the texts of one column; the days are datetime64[D], NaT where there is none.
    order: what the settings say of dates such as 03/04/2021. Without it the column's other dates
        may prove it: one that has a number over 12 in one place, and none that has it in the
        other.
    first_year: of the hundred years in which years of two digits are.
    """
    parsed = [_parse_date(value, first_year) if value else None for value in values]
    unordered = [written for written in parsed if isinstance(written, UnorderedDate)]
    orders: dict[str, DateOrder | None] = {}
    if order is None:
        orders = _orders_by_separator(unordered)
        order = _infer_order(unordered)
    is_contradicted = not all(written.is_ambiguous for written in unordered)
    days = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[D]")
    faults: dict[int, ConversionFault] = {}
    for position, written in enumerate(parsed):
        day = (
            _resolve_order(written, orders.get(written.separator, order), is_contradicted)
            if isinstance(written, UnorderedDate)
            else written
        )
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


def _orders_by_separator(dates: list[UnorderedDate]) -> dict[str, DateOrder | None]:
    """The order that the dates of each separator prove.

    Dates of another separator prove it too, but not if none of them could be either way round:
    then a spreadsheet may have turned 03/04/2021 into a date that it writes as 04-03-2021.
    """
    orders: dict[str, DateOrder | None] = {}
    for separator in {written.separator for written in dates}:
        own = [written for written in dates if written.separator == separator]
        others = [written for written in dates if written.separator != separator]
        are_proof = any(written.is_ambiguous for written in others)
        orders[separator] = _infer_order(dates if are_proof else own)
    return orders


def _resolve_order(
    written: UnorderedDate, order: DateOrder | None, is_contradicted: bool
) -> date | ConversionFault:
    first, second, year, match = written
    if order is None:
        if written.is_ambiguous:
            return CONTRADICTORY_ORDER if is_contradicted else AMBIGUOUS_ORDER
        order = "month first" if second > 12 else "day first"
    if order == "month first":
        return _calendar_day(year, first, second, match)
    return _calendar_day(year, second, first, match)


def _parse_date(text: str, first_year: int | None = None) -> date | UnorderedDate | ConversionFault:
    if match := YEAR_FIRST.fullmatch(text):
        return _calendar_day(int(match[1]), int(match[3]), int(match[4]), match)
    if match := YEAR_LAST.fullmatch(text):
        return UnorderedDate(int(match[1]), int(match[3]), int(match[4]), match)
    if match := SERIAL_DATE.fullmatch(text):
        return SERIAL_DAY_0 + timedelta(days=int(match[1]))
    if match := COMPACT_DATE.fullmatch(text):
        return _calendar_day(int(match[1]), int(match[2]), int(match[3]))
    if match := NAMED_MONTH.fullmatch(text):
        return _named_day(match)
    match = SHORT_YEAR.fullmatch(text)
    if match is None:
        return NOT_A_DATE
    if first_year is None:
        return TWO_DIGIT_YEAR
    year = first_year + (int(match["short"]) - first_year) % 100
    return _parse_date(f"{match['start']}{year}{match['rest']}")


def _named_day(match: re.Match[str]) -> date | ConversionFault:
    """The day of a date with the name of its month, and perhaps of its day of the week."""
    month = _name_number(match["month"], MONTH_NAMES)
    if month is None:
        return NOT_A_DATE
    day = _calendar_day(int(match["year"]), month, int(match["day"]), match)
    if match["weekday"] and isinstance(day, date):
        weekday = _name_number(match["weekday"], WEEKDAY_NAMES)
        if weekday is None:
            return NOT_A_DATE
        written_day = date(int(match["year"]), month, int(match["day"]))
        if weekday != written_day.isoweekday():
            return WRONG_WEEKDAY
    return day


def _name_number(name: str, names: Sequence[str]) -> int | None:
    """The number, from 1, of a name that may be cut short: 9 for the month "sep"."""
    if len(name) < MIN_LETTERS:
        return None
    for number, full_name in enumerate(names, start=1):
        if full_name.startswith(name.lower()):
            return number
    return None


def _calendar_day(
    year: int, month: int, day: int, match: re.Match[str] | None = None
) -> date | ConversionFault:
    """The day in England; match: of a pattern that ends with the time of day."""
    try:
        written_day = date(year, month, day)
    except ValueError:
        return NO_SUCH_DAY
    return day_in_england(written_day, match) if match else written_day
