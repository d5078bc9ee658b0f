"""The limit that decided whether each answer was in time, for the auditor to check by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.settings import TimeLimits

COLUMNS = (
    *("file", "row", "stage", "answer", "clock_from", "clock_started"),
    *("limit", "why", "due", "answered", "working_days", "in_time", "timeliness"),
)
PLAIN = "the plain limit"
UNGROUNDED = "the plain limit: extended, but without a recorded ground"
UNNEEDED = "the plain limit: extended, but answered without need of it"
# The answers at stage 3, each with the day from which it is due, its own day, its last day, the
# name of its limit among the settings, and why that one applies.
STAGE_3_ANSWERS = {
    "panel": ("requested", "panel_met", "panel_due", "stage_3_panel", "reg 19, after the request"),
    "report": (
        "panel_met",
        "panel_reported",
        "report_due",
        "stage_3_report",
        "reg 20, after it met",
    ),
    "response": (
        "panel_reported",
        "responded",
        "due",
        "stage_3_response",
        "reg 20, after its report",
    ),
}


def deciding_limits(investigations: pd.DataFrame, limits: TimeLimits) -> pd.DataFrame:
    """One row per answer that a limit applies to, with COLUMNS: three at stage 3, else one.

    investigations: the cleaned table. It has no personal columns, and a case is named by file and
        row alone.

    limit: in working days, the one that decided. why: which limit that is, with the ground of an
    extension. due: its last day. answered, working_days: the day of the answer, and how long it
    took; missing if it is open or not recorded. in_time: "yes", "no", or empty without an answer.
    timeliness: the verdict on the whole stage.
    """
    parts = [_of_stages_1_and_2(investigations, limits), *_of_stage_3(investigations, limits)]
    table = pd.concat(parts)[[*COLUMNS]]
    in_order = table.sort_values(["file", "row"], kind="stable", ignore_index=True)
    return in_order.astype({"limit": "Int64", "working_days": "Int64"})


def _of_stages_1_and_2(investigations: pd.DataFrame, limits: TimeLimits) -> pd.DataFrame:
    """The extension decides unless the plain limit was met, or no ground is recorded for it."""
    rows = investigations[investigations["stage"] != "3"]
    plain_days = rows["stage"].map({"1": limits.stage_1, "2": limits.stage_2}).astype("Int64")
    has_ground = rows["due_extended"].notna()
    is_in_plain_time = (rows["working_days"] <= plain_days).fillna(False).astype("bool")
    is_extended = has_ground & ~is_in_plain_time
    ground = "extended: " + rows["extension_ground"].astype("str").fillna("")
    is_ungrounded = (rows["extended"] == "yes").fillna(False).astype("bool") & ~has_ground
    conditions = [is_extended, has_ground, is_ungrounded]
    reasons = [ground.to_numpy(object), UNNEEDED, UNGROUNDED]
    return _judged(
        rows.assign(
            answer="response",
            limit=rows["limit"].where(is_extended, plain_days),
            why=np.select([mask.to_numpy(bool) for mask in conditions], reasons, PLAIN),
            due=rows["due_extended"].where(is_extended, rows["due"]),
            answered=rows["responded"],
        )
    )


def _of_stage_3(investigations: pd.DataFrame, limits: TimeLimits) -> list[pd.DataFrame]:
    """The panel's meeting and its report, then the authority's response, each with its limit."""
    rows = investigations[investigations["stage"] == "3"]
    return [
        _judged(
            rows.assign(
                answer=answer,
                clock_from=start,
                clock_started=rows[start],
                limit=getattr(limits, limit_name),
                why=why,
                due=rows[due],
                answered=rows[answered],
                working_days=rows[f"{answer}_working_days"],
            )
        )
        for answer, (start, answered, due, limit_name, why) in STAGE_3_ANSWERS.items()
    ]


def _judged(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with `in_time`."""
    is_known = rows["working_days"].notna().to_numpy(bool)
    is_in_time = (rows["working_days"] <= rows["limit"]).fillna(False).to_numpy(bool)
    return rows.assign(in_time=np.select([~is_known, is_in_time], ["", "yes"], "no"))
