"""The length of a time limit: a number of working days, calendar days or months."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Unit = Literal["working day", "calendar day", "month"]
UNITS: tuple[Unit, ...] = get_args(Unit)
WRITTEN = re.compile(rf"(?P<length>\d+) (?P<unit>{'|'.join(UNITS)})s?")
DAYS_PER_MONTH = 31


@dataclass(frozen=True)
class Duration:
    """A length of time: `Duration(10, "working day")`."""

    length: int
    unit: Unit

    @classmethod
    def parse(cls, text: object, unit: Unit | None = None) -> Duration:
        """The duration written as "10 working days", "1 month" or, in a known unit, 10.

        unit: of a number that is written without one.
        Raises ValueError for anything else, and for a length of 0.
        """
        written = WRITTEN.fullmatch(str(text))
        if written:
            found_unit = next(one for one in UNITS if one == written["unit"])
            duration = cls(int(written["length"]), found_unit)
        elif unit and str(text).isdecimal():
            duration = cls(int(str(text)), unit)
        else:
            raise ValueError(f'"{text}" is not a number of working days, calendar days or months')
        if duration.length < 1:
            raise ValueError(f'"{text}" is less than 1')
        return duration

    def __add__(self, other: Duration) -> Duration:
        """Both one after the other. Raises ValueError if their units differ."""
        if self.unit != other.unit:
            raise ValueError(f"{self} and {other} cannot be added up")
        return Duration(self.length + other.length, self.unit)

    def __str__(self) -> str:
        return f"{self.length:,} {self.units}"

    @property
    def units(self) -> str:
        """Its unit in the plural, or the singular for a length of 1."""
        return self.unit if self.length == 1 else f"{self.unit}s"

    @property
    def longest_days(self) -> int:
        """The most calendar days that it may take, without bank holidays."""
        days = {"working day": 2 * self.length, "calendar day": self.length}
        return days.get(self.unit, DAYS_PER_MONTH * self.length)
