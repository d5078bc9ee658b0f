"""All figures, in the order in which they are published: the order of their declarations.

Counting, joining years and lineage are done for all of them in one place.
"""

from __future__ import annotations

from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures import (
    caseload,
    complaint_breakdowns,
    complaints,
    escalation,
    learning,
    ombudsman,
    other,
)
from pipeline.aggregate.figures.registry import REGISTRY
from pipeline.aggregate.figures.stages import panel, procedure, response_times

__all__ = [
    "CATALOGUE",
    "caseload",
    "complaint_breakdowns",
    "complaints",
    "escalation",
    "learning",
    "ombudsman",
    "other",
    "panel",
    "procedure",
    "response_times",
]

CATALOGUE: dict[str, Figure] = REGISTRY


def numerator(rate: Figure) -> str:
    """The figure that counts the rows of a rate: it follows from the rate and the base."""
    return next(
        figure.id
        for figure in CATALOGUE.values()
        if figure.select is rate.select and figure.measure == "count" and not figure.by
    )
