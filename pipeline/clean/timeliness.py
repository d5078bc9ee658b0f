"""Whether each stage was answered in time, by the limits of the regulations and the council's own settings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
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
    "clock_from": "str", "clock_started": "datetime64[us]", "limit": "Int64", "due": "datetime64[us]",
    "due_extended": "datetime64[us]", "working_days": "Int64", "working_days_late": "Int64",
    "panel_due": "datetime64[us]", "panel_working_days": "Int64", "report_due": "datetime64[us]", "report_working_days": "Int64",
    "response_working_days": "Int64", "timeliness": "str",
}  # fmt: skip


def judge_timeliness(
    investigations: pd.DataFrame, withdrawn: pd.Series, calendar: WorkingDays, limits: TimeLimits
) -> pd.DataFrame:
    """The columns JUDGED for each investigation, on the same index.

    withdrawn: whether the investigation, if unanswered, was withdrawn rather than left open. clock_from: "requested" or
    "agreed"; clock_started: that day. limit: working days that applied, extension included. due, due_extended: last day of the
    plain limit, and of the extension where one counts. working_days: from the clock to the response. working_days_late: those
    beyond the limit, 0 if in time, missing while unanswered. At stage 3 `limit` is missing, for there are three: see `_judge_stage_3`.
    """
    stage = investigations["stage"]
    clock_from = pd.Series("requested", index=investigations.index, dtype="str")
    if limits.stage_2_clock == "agreed":
        # Without a recorded agreement the earlier date counts, so that nobody gains time by leaving it out.
        clock_from = clock_from.mask((stage == "2") & investigations["agreed"].notna(), "agreed")
    started = investigations["requested"].mask(clock_from == "agreed", investigations["agreed"])
    rows = investigations[REQUIRED_COLUMNS].assign(
        clock_from=clock_from, clock_started=started, withdrawn=withdrawn
    )
    judged = pd.concat([
        _judge_stage_1_or_2(rows[stage == "1"], limits.stage_1, limits.stage_1_extended, calendar),
        _judge_stage_1_or_2(rows[stage == "2"], limits.stage_2, limits.stage_2_extended, calendar),
        _judge_stage_3(rows[stage == "3"], limits, calendar),
    ])  # fmt: skip
    return judged.reindex(investigations.index)


def _judge_stage_1_or_2(
    rows: pd.DataFrame, plain: int, extended: int, days: WorkingDays
) -> pd.DataFrame:
    """One limit, and a longer one where an extension was made on a recorded ground; without a ground it does not count."""
    granted = (rows["extended"] == "yes") & rows["extension_ground"].notna()
    limit = pd.Series(np.where(granted, extended, plain), index=rows.index, dtype="Int64")
    taken = days.count(rows["clock_started"], rows["responded"])
    return _with_types(rows.assign(
        limit=limit,
        due=days.add(rows["clock_started"], plain),
        due_extended=days.add(rows["clock_started"], extended).where(granted),
        working_days=taken,
        working_days_late=(taken - limit).clip(lower=0),
        timeliness=_verdicts(rows, {WITHIN: taken <= plain, EXTENSION: taken <= limit}),
    ))  # fmt: skip


def _judge_stage_3(rows: pd.DataFrame, limits: TimeLimits, days: WorkingDays) -> pd.DataFrame:
    """Three limits (regs 19 and 20): the panel meets, reports, and the authority responds; late if any was exceeded.

    `due` is the last day for the response, known once the panel has reported. Where a date between is not recorded, the steps
    around it are held to the sum of their limits. working_days_late adds up the days beyond each limit.
    """
    dates = [rows[name] for name in ("requested", "panel_met", "panel_reported", "responded")]
    allowed = (limits.stage_3_panel, limits.stage_3_report, limits.stage_3_response)
    beyond = {
        (start, end): (days.count(dates[start], dates[end]) - sum(allowed[start:end]))
        .clip(lower=0)
        .fillna(0)
        for start, end in combinations(range(4), 2)
    }
    at_each_step = beyond[0, 1] + beyond[1, 2] + beyond[2, 3]
    late = pd.concat([at_each_step, *beyond.values()], axis=1).max(axis=1).astype("Int64")
    return _with_types(rows.assign(
        due=days.add(rows["panel_reported"], limits.stage_3_response),
        working_days=days.count(rows["requested"], rows["responded"]),
        working_days_late=late.where(rows["responded"].notna()),
        panel_due=days.add(rows["requested"], limits.stage_3_panel),
        panel_working_days=days.count(rows["requested"], rows["panel_met"]),
        report_due=days.add(rows["panel_met"], limits.stage_3_report),
        report_working_days=days.count(rows["panel_met"], rows["panel_reported"]),
        response_working_days=days.count(rows["panel_reported"], rows["responded"]),
        timeliness=_verdicts(rows, {WITHIN: late == 0}),
    ))  # fmt: skip


def _verdicts(rows: pd.DataFrame, in_time: dict[str, pd.Series]) -> np.ndarray:
    unanswered = rows["responded"].isna()
    verdicts = {WITHDRAWN: unanswered & rows["withdrawn"], OPEN: unanswered, **in_time}
    held = [condition.fillna(False).to_numpy(dtype=bool) for condition in verdicts.values()]
    return np.select(held, list(verdicts), LATE)


def _with_types(rows: pd.DataFrame) -> pd.DataFrame:
    """The columns JUDGED in their types, those that do not apply to a stage missing."""
    return rows.reindex(columns=list(TIMELINESS_TYPES)).astype(TIMELINESS_TYPES)
