"""Figures of how long the responses of each stage took, and which were in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipeline.aggregate.figure import Figure, Measure
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    figures_of_procedure,
    fixed_categories,
)
from pipeline.aggregate.figures.stages.rows import (
    select_all,
    select_answered,
    select_in_time,
    select_late,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.clean.cases import TIMELINESS
from pipeline.procedures import Procedure, Stage

# Longer lists tell less than a median.
MAX_RESPONSES_LISTED = 9


class DaysMeasure(NamedTuple):
    """A measure of the days that responses at a stage took, or were late.

    name: the last part of the figure's id.
    title, rule: with `{stage}` in place of its number, and `{days}` in place of their unit.
    at_most: the names of those that it cannot exceed.
    """

    name: str
    measure: Measure
    title: str
    rule: str
    at_most: tuple[str, ...] = ()


DAYS_MEASURES = (
    DaysMeasure(
        "shortest_days",
        "shortest",
        "Shortest stage {stage} response in {days}s",
        "The fewest {days}s that any stage {stage} investigation asked for in the year and "
        "answered took.",
        at_most=("median_days", "mean_days", "days_90th", "longest_days"),
    ),
    DaysMeasure(
        "median_days",
        "median",
        "Median {days}s to a stage {stage} response",
        "Half of the stage {stage} investigations asked for in the year and answered took this "
        "many {days}s or fewer.",
        at_most=("days_90th", "longest_days"),
    ),
    DaysMeasure(
        "mean_days",
        "mean",
        "Mean {days}s to a stage {stage} response",
        "The {days}s that all stage {stage} investigations asked for in the year and answered "
        "took, divided by the number of these.",
        at_most=("longest_days",),
    ),
    DaysMeasure(
        "days_90th",
        "90th percentile",
        "{Days}s to a stage {stage} response, 90th percentile",
        "The fewest {days}s within which at least nine in ten of the stage {stage} investigations "
        "asked for in the year and answered were answered.",
        at_most=("longest_days",),
    ),
    DaysMeasure(
        "longest_days",
        "longest",
        "Longest stage {stage} response in {days}s",
        "The most {days}s that any stage {stage} investigation asked for in the year and "
        "answered took.",
    ),
)
LATE_MEASURES = (
    DaysMeasure(
        "median_late",
        "median",
        "Median {days}s late at stage {stage}",
        "Half of the late stage {stage} responses to investigations asked for in the year came "
        "this many {days}s or fewer after the limit.",
        at_most=("longest_late",),
    ),
    DaysMeasure(
        "longest_late",
        "longest",
        "Most {days}s late at stage {stage}",
        "The most {days}s after its limit that any stage {stage} response to an "
        "investigation asked for in the year came.",
        at_most=("longest_days",),
    ),
)


@figures_of_procedure
def _time_figures(procedure: Procedure) -> Iterator[Figure]:
    for number, stage in procedure.numbered_stages:
        yield from _timeliness_figures(number, stage)
        yield from _days_figures(number, procedure.days)


def _timeliness_figures(number: str, stage: Stage) -> Iterator[Figure]:
    """The figures of how many responses there were, and how many were in time."""
    prefix = f"stage_{number}"
    subject = f"Stage {number} investigations asked for in the year"
    needs = ("investigations",)
    timeliness = f"{prefix}.timeliness"
    has_longer_limit = stage.response.can_be_extended or stage.response.until_agreed
    extended = (Term(timeliness, "within extension"),) if has_longer_limit else ()
    late = Term(timeliness, "late")
    # Without a response its time is not recorded.
    unanswered = Part(Term(f"{prefix}.response", NOT_RECORDED), categories=("open", "withdrawn"))
    yield Figure(
        timeliness,
        f"Stage {number} response times",
        unit="investigation",
        by=("timeliness",),
        base=f"{prefix}.investigated",
        categories=fixed_categories(*TIMELINESS),
        sums_to=(
            Sum(Term(f"{prefix}.by_outcome", "withdrawn"), category="withdrawn"),
            Sum(Term(f"{prefix}.in_time"), category="within limit", others=extended),
            Sum(Term(f"{prefix}.answered"), category="within limit", others=(*extended, late)),
        ),
        part_of=(unanswered,) if stage.every_clock_counts else (),
        limits=() if extended else (Limit((Term(timeliness, "within extension"),)),),
        rule=(
            f"{subject}, by whether the response came within the limit, within an extension agreed "
            "on a recorded ground, or late."
        ),
        needs=needs,
        select=select_all(number),
    )
    yield Figure(
        f"{prefix}.answered",
        f"Stage {number} responses",
        unit="investigation",
        base=f"{prefix}.investigated",
        needs=needs,
        rule=f"{subject} that have a response.",
        select=select_answered(number),
    )
    in_time = "within the limit, or within an extension agreed on a recorded ground"
    if stage.every_clock_counts:
        in_time = "within all of its limits"
    yield Figure(
        f"{prefix}.in_time",
        f"Stage {number} responses in time",
        unit="investigation",
        base=f"{prefix}.answered",
        needs=needs,
        rule=f"{subject} and answered {in_time}.",
        select=select_in_time(number),
    )


def _days_figures(number: str, days: str) -> Iterator[Figure]:
    """The measures of the days to a response, which share their selections.

    days: their unit, such as "working day".
    """
    prefix = f"stage_{number}"
    answered, late = select_answered(number), select_late(number)
    needs = ("investigations",)
    yield Figure(
        f"{prefix}.by_days",
        f"Stage {number} responses by {days}s",
        unit="investigation",
        measure="values",
        value_column="days",
        by=("days",),
        base=f"{prefix}.answered",
        max_rows=MAX_RESPONSES_LISTED,
        needs=needs,
        rule=(
            f"Stage {number} investigations asked for in the year and answered, by the {days}s "
            f"to the response, in a year with {MAX_RESPONSES_LISTED} responses or fewer."
        ),
        select=answered,
    )
    measured = (
        (DAYS_MEASURES, "days", Term(f"{prefix}.answered"), answered),
        (LATE_MEASURES, "days_late", Term(f"{prefix}.timeliness", "late"), late),
    )
    for days_measures, column, measured_rows, select in measured:
        for days_measure in days_measures:
            yield Figure(
                f"{prefix}.{days_measure.name}",
                days_measure.title.format(stage=number, days=days, Days=days.capitalize()),
                measure=days_measure.measure,
                value_column=column,
                unit=days,
                needs=needs,
                measured_rows=measured_rows,
                at_most=tuple(f"{prefix}.{name}" for name in days_measure.at_most),
                rule=days_measure.rule.format(stage=number, days=days),
                select=select,
            )
