"""The financial year, 1 April to 31 March, in which councils count and report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, order=True)
class Year:
    """A financial year, known by the calendar year in which it starts: Year(2021) is 2021-22."""

    starts: int

    @classmethod
    def parse(cls, text: str) -> Year:
        """The year written as 2021-22; anything else is a ValueError that says how to write one."""
        found = re.fullmatch(r"(\d{4})-(\d{2})", text, flags=re.ASCII)
        if (
            not found
            or (int(found[1]) + 1) % 100 != int(found[2])
            or not 1900 <= int(found[1]) <= 2199
        ):
            raise ValueError(
                f'"{text}" is not a financial year: write it as 2021-22, for 1 April 2021 to 31 March 2022'
            )
        return cls(int(found[1]))

    @classmethod
    def from_date(cls, day: date) -> Year:
        """The financial year in which a day lies."""
        return cls(day.year if day.month >= 4 else day.year - 1)

    def __str__(self) -> str:
        return f"{self.starts}-{(self.starts + 1) % 100:02d}"

    @property
    def first_day(self) -> date:
        return date(self.starts, 4, 1)

    @property
    def last_day(self) -> date:
        return date(self.starts + 1, 3, 31)

    @property
    def previous(self) -> Year:
        return Year(self.starts - 1)

    def window(self, length: int) -> tuple[Year, ...]:
        """The years compared, oldest first and this one last."""
        return tuple(Year(start) for start in range(self.starts - length + 1, self.starts + 1))


def financial_years(dates: pd.Series) -> pd.Series:
    """The financial year of each date, such as "2021-22"; missing where the date is."""
    starts = dates.dt.year - (dates.dt.month < 4)
    return starts.map({start: str(Year(int(start))) for start in starts.dropna().unique()}).astype(
        "str"
    )
