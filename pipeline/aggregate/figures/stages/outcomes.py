"""Figures of the procedure's stages: how many, with which outcome, at what cost."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.registry import NOT_RECORDED, figures_of_procedure
from pipeline.aggregate.figures.stages.limits import StageLimits
from pipeline.aggregate.figures.stages.rows import (
    investigations_at,
    select_all,
    select_costed,
    select_upheld,
    select_with_outcome,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.procedures import Procedure
from pipeline.settings import Council

NEEDS = ("investigations",)


def _stage_names(council: Council) -> tuple[str, ...]:
    return tuple(f"stage {number}" for number in council.procedure.stage_numbers)


def _endings(council: Council) -> tuple[str, ...]:
    return (*council.procedure.outcome_codes, "open", NOT_RECORDED)


def _investigations_by_stage(data: CleanedData) -> pd.DataFrame:
    investigations = data.rows("investigations")
    return investigations.assign(stage_name="stage " + investigations["stage"])


@figures_of_procedure
def _stage_figures(procedure: Procedure) -> Iterator[Figure]:
    yield Figure(
        "complaints.by_stage",
        "Investigations by stage",
        unit="investigation",
        by=("stage_name",),
        categories=_stage_names,
        needs=NEEDS,
        declared_group="totals",
        rule=(
            "Investigations asked for in the year, by stage; a complaint that went through two "
            "stages counts at each."
        ),
        select=_investigations_by_stage,
    )
    for number, stage in procedure.numbered_stages:
        if stage.may_begin:
            yield _figure_of_bypassing(number)
    limits = StageLimits(procedure)
    for number in procedure.stage_numbers:
        yield from _figures_of_stage(number, procedure, limits)
    for number, stage in procedure.numbered_stages:
        if stage.has_cost:
            yield from _figures_of_cost(number)


def _figure_of_bypassing(stage: str) -> Figure:
    earlier = int(stage) - 1
    figure = f"complaints.bypassed_stage_{earlier}"
    return Figure(
        figure,
        f"Stage {stage} investigations that bypassed stage {earlier}",
        unit="investigation",
        needs=NEEDS,
        declared_group="breakdowns",
        part_of=(Part(Term(f"stage_{stage}.investigated")),),
        limits=(
            # A complaint that went on to a stage did not bypass the one before.
            Limit(
                (Term(figure), Term(f"complaints.went_on_to_stage_{stage}")),
                at_most=(Term(f"complaints.at_stage_{stage}"),),
                is_equal=True,
                is_cumulative=True,
            ),
        ),
        rule=(
            f"Stage {stage} investigations asked for in the year without one at stage {earlier} "
            "before."
        ),
        select=_select_bypassing(stage),
    )


def _select_bypassing(stage: str) -> Select:
    return lambda data: investigations_at(stage, data).query("bypassed == 'yes'")


def _figures_of_stage(number: str, procedure: Procedure, limits: StageLimits) -> Iterator[Figure]:
    """The figures that every stage has."""
    prefix = f"stage_{number}"
    name = f"Stage {number}"
    subject = f"{name} investigations asked for in the year"
    yield Figure(
        f"{prefix}.investigated",
        f"{name} investigations",
        unit="investigation",
        rule=f"{subject}.",
        sums_to=(Sum(Term("complaints.by_stage", f"stage {number}")),),
        limits=limits.of_investigations(number),
        needs=NEEDS,
        select=select_all(number),
    )
    first, *others = procedure.upheld
    yield Figure(
        f"{prefix}.by_outcome",
        f"{name} outcomes",
        unit="investigation",
        by=("outcome",),
        base=f"{prefix}.investigated",
        categories=_endings,
        sums_to=(
            Sum(Term(f"{prefix}.timeliness", "open"), category="open"),
            Sum(
                Term(f"{prefix}.upheld_wholly_or_partly"),
                category=first,
                others=tuple(Term(f"{prefix}.by_outcome", other) for other in others),
            ),
        ),
        part_of=(Part(Term(f"{prefix}.answered"), categories=(NOT_RECORDED,)),),
        limits=limits.of_outcomes(number),
        rule=f"{subject}, by outcome of that stage.",
        needs=NEEDS,
        select=select_with_outcome(number),
    )
    yield Figure(
        f"{prefix}.upheld_wholly_or_partly",
        f"{name} investigations {procedure.words.upheld}",
        unit="investigation",
        base=f"{prefix}.investigated",
        rule=f"{subject} and found {' or '.join(procedure.upheld)} at that stage.",
        needs=NEEDS,
        select=select_upheld(number),
    )


def _figures_of_cost(number: str) -> Iterator[Figure]:
    """The figures of a stage that costs money: an outside person investigates."""
    prefix = f"stage_{number}"
    subject = f"stage {number} investigations asked for in the year"
    yield Figure(
        f"{prefix}.cost",
        f"Cost of stage {number}",
        unit="pound",
        measure="sum",
        value_column="cost",
        needs=NEEDS,
        measured_rows=Term(f"{prefix}.costed"),
        rule=f"What the {subject} cost, as far as the cost is recorded.",
        select=select_all(number),
    )
    yield Figure(
        f"{prefix}.costed",
        f"Stage {number} investigations with a cost",
        unit="investigation",
        base=f"{prefix}.investigated",
        rule=f"Those {subject} of which the cost is recorded.",
        needs=NEEDS,
        select=select_costed(number),
    )
