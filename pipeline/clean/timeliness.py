"""Whether each stage was answered in time, by the procedure and the council's own settings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from pipeline.clean.calendar import WorkingDays
from pipeline.procedures import Duration, Procedure, Stage
from pipeline.procedures.limits import StageClock
from pipeline.settings import TimeLimits

TIMELINESS = ("within limit", "within extension", "late", "open", "withdrawn")
WITHIN, EXTENSION, LATE, OPEN, WITHDRAWN = TIMELINESS

DATE = "datetime64[us]"
TYPES_OF_STAGE = {
    "clock_from": "str",
    "clock_started": DATE,
    "limit": "Int64",
    "due": DATE,
    "due_extended": DATE,
    "days": "Int64",
    "days_late": "Int64",
}


def timeliness_types(procedure: Procedure) -> dict[str, str]:
    """The columns of `judge_timeliness` with their types."""
    types = dict(TYPES_OF_STAGE)
    for stage in procedure.stages:
        for clock in stage.counted_clocks:
            if clock != stage.response:
                types[f"{clock.name}_due"] = DATE
            types[f"{clock.name}_days"] = "Int64"
    return types | {"timeliness": "str"}


def judge_timeliness(
    investigations: pd.DataFrame, withdrawn: pd.Series, calendar: WorkingDays, limits: TimeLimits
) -> pd.DataFrame:
    """The columns of `timeliness_types` for each investigation, on the same index.

    investigations: with the `grade` of its complaint.
    withdrawn: whether the investigation, if unanswered, was withdrawn rather than left open.

    clock_from: the event from which the response is due; clock_started: its day.
    limit: the length that applied, any extension included. Missing where every clock of the stage
        counts.
    due, due_extended: the last day of the plain limit, and of the extension if one counts.
    days: from the start of the clock to the response, in the days of the procedure.
    days_late: those beyond the limit; 0 if in time, missing while unanswered.
    """
    procedure = limits.procedure
    types = timeliness_types(procedure)
    investigations = investigations.assign(withdrawn=withdrawn)
    parts = []
    for number, stage in procedure.numbered_stages:
        rows = investigations[investigations["stage"] == number]
        judge = _StageJudge(stage, limits.clocks(number), calendar, procedure.days)
        parts.append(judge.judge(rows).reindex(columns=list(types)).astype(types))
    return pd.concat(parts).reindex(investigations.index)


class _StageJudge:
    """The clocks of one stage, applied to its investigations."""

    def __init__(
        self, stage: Stage, clocks: tuple[StageClock, ...], calendar: WorkingDays, days_unit: str
    ) -> None:
        self._stage = stage
        self._clocks = clocks
        self._calendar = calendar
        self._counts_working_days = days_unit == "working day"

    def judge(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The rows with their timeliness."""
        for stage_clock in self._clocks:
            if stage_clock.clock in self._stage.counted_clocks:
                rows = self._with_clock(rows, stage_clock)
        if self._stage.every_clock_counts:
            return self._judge_every_clock(rows)
        return self._judge_response(rows)

    def _with_clock(self, rows: pd.DataFrame, stage_clock: StageClock) -> pd.DataFrame:
        """The rows with the last day of a clock and the days it took."""
        name, start, end = stage_clock.clock.name, rows[stage_clock.start], stage_clock.clock.end
        return rows.assign(
            **{
                f"{name}_due": self._last_day(start, stage_clock.limit),
                f"{name}_days": self._count(start, rows[end]),
            }
        )

    def _judge_response(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One limit, and a longer one if an extension was made on a recorded ground.

        An extension without a ground does not count. Where the clock starts with an event that is
        not recorded, it starts when that was due.
        """
        response = self._clocks[-1]
        clock_from = pd.Series(response.start, index=rows.index, dtype="str")
        started = rows[response.start]
        if response.start != response.fallback:
            # Without a recorded agreement the earlier date counts: leaving it out gains no time.
            clock_from = clock_from.mask(started.isna(), response.fallback)
            started = started.fillna(rows[response.fallback])
        for earlier in self._clocks[-2::-1]:
            clock_from = clock_from.mask(started.isna(), f"{earlier.clock.end} due")
            started = started.fillna(rows[f"{earlier.clock.name}_due"])
        due, limit = self._plain_limit(rows, started, response)
        due_extended = pd.Series(pd.NaT, index=rows.index, dtype=DATE)
        if response.extended:
            is_extended = (rows["extended"] == "yes") & rows["extension_ground"].notna()
            for grade, plain in ((None, response.limit), *response.by_grade):
                extended = response.extended_from(plain) or response.extended
                is_of_grade = is_extended & (rows["grade"] == grade if grade else True)
                last_days = self._last_day(started, extended)
                due_extended = due_extended.mask(is_of_grade, last_days)
                limit = limit.mask(is_of_grade, extended.length)
        if response.clock.until_agreed:
            is_later = rows["agreed_due"] > due_extended.fillna(due)
            due_extended = due_extended.mask(is_later, rows["agreed_due"])
        last_day = due_extended.fillna(due)
        in_time = {
            WITHIN: rows["responded"] <= due,
            EXTENSION: rows["responded"] <= last_day,
        }
        return rows.assign(
            clock_from=clock_from,
            clock_started=started,
            limit=limit,
            due=due,
            due_extended=due_extended,
            days=self._count(started, rows["responded"]),
            days_late=self._count(last_day, rows["responded"]).clip(lower=0),
            timeliness=_verdicts(rows, in_time),
        )

    def _plain_limit(
        self, rows: pd.DataFrame, started: pd.Series, response: StageClock
    ) -> tuple[pd.Series, pd.Series]:
        """The last day of the limit without extension, and its length, by the complaint's grade."""
        due = self._last_day(started, response.limit)
        limit = pd.Series(response.limit.length, index=rows.index, dtype="Int64")
        for grade, duration in response.by_grade:
            is_of_grade = rows["grade"] == grade
            due = due.mask(is_of_grade, self._last_day(started, duration))
            limit = limit.mask(is_of_grade, duration.length)
        return due, limit

    def _judge_every_clock(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Several limits, as at a review panel: the stage is late if any was exceeded.

        `due` is the last day for the response, known once the event before it has taken place. If
        an event in between is not recorded, those around it are measured against the sum of their
        limits. days_late adds up the days beyond each limit.
        """
        first, last = self._clocks[0], self._clocks[-1]
        events = [first.start, *(stage_clock.clock.end for stage_clock in self._clocks)]
        days_beyond: dict[tuple[int, int], pd.Series] = {}
        for start, end in combinations(range(len(events)), 2):
            days_allowed = sum(clock.limit.length for clock in self._clocks[start:end])
            excess = self._count(rows[events[start]], rows[events[end]]) - days_allowed
            days_beyond[start, end] = excess.clip(lower=0).fillna(0)
        sum_of_events = sum(
            (days_beyond[start, start + 1] for start in range(1, len(self._clocks))),
            days_beyond[0, 1],
        )
        excesses = pd.concat([sum_of_events, *days_beyond.values()], axis=1)
        days_late = excesses.max(axis=1).astype("Int64")
        return rows.assign(
            clock_from=first.start,
            clock_started=rows[first.start],
            due=rows[f"{last.clock.name}_due"],
            days=self._count(rows[first.start], rows["responded"]),
            days_late=days_late.where(rows["responded"].notna()),
            timeliness=_verdicts(rows, {WITHIN: days_late == 0}),
        )

    def _last_day(self, start: pd.Series, duration: Duration) -> pd.Series:
        """The last day of a limit from each of some days; missing where the day is."""
        if duration.unit == "working day":
            return self._calendar.add(start, duration.length)
        if duration.unit == "calendar day":
            return start + pd.Timedelta(days=duration.length)
        return (start + pd.DateOffset(months=duration.length)).astype(DATE)

    def _count(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """The days from one day to another, in the days of the procedure, Int64."""
        if self._counts_working_days:
            return self._calendar.count(start, end)
        return (end - start).dt.days.astype("Int64")


def _verdicts(rows: pd.DataFrame, in_time: dict[str, pd.Series]) -> ExtensionArray:
    """The first verdict whose condition holds for each row; late if none does."""
    is_unanswered = rows["responded"].isna()
    conditions = {WITHDRAWN: is_unanswered & rows["withdrawn"], OPEN: is_unanswered, **in_time}
    masks = [condition.fillna(False).to_numpy(dtype=bool) for condition in conditions.values()]
    # As codes, because NumPy pads each text to the longest.
    codes = np.select(masks, range(len(masks)), len(masks))
    return pd.array([*conditions, LATE], dtype="str").take(codes)
