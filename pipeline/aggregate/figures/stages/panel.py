"""Figures of the three time limits of a stage 3 review: panel, report and response."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pipeline.aggregate.figure import CleanedData
from pipeline.aggregate.figures.registry import NOT_RECORDED, figure, fixed_categories
from pipeline.aggregate.figures.stages.rows import investigations_at
from pipeline.aggregate.terms import Limit, Part, Term

IN_TIME = "within limit"
LATE = "late"


class PanelLimit(NamedTuple):
    """One of the three time limits of a stage 3 review (regulations 19 and 20).

    event: the last part of the figure's id.
    title: what has to happen.
    rule: what is counted, and from which day.
    column: of the investigations, with the working days it took.
    time_limit: the setting, in working days.
    part_of: what follows from the definitions of the columns.
    """

    event: str
    title: str
    rule: str
    column: str
    time_limit: str
    part_of: tuple[Part, ...] = ()
    limits: tuple[Limit, ...] = ()


def _late_in_part(event: str) -> Limit:
    """A review that is late in one part is late as a whole, unless it has no response."""
    whole = (Term("stage_3.timeliness", name) for name in (LATE, "open", "withdrawn"))
    return Limit((Term(f"stage_3.{event}", LATE),), at_most=tuple(whole))


PANEL_LIMITS = (
    PanelLimit(
        event="panel",
        title="Panel met",
        rule="that the panel met in time, by working days from the request",
        column="panel_working_days",
        time_limit="stage_3_panel",
        # The time to the panel's report counts from its meeting.
        part_of=(Part(Term("stage_3.report", NOT_RECORDED), categories=(NOT_RECORDED,)),),
        limits=(_late_in_part("panel"),),
    ),
    PanelLimit(
        event="report",
        title="Panel reported",
        rule="that the panel reported in time, by working days from its meeting",
        column="report_working_days",
        time_limit="stage_3_report",
        limits=(_late_in_part("report"),),
    ),
    PanelLimit(
        event="response",
        title="Authority responded",
        rule="that the authority responded in time, by working days from the panel's report",
        column="response_working_days",
        time_limit="stage_3_response",
        part_of=(
            # One limit exceeded makes the stage late.
            Part(Term("stage_3.timeliness", "late"), categories=(LATE,)),
            Part(Term("stage_3.answered"), categories=(IN_TIME, LATE)),
        ),
        limits=(
            # If every date is recorded, a review that is late is late in one part at least.
            Limit(
                (Term("stage_3.timeliness", LATE),),
                at_most=(
                    *(Term(f"stage_3.{event}", LATE) for event in ("panel", "report", "response")),
                    Term("stage_3.report", NOT_RECORDED),
                ),
            ),
        ),
    ),
)


def _declare_panel_figure(limit: PanelLimit) -> None:
    """Declare the figure of one of the panel's time limits."""

    def select(data: CleanedData) -> pd.DataFrame:
        rows = investigations_at("3", data)
        days_taken = rows[limit.column]
        days_allowed = getattr(data.settings.council.time_limits, limit.time_limit)
        timeliness = pd.Series(NOT_RECORDED, index=rows.index, dtype="str")
        timeliness = timeliness.mask((days_taken <= days_allowed).fillna(False), IN_TIME)
        timeliness = timeliness.mask((days_taken > days_allowed).fillna(False), LATE)
        return rows.assign(in_time=timeliness)

    figure(
        f"stage_3.{limit.event}",
        f"{limit.title} in time at stage 3",
        unit="investigation",
        by=("in_time",),
        categories=fixed_categories(IN_TIME, LATE, NOT_RECORDED),
        needs=("investigations",),
        base="stage_3.investigated",
        rule=f"Stage 3 reviews asked for in the year, by whether it is recorded {limit.rule}.",
        part_of=limit.part_of,
        limits=limit.limits,
    )(select)


for _limit in PANEL_LIMITS:
    _declare_panel_figure(_limit)
