"""Which figures there are. Each is declared once; counting, joining years and lineage are done for all in one place."""

from __future__ import annotations

from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures import complaints, other, procedure
from pipeline.aggregate.figures.registry import REGISTRY

__all__ = ["CATALOGUE", "complaints", "other", "procedure"]

CATALOGUE: dict[str, Figure] = REGISTRY
