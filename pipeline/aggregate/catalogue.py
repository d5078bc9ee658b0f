"""All figures of a procedure, in the order in which they are published: that of their declarations.

Counting, joining years and lineage are done for all of them in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures import (
    caseload,
    complaint_breakdowns,
    complaints,
    escalation,
    learning,
    months,
    ombudsman,
    other,
    partners,
    remedies,
    self_assessment,
)
from pipeline.aggregate.figures.registry import DECLARATIONS
from pipeline.aggregate.figures.stages import clocks, extensions, outcomes, response_times
from pipeline.aggregate.shared_areas import shared_by_areas
from pipeline.procedures import Procedure
from pipeline.settings import Council

__all__ = [
    "Catalogue",
    "caseload",
    "catalogue_of",
    "clocks",
    "complaint_breakdowns",
    "complaints",
    "escalation",
    "extensions",
    "figures_of",
    "learning",
    "months",
    "numerator",
    "ombudsman",
    "other",
    "outcomes",
    "partners",
    "remedies",
    "response_times",
    "self_assessment",
]

Catalogue = Mapping[str, Figure]


def catalogue_of(council: Council) -> Catalogue:
    """The figures of the council's procedure by their ids."""
    if council.whole_years is None:
        return figures_of(council.procedure)
    return figures_of(council.procedure, council.whole_years)


@cache
def figures_of(
    procedure: Procedure, whole_years: frozenset[str] | None = None
) -> dict[str, Figure]:
    """The figures of a procedure by their ids.

    whole_years: if complaints may be about several service areas, the years in which none is.
    """
    figures = [figure for declare in DECLARATIONS for figure in declare(procedure)]
    if whole_years is not None:
        figures = [shared_by_areas(figure, whole_years) for figure in figures]
    return {figure.id: figure for figure in figures}


def numerator(rate: Figure, catalogue: Catalogue) -> str:
    """The figure that counts the rows of a rate: it follows from the rate and the base."""
    return next(
        figure.id
        for figure in catalogue.values()
        if figure.select is rate.select and figure.measure == "count" and not figure.by
    )
