"""Part of a year: which rows belong to it, and to the same part of earlier years."""

from __future__ import annotations

import pandas as pd

from pipeline.settings import Settings
from pipeline.year import Year

# The date by which a row belongs to part of a year; other tables have none.
DATE_OF_TABLE = {
    "cases": "received",
    "investigations": "requested",
    "compliments": "received",
    "concerns": "received",
    "training": "date",
    "activity": "as_at",
}
LATER = " later"
ONE_DAY = pd.Timedelta(days=1)  # a date may have a time


def mark_later_rows(rows: pd.DataFrame, date_column: str, settings: Settings) -> pd.DataFrame:
    """The rows with their years marked by the date in a column."""
    if not settings.is_part:
        return rows
    return rows.assign(year=mark_later(rows["year"], rows[date_column], settings))


def mark_later(years: pd.Series, dates: pd.Series, settings: Settings) -> pd.Series:
    """The years, those of dates after the part that is compared as "2026-27 later".

    No figure counts such a year. It sorts between its own and the next, so that a case received in
    it is carried over to the next.
    """
    if not settings.is_part:
        return years
    ends = {
        name: pd.Timestamp(settings.period_end(Year.parse(name))) + ONE_DAY
        for name in years.dropna().unique()
    }
    is_later = dates >= years.map(ends).astype("datetime64[us]")
    return years.astype("str").mask(is_later, years.astype("str") + LATER)
