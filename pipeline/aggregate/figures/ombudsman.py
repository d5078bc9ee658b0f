"""Figures of the Local Government and Social Care Ombudsman's cases and decisions."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figures.registry import figure, fixed_categories, service_areas
from pipeline.aggregate.terms import EACH, Limit, Sum, Term
from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.settings import Council


def decisions(council: Council) -> tuple[str, ...]:
    """The decisions of the procedure's ombudsman."""
    return council.procedure.ombudsman.decisions


def older_decisions(council: Council) -> tuple[str, ...]:
    """Those that its earlier lists had."""
    return council.procedure.ombudsman.older_decisions


@figure(
    "ombudsman.received",
    "Ombudsman cases received",
    unit="case",
    needs=("ombudsman",),
    sums_to=(Sum(Term("representations.by_kind", "Ombudsman cases")),),
    rule="Cases that the Ombudsman received in the year.",
)
@figure(
    "ombudsman.by_decision",
    "Ombudsman cases by decision",
    unit="case",
    by=("decision",),
    needs=("ombudsman",),
    categories=decisions,
    older_categories=older_decisions,
    base="ombudsman.received",
    rule="Cases that the Ombudsman received in the year, by its decision when the data was taken.",
)
@figure(
    "ombudsman.by_service_area",
    "Ombudsman cases by service area",
    unit="case",
    by=("service_area",),
    needs=("ombudsman",),
    categories=service_areas,
    base="ombudsman.received",
    rule="Cases that the Ombudsman received in the year, by the service area they were about.",
)
@figure(
    "ombudsman.by_subject",
    "Ombudsman cases by subject and decision",
    unit="case",
    by=("subject", "decision"),
    needs=("ombudsman",),
    base="ombudsman.received",
    column_totals="ombudsman.by_decision",
    rule=(
        "Cases that the Ombudsman received in the year, by subject and decision when the data "
        "was taken."
    ),
)
@figure(
    "ombudsman.by_scope",
    "Ombudsman cases by procedure",
    unit="case",
    by=("scope",),
    needs=("ombudsman",),
    categories=fixed_categories("under this procedure", "under another procedure"),
    base="ombudsman.received",
    rule=(
        "Cases that the Ombudsman received in the year, by whether they fall under this procedure."
    ),
)
def ombudsman_cases(data: CleanedData) -> pd.DataFrame:
    """All cases, each under the year in which the Ombudsman received it."""
    cases = data.rows("ombudsman")
    scope = cases["in_scope"].map({"yes": "under this procedure", "no": "under another procedure"})
    # An extract may contain a case of an earlier year that is still with the Ombudsman.
    return cases.assign(year=data.years_of(cases["received"]), scope=scope)


def _decided_after_receipt(decided: str, received: str, category: str = EACH) -> Limit:
    """No case is decided before the year in which the Ombudsman received it."""
    return Limit((Term(decided, category),), (Term(received, category),), is_cumulative=True)


@figure(
    "ombudsman.decided",
    "Ombudsman decisions",
    unit="decision",
    needs=("ombudsman",),
    limits=(_decided_after_receipt("ombudsman.decided", "ombudsman.received", ""),),
    rule="Decisions that the Ombudsman made in the year, whenever it received the case.",
)
@figure(
    "ombudsman.decided_by_decision",
    "Ombudsman decisions by kind",
    unit="decision",
    by=("decision",),
    needs=("ombudsman",),
    categories=decisions,
    older_categories=older_decisions,
    base="ombudsman.decided",
    limits=(
        _decided_after_receipt("ombudsman.decided_by_decision", "ombudsman.by_decision"),
        Limit((Term("ombudsman.decided_by_decision", UNDER_INVESTIGATION),)),
    ),
    rule=(
        "Decisions that the Ombudsman made in the year, whenever it received the case, by what it "
        "decided."
    ),
)
@figure(
    "ombudsman.decided_by_subject",
    "Ombudsman decisions by subject",
    unit="decision",
    by=("subject", "decision"),
    needs=("ombudsman",),
    base="ombudsman.decided",
    column_totals="ombudsman.decided_by_decision",
    limits=(_decided_after_receipt("ombudsman.decided_by_subject", "ombudsman.by_subject"),),
    rule=(
        "Decisions that the Ombudsman made in the year, whenever it received the case, by subject "
        "and decision."
    ),
)
def ombudsman_decisions(data: CleanedData) -> pd.DataFrame:
    """All cases that were decided, each under the year of its decision."""
    cases = data.rows("ombudsman").query("decided.notna()")
    return cases.assign(year=data.years_of(cases["decided"]))
