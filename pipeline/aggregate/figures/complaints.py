"""Figures of representations and complaints: how many, what about, from whom, how they ended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.aggregate.figure import ROW_LOCATION, CleanedData, Part, Sum, Term
from pipeline.aggregate.figures.other import ombudsman_cases
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    figure,
    fill_not_recorded,
    fixed_categories,
    open_at_start_of_year,
    service_areas,
)
from pipeline.settings import Council, Equality
from pipeline.validate.dictionary import EXTRACTS_BY_NAME, OUTCOMES

KIND_OF_TABLE = {
    "cases": "complaints",
    "ombudsman": "Ombudsman cases",
    "compliments": "compliments",
}
DECIDED_OUTCOMES = (
    "upheld",
    "partially upheld",
    "not upheld",
    "no finding",
)  # the outcomes in which something was decided
COMPLAINTS_COLUMN = EXTRACTS_BY_NAME["complaints"].column


def complaints(data: CleanedData) -> pd.DataFrame:
    return data.rows("cases")


@figure(
    "representations.by_kind", "Representations by kind", unit="representation", by=("kind",),
    categories=fixed_categories(*KIND_OF_TABLE.values()), needs=("complaints", "ombudsman", "compliments"), base="representations.received",
    declared_group="totals",
    rule="Complaints, Ombudsman cases and compliments received in the year, each counted once.",
)  # fmt: skip
@figure(
    "representations.received", "Representations received", unit="representation",
    needs=("complaints", "ombudsman", "compliments"),
    rule="All complaints, Ombudsman cases and compliments received in the year.",
)  # fmt: skip
def _representations(data: CleanedData) -> pd.DataFrame:
    received = {
        "cases": complaints(data),
        "ombudsman": ombudsman_cases(data),
        "compliments": data.rows("compliments"),
    }
    return pd.concat(
        [rows[ROW_LOCATION].assign(kind=KIND_OF_TABLE[table]) for table, rows in received.items()],
        ignore_index=True,
    )


figure("complaints.received", "Complaints received", unit="complaint", needs=("complaints",),
       sums_to=(Sum(Term("representations.by_kind", "complaints")),),
       rule="Complaints received in the year, whether or not they were accepted under the procedure.")(complaints)  # fmt: skip
figure(
    "complaints.per_1000_children", "Complaints for each thousand children in need", unit="complaint", measure="rate", per=1000,
    needs=("complaints", "activity"), base="activity.children_in_need",
    rule="Complaints received in the year for each 1,000 children in need.",
)(complaints)  # fmt: skip


@figure("complaints.accepted", "Complaints accepted", unit="complaint", needs=("complaints",), base="complaints.received",
        sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.turned_away"),)),),
        rule="Complaints received in the year and accepted under the statutory procedure.")  # fmt: skip
def _accepted_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("accepted == 'yes'")


@figure("complaints.turned_away", "Complaints not accepted", unit="complaint", needs=("complaints",), base="complaints.received",
        rule="Complaints received in the year and not accepted under the statutory procedure.")  # fmt: skip
@figure(
    "complaints.turned_away_by_reason", "Complaints not accepted, by reason", unit="complaint", by=("not_accepted_reason",),
    categories=fixed_categories(*COMPLAINTS_COLUMN("not_accepted_reason").codes, NOT_RECORDED), needs=("complaints",), base="complaints.turned_away",
    rule="Complaints received in the year and not accepted under the statutory procedure, by why they were not.",
)  # fmt: skip
def _complaints_not_accepted(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(complaints(data).query("accepted == 'no'"), "not_accepted_reason")


@figure("complaints.withdrawn", "Complaints withdrawn", unit="complaint", needs=("complaints",), base="complaints.received",
        sums_to=(Sum(Term("complaints.by_outcome", "withdrawn")),),
        rule="Complaints received in the year that the complainant withdrew.")  # fmt: skip
def _withdrawn_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("accepted == 'yes' and outcome == 'withdrawn'")


@figure("complaints.concluded", "Complaints concluded", unit="complaint", needs=("complaints",), base="complaints.received",
        sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.by_outcome", "open"),)),),
        rule="Complaints received in the year that were closed when the data was taken.")  # fmt: skip
def _concluded_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("status == 'closed'")


@figure(
    "complaints.open_at_year_end", "Complaints open at the end of the year", unit="complaint", needs=("complaints",),
    base="complaints.received", rule="Complaints received in the year and not closed by its last day.",
)  # fmt: skip
def _complaints_open_at_year_end(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data)
    last_days = {str(year): pd.Timestamp(year.last_day) for year in data.settings.available_years}
    ends = cases["year"].map(last_days)
    return cases[cases["closed"].isna() | (cases["closed"] > ends)]


@figure(
    "complaints.carried_over", "Complaints carried over", unit="complaint", needs=("complaints",), needs_year_before=True,
    rule="Complaints received in an earlier year for which there are extracts, and still open when the year began.",
)  # fmt: skip
def _complaints_carried_over(data: CleanedData) -> pd.DataFrame:
    return open_at_start_of_year(complaints(data), "closed", data)


@figure(
    "complaints.by_outcome", "Complaints by outcome", unit="complaint", by=("outcome",), needs=("complaints",),
    categories=fixed_categories(*OUTCOMES, "not accepted", "open"), base="complaints.received",
    sums_to=(Sum(Term("complaints.turned_away"), category="not accepted"),),
    part_of=(
        Part(Term("complaints.open_at_year_end"), categories=("open",)),
        Part(Term("complaints.accepted"), categories=OUTCOMES),
    ),
    rule="Complaints received in the year by final outcome; one that is not closed is open, one turned away is not accepted.",
)  # fmt: skip
def _complaints_by_outcome(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data)
    outcome = cases["outcome"].mask(cases["accepted"] == "no", "not accepted")
    return cases.assign(outcome=outcome.mask(cases["status"] == "open", "open"))


@figure("complaints.decided", "Complaints decided", unit="complaint", needs=("complaints",), base="complaints.received",
        rule="Complaints received in the year, accepted, closed, and found upheld, partially upheld, not upheld or without "
             "finding.")  # fmt: skip
@figure(
    "complaints.decided_by_outcome", "Complaints decided, by outcome", unit="complaint", by=("outcome",), needs=("complaints",),
    categories=fixed_categories(*DECIDED_OUTCOMES), base="complaints.decided",
    sums_to=tuple(Sum(Term("complaints.by_outcome", outcome), category=outcome) for outcome in DECIDED_OUTCOMES),
    rule="Complaints that were decided, by what was found.",
)  # fmt: skip
def _decided_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query(
        "accepted == 'yes' and status == 'closed' and outcome in @DECIDED_OUTCOMES"
    )


figure(
    "complaints.by_service_area", "Complaints by service area", unit="complaint", by=("service_area",), needs=("complaints",),
    categories=service_areas, base="complaints.received",
    rule="Complaints received in the year by the service area they were about.",
)(complaints)  # fmt: skip


@figure(
    "complaints.by_theme", "Complaints by theme", unit="complaint", by=("theme",), needs=("complaints",), overlapping=True,
    categories=lambda council: council.themes, base="complaints.received",
    rule="Complaints received in the year by what they were about; one that names several themes counts at each.",
)  # fmt: skip
def _complaints_by_theme(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data)
    codes, texts = pd.factorize(cases["theme"].fillna(""))
    themes = [
        list(dict.fromkeys(part.strip() for part in text.split(";") if part.strip()))
        for text in texts
    ]
    several = np.array([len(named) for named in themes], dtype=int)[codes]
    each = [theme for code in codes for theme in themes[code]] if len(codes) else []
    return cases.iloc[np.repeat(np.arange(len(cases)), several)].assign(theme=each)


@figure(
    "complaints.from_young_people", "Complaints from children and young people", unit="complaint", needs=("complaints",),
    base="complaints.received", sums_to=(Sum(Term("complaints.by_complainant", "child or young person")),),
    rule="Complaints received in the year that a child or young person made, directly or through an advocate.",
)  # fmt: skip
def _complaints_from_young_people(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("complainant_type == 'child or young person'")


figure(
    "complaints.by_complainant", "Complaints by complainant", unit="complaint", by=("complainant_type",), needs=("complaints",),
    categories=fixed_categories(*COMPLAINTS_COLUMN("complainant_type").codes), base="complaints.received",
    rule="Complaints received in the year by who made them, in relation to the child.",
)(complaints)  # fmt: skip
figure(
    "complaints.by_route", "Complaints by route", unit="complaint", by=("route",), needs=("complaints",),
    categories=fixed_categories(*COMPLAINTS_COLUMN("route").codes), base="complaints.received",
    rule="Complaints received in the year by whether they came direct, through an advocate or through a representative.",
)(complaints)  # fmt: skip


@figure(
    "complaints.by_method", "Complaints by method", unit="complaint", by=("method",), needs=("complaints",),
    categories=fixed_categories(*COMPLAINTS_COLUMN("method").codes, NOT_RECORDED), base="complaints.received",
    rule="Complaints received in the year by how they were made.",
)  # fmt: skip
def _complaints_by_method(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(complaints(data), "method")


def _declare_equality_figures(column: str) -> None:
    """By a characteristic of the complainant, with the share of those of whom it is not known; [x] where none is collected."""

    said = column.replace("_", " ")

    def codes(council: Council) -> tuple[str, ...]:
        return getattr(council.equality, column)

    def categories(council: Council) -> tuple[str, ...]:
        return (*codes(council), NOT_RECORDED)

    def select(data: CleanedData) -> pd.DataFrame | None:
        return fill_not_recorded(complaints(data), column) if codes(data.settings.council) else None

    def recorded(data: CleanedData) -> pd.DataFrame:
        cases = complaints(data)
        return cases[cases[column].notna() & bool(codes(data.settings.council))]

    figure(
        f"complaints.by_{column}", f"Complaints by {said}", unit="complaint", by=(column,), needs=("complaints",),
        categories=categories, base="complaints.received",
        rule=f"Complaints received in the year by the complainant's {said}.",
    )(select)  # fmt: skip
    figure(
        f"complaints.with_{column}", f"Complaints with {said} recorded", unit="complaint", needs=("complaints",),
        base="complaints.received",
        sums_to=(Sum(Term("complaints.received"), others=(Term(f"complaints.by_{column}", NOT_RECORDED),)),),
        rule=f"Complaints received in the year of which the complainant's {said} was recorded.",
    )(recorded)  # fmt: skip


for _column in Equality.model_fields:
    _declare_equality_figures(_column)
