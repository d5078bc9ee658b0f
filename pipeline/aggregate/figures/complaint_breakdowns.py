"""Figures of complaints by what they were about, who made them and how."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.complaints import complaints, upheld_complaints
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    column_codes,
    figure,
    figures_of_procedure,
    fill_not_recorded,
    fixed_categories,
    service_areas,
)
from pipeline.aggregate.shared_areas import (
    complaints_by_area,
    one_row_per_code,
    upheld_complaints_by_area,
)
from pipeline.aggregate.terms import EACH, EVERY, Limit, Sum, Term
from pipeline.procedures import Procedure
from pipeline.settings import Council, Equality

figure(
    "complaints.by_service_area",
    "Complaints by service area",
    unit="complaint",
    by=("service_area",),
    needs=("complaints",),
    categories=service_areas,
    base="complaints.received",
    rule="Complaints received in the year by the service area they were about.",
)(complaints_by_area)


@figures_of_procedure
def _upheld_by_area(procedure: Procedure) -> Iterator[Figure]:
    yield Figure(
        "complaints.upheld_by_service_area",
        f"Complaints {procedure.words.upheld}, by service area",
        unit="complaint",
        by=("service_area",),
        needs=("complaints",),
        categories=service_areas,
        base="complaints.upheld_wholly_or_partly",
        categories_of="complaints.by_service_area",
        rule=(
            f"Complaints that were decided and found {' or '.join(procedure.upheld)}, by the "
            "service area they were about."
        ),
        select=upheld_complaints_by_area,
    )


@figure(
    "complaints.by_team",
    "Complaints by team",
    unit="complaint",
    by=("team",),
    needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year by the team they were about.",
)
def _complaints_by_team(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(complaints(data), "team")


@figure(
    "complaints.by_theme",
    "Complaints by theme",
    unit="complaint",
    by=("theme",),
    needs=("complaints",),
    overlapping=True,
    categories=lambda council: council.themes,
    base="complaints.received",
    sum_of_categories="complaints.issues",
    rule=(
        "Complaints received in the year by what they were about; "
        "one that names several themes counts at each."
    ),
)
@figure(
    "complaints.issues",
    "Issues complained about",
    unit="issue",
    needs=("complaints",),
    declared_group="totals",
    rule=(
        "Themes of the complaints received in the year, added up: one that names several themes "
        "counts as often."
    ),
)
def _complaints_by_theme(data: CleanedData) -> pd.DataFrame:
    return one_row_per_code(complaints(data, "theme"), "theme")


def _upheld_complaints_by_theme(data: CleanedData) -> pd.DataFrame:
    return one_row_per_code(upheld_complaints(data), "theme")


@figures_of_procedure
def _upheld_by_theme(procedure: Procedure) -> Iterator[Figure]:
    yield Figure(
        "complaints.upheld_by_theme",
        f"Complaints {procedure.words.upheld}, by theme",
        unit="complaint",
        by=("theme",),
        needs=("complaints",),
        overlapping=True,
        categories=lambda council: council.themes,
        base="complaints.upheld_wholly_or_partly",
        categories_of="complaints.by_theme",
        limits=(
            # Each complaint has a theme, whether it was upheld or not.
            Limit(
                (Term("complaints.upheld_wholly_or_partly"),),
                at_most=(Term("complaints.upheld_by_theme", EVERY),),
            ),
            Limit(
                (Term("complaints.received"), Term("complaints.upheld_by_theme", EVERY)),
                at_most=(Term("complaints.issues"), Term("complaints.upheld_wholly_or_partly")),
            ),
            Limit(
                (Term("complaints.by_theme", EACH), Term("complaints.upheld_wholly_or_partly")),
                at_most=(Term("complaints.received"), Term("complaints.upheld_by_theme", EACH)),
            ),
        ),
        rule=(
            f"Complaints that were decided and found {' or '.join(procedure.upheld)}, by what they "
            "were about; one that names several themes counts at each."
        ),
        select=_upheld_complaints_by_theme,
    )


def _complaints_from_young_people(data: CleanedData) -> pd.DataFrame:
    cases = complaints(data, "complainant_type")
    return cases[cases["complainant_type"] == data.settings.council.procedure.young_people]


@figures_of_procedure
def _complainants(procedure: Procedure) -> Iterator[Figure]:
    if procedure.young_people:
        yield Figure(
            "complaints.from_young_people",
            "Complaints from children and young people",
            unit="complaint",
            needs=("complaints",),
            base="complaints.received",
            sums_to=(Sum(Term("complaints.by_complainant", procedure.young_people)),),
            rule=(
                f"Complaints received in the year that a {procedure.young_people} made, directly "
                "or through an advocate."
            ),
            select=_complaints_from_young_people,
        )
    yield Figure(
        "complaints.by_complainant",
        "Complaints by complainant",
        unit="complaint",
        by=("complainant_type",),
        needs=("complaints",),
        categories=lambda council: council.procedure.complainants,
        base="complaints.received",
        rule=(
            "Complaints received in the year by who made them, in relation to the "
            f"{procedure.person}."
        ),
        select=complaints,
    )


figure(
    "complaints.by_route",
    "Complaints by route",
    unit="complaint",
    by=("route",),
    needs=("complaints",),
    categories=fixed_categories(*column_codes("complaints", "route")),
    base="complaints.received",
    rule=(
        "Complaints received in the year by whether they came direct, through an advocate or "
        "through a representative."
    ),
)(complaints)


@figure(
    "complaints.by_method",
    "Complaints by method",
    unit="complaint",
    by=("method",),
    needs=("complaints",),
    categories=fixed_categories(*column_codes("complaints", "method"), NOT_RECORDED),
    base="complaints.received",
    rule="Complaints received in the year by how they were made.",
)
def _complaints_by_method(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(complaints(data), "method")


def _declare_equality_figures(column: str) -> None:
    """Declare the figures of a characteristic: by its codes, and how often it was recorded.

    They are not available (`[x]`) if the council does not collect the characteristic.
    """
    characteristic = column.replace("_", " ")

    def codes(council: Council) -> tuple[str, ...]:
        collected: tuple[str, ...] = getattr(council.equality, column)
        return collected

    def categories(council: Council) -> tuple[str, ...]:
        return (*codes(council), NOT_RECORDED)

    def select(data: CleanedData) -> pd.DataFrame | None:
        return fill_not_recorded(complaints(data), column) if codes(data.settings.council) else None

    def select_recorded(data: CleanedData) -> pd.DataFrame:
        cases = complaints(data, column)
        return cases[cases[column].notna() & bool(codes(data.settings.council))]

    figure(
        f"complaints.by_{column}",
        f"Complaints by {characteristic}",
        unit="complaint",
        by=(column,),
        needs=("complaints",),
        categories=categories,
        base="complaints.received",
        rule=f"Complaints received in the year by the complainant's {characteristic}.",
    )(select)
    not_recorded = Term(f"complaints.by_{column}", NOT_RECORDED)
    figure(
        f"complaints.with_{column}",
        f"Complaints with {characteristic} recorded",
        unit="complaint",
        needs=("complaints",),
        base="complaints.received",
        sums_to=(Sum(Term("complaints.received"), others=(not_recorded,)),),
        rule=(
            f"Complaints received in the year of which the complainant's {characteristic} was "
            "recorded."
        ),
    )(select_recorded)


for _column in Equality.model_fields:
    _declare_equality_figures(_column)
