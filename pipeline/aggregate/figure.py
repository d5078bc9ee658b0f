"""What a figure is: a selection of rows, the columns of its categories, and a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.terms import (
    EACH,
    EACH_DETAIL,
    EVERY,
    Limit,
    Part,
    Relation,
    Sum,
    Term,
)
from pipeline.artifacts import DETAIL_SEPARATOR
from pipeline.settings import Council, Equality

Group = Literal["nobody", "totals", "breakdowns", "characteristics"]
Measure = Literal[
    "count",
    "values",
    "sum",
    "shortest",
    "median",
    "mean",
    "90th percentile",
    "longest",
    "given",
    "rate",
]
# The measures of one value each, by what pandas calls them.
AGGREGATIONS: dict[Measure, str] = {
    "shortest": "min",
    "median": "median",
    "mean": "mean",
    "longest": "max",
    "given": "max",
}
# Without rows there is nothing to measure.
STATISTICS: tuple[Measure, ...] = ("shortest", "median", "mean", "90th percentile", "longest")
# The groups whose small numbers a policy may withhold.
SENSITIVE_GROUPS: tuple[Group, ...] = ("characteristics", "breakdowns", "totals")
# Of what a small number may tell something about a person.
UNITS_OF_PEOPLE = {
    "representation",
    "complaint",
    "investigation",
    "case",
    "decision",
    "compliment",
    "concern",
    "working day",
    "calendar day",
    "pound",
}
ROW_LOCATION = ["year", "extract", "file", "row"]  # the columns that lineage needs of every row
CategoryKey = tuple[str, str, str]  # year, category, detail


@dataclass(frozen=True)
class Figure:
    """A published number or set of numbers.

    id: such as `complaints.by_outcome`.
    unit: the thing counted, in the singular.
    rule: one plain sentence.
    select: the rows, of all available years, with the columns of ROW_LOCATION; None if the council
        does not collect them.
    needs: the extracts without which there is no number.
    columns: of the first of these, by which it is known from the first year that has any value in
        one of them; a council that never filled in any does not have the figure.
    by: the columns of categories. The texts of all but the first are joined into one detail.
    categories: the values of the first such column, in the order of print; None if it holds texts,
        which differ from year to year.
    older_categories: values that it no longer has, and that are categories only if they occur.
    base: id of the figure that is the denominator of its shares.
    measure: how rows become a number. `given` is the number in the row, and `rate` is the count
        per `per` of the base. `values` counts the rows with each value that the other measures
        would sum up, so that each number may tell of one person.
    value_column: the column that is summed, measured or listed; None for counts and rates.
    per: the multiplier of a rate, such as 1,000.
    overlapping: whether a row may count in several categories, so that they exceed the base.
    whole_years: of overlapping categories, the years in which they do not overlap.
    needs_year_before: whether the extracts of the year before are needed as well.
    column_totals: the figure whose categories are the details of this one.
    categories_of: the figure each of whose categories includes the same category of this one.
    sum_of_categories: the figure that is the sum of overlapping categories.
    declared_group: the disclosure group, where it does not follow from the rest.
    measured_rows: the number that counts the rows measured, 0 where there is nothing to measure.
    at_most: ids of the figures that this one cannot exceed.
    max_rows: the most rows of a year from which it is made; a year with more has `[z]`.
    sums_to, part_of, limits: the relations of its numbers to others, beyond that to its base.
    """

    id: str
    title: str
    unit: str
    rule: str
    select: Select
    needs: tuple[str, ...]
    columns: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    categories: Callable[[Council], tuple[str, ...]] | None = None
    older_categories: Callable[[Council], tuple[str, ...]] | None = None
    base: str | None = None
    measure: Measure = "count"
    value_column: str | None = None
    per: int | None = None
    overlapping: bool = False
    whole_years: frozenset[str] = frozenset()
    needs_year_before: bool = False
    column_totals: str | None = None
    categories_of: str | None = None
    sum_of_categories: str | None = None
    declared_group: Group | None = None
    measured_rows: Term | None = None
    at_most: tuple[str, ...] = ()
    max_rows: int | None = None
    sums_to: tuple[Sum, ...] = ()
    part_of: tuple[Part, ...] = ()
    limits: tuple[Limit, ...] = ()

    def overlaps_in(self, year: str) -> bool:
        """Whether its categories overlap in a year."""
        return self.overlapping and year not in self.whole_years

    @property
    def relations(self) -> list[Relation]:
        """Every relation between its numbers and others, by its definition or the data's rules."""
        own = Term(self.id, EACH if self.by else "")
        every = Term(self.id, EVERY if self.by else "")
        relations = []
        if self.base and self.measure == "count":
            is_whole = bool(self.by) and not self.overlapping
            terms = (every if is_whole else own,)
            relations.append(Relation(terms, (Term(self.base),), is_equal=is_whole))
        if self.categories_of:
            relations.append(Relation((own,), (Term(self.categories_of, EACH),)))
        if self.sum_of_categories:
            relations.append(Relation((every,), (Term(self.sum_of_categories),), is_equal=True))
        if self.column_totals:
            columns = (Term(self.id, EACH_DETAIL),)
            relations.append(Relation(columns, (Term(self.column_totals, EACH),), is_equal=True))
        relations += [Relation.from_sum(self.id, total) for total in self.sums_to]
        relations += [Relation.from_part(self.id, part) for part in self.part_of]
        return relations + [Relation.from_limit(limit) for limit in self.limits]

    @property
    def disclosure_group(self) -> Group:
        """What a small number of it may tell about people."""
        if self.declared_group:
            return self.declared_group
        if self.unit not in UNITS_OF_PEOPLE:
            return "nobody"
        if len(self.by) > 1 or set(self.by) & set(Equality.model_fields):
            return "characteristics"
        return "breakdowns" if self.by or self.base else "totals"

    def available_years(self, data: CleanedData) -> list[str]:
        """The years with all the extracts that the figure needs: only they have numbers."""
        available = []
        for year in data.available_years:
            years = (year, year.previous) if self.needs_year_before else (year,)
            needed = {
                (str(needed_year), extract) for needed_year in years for extract in self.needs
            }
            if needed <= data.supplied:
                available.append(str(year))
        if self.columns:
            first = data.first_year_with(self.needs[0], self.columns)
            return [year for year in available if first and year >= first]
        return available

    def is_recorded(self, data: CleanedData) -> bool:
        """Whether the council has it; unknown, and so taken for granted, without any table."""
        has_table = data.has_table_of(self.needs[0]) if self.needs else False
        return not (self.columns and has_table and not self.available_years(data))

    def selected_rows(self, data: CleanedData) -> pd.DataFrame | None:
        """The rows selected in the available years; None if there is no data to select from."""
        available = self.available_years(data)
        rows = data.select(self.select) if available else None
        if rows is None:
            return None
        years = rows["year"]
        if isinstance(years.dtype, pd.CategoricalDtype) and {*years.cat.categories} <= {*available}:
            return rows
        is_available = years.isin(available)
        return rows if is_available.all() else rows[is_available]

    def rows_to_publish(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those of the selected rows whose year does not have too many."""
        if self.max_rows is None or rows.empty:
            return rows
        return rows[rows.groupby("year")["year"].transform("size") <= self.max_rows]

    def numbers(self, rows: pd.DataFrame) -> dict[CategoryKey, float | None]:
        """The number made from the rows of each year, category and detail.

        None where no row has a value in `value_column`.
        """
        groups = rows.groupby(["year", *self.by], observed=True, sort=False)
        values = self._measure(groups)
        numbers: dict[CategoryKey, float | None] = {}
        for group, value in zip(values.index, values, strict=True):
            parts = [str(part) for part in (group if isinstance(group, tuple) else (group,))]
            year, category, *details = parts if self.by else [*parts, ""]
            key = (year, category, DETAIL_SEPARATOR.join(details))
            numbers[key] = None if pd.isna(value) else float(value)
        return numbers

    def _measure(self, groups: pd.api.typing.DataFrameGroupBy) -> pd.Series:
        if self.measure in ("count", "values", "rate"):
            return groups.size()
        column = groups[self.value_column]
        if self.measure == "sum":
            return column.sum(min_count=1)  # of rows without a value the sum is not known
        if self.measure == "90th percentile":
            return column.agg(_reached_by_nine_in_ten)
        return column.agg(AGGREGATIONS[self.measure])

    @property
    def value_without_rows(self) -> float | None:
        """The value when no row is selected: 0 for counts and sums, None for all other measures."""
        return 0.0 if self.measure in ("count", "values", "rate", "sum") else None


def round_to_multiple(value: float, multiple: int) -> float:
    """The nearest multiple; the larger of two that are equally near."""
    return (value + multiple / 2) // multiple * multiple if multiple > 1 else value


def _reached_by_nine_in_ten(values: pd.Series) -> float:
    """The least of the values that at least nine in ten do not exceed."""
    known = values.dropna().sort_values()
    return float("nan") if known.empty else float(known.iloc[-(-len(known) * 9 // 10) - 1])
