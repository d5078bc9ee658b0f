"""Figures of the complaints open when a year begins or ends, and of those closed in it."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figures.complaints import complaints, complaints_by_outcome, endings
from pipeline.aggregate.figures.registry import figure, fixed_categories, open_at_start_of_year
from pipeline.aggregate.terms import EACH, Limit, Part, Sum, Term

RECEIVED_IN_YEAR = "received in the year"
RECEIVED_EARLIER = "received in an earlier year"
CLOSED_IN_YEAR = "closed in the year"
OPEN_AT_YEAR_END = "open at the end of the year"


@figure(
    "complaints.open_at_year_end",
    "Complaints open at the end of the year",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(
        Sum(
            Term("complaints.carried_over"),
            others=(Term("complaints.carried_over_at_year_end", OPEN_AT_YEAR_END),),
            years_later=1,
        ),
    ),
    # In the first year with extracts nothing is known to be carried over.
    part_of=(Part(Term("complaints.carried_over"), years_later=1),),
    limits=(
        Limit(
            (
                Term("complaints.open_at_year_end"),
                Term("complaints.carried_over_at_year_end", OPEN_AT_YEAR_END, is_optional=True),
            ),
            at_most=(Term("complaints.carried_over", years_later=1),),
            is_equal=True,
        ),
    ),
    rule="Complaints received in the year and not closed by its last day.",
)
def _complaints_open_at_year_end(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data, "closed")
    return cases[cases["closed"].isna() | (cases["closed"] > _year_end(cases, data))]


def _year_end(cases: pd.DataFrame, data: CleanedData) -> pd.Series:
    """The last day of the year of each case."""
    settings = data.settings
    last_days = {
        str(year): pd.Timestamp(settings.period_end(year)) for year in settings.available_years
    }
    return cases["year"].map(last_days).astype("datetime64[us]")


@figure(
    "complaints.carried_over",
    "Complaints carried over",
    unit="complaint",
    needs=("complaints",),
    needs_year_before=True,
    rule=(
        "Complaints received in an earlier year for which there are extracts, and still open "
        "when the year began."
    ),
)
@figure(
    "complaints.carried_over_at_year_end",
    "Complaints carried over, by whether closed in the year",
    unit="complaint",
    by=("state",),
    needs=("complaints",),
    needs_year_before=True,
    categories=fixed_categories(CLOSED_IN_YEAR, OPEN_AT_YEAR_END),
    base="complaints.carried_over",
    rule=(
        "Complaints received in an earlier year for which there are extracts, and still open when "
        "the year began, by whether they were closed by its last day."
    ),
)
def _complaints_carried_over(data: CleanedData) -> pd.DataFrame:
    rows = open_at_start_of_year(complaints(data, "closed"), "closed", data)
    is_closed = rows["closed"] <= _year_end(rows, data)
    state = pd.Series(OPEN_AT_YEAR_END, index=rows.index, dtype="str")
    return rows.assign(state=state.mask(is_closed, CLOSED_IN_YEAR))


@figure(
    "complaints.carried_over_by_outcome",
    "Complaints carried over, by outcome",
    unit="complaint",
    by=("outcome",),
    needs=("complaints",),
    needs_year_before=True,
    categories=endings,
    base="complaints.carried_over",
    part_of=(
        Part(Term("complaints.carried_over_at_year_end", OPEN_AT_YEAR_END), categories=("open",)),
        Part(
            Term("complaints.carried_over_by_outcome", "open"),
            categories=("open",),
            others=(Term("complaints.by_outcome", "open"),),
            years_later=1,
        ),
    ),
    limits=(
        # One carried over again is among those received or carried over the year before.
        Limit(
            (Term("complaints.carried_over_by_outcome", EACH, years_later=1),),
            at_most=(
                Term("complaints.by_outcome", EACH),
                Term("complaints.carried_over_by_outcome", EACH, is_optional=True),
            ),
        ),
        Limit(
            (
                Term("complaints.by_outcome", "open"),
                Term("complaints.carried_over_by_outcome", "open", is_optional=True),
            ),
            at_most=(Term("complaints.carried_over_by_outcome", "open", years_later=1),),
            is_equal=True,
        ),
    ),
    rule=(
        "Complaints received in an earlier year for which there are extracts, and still open when "
        "the year began, by outcome when the data was taken; one that is not closed is open."
    ),
)
def _carried_over_by_outcome(data: CleanedData) -> pd.DataFrame:
    return open_at_start_of_year(complaints_by_outcome(data), "closed", data)


@figure(
    "complaints.closed_in_year",
    "Complaints closed in the year",
    unit="complaint",
    needs=("complaints",),
    needs_year_before=True,
    rule=(
        "Complaints closed in the year, whenever they were received, as far as there are extracts."
    ),
)
@figure(
    "complaints.closed_in_year_by_receipt",
    "Complaints closed in the year, by when received",
    unit="complaint",
    by=("receipt",),
    needs=("complaints",),
    needs_year_before=True,
    categories=fixed_categories(RECEIVED_IN_YEAR, RECEIVED_EARLIER),
    base="complaints.closed_in_year",
    sums_to=(
        Sum(
            Term("complaints.received"),
            category=RECEIVED_IN_YEAR,
            others=(Term("complaints.open_at_year_end"),),
        ),
        Sum(Term("complaints.carried_over_at_year_end", CLOSED_IN_YEAR), category=RECEIVED_EARLIER),
    ),
    rule=(
        "Complaints closed in the year, as far as there are extracts, by whether they were "
        "received in it or in an earlier year."
    ),
)
def complaints_closed_in_year(data: CleanedData) -> pd.DataFrame:
    """The complaints closed in a year, under that year, with when they were received."""
    cases = complaints(data, "closed")
    cases = cases[cases["closed"].notna()]
    year_closed = data.years_of(cases["closed"])
    receipt = pd.Series(RECEIVED_EARLIER, index=cases.index, dtype="str")
    receipt = receipt.mask(cases["year"].astype("str") == year_closed, RECEIVED_IN_YEAR)
    return cases.assign(year=year_closed, receipt=receipt)
