"""Figures of the procedure's three stages: how many, with which outcome, at what cost."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import CleanedData
from pipeline.aggregate.figures.registry import NOT_RECORDED, figure, fixed_categories
from pipeline.aggregate.figures.stages.limits import INVESTIGATED_LIMITS, outcome_limits
from pipeline.aggregate.figures.stages.rows import (
    STAGES,
    investigations_at,
    select_all,
    select_costed,
    select_upheld,
    select_with_outcome,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.validate.dictionary import OUTCOMES

STAGE_NAMES = tuple(f"stage {stage}" for stage in STAGES)


@figure(
    "complaints.by_stage",
    "Investigations by stage",
    unit="investigation",
    by=("stage_name",),
    categories=fixed_categories(*STAGE_NAMES),
    needs=("investigations",),
    declared_group="totals",
    rule=(
        "Investigations asked for in the year, by stage; a complaint that went through two "
        "stages counts at each."
    ),
)
def _investigations_by_stage(data: CleanedData) -> pd.DataFrame:
    investigations = data.rows("investigations")
    return investigations.assign(stage_name="stage " + investigations["stage"])


@figure(
    "complaints.bypassed_stage_1",
    "Stage 2 investigations that bypassed stage 1",
    unit="investigation",
    needs=("investigations",),
    declared_group="breakdowns",
    part_of=(Part(Term("stage_2.investigated")),),
    limits=(
        # A complaint that went on to stage 2 did not bypass stage 1.
        Limit(
            (Term("complaints.bypassed_stage_1"), Term("complaints.went_on_to_stage_2")),
            at_most=(Term("complaints.at_stage_2"),),
            is_equal=True,
            is_cumulative=True,
        ),
    ),
    rule="Stage 2 investigations asked for in the year without one at stage 1 before.",
)
def _investigations_without_stage_1(data: CleanedData) -> pd.DataFrame:
    return investigations_at("2", data).query("bypassed == 'yes'")


def _declare_stage_figures(stage: str) -> None:
    """Declare the figures that every stage has."""
    prefix = f"stage_{stage}"
    name = f"Stage {stage}"
    subject = f"{name} investigations asked for in the year"
    needs = ("investigations",)
    figure(
        f"{prefix}.investigated",
        f"{name} investigations",
        unit="investigation",
        rule=f"{subject}.",
        sums_to=(Sum(Term("complaints.by_stage", f"stage {stage}")),),
        limits=INVESTIGATED_LIMITS[stage],
        needs=needs,
    )(select_all(stage))
    figure(
        f"{prefix}.by_outcome",
        f"{name} outcomes",
        unit="investigation",
        by=("outcome",),
        base=f"{prefix}.investigated",
        categories=fixed_categories(*OUTCOMES, "open", NOT_RECORDED),
        sums_to=(
            Sum(Term(f"{prefix}.timeliness", "open"), category="open"),
            Sum(
                Term(f"{prefix}.upheld_wholly_or_partly"),
                category="upheld",
                others=(Term(f"{prefix}.by_outcome", "partially upheld"),),
            ),
        ),
        part_of=(Part(Term(f"{prefix}.answered"), categories=(NOT_RECORDED,)),),
        limits=outcome_limits(stage),
        rule=f"{subject}, by outcome of that stage.",
        needs=needs,
    )(select_with_outcome(stage))
    figure(
        f"{prefix}.upheld_wholly_or_partly",
        f"{name} investigations upheld in whole or in part",
        unit="investigation",
        base=f"{prefix}.investigated",
        rule=f"{subject} and found upheld or partially upheld at that stage.",
        needs=needs,
    )(select_upheld(stage))


def _declare_cost_figures(stage: str) -> None:
    """Declare the figures of the stages that cost money: an outside person investigates."""
    prefix = f"stage_{stage}"
    subject = f"stage {stage} investigations asked for in the year"
    needs = ("investigations",)
    figure(
        f"{prefix}.cost",
        f"Cost of stage {stage}",
        unit="pound",
        measure="sum",
        value_column="cost",
        needs=needs,
        measured_rows=Term(f"{prefix}.costed"),
        rule=f"What the {subject} cost, as far as the cost is recorded.",
    )(select_all(stage))
    figure(
        f"{prefix}.costed",
        f"Stage {stage} investigations with a cost",
        unit="investigation",
        base=f"{prefix}.investigated",
        rule=f"Those {subject} of which the cost is recorded.",
        needs=needs,
    )(select_costed(stage))


for _stage in STAGES:
    _declare_stage_figures(_stage)
for _stage in STAGES[1:]:
    _declare_cost_figures(_stage)
