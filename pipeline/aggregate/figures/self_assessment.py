"""Figures of the council's self-assessment against a code, where the procedure asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.learning import with_dates_in_words
from pipeline.aggregate.figures.registry import (
    figures_of_procedure,
    fill_not_recorded,
    fixed_categories,
)
from pipeline.procedures import Procedure

EXTRACT = "self_assessment"
ANSWERS = {"yes": "met", "partly": "partly met", "no": "not met"}


def _requirements(data: CleanedData) -> pd.DataFrame:
    rows = data.rows(EXTRACT)
    return rows.assign(
        answer=rows["meets"].map(ANSWERS), place=rows["section"] + ": " + rows["requirement"]
    )


def _shortfalls(data: CleanedData) -> pd.DataFrame:
    rows = _requirements(data).query("meets != 'yes'")
    return with_dates_in_words(fill_not_recorded(rows, "action"))


@figures_of_procedure
def _self_assessment(procedure: Procedure) -> Iterator[Figure]:
    if not any(EXTRACT in content.extracts for content in procedure.contents):
        return
    yield Figure(
        "self_assessment.requirements",
        "Requirements assessed",
        unit="requirement",
        needs=(EXTRACT,),
        select=_requirements,
        rule="Requirements of the code against which the council has assessed itself for the year.",
    )
    yield Figure(
        "self_assessment.by_answer",
        "Requirements by whether they are met",
        unit="requirement",
        by=("answer",),
        categories=fixed_categories(*ANSWERS.values()),
        base="self_assessment.requirements",
        needs=(EXTRACT,),
        select=_requirements,
        rule="Requirements assessed for the year, by whether the council meets them.",
    )
    yield Figure(
        "self_assessment.shortfalls",
        "Requirements that are not met in full",
        unit="requirement",
        by=("place", "answer", "action", "due_text"),
        needs=(EXTRACT,),
        select=_shortfalls,
        rule="Each requirement that is not or only partly met, with the action and its due date.",
    )
