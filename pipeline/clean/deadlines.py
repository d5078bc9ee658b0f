"""The limit that decided whether each answer was in time, for the auditor to check by hand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.procedures import Stage
from pipeline.procedures.limits import StageClock
from pipeline.settings import TimeLimits

LIMIT_COLUMNS = (
    *("file", "row", "stage", "answer", "clock_from", "clock_started"),
    *("limit", "unit", "why", "due", "answered", "days", "in_time", "timeliness"),
)
PLAIN = "the plain limit"
UNGROUNDED = "the plain limit: extended, but without a recorded ground"
UNNEEDED = "the plain limit: extended, but answered without need of it"


def deciding_limits(investigations: pd.DataFrame, limits: TimeLimits) -> pd.DataFrame:
    """One row per answer that a limit applies to, with LIMIT_COLUMNS.

    investigations: the cleaned table. It has no personal columns, and a case is named by file and
        row alone.

    limit, unit: the one that decided. why: which limit that is, with the ground of an extension.
    due: its last day. answered, days: the day of the answer, and how long it took; missing if it
    is open or not recorded. in_time: "yes", "no", or empty without an answer. timeliness: the
    verdict on the whole stage.
    """
    parts = [
        part
        for number, stage in limits.procedure.numbered_stages
        for part in _of_stage(
            investigations[investigations["stage"] == number], stage, limits.clocks(number)
        )
    ]
    table = pd.concat(parts)[[*LIMIT_COLUMNS]]
    in_order = table.sort_values(["file", "row"], kind="stable", ignore_index=True)
    return in_order.astype({"limit": "Int64", "days": "Int64"})


def _of_stage(
    rows: pd.DataFrame, stage: Stage, clocks: tuple[StageClock, ...]
) -> Iterator[pd.DataFrame]:
    """The answers of a stage: one for each clock with a figure of its own, and the response."""
    for stage_clock in clocks:
        clock = stage_clock.clock
        if clock in stage.counted_clocks:
            due = rows["due"] if clock == stage.response else rows[f"{clock.name}_due"]
            yield _judged(
                rows.assign(
                    answer=clock.name,
                    clock_from=stage_clock.start,
                    clock_started=rows[stage_clock.start],
                    limit=stage_clock.limit.length,
                    unit=stage_clock.limit.units,
                    why=clock.source,
                    due=due,
                    answered=rows[clock.end],
                    days=rows[f"{clock.name}_days"],
                )
            )
    if not stage.every_clock_counts:
        yield _response(rows, clocks[-1])


def _response(rows: pd.DataFrame, stage_clock: StageClock) -> pd.DataFrame:
    """The extension decides unless the plain limit was met, or no ground is recorded for it."""
    has_extension = rows["due_extended"].notna()
    is_in_plain_time = (rows["responded"] <= rows["due"]).fillna(False).astype("bool")
    is_extended = has_extension & ~is_in_plain_time
    ground = "extended: " + rows["extension_ground"].astype("str").fillna("agreed date")
    is_ungrounded = (rows["extended"] == "yes").fillna(False).astype("bool") & ~has_extension
    conditions = [is_extended, has_extension, is_ungrounded]
    reasons = [ground.to_numpy(object), UNNEEDED, UNGROUNDED]
    plain = pd.Series(stage_clock.limit.length, index=rows.index, dtype="Int64")
    if stage_clock.by_grade:
        plain = rows["limit"]
    return _judged(
        rows.assign(
            answer="response",
            limit=rows["limit"].where(is_extended, plain),
            unit=stage_clock.limit.units,
            why=np.select([mask.to_numpy(bool) for mask in conditions], reasons, PLAIN),
            due=rows["due_extended"].where(is_extended, rows["due"]),
            answered=rows["responded"],
        )
    )


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `in_time`."""
    is_known = (rows["answered"].notna() & rows["due"].notna()).to_numpy(bool)
    is_in_time = (rows["answered"] <= rows["due"]).fillna(False).to_numpy(bool)
    return rows.assign(in_time=np.select([~is_known, is_in_time], ["", "yes"], "no"))
