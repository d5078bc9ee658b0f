"""Figures of how long the responses of each stage took, and which were in time."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.aggregate.figure import Measure
from pipeline.aggregate.figures.registry import NOT_RECORDED, figure, fixed_categories
from pipeline.aggregate.figures.stages.rows import (
    STAGES,
    select_all,
    select_answered,
    select_in_time,
    select_late,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.clean.cases import TIMELINESS

# Longer lists tell less than a median.
MAX_RESPONSES_LISTED = 9
# Without a response its time is not recorded.
STAGE_3_TIMELINESS_PARTS = (
    Part(Term("stage_3.response", NOT_RECORDED), categories=("open", "withdrawn")),
)


class DaysMeasure(NamedTuple):
    """A measure of the working days that responses at a stage took, or were late.

    name: the last part of the figure's id.
    title, rule: with `{stage}` in place of its number.
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
        "Shortest stage {stage} response in working days",
        "The fewest working days that any stage {stage} investigation asked for in the year and "
        "answered took.",
        at_most=("median_days", "mean_days", "days_90th", "longest_days"),
    ),
    DaysMeasure(
        "median_days",
        "median",
        "Median working days to a stage {stage} response",
        "Half of the stage {stage} investigations asked for in the year and answered took this "
        "many working days or fewer.",
        at_most=("days_90th", "longest_days"),
    ),
    DaysMeasure(
        "mean_days",
        "mean",
        "Mean working days to a stage {stage} response",
        "The working days that all stage {stage} investigations asked for in the year and answered "
        "took, divided by the number of these.",
        at_most=("longest_days",),
    ),
    DaysMeasure(
        "days_90th",
        "90th percentile",
        "Working days to a stage {stage} response, 90th percentile",
        "Nine in ten of the stage {stage} investigations asked for in the year and answered took "
        "this many working days or fewer; between two responses it is interpolated linearly.",
        at_most=("longest_days",),
    ),
    DaysMeasure(
        "longest_days",
        "longest",
        "Longest stage {stage} response in working days",
        "The most working days that any stage {stage} investigation asked for in the year and "
        "answered took.",
    ),
)
LATE_MEASURES = (
    DaysMeasure(
        "median_late",
        "median",
        "Median working days late at stage {stage}",
        "Half of the late stage {stage} responses to investigations asked for in the year came "
        "this many working days or fewer after the limit.",
        at_most=("longest_late",),
    ),
    DaysMeasure(
        "longest_late",
        "longest",
        "Most working days late at stage {stage}",
        "The most working days after its limit that any stage {stage} response to an "
        "investigation asked for in the year came.",
        at_most=("longest_days",),
    ),
)


def _declare_timeliness_figures(stage: str) -> None:
    """Declare the figures of how many responses there were, and how many were in time."""
    prefix = f"stage_{stage}"
    subject = f"Stage {stage} investigations asked for in the year"
    needs = ("investigations",)
    timeliness = f"{prefix}.timeliness"
    # No time limit of stage 3 can be extended.
    extended = () if stage == "3" else (Term(timeliness, "within extension"),)
    late = Term(timeliness, "late")
    figure(
        timeliness,
        f"Stage {stage} response times",
        unit="investigation",
        by=("timeliness",),
        base=f"{prefix}.investigated",
        categories=fixed_categories(*TIMELINESS),
        sums_to=(
            Sum(Term(f"{prefix}.by_outcome", "withdrawn"), category="withdrawn"),
            Sum(Term(f"{prefix}.in_time"), category="within limit", others=extended),
            Sum(Term(f"{prefix}.answered"), category="within limit", others=(*extended, late)),
        ),
        part_of=STAGE_3_TIMELINESS_PARTS if stage == "3" else (),
        limits=() if extended else (Limit((Term(timeliness, "within extension"),)),),
        rule=(
            f"{subject}, by whether the response came within the limit, within an extension agreed "
            "on a recorded ground, or late."
        ),
        needs=needs,
    )(select_all(stage))
    figure(
        f"{prefix}.answered",
        f"Stage {stage} responses",
        unit="investigation",
        base=f"{prefix}.investigated",
        needs=needs,
        rule=f"{subject} that have a response.",
    )(select_answered(stage))
    in_time = "within all of its limits"
    if stage != "3":
        in_time = "within the limit, or within an extension agreed on a recorded ground"
    figure(
        f"{prefix}.in_time",
        f"Stage {stage} responses in time",
        unit="investigation",
        base=f"{prefix}.answered",
        needs=needs,
        rule=f"{subject} and answered {in_time}.",
    )(select_in_time(stage))


def _declare_days_figures(stage: str) -> None:
    """Declare the measures of the working days to a response, which share their selections."""
    prefix = f"stage_{stage}"
    answered, late = select_answered(stage), select_late(stage)
    needs = ("investigations",)
    figure(
        f"{prefix}.by_days",
        f"Stage {stage} responses by working days",
        unit="investigation",
        measure="values",
        value_column="working_days",
        by=("working_days",),
        base=f"{prefix}.answered",
        max_rows=MAX_RESPONSES_LISTED,
        needs=needs,
        rule=(
            f"Stage {stage} investigations asked for in the year and answered, by the working days "
            f"to the response, in a year with {MAX_RESPONSES_LISTED} responses or fewer."
        ),
    )(answered)
    measured = (
        (DAYS_MEASURES, "working_days", Term(f"{prefix}.answered"), answered),
        (LATE_MEASURES, "working_days_late", Term(f"{prefix}.timeliness", "late"), late),
    )
    for days_measures, column, measured_rows, select in measured:
        for days_measure in days_measures:
            figure(
                f"{prefix}.{days_measure.name}",
                days_measure.title.format(stage=stage),
                measure=days_measure.measure,
                value_column=column,
                unit="working day",
                needs=needs,
                measured_rows=measured_rows,
                at_most=tuple(f"{prefix}.{name}" for name in days_measure.at_most),
                rule=days_measure.rule.format(stage=stage),
            )(select)


for _stage in STAGES:
    _declare_timeliness_figures(_stage)
    _declare_days_figures(_stage)
