"""Figures of representations and complaints: how many were received and how they ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import ROW_LOCATION, Figure
from pipeline.aggregate.figures.ombudsman import ombudsman_cases
from pipeline.aggregate.figures.other import compliments
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    figure,
    figures_of_procedure,
    fill_not_recorded,
    fixed_categories,
    with_values,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.procedures import Procedure
from pipeline.settings import Council

KIND_OF_TABLE = {
    "cases": "complaints",
    "ombudsman": "Ombudsman cases",
    "compliments": "compliments",
}


def endings(council: Council) -> tuple[str, ...]:
    """How a complaint may have ended, or not yet."""
    return (*council.procedure.outcome_codes, "not accepted", "open")


def complaints(data: CleanedData, *columns: str) -> pd.DataFrame:
    """All complaints, one row per case.

    columns: those that are needed besides ROW_LOCATION; all if none is named. To select rows of
        few columns takes less time.
    """
    cases = data.rows("cases")
    return cases[[*ROW_LOCATION, *columns]] if columns else cases


@figure(
    "representations.by_kind",
    "Representations by kind",
    unit="representation",
    by=("kind",),
    categories=fixed_categories(*KIND_OF_TABLE.values()),
    needs=("complaints", "ombudsman", "compliments"),
    base="representations.received",
    declared_group="totals",
    rule="Complaints, Ombudsman cases and compliments received in the year, each counted once.",
)
@figure(
    "representations.received",
    "Representations received",
    unit="representation",
    needs=("complaints", "ombudsman", "compliments"),
    rule="All complaints, Ombudsman cases and compliments received in the year.",
)
def _representations(data: CleanedData) -> pd.DataFrame:
    received = {
        "cases": complaints(data),
        "ombudsman": ombudsman_cases(data),
        "compliments": compliments(data),
    }
    parts = [
        rows[ROW_LOCATION].assign(kind=KIND_OF_TABLE[table]) for table, rows in received.items()
    ]
    return pd.concat(parts, ignore_index=True)


figure(
    "complaints.received",
    "Complaints received",
    unit="complaint",
    needs=("complaints",),
    sums_to=(Sum(Term("representations.by_kind", "complaints")),),
    part_of=(Part(Term("complaints.issues")),),  # each has a theme
    rule="Complaints received in the year, whether or not they were accepted under the procedure.",
)(complaints)


@figures_of_procedure
def _rates(procedure: Procedure) -> Iterator[Figure]:
    served = procedure.denominator
    if served:
        yield Figure(
            f"complaints.{served.rate_figure}",
            f"Complaints for each thousand {served.measure}",
            unit="complaint",
            measure="rate",
            per=1000,
            needs=("complaints", "activity"),
            base=f"activity.{served.figure}",
            rule=f"Complaints received in the year for each 1,000 {served.measure}.",
            select=complaints,
        )


def _accepted_complaints(data: CleanedData) -> pd.DataFrame:
    return with_values(complaints(data, "accepted", "outcome"), "accepted", ["yes"])


def _complaints_not_accepted(data: CleanedData) -> pd.DataFrame:
    reason = "not_accepted_reason"
    return fill_not_recorded(
        with_values(complaints(data, "accepted", reason), "accepted", ["no"]), reason
    )


@figures_of_procedure
def _acceptance(procedure: Procedure) -> Iterator[Figure]:
    accepted = procedure.words.accepted
    attributes: dict[str, Any] = {"unit": "complaint", "needs": ("complaints",)}
    yield Figure(
        "complaints.accepted",
        "Complaints accepted",
        base="complaints.received",
        sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.turned_away"),)),),
        rule=f"Complaints received in the year and accepted {accepted}.",
        select=_accepted_complaints,
        **attributes,
    )
    yield Figure(
        "complaints.turned_away_by_reason",
        "Complaints not accepted, by reason",
        by=("not_accepted_reason",),
        categories=lambda council: (*council.procedure.not_accepted_reasons, NOT_RECORDED),
        base="complaints.turned_away",
        limits=(Limit((Term("complaints.turned_away_by_reason", NOT_RECORDED),)),),
        rule=(
            f"Complaints received in the year and not accepted {accepted}, by why they were not."
        ),
        select=_complaints_not_accepted,
        **attributes,
    )
    yield Figure(
        "complaints.turned_away",
        "Complaints not accepted",
        base="complaints.received",
        rule=f"Complaints received in the year and not accepted {accepted}.",
        select=_complaints_not_accepted,
        **attributes,
    )


@figure(
    "complaints.withdrawn",
    "Complaints withdrawn",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.by_outcome", "withdrawn")),),
    rule="Complaints received in the year that the complainant withdrew.",
)
def _withdrawn_complaints(data: CleanedData) -> pd.DataFrame:
    return with_values(_accepted_complaints(data), "outcome", ["withdrawn"])


@figure(
    "complaints.concluded",
    "Complaints concluded",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.by_outcome", "open"),)),),
    rule="Complaints received in the year that were closed when the data was taken.",
)
def _concluded_complaints(data: CleanedData) -> pd.DataFrame:
    return with_values(complaints(data, "status"), "status", ["closed"])


@figure(
    "complaints.reopened",
    "Complaints reopened",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year for which a date of reopening is recorded.",
)
def _reopened_complaints(data: CleanedData) -> pd.DataFrame:
    rows = complaints(data, "reopened", "closed_again")
    return rows[rows["reopened"].notna() | rows["closed_again"].notna()]


def complaints_by_outcome(data: CleanedData) -> pd.DataFrame:
    """All complaints, with how each has ended by the time the data was taken."""
    cases = complaints(data, "accepted", "status", "outcome", "closed")
    outcome = cases["outcome"].mask(cases["accepted"] == "no", "not accepted")
    return cases.assign(outcome=outcome.mask(cases["status"] == "open", "open"))


def _decided_complaints(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data, "accepted", "status", "outcome", "service_area", "theme")
    is_decided = cases["outcome"].isin(data.settings.council.procedure.decided)
    return cases[is_decided & (cases["accepted"] == "yes") & (cases["status"] == "closed")]


def upheld_complaints(data: CleanedData) -> pd.DataFrame:
    """The complaints received in the year and upheld in whole or in part."""
    upheld = data.settings.council.procedure.upheld
    return with_values(_decided_complaints(data), "outcome", upheld)


@figures_of_procedure
def _outcomes(procedure: Procedure) -> Iterator[Figure]:
    attributes: dict[str, Any] = {"unit": "complaint", "needs": ("complaints",)}
    yield Figure(
        "complaints.by_outcome",
        "Complaints by outcome",
        by=("outcome",),
        categories=endings,
        base="complaints.received",
        sums_to=(Sum(Term("complaints.turned_away"), category="not accepted"),),
        part_of=(
            Part(Term("complaints.open_at_year_end"), categories=("open",)),
            Part(Term("complaints.carried_over_by_outcome", "open"), ("open",), years_later=1),
            Part(Term("complaints.accepted"), categories=procedure.outcome_codes),
        ),
        rule=(
            "Complaints received in the year by final outcome; "
            "one that is not closed is open, one turned away is not accepted."
        ),
        select=complaints_by_outcome,
        **attributes,
    )
    first, *others = procedure.upheld
    yield Figure(
        "complaints.decided_by_outcome",
        "Complaints decided, by outcome",
        by=("outcome",),
        categories=lambda council: council.procedure.decided,
        base="complaints.decided",
        sums_to=(
            *(
                Sum(Term("complaints.by_outcome", outcome), category=outcome)
                for outcome in procedure.decided
            ),
            Sum(
                Term("complaints.upheld_wholly_or_partly"),
                category=first,
                others=tuple(Term("complaints.decided_by_outcome", other) for other in others),
            ),
        ),
        rule="Complaints that were decided, by what was found.",
        select=_decided_complaints,
        **attributes,
    )
    yield Figure(
        "complaints.decided",
        "Complaints decided",
        base="complaints.received",
        rule=(
            "Complaints received in the year, accepted and closed with one of these outcomes: "
            f"{', '.join(procedure.decided)}."
        ),
        select=_decided_complaints,
        **attributes,
    )
    yield Figure(
        "complaints.upheld_wholly_or_partly",
        f"Complaints {procedure.words.upheld}",
        base="complaints.decided",
        rule=f"Complaints that were decided and found {' or '.join(procedure.upheld)}.",
        select=upheld_complaints,
        **attributes,
    )
