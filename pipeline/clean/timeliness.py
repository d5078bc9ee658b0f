"""Whether each stage was answered in time, by the regulations and the council's own settings."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.clean.calendar import WorkingDays
from pipeline.settings import TimeLimits

TIMELINESS = ("within limit", "within extension", "late", "open", "withdrawn")
WITHIN, EXTENSION, LATE, OPEN, WITHDRAWN = TIMELINESS

REQUIRED_COLUMNS = [
    "requested",
    "panel_met",
    "panel_reported",
    "responded",
    "extended",
    "extension_ground",
]
TIMELINESS_TYPES = {
    "clock_from": "str",
    "clock_started": "datetime64[us]",
    "limit": "Int64",
    "due": "datetime64[us]",
    "due_extended": "datetime64[us]",
    "working_days": "Int64",
    "working_days_late": "Int64",
    "panel_due": "datetime64[us]",
    "panel_working_days": "Int64",
    "report_due": "datetime64[us]",
    "report_working_days": "Int64",
    "response_working_days": "Int64",
    "timeliness": "str",
}


def judge_timeliness(
    investigations: pd.DataFrame, withdrawn: pd.Series, calendar: WorkingDays, limits: TimeLimits
) -> pd.DataFrame:
    """The columns of TIMELINESS_TYPES for each investigation, on the same index.

    withdrawn: whether the investigation, if unanswered, was withdrawn rather than left open.

    clock_from: "requested" or "agreed"; clock_started: that day.
    limit: the working days that applied, any extension included. Missing at stage 3, which has
        three limits: see `_judge_stage_3`.
    due, due_extended: the last day of the plain limit, and of the extension if one counts.
    working_days: from the start of the clock to the response.
    working_days_late: those beyond the limit; 0 if in time, missing while unanswered.
    """
    stage = investigations["stage"]
    clock_from = pd.Series("requested", index=investigations.index, dtype="str")
    if limits.stage_2_clock == "agreed":
        # Without a recorded agreement the earlier date counts: leaving it out gains no time.
        clock_from = clock_from.mask((stage == "2") & investigations["agreed"].notna(), "agreed")
    started = investigations["requested"].mask(clock_from == "agreed", investigations["agreed"])
    rows = investigations[REQUIRED_COLUMNS].assign(
        clock_from=clock_from, clock_started=started, withdrawn=withdrawn
    )
    parts = [
        _judge_stage_1_or_2(rows[stage == "1"], limits.stage_1, limits.stage_1_extended, calendar),
        _judge_stage_1_or_2(rows[stage == "2"], limits.stage_2, limits.stage_2_extended, calendar),
        _judge_stage_3(rows[stage == "3"], limits, calendar),
    ]
    return pd.concat(parts).reindex(investigations.index)


def _judge_stage_1_or_2(
    rows: pd.DataFrame, limit_days: int, extended_days: int, calendar: WorkingDays
) -> pd.DataFrame:
    """One limit, and a longer one if an extension was made on a recorded ground.

    An extension without a ground does not count.
    """
    is_extended = (rows["extended"] == "yes") & rows["extension_ground"].notna()
    limit = pd.Series(
        np.where(is_extended, extended_days, limit_days), index=rows.index, dtype="Int64"
    )
    working_days = calendar.count(rows["clock_started"], rows["responded"])
    in_time = {WITHIN: working_days <= limit_days, EXTENSION: working_days <= limit}
    return _with_types(
        rows.assign(
            limit=limit,
            due=calendar.add(rows["clock_started"], limit_days),
            due_extended=calendar.add(rows["clock_started"], extended_days).where(is_extended),
            working_days=working_days,
            working_days_late=(working_days - limit).clip(lower=0),
            timeliness=_verdicts(rows, in_time),
        )
    )


def _judge_stage_3(rows: pd.DataFrame, limits: TimeLimits, calendar: WorkingDays) -> pd.DataFrame:
    """Three limits (regs 19 and 20): the panel meets and reports, then the authority responds.

    The stage is late if any limit was exceeded. `due` is the last day for the response, known once
    the panel has reported. If a date in between is not recorded, the events around it are measured
    against the sum of their limits. working_days_late adds up the days beyond each limit.
    """
    dates = [rows[name] for name in ("requested", "panel_met", "panel_reported", "responded")]
    limits_in_order = (limits.stage_3_panel, limits.stage_3_report, limits.stage_3_response)
    days_beyond: dict[tuple[int, int], pd.Series] = {}
    for start, end in combinations(range(len(dates)), 2):
        days_allowed = sum(limits_in_order[start:end])
        excess = calendar.count(dates[start], dates[end]) - days_allowed
        days_beyond[start, end] = excess.clip(lower=0).fillna(0)
    sum_of_events = days_beyond[0, 1] + days_beyond[1, 2] + days_beyond[2, 3]
    excesses = pd.concat([sum_of_events, *days_beyond.values()], axis=1)
    days_late = excesses.max(axis=1).astype("Int64")
    return _with_types(
        rows.assign(
            due=calendar.add(rows["panel_reported"], limits.stage_3_response),
            working_days=calendar.count(rows["requested"], rows["responded"]),
            working_days_late=days_late.where(rows["responded"].notna()),
            panel_due=calendar.add(rows["requested"], limits.stage_3_panel),
            panel_working_days=calendar.count(rows["requested"], rows["panel_met"]),
            report_due=calendar.add(rows["panel_met"], limits.stage_3_report),
            report_working_days=calendar.count(rows["panel_met"], rows["panel_reported"]),
            response_working_days=calendar.count(rows["panel_reported"], rows["responded"]),
            timeliness=_verdicts(rows, {WITHIN: days_late == 0}),
        )
    )


def _verdicts(rows: pd.DataFrame, in_time: dict[str, pd.Series]) -> npt.NDArray[Any]:
    """The first verdict whose condition holds for each row; late if none does."""
    is_unanswered = rows["responded"].isna()
    conditions = {WITHDRAWN: is_unanswered & rows["withdrawn"], OPEN: is_unanswered, **in_time}
    masks = [condition.fillna(False).to_numpy(dtype=bool) for condition in conditions.values()]
    return np.select(masks, list(conditions), LATE)


def _with_types(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of TIMELINESS_TYPES; those that do not apply to a stage are missing."""
    return rows.reindex(columns=list(TIMELINESS_TYPES)).astype(TIMELINESS_TYPES)
