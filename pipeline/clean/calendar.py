"""Working days as the regulations count them, for whole columns of dates at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.problem import Kind, Problem
from pipeline.settings import Council

REG_2_HOLIDAYS = {"Christmas Day", "Boxing Day", "Good Friday"}


class WorkingDays:
    """The working days of some whole years; a date outside them is a ValueError, never a guess.

    A working day is not a Saturday, a Sunday, Christmas Day, Boxing Day, Good Friday or a bank
    holiday in England and Wales (reg 2, SI 2006/1738). The day of receipt is day 0, whether or not
    it is a working day.
    """

    def __init__(self, days_off: Iterable[date], first_year: int, last_year: int) -> None:
        self.first_day = date(first_year, 1, 1)
        self.last_day = date(last_year, 12, 31)
        self._calendar = np.busdaycalendar(
            holidays=np.array(sorted(set(days_off)), dtype="datetime64[D]")
        )
        self._first_day = np.datetime64(self.first_day)
        days = np.arange(self._first_day, np.datetime64(self.last_day) + 1)
        # For each day whether it is a working day, and how many there were up to it.
        self._is_working = np.is_busday(days, busdaycal=self._calendar)
        self._working_days_so_far = np.cumsum(self._is_working)

    @classmethod
    def for_council(cls, council: Council, first_year: int, last_year: int) -> WorkingDays:
        """The calendar of England with the council's own corrections.

        Raises Problem if a correction makes a working day of a day that reg 2 names, or if the bank
        holidays of a year are not known.
        """
        years = range(first_year, last_year + 1)
        import holidays  # it takes longer than `check` has for everything

        england = holidays.country_holidays("GB", subdiv="ENG", years=years)
        if first_year < england.start_year or last_year > england.end_year:
            raise Problem(
                kind=Kind.DATA,
                where="dates of the investigations",
                what=f"they run from {first_year} to {last_year}, but bank holidays are known for "
                f"{england.start_year} to {england.end_year} only",
                remedy="Correct the dates in the extract.",
            )
        corrections = council.bank_holidays
        for day in corrections.remove:
            if england.get(day) in REG_2_HOLIDAYS:
                raise Problem(
                    kind=Kind.SETTINGS,
                    where="data/raw/council.yaml, bank_holidays.remove",
                    what=f"{day} is {england[day]}, which is never a working day "
                    "(reg 2 of SI 2006/1738)",
                    remedy="Take this date out of the list.",
                )
        days_off = (set(england) - set(corrections.remove)) | set(corrections.add)
        return cls(days_off, first_year, last_year)

    @overload
    def add(self, start: date, days: int) -> date: ...
    @overload
    def add(self, start: pd.Series, days: int) -> pd.Series: ...
    def add(self, start: Any, days: int) -> Any:
        """The last day of a limit, always a working day; missing where the start is.

        start: the day of receipt, or a column of them.
        days: the limit in working days, 1 or more.
        """
        if days < 1:
            raise ValueError(f"a limit is 1 working day or more, not {days}")
        if not isinstance(start, pd.Series):
            return self.add(pd.Series([start], dtype="datetime64[us]"), days).iloc[0].date()
        # A million complaints start on a few hundred days.
        codes, distinct = pd.factorize(start)
        # From a day off, roll back to the working day before, so that the next one is day 1.
        end = np.busday_offset(
            self._as_days(pd.Series(distinct)), days, roll="backward", busdaycal=self._calendar
        )
        # A missing day has the code -1, and so takes the last value.
        self._check_range(pd.Series(end))
        by_row = np.append(end, np.datetime64("NaT")).astype(start.dtype)[codes]
        return pd.Series(by_row, index=start.index)

    def count(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """The working days from one day to another, Int64; 0 on the same day.

        Missing where either day is. An end on a day off counts as the next working day: after the
        last day of a limit it is late, and the count says so. An end before the start is negative.
        """
        is_known = (start.notna() & end.notna()).to_numpy()
        first = (self._as_days(start)[is_known] - self._first_day).astype("int64")
        last = (self._as_days(end)[is_known] - self._first_day).astype("int64")
        # Each pair is counted in order, and the sign is restored afterwards.
        earlier = np.minimum(first, last)
        later = np.maximum(first, last)
        days_passed = self._working_days_so_far[later] - self._working_days_so_far[earlier]
        counts = np.zeros(len(is_known), dtype="int64")
        counts[is_known] = (days_passed + ~self._is_working[later]) * np.sign(last - first)
        return pd.Series(pd.arrays.IntegerArray(counts, mask=~is_known), index=start.index)

    def _as_days(self, dates: pd.Series) -> npt.NDArray[Any]:
        days: npt.NDArray[Any] = self._check_range(dates).to_numpy(dtype="datetime64[D]")
        return days

    def _check_range(self, dates: pd.Series) -> pd.Series:
        earliest = dates.min()
        latest = dates.max()
        end = pd.Timestamp(self.last_day) + pd.Timedelta(days=1)
        if earliest < pd.Timestamp(self.first_day) or latest >= end:
            raise ValueError(
                f"{earliest:%Y-%m-%d} to {latest:%Y-%m-%d} is not inside "
                f"{self.first_day} to {self.last_day}"
            )
        return dates
