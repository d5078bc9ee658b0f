"""The time of day and the time zone after a date, and the day that it was in England."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from pipeline.validate.reading.faults import DECLARE_PLACEHOLDER, ConversionFault

# For the end of a pattern; case does not matter.
TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<zone>(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|\(?[a-z]+(?:/[a-z_]+)?\)?|\[[a-z_/]+\])"
    r"(?: ?[\[(][a-z_/ ]+[\])])?)?)?"
)
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.ASCII | re.IGNORECASE)
LONDON = ZoneInfo("Europe/London")
ZONES: dict[str, tzinfo] = {
    "z": UTC,
    "utc": UTC,
    "gmt": UTC,
    "bst": timezone(timedelta(hours=1)),
    "europe/london": LONDON,
}
MAX_OFFSET_HOURS = 14

NOT_A_DATE = ConversionFault(
    rule="readable",
    what="this is not a date",
    remedy=f"Write the date as 2021-04-30, or leave the cell empty. {DECLARE_PLACEHOLDER}",
)
UNKNOWN_ZONE = ConversionFault(
    rule="time_zone",
    what="the time zone of this time is not known, so the day in England is not known either",
    remedy=(
        "Write the date as 2021-04-30, or the time zone as UTC, GMT, BST or a difference such as "
        "+01:00."
    ),
)
END_OF_DAY = ConversionFault(
    rule="time_of_day",
    what="24:00 could mean the end of this day or the beginning of the next",
    remedy="Write the date without a time, as 2021-04-30.",
)


def day_in_england(day: date, match: re.Match[str]) -> date | ConversionFault:
    """The day that it was in England at a moment: 23:30 UTC is the next day in summer.

    day: as it is written.
    match: of a pattern that ends with TIME. Without a time zone the day stays.
    """
    if match["hour"] is None:
        return day
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = (match["half"] or "").lower()
    if half == "a" and hour > 12:
        return NOT_A_DATE
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (hour, minute, second) == (24, 0, 0):
        return END_OF_DAY
    if hour > 23 or minute > 59 or second > 59:
        return NOT_A_DATE
    if match["zone"] is None:
        return day
    zone = _parse_zone(match["zone"])
    if zone is None:
        return UNKNOWN_ZONE
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone)
        return moment.astimezone(LONDON).date()
    except OverflowError:  # in the first or the last year of the calendar
        return day


def _parse_zone(text: str) -> tzinfo | None:
    """The time zone of a name or a difference from UTC; None where it is not known."""
    offset = OFFSET.fullmatch(text)
    if not offset:
        return ZONES.get(text.strip("()[]").lower())
    hours, minutes = int(offset[2]), int(offset[3] or 0)
    if hours > MAX_OFFSET_HOURS or minutes > 59:
        return None
    difference = timedelta(hours=hours, minutes=minutes)
    return timezone(-difference if offset[1] == "-" else difference)
