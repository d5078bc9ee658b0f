"""Figures of the year's complaints that went on from one stage to the next."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from pipeline.aggregate.figure import CleanedData, Select
from pipeline.aggregate.figures.registry import figure, fixed_categories
from pipeline.aggregate.figures.stages.rows import STAGES, investigations_at
from pipeline.aggregate.terms import Limit, Part, Sum, Term

NEEDS = ("complaints", "investigations")


@figure(
    "complaints.escalated",
    "Complaints that went on",
    unit="complaint",
    by=("went_on",),
    overlapping=True,
    categories=fixed_categories("went on to stage 2", "went on to stage 3"),
    needs=NEEDS,
    base="complaints.received",
    rule=(
        "Complaints received in the year, and of these how many have gone on from an earlier stage "
        "to stage 2 or 3, in that year or since; one that began at a stage did not go on to it."
    ),
)
def _escalated_complaints(data: CleanedData) -> pd.DataFrame:
    cases = data.rows("cases")
    investigated = [_investigated_complaints(stage, data) for stage in STAGES]
    parts = []
    for position, stage in enumerate(STAGES[1:], 1):
        at_earlier_stage = cases["reference"].isin(set().union(*investigated[:position]))
        went_on = at_earlier_stage & cases["reference"].isin(investigated[position])
        parts.append(cases[went_on].assign(went_on=f"went on to stage {stage}"))
    return pd.concat(parts, ignore_index=True)


def _investigated_complaints(stage: str, data: CleanedData) -> set[str]:
    """The references of the complaints at a stage; in whichever year."""
    return set(investigations_at(stage, data)["complaint"].dropna())


def _select_complaints_at(*stages: str) -> Select:
    """The year's complaints that were investigated at all of these stages, in whichever year."""

    def select(data: CleanedData) -> pd.DataFrame:
        cases = data.rows("cases")
        references = [_investigated_complaints(stage, data) for stage in stages]
        return cases[cases["reference"].isin(set.intersection(*references))]

    return select


WENT_ON_TO_3 = Term("complaints.escalated", "went on to stage 3")
AT_1_OR_2 = (Term("complaints.at_stage_1"), Term("complaints.at_stage_2"))
WENT_ON_TO_2 = Term("complaints.went_on_to_stage_2")
# Only stage 1 is earlier than stage 2; a complaint may go on from stage 1 to stage 3.
RELATIONS: dict[str, dict[str, tuple[Sum, ...] | tuple[Part, ...] | tuple[Limit, ...]]] = {
    "2": {
        "sums_to": (Sum(Term("complaints.escalated", "went on to stage 2")),),
        "part_of": (Part(Term("complaints.at_stage_2")),),
        "limits": (
            # Only a complaint that was accepted is investigated, and each that was decided was.
            Limit(AT_1_OR_2, at_most=(Term("complaints.accepted"), WENT_ON_TO_2)),
            Limit((Term("complaints.decided"), WENT_ON_TO_2), at_most=AT_1_OR_2),
            Limit(
                (
                    Term("complaints.decided"),
                    Term("complaints.by_outcome", "open"),
                    Term("complaints.by_outcome", "not accepted"),
                    WENT_ON_TO_2,
                ),
                at_most=(*AT_1_OR_2, Term("complaints.turned_away")),
            ),
        ),
    },
    "3": {
        "part_of": (Part(WENT_ON_TO_3),),
        # No complaint is at stage 3 without stage 2.
        "limits": (
            Limit((Term("complaints.went_on_to_stage_3"),), at_most=(WENT_ON_TO_3,), is_equal=True),
        ),
    },
}
for _earlier, _later in pairwise(STAGES):
    figure(
        f"complaints.at_stage_{_earlier}",
        f"Complaints investigated at stage {_earlier}",
        unit="complaint",
        needs=NEEDS,
        base="complaints.received",
        declared_group="totals",
        rule=(
            f"Complaints received in the year that have been investigated at stage {_earlier}, in "
            "that year or since."
        ),
    )(_select_complaints_at(_earlier))
    figure(
        f"complaints.went_on_to_stage_{_later}",
        f"Complaints that went on from stage {_earlier} to stage {_later}",
        unit="complaint",
        needs=NEEDS,
        base=f"complaints.at_stage_{_earlier}",
        **RELATIONS[_later],
        rule=(
            f"Complaints received in the year and investigated at stage {_earlier} that have gone "
            f"on to stage {_later}, in that year or since."
        ),
    )(_select_complaints_at(_earlier, _later))
