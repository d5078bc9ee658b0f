"""Figures by quarter and by month: complaints received and closed, and responses in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.caseload import complaints_closed_in_year
from pipeline.aggregate.figures.complaints import complaints
from pipeline.aggregate.figures.registry import (
    figures_of_procedure,
    fixed_categories,
    with_values,
)
from pipeline.aggregate.figures.stages.rows import IN_TIME, investigations_at
from pipeline.aggregate.terms import Sum, Term
from pipeline.procedures import Procedure
from pipeline.year import FIRST_MONTH, MONTHS

# In the order of the financial year.
MONTHS_OF_YEAR = (*MONTHS[FIRST_MONTH - 1 :], *MONTHS[: FIRST_MONTH - 1])
MONTHS_PER_QUARTER = 3
QUARTER_STARTS = range(0, len(MONTHS_OF_YEAR), MONTHS_PER_QUARTER)
MONTHS_BY_QUARTER = [MONTHS_OF_YEAR[first:][:MONTHS_PER_QUARTER] for first in QUARTER_STARTS]
QUARTERS = {f"{months[0]} to {months[-1]}": months for months in MONTHS_BY_QUARTER}
QUARTER_OF_MONTH = {month: quarter for quarter, months in QUARTERS.items() for month in months}


@figures_of_procedure
def _by_quarter_and_month(procedure: Procedure) -> Iterator[Figure]:
    yield from _figures_of(
        "complaints.",
        "Complaints received",
        "Complaints received in the year, by the {} in which they were received.",
        base="complaints.received",
        unit="complaint",
        needs=("complaints",),
        select=_by_month(complaints, "received"),
    )
    yield from _figures_of(
        "complaints.closed_",
        "Complaints closed in the year",
        "Complaints closed in the year, whenever they were received, by the {} in which they were "
        "closed.",
        base="complaints.closed_in_year",
        unit="complaint",
        needs=("complaints",),
        needs_year_before=True,
        select=_by_month(complaints_closed_in_year, "closed"),
    )
    yield from _figures_of(
        "stage_1.in_time_",
        "Stage 1 responses in time",
        "Stage 1 investigations that were answered in time, by the {} in which they were asked "
        "for.",
        base="stage_1.in_time",
        unit="investigation",
        needs=("investigations",),
        select=_by_month(_in_time_at_stage_1, "requested"),
    )


def _in_time_at_stage_1(data: CleanedData) -> pd.DataFrame:
    return with_values(investigations_at("1", data, "requested"), "timeliness", IN_TIME)


def _figures_of(prefix: str, title: str, rule: str, **attributes: Any) -> Iterator[Figure]:
    """The two figures that divide another: by quarter, and by month, which adds up to quarters.

    prefix: what their ids begin with. rule: with {} in place of the quarter or month.
    attributes: what both have in common, such as the figure that they divide as their base.
    """
    by_quarter, by_month = f"{prefix}by_quarter", f"{prefix}by_month"
    yield Figure(
        by_quarter,
        f"{title}, by quarter",
        rule=rule.format("quarter"),
        by=("quarter",),
        categories=fixed_categories(*QUARTERS),
        **attributes,
    )
    yield Figure(
        by_month,
        f"{title}, by month",
        rule=rule.format("month"),
        by=("month",),
        categories=fixed_categories(*MONTHS_OF_YEAR),
        sums_to=tuple(
            Sum(
                Term(by_quarter, quarter),
                category=first,
                others=tuple(Term(by_month, month) for month in others),
            )
            for quarter, (first, *others) in QUARTERS.items()
        ),
        **attributes,
    )


def _by_month(select: Select, date_column: str) -> Select:
    """The rows that a figure selects, with the month and the quarter of a date."""

    def select_with_months(data: CleanedData) -> pd.DataFrame | None:
        rows = select(data)
        if rows is None:
            return None
        positions = (rows[date_column].dt.month - FIRST_MONTH) % len(MONTHS_OF_YEAR)
        month = positions.map(dict(enumerate(MONTHS_OF_YEAR))).astype("str")
        return rows.assign(month=month, quarter=month.map(QUARTER_OF_MONTH).astype("str"))

    return select_with_months
