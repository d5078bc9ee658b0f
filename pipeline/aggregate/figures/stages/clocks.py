"""Figures of the single time limits of a stage that has several, such as a review panel's."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    figures_of_procedure,
    fixed_categories,
)
from pipeline.aggregate.figures.stages.rows import investigations_at
from pipeline.aggregate.terms import Limit, Part, Term
from pipeline.procedures import Clock, Procedure, Stage
from pipeline.procedures.stage import RESPONSE

IN_TIME = "within limit"
LATE = "late"


@figures_of_procedure
def _clock_figures(procedure: Procedure) -> Iterator[Figure]:
    for number, stage in procedure.numbered_stages:
        for position, clock in enumerate(stage.counted_clocks):
            part_of, limits = _relations(f"stage_{number}", stage, position)
            yield Figure(
                f"stage_{number}.{clock.name}",
                f"{clock.title} in time at stage {number}",
                unit="investigation",
                by=("in_time",),
                categories=fixed_categories(IN_TIME, LATE, NOT_RECORDED),
                needs=("investigations",),
                base=f"stage_{number}.investigated",
                rule=(
                    f"Stage {number} {stage.noun}s asked for in the year, by whether it is "
                    f"recorded {clock.rule}."
                ),
                part_of=part_of,
                limits=limits,
                select=_select(number, clock),
            )


def _select(stage: str, clock: Clock) -> Select:
    days = f"{clock.name}_days"
    due = "due" if clock.name == RESPONSE else f"{clock.name}_due"

    def select(data: CleanedData) -> pd.DataFrame:
        rows = investigations_at(stage, data, clock.end, days, due)
        timeliness = pd.Series(NOT_RECORDED, index=rows.index, dtype="str")
        is_known = rows[days].notna()
        timeliness = timeliness.mask(is_known & (rows[clock.end] <= rows[due]), IN_TIME)
        timeliness = timeliness.mask(is_known & (rows[clock.end] > rows[due]), LATE)
        return rows.assign(in_time=timeliness)

    return select


def _relations(
    prefix: str, stage: Stage, position: int
) -> tuple[tuple[Part, ...], tuple[Limit, ...]]:
    """What follows for a clock from the definitions of the columns."""
    names = [clock.name for clock in stage.counted_clocks]
    name = names[position]
    if not stage.every_clock_counts:
        return (), ()
    timeliness = f"{prefix}.timeliness"
    if name == RESPONSE:
        return (
            # One limit exceeded makes the stage late.
            Part(Term(timeliness, "late"), categories=(LATE,)),
            Part(Term(f"{prefix}.answered"), categories=(IN_TIME, LATE)),
        ), (
            # If every date is recorded, a stage that is late is late in one part at least.
            Limit(
                (Term(timeliness, LATE),),
                at_most=(
                    *(Term(f"{prefix}.{each}", LATE) for each in names),
                    Term(f"{prefix}.{names[-2]}", NOT_RECORDED),
                ),
            ),
        )
    # One that is late in one part is late as a whole, unless it has no response.
    whole = (Term(timeliness, verdict) for verdict in (LATE, "open", "withdrawn"))
    limits = (Limit((Term(f"{prefix}.{name}", LATE),), at_most=tuple(whole)),)
    following = names[position + 1]
    if following == RESPONSE:
        return (), limits
    # The time to the next event counts from this one.
    part = Part(Term(f"{prefix}.{following}", NOT_RECORDED), categories=(NOT_RECORDED,))
    return (part,), limits
