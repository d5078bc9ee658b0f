"""Figures of the year's complaints that went on from one stage to the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import ROW_LOCATION, Figure
from pipeline.aggregate.figures.registry import figures_of_procedure
from pipeline.aggregate.figures.stages.limits import StageLimits
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.procedures import Procedure
from pipeline.settings import Council

NEEDS = ("complaints", "investigations")


@figures_of_procedure
def _escalation(procedure: Procedure) -> Iterator[Figure]:
    later_stages = procedure.stage_numbers[1:]
    if not later_stages:
        return
    last = procedure.stage_numbers[-1]
    yield Figure(
        "complaints.escalated",
        "Complaints that went on",
        unit="complaint",
        by=("went_on",),
        overlapping=True,
        categories=_steps,
        needs=NEEDS,
        base="complaints.received",
        rule=(
            "Complaints received in the year, and of these how many have gone on from an earlier "
            f"stage to stage {' or '.join(later_stages)}, in that year or since; one that began at "
            "a stage did not go on to it."
        ),
        select=_escalated_complaints,
    )
    limits = StageLimits(procedure)
    for earlier, later in pairwise(procedure.stage_numbers):
        yield Figure(
            f"complaints.at_stage_{earlier}",
            f"Complaints investigated at stage {earlier}",
            unit="complaint",
            needs=NEEDS,
            base="complaints.received",
            declared_group="totals",
            rule=(
                f"Complaints received in the year that have been investigated at stage {earlier}, "
                "in that year or since."
            ),
            select=_select_complaints_at(earlier),
        )
        yield Figure(
            f"complaints.went_on_to_stage_{later}",
            f"Complaints that went on from stage {earlier} to stage {later}",
            unit="complaint",
            needs=NEEDS,
            base=f"complaints.at_stage_{earlier}",
            sums_to=_sums(later),
            part_of=_parts(later, last),
            limits=_limits(later, limits),
            rule=(
                f"Complaints received in the year and investigated at stage {earlier} that have "
                f"gone on to stage {later}, in that year or since."
            ),
            select=_select_complaints_at(earlier, later),
        )


def _steps(council: Council) -> tuple[str, ...]:
    return tuple(f"went on to stage {number}" for number in council.procedure.stage_numbers[1:])


def _sums(later: str) -> tuple[Sum, ...]:
    """Only stage 1 is earlier than stage 2."""
    return (Sum(_escalated(later)),) if later == "2" else ()


def _parts(later: str, last: str) -> tuple[Part, ...]:
    """A complaint may go on from stage 1 to stage 3."""
    here = (Part(Term(f"complaints.at_stage_{later}")),) if later != last else ()
    return here if later == "2" else (Part(_escalated(later)), *here)


def _limits(later: str, limits: StageLimits) -> tuple[Limit, ...]:
    if later == "2":
        return limits.of_all_investigated()
    # No complaint is at a later stage without the one before.
    went_on = Term(f"complaints.went_on_to_stage_{later}")
    return (Limit((went_on,), at_most=(_escalated(later),), is_equal=True),)


def _escalated(stage: str) -> Term:
    return Term("complaints.escalated", f"went on to stage {stage}")


def _escalated_complaints(data: CleanedData) -> pd.DataFrame:
    cases, is_at_stage = data.rows("cases")[ROW_LOCATION], data.stages_of_cases
    parts = []
    for position, stage in enumerate(is_at_stage.columns[1:], 1):
        at_earlier_stage = is_at_stage.iloc[:, :position].any(axis=1)
        went_on = at_earlier_stage & is_at_stage[stage]
        parts.append(cases[went_on].assign(went_on=f"went on to stage {stage}"))
    return pd.concat(parts, ignore_index=True)


def _select_complaints_at(*stages: str) -> Select:
    """The year's complaints that were investigated at all of these stages, in whichever year."""

    def select(data: CleanedData) -> pd.DataFrame:
        is_at_stages = data.stages_of_cases[list(stages)].all(axis=1)
        return data.rows("cases").loc[is_at_stages, ROW_LOCATION]

    return select
