"""Figures of the complaints open when a year begins or ends, and of those closed in it."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import CleanedData, Part, Sum, Term
from pipeline.aggregate.figures.complaints import ENDINGS, complaints, complaints_by_outcome
from pipeline.aggregate.figures.registry import figure, fixed_categories, open_at_start_of_year
from pipeline.year import financial_years

RECEIVED_IN_YEAR = "received in the year"
RECEIVED_EARLIER = "received in an earlier year"


@figure(
    "complaints.open_at_year_end",
    "Complaints open at the end of the year",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year and not closed by its last day.",
)
def _complaints_open_at_year_end(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data)
    last_days = {str(year): pd.Timestamp(year.last_day) for year in data.settings.available_years}
    year_end = cases["year"].map(last_days)
    return cases[cases["closed"].isna() | (cases["closed"] > year_end)]


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
def _complaints_carried_over(data: CleanedData) -> pd.DataFrame:
    return open_at_start_of_year(complaints(data), "closed", data)


@figure(
    "complaints.carried_over_by_outcome",
    "Complaints carried over, by outcome",
    unit="complaint",
    by=("outcome",),
    needs=("complaints",),
    needs_year_before=True,
    categories=fixed_categories(*ENDINGS),
    base="complaints.carried_over",
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
    ),
    part_of=(
        Part(
            Term("complaints.carried_over"),
            categories=(RECEIVED_EARLIER,),
            others=(Term("complaints.carried_over_by_outcome", "open"),),
        ),
    ),
    rule=(
        "Complaints closed in the year, as far as there are extracts, by whether they were "
        "received in it or in an earlier year."
    ),
)
def _complaints_closed_in_year(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data)
    cases = cases[cases["closed"].notna()]
    year_closed = financial_years(cases["closed"])
    receipt = pd.Series(RECEIVED_EARLIER, index=cases.index, dtype="str")
    receipt = receipt.mask(cases["year"] == year_closed, RECEIVED_IN_YEAR)
    return cases.assign(year=year_closed, receipt=receipt)
