"""Which figures there are. Each is declared once; counting, joining years and lineage are done for all in one place."""

from __future__ import annotations

from pipeline.aggregate import figures_complaints, figures_other, figures_procedure
from pipeline.aggregate.declare import DECLARED
from pipeline.aggregate.figure import Figure

__all__ = ["CATALOGUE", "figures_complaints", "figures_other", "figures_procedure"]

CATALOGUE: dict[str, Figure] = DECLARED
