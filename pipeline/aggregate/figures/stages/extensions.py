"""Figures of extended time limits, where the complainant must be told of the ombudsman."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.registry import figures_of_procedure
from pipeline.aggregate.figures.stages.rows import investigations_at
from pipeline.aggregate.terms import Limit, Term
from pipeline.procedures import Procedure

COLUMN = "ombudsman_told"


@figures_of_procedure
def _extensions(procedure: Procedure) -> Iterator[Figure]:
    for number, stage in procedure.numbered_stages:
        if not stage.response.tells_ombudsman:
            continue
        prefix = f"stage_{number}"
        attributes: dict[str, Any] = {
            "unit": "investigation",
            "needs": ("investigations",),
            "columns": (COLUMN,),
        }
        in_extension = Term(f"{prefix}.timeliness", "within extension")
        extended = f"Stage {number} {stage.noun}s asked for in the year of which the time limit was"
        yield Figure(
            f"{prefix}.extensions",
            f"Extended time limits at stage {number}",
            base=f"{prefix}.investigated",
            limits=(Limit((in_extension,), (Term(f"{prefix}.extensions"),)),),
            rule=f"{extended} extended.",
            select=_select(number, "extended == 'yes'"),
            **attributes,
        )
        yield Figure(
            f"{prefix}.{COLUMN}",
            f"Extensions at stage {number} with the Ombudsman's details",
            base=f"{prefix}.extensions",
            rule=f"{extended} extended, and the complainant told how to contact the Ombudsman.",
            select=_select(number, f"extended == 'yes' and {COLUMN} == 'yes'"),
            **attributes,
        )


def _select(stage: str, condition: str) -> Select:
    def select(data: CleanedData) -> pd.DataFrame:
        return investigations_at(stage, data, "extended", COLUMN).query(condition)

    return select
