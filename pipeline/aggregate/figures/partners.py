"""Figures of complaints that the council answers jointly with somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.complaints import complaints
from pipeline.aggregate.figures.registry import column_codes, figures_of_procedure
from pipeline.procedures import Procedure
from pipeline.settings import Council

COLUMN = "joint_with"
OTHER_PROCEDURE = "another procedure of the council"


def partners(council: Council) -> tuple[str, ...]:
    """With whom a complaint may be answered jointly; another procedure only if there is one."""
    others = (OTHER_PROCEDURE,) if len(council.procedure_names) > 1 else ()
    return (*column_codes("complaints", COLUMN), *others)


def _joint_complaints(data: CleanedData) -> pd.DataFrame:
    rows = complaints(data).query(f"{COLUMN}.notna()")
    is_organisation = rows[COLUMN].isin(column_codes("complaints", COLUMN))
    return rows.assign(partner=rows[COLUMN].where(is_organisation, OTHER_PROCEDURE))


@figures_of_procedure
def _joint(procedure: Procedure) -> Iterator[Figure]:
    yield Figure(
        "complaints.joint",
        "Complaints answered jointly",
        unit="complaint",
        needs=("complaints",),
        columns=(COLUMN,),
        base="complaints.received",
        rule="Complaints received in the year that are answered jointly with somebody else.",
        select=_joint_complaints,
    )
    yield Figure(
        "complaints.joint_by_partner",
        "Complaints answered jointly, by with whom",
        unit="complaint",
        by=("partner",),
        needs=("complaints",),
        columns=(COLUMN,),
        categories=partners,
        base="complaints.joint",
        rule="Complaints received in the year that are answered jointly, by with whom.",
        select=_joint_complaints,
    )
