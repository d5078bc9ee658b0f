"""Figures of what was agreed to put things right: after complaints, and after the Ombudsman."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.complaints import complaints
from pipeline.aggregate.figures.learning import date_in_words
from pipeline.aggregate.figures.ombudsman import ombudsman_decisions
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    column_codes,
    figure,
    figures_of_procedure,
    fill_not_recorded,
    fixed_categories,
)
from pipeline.aggregate.shared_areas import one_row_per_code
from pipeline.aggregate.terms import EVERY, Limit, Term
from pipeline.procedures import Procedure

DATES = ("remedy_due", "remedy_done")
REMEDY = ("remedy", *DATES)
# How far a remedy has come: with both dates, with one of them, with none.
PROGRESS = (
    "provided in time",
    "provided late",
    "overdue",
    "not due yet",
    "provided without a due date",
    "open without a due date",
)
NOT_DONE = "not yet"
WHEN_TAKEN = "when the data was taken"


def with_progress(rows: pd.DataFrame, data: CleanedData) -> pd.DataFrame:
    """The rows with `progress`, one of PROGRESS, by `remedy_due` and `remedy_done`."""
    due, done = rows["remedy_due"], rows["remedy_done"]
    as_at = pd.Timestamp(data.settings.report.data_as_at)
    masks = [
        done.notna() & due.notna() & (done <= due),
        done.notna() & due.notna(),
        due.notna() & (due < as_at),
        due.notna(),
        done.notna(),
    ]
    progress = np.select([mask.to_numpy(bool) for mask in masks], PROGRESS[:-1], PROGRESS[-1])
    return rows.assign(progress=pd.Series(progress, index=rows.index, dtype="str"))


@figure(
    "remedies.agreed",
    "Complaints with a remedy",
    unit="complaint",
    needs=("complaints",),
    columns=REMEDY,
    base="complaints.received",
    rule="Complaints received in the year for which a remedy was agreed.",
)
@figure(
    "remedies.by_progress",
    "Remedies by whether they were provided in time",
    unit="complaint",
    by=("progress",),
    needs=("complaints",),
    columns=DATES,
    categories=fixed_categories(*PROGRESS),
    base="remedies.agreed",
    rule=(
        "Complaints received in the year for which a remedy was agreed, by whether all of it had "
        f"been provided {WHEN_TAKEN}, and whether by the date due."
    ),
)
def _complaints_with_remedy(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data, *REMEDY)
    return with_progress(cases[cases[list(REMEDY)].notna().any(axis=1)], data)


@figure(
    "remedies.by_kind",
    "Complaints by kind of remedy",
    unit="complaint",
    by=("remedy",),
    needs=("complaints",),
    columns=("remedy",),
    overlapping=True,
    categories=fixed_categories(*column_codes("complaints", "remedy"), NOT_RECORDED),
    base="remedies.agreed",
    # Each has a kind at least.
    limits=(Limit((Term("remedies.agreed"),), (Term("remedies.by_kind", EVERY),)),),
    rule=(
        "Complaints received in the year by what was agreed to put things right; one with several "
        "remedies counts at each."
    ),
)
def _complaints_by_remedy(data: CleanedData) -> pd.DataFrame:
    return one_row_per_code(fill_not_recorded(_complaints_with_remedy(data), "remedy"), "remedy")


@figure(
    "ombudsman.recommendations",
    "Ombudsman decisions with recommendations",
    unit="decision",
    needs=("ombudsman",),
    columns=DATES,
    base="ombudsman.decided",
    rule=(
        "Decisions that the Ombudsman made in the year with something that the council was to do, "
        "of which the date due or the date done is recorded."
    ),
)
@figure(
    "ombudsman.compliance",
    "Compliance with the Ombudsman's recommendations",
    unit="decision",
    by=("progress",),
    needs=("ombudsman",),
    columns=DATES,
    categories=fixed_categories(*PROGRESS),
    base="ombudsman.recommendations",
    rule=(
        "Decisions that the Ombudsman made in the year with something that the council was to do, "
        f"by whether it had been done {WHEN_TAKEN}, and whether by the date due."
    ),
)
@figure(
    "ombudsman.recommendation_dates",
    "The Ombudsman's recommendations with due and completion dates",
    unit="decision",
    by=("subject", "due_text", "done_text", "progress"),
    needs=("ombudsman",),
    columns=DATES,
    base="ombudsman.recommendations",
    rule=(
        "Each decision that the Ombudsman made in the year with something that the council was to "
        "do, with the date due and the date on which it was done."
    ),
)
def _decisions_with_recommendations(data: CleanedData) -> pd.DataFrame:
    decisions = ombudsman_decisions(data)
    recommended = decisions[decisions["remedy_due"].notna() | decisions["remedy_done"].notna()]
    texts = {
        "due_text": date_in_words(recommended["remedy_due"]).fillna("no date"),
        "done_text": date_in_words(recommended["remedy_done"]).fillna(NOT_DONE),
    }
    return with_progress(recommended.assign(**texts), data)


@figures_of_procedure
def _upheld(procedure: Procedure) -> Iterator[Figure]:
    """What the Ombudsman upheld, and what of it had been remedied."""
    upheld = procedure.ombudsman.upheld
    if not upheld:
        return
    attributes: dict[str, Any] = {
        "unit": "decision",
        "needs": ("ombudsman",),
        "columns": ("early_remedy", "satisfactory_remedy"),
    }
    finding = f"Decisions of the year by which the Ombudsman found {' or '.join(upheld)}"
    by_decision = tuple(Term("ombudsman.decided_by_decision", decision) for decision in upheld)
    yield Figure(
        "ombudsman.upheld",
        "Ombudsman decisions that upheld a complaint",
        base="ombudsman.decided",
        limits=(Limit((Term("ombudsman.upheld"),), by_decision, is_equal=True),),
        rule=f"{finding}.",
        select=_select_upheld(upheld),
        **attributes,
    )
    for column, title, words in (
        ("early_remedy", "settled early", "that were settled early, for the council agreed to act"),
        (
            "satisfactory_remedy",
            "with a satisfactory remedy before",
            "for which the council had provided a satisfactory remedy before the complaint reached "
            "the Ombudsman",
        ),
    ):
        yield Figure(
            f"ombudsman.{column}",
            f"Upheld Ombudsman decisions {title}",
            base="ombudsman.upheld",
            rule=f"{finding}, {words}.",
            select=_select_upheld(upheld, f"{column} == 'yes'"),
            **attributes | {"columns": (column,)},
        )


def _select_upheld(upheld: tuple[str, ...], condition: str = "") -> Select:
    def select(data: CleanedData) -> pd.DataFrame:
        decisions = ombudsman_decisions(data).query(f"decision in {list(upheld)}")
        return decisions.query(condition) if condition else decisions

    return select
