"""The financial year, 1 April to 31 March, in which councils count and report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

# Not from the machine's locale, so that a report reads the same on every machine.
# fmt: off
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on
FIRST_MONTH = 4  # of the financial year
FIRST_START = 1900
LAST_START = 2199


@dataclass(frozen=True, order=True)
class Year:
    """A financial year, known by the calendar year in which it starts: Year(2021) is 2021-22."""

    starts: int

    @classmethod
    def parse(cls, text: str) -> Year:
        """The year that is written as 2021-22.

        Raises ValueError, with how to write a year, for any other text.
        """
        match = re.fullmatch(r"(\d{4})-(\d{2})", text, flags=re.ASCII)
        if match:
            start = int(match[1])
            is_next_year = (start + 1) % 100 == int(match[2])
            if is_next_year and FIRST_START <= start <= LAST_START:
                return cls(start)
        raise ValueError(
            f'"{text}" is not a financial year: '
            "write it as 2021-22, for 1 April 2021 to 31 March 2022"
        )

    @classmethod
    def is_name(cls, text: str) -> bool:
        """Whether a text is a year written as 2021-22."""
        try:
            cls.parse(text)
        except ValueError:
            return False
        return True

    @classmethod
    def from_date(cls, day: date) -> Year:
        """The financial year that contains a day."""
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
        """The years compared: as many as `length`, oldest first, ending with this one."""
        return tuple(Year(start) for start in range(self.starts - length + 1, self.starts + 1))


def same_day(day: date, year: Year) -> date:
    """The day of another financial year with the same month and day; 28 February for the 29th."""
    in_year = year.starts if day.month >= 4 else year.starts + 1
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(in_year, day.month, 28 if is_leap_day else day.day)


def financial_years(dates: pd.Series) -> pd.Series:
    """The financial year of each date, such as "2021-22"; missing where the date is missing."""
    starts = dates.dt.year - (dates.dt.month < 4)
    years = {start: str(Year(int(start))) for start in starts.dropna().unique()}
    return starts.map(years).astype("str")
