"""Working days as the regulations count them, for whole columns of dates at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import overload

import holidays
import numpy as np
import pandas as pd

from pipeline.problem import Kind, Problem
from pipeline.settings import Council

REG_2_HOLIDAYS = {"Christmas Day", "Boxing Day", "Good Friday"}


class WorkingDays:
    """Counts working days between two years, both included; a date outside them is a ValueError, never a guess.

    A working day is not a Saturday, a Sunday, Christmas Day, Boxing Day, Good Friday or a bank holiday in England and Wales
    (reg 2, SI 2006/1738). The day of receipt is day 0, whether or not it is a working day.
    """

    def __init__(self, days_off: Iterable[date], first_year: int, last_year: int):
        self.first_day, self.last_day = date(first_year, 1, 1), date(last_year, 12, 31)
        self._calendar = np.busdaycalendar(
            holidays=np.array(sorted(set(days_off)), dtype="datetime64[D]")
        )

    @classmethod
    def for_council(cls, council: Council, first_year: int, last_year: int) -> WorkingDays:
        """The calendar of England with the council's own corrections.

        Raises a Problem where a correction would make a working day of one that reg 2 names, and for years whose bank holidays
        nobody knows.
        """
        england = holidays.country_holidays(
            "GB", subdiv="ENG", years=range(first_year, last_year + 1)
        )
        if first_year < england.start_year or last_year > england.end_year:
            raise Problem(
                Kind.DATA, "dates of the investigations",
                f"they run from {first_year} to {last_year}, but bank holidays are known for {england.start_year} to "
                f"{england.end_year} only",
                "Correct the dates in the extract.",
            )  # fmt: skip
        corrections = council.bank_holidays
        for day in corrections.remove:
            if england.get(day) in REG_2_HOLIDAYS:
                raise Problem(
                    Kind.SETTINGS, "data/raw/council.yaml, bank_holidays.remove",
                    f"{day} is {england[day]}, which is never a working day (reg 2 of SI 2006/1738)",
                    "Take this date out of the list.",
                )  # fmt: skip
        return cls(
            (set(england) - set(corrections.remove)) | set(corrections.add), first_year, last_year
        )

    @overload
    def add(self, start: date, days: int) -> date: ...
    @overload
    def add(self, start: pd.Series, days: int) -> pd.Series: ...
    def add(self, start, days):
        """The last day of a limit of 1 or more working days; missing where the start is missing. Always a working day."""
        if days < 1:
            raise ValueError(f"a limit is 1 working day or more, not {days}")
        if not isinstance(start, pd.Series):
            return self.add(pd.Series([start], dtype="datetime64[us]"), days).iloc[0].date()
        # From a day off the count goes back to the working day before, so that the next working day is day 1.
        end = np.busday_offset(
            self._as_days(start), days, roll="backward", busdaycal=self._calendar
        )
        return pd.Series(end, index=start.index).pipe(self._check_range).astype(start.dtype)

    def count(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """Working days taken from one day to another, Int64: 0 on the day itself, missing where either is missing.

        An end on a day off counts as the next working day: after the last day of a limit it is late, and the count says so.
        An end before the start is negative.
        """
        known = (start.notna() & end.notna()).to_numpy()
        first, last = self._as_days(start)[known], self._as_days(end)[known]
        # busday_count counts reversed dates by other borders, so it is given each pair in order and the sign is put back.
        earlier, later = np.minimum(first, last), np.maximum(first, last)
        later = np.busday_offset(later, 0, roll="forward", busdaycal=self._calendar)
        counted = np.zeros(len(known), dtype="int64")
        counted[known] = np.busday_count(earlier + 1, later + 1, busdaycal=self._calendar)
        counted[known] *= np.sign((last - first).astype("int64"))
        return pd.Series(pd.arrays.IntegerArray(counted, mask=~known), index=start.index)

    def _as_days(self, dates: pd.Series) -> np.ndarray:
        return self._check_range(dates).to_numpy(dtype="datetime64[D]")

    def _check_range(self, dates: pd.Series) -> pd.Series:
        low, high = dates.min(), dates.max()
        if low < pd.Timestamp(self.first_day) or high >= pd.Timestamp(self.last_day) + pd.Timedelta(
            days=1
        ):
            raise ValueError(
                f"{low:%Y-%m-%d} to {high:%Y-%m-%d} is not inside {self.first_day} to {self.last_day}"
            )
        return dates
