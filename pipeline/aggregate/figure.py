"""What a figure is: a selection of rows, the columns of its categories, and a measure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_numeric_dtype

from pipeline.aggregate.period import DATE_OF_TABLE, mark_later, mark_later_rows
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
from pipeline.settings import Council, Equality, Settings
from pipeline.year import financial_years

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
LINEAGE_COLUMNS = ("figure", "year", "category", "detail", "extract", "file", "row")
LINEAGE = pa.schema(
    [
        (name, pa.int64() if name == "row" else pa.dictionary(pa.int32(), pa.string()))
        for name in LINEAGE_COLUMNS
    ]
)
EXTRACT_OF_TABLE = {"cases": "complaints"}  # every other table has the name of its extract
CategoryKey = tuple[str, str, str]  # year, category, detail
Select = Callable[["CleanedData"], pd.DataFrame | None]


@dataclass(frozen=True)
class CleanedData:
    """What figures are made from: the cleaned tables of all available years, and the settings.

    tables: by name, one row per case, investigation and so on, with ROW_LOCATION but `extract`.
    supplied: the (year, extract) pairs that were supplied; a missing pair makes its figures
        `[x]`, not 0.
    """

    tables: dict[str, pd.DataFrame]
    supplied: frozenset[tuple[str, str]]
    settings: Settings
    _traceable_tables: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)
    _selection: dict[Select, pd.DataFrame | None] = field(
        default_factory=dict, init=False, repr=False
    )

    def rows(self, table: str) -> pd.DataFrame:
        """A cleaned table with the name of its extract, so that its rows can be traced."""
        if table not in self._traceable_tables:
            rows = self.tables[table]
            if table in DATE_OF_TABLE:
                rows = mark_later_rows(rows, DATE_OF_TABLE[table], self.settings)
            if "extract" not in rows:
                rows = rows.assign(extract=_repeat(EXTRACT_OF_TABLE.get(table, table), len(rows)))
            self._traceable_tables[table] = rows
        return self._traceable_tables[table]

    def years_of(self, dates: pd.Series) -> pd.Series:
        """The financial year of each date, marked if it is after the part of the year compared."""
        return mark_later(financial_years(dates), dates, self.settings)

    def select(self, select: Select) -> pd.DataFrame | None:
        """The rows that a figure selects. Those of the last one stay for the next to use."""
        if select not in self._selection:
            self._selection.clear()
            self._selection[select] = select(self)
        return self._selection[select]


def _repeat(text: str, times: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(times, dtype="int8"), categories=[text])


@dataclass(frozen=True)
class Figure:
    """A published number or set of numbers.

    id: such as `complaints.by_outcome`.
    unit: the thing counted, in the singular.
    rule: one plain sentence.
    select: the rows, of all available years, with the columns of ROW_LOCATION; None if the council
        does not collect them.
    needs: the extracts without which there is no number.
    by: the columns of categories. The texts of all but the first are joined into one detail.
    categories: the values of the first such column, in the order of print; None if it holds texts,
        which differ from year to year.
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
    by: tuple[str, ...] = ()
    categories: Callable[[Council], tuple[str, ...]] | None = None
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
        for year in data.settings.available_years:
            years = (year, year.previous) if self.needs_year_before else (year,)
            needed = {
                (str(needed_year), extract) for needed_year in years for extract in self.needs
            }
            if needed <= data.supplied:
                available.append(str(year))
        return available

    def selected_rows(self, data: CleanedData) -> pd.DataFrame | None:
        """The rows selected in the available years; None if there is no data to select from."""
        available = self.available_years(data)
        rows = data.select(self.select) if available else None
        if rows is None:
            return None
        is_available = rows["year"].isin(available)
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
            return column.quantile(0.9)
        return column.agg(AGGREGATIONS[self.measure])

    @property
    def value_without_rows(self) -> float | None:
        """The value when no row is selected: 0 for counts and sums, None for all other measures."""
        return 0.0 if self.measure in ("count", "values", "rate", "sum") else None

    def lineage(self, rows: pd.DataFrame) -> pa.Table:
        """The rows behind each number, in the order of the extracts, as LINEAGE."""
        columns = {name: rows[name] for name in ROW_LOCATION}
        texts = [_as_text(rows[name]) for name in self.by]
        if texts:
            columns["category"] = texts[0]
        if len(texts) > 1:
            columns["detail"] = texts[1].str.cat(texts[2:], sep=DETAIL_SEPARATOR)
        arrays = []
        for lineage_field in LINEAGE:
            name = lineage_field.name
            if name in columns:
                array = pa.array(columns[name], from_pandas=True)
                if name != "row" and not pa.types.is_dictionary(array.type):
                    array = array.dictionary_encode()
            else:
                text = self.id if name == "figure" else ""
                array = pa.DictionaryArray.from_arrays(np.zeros(len(rows), dtype="int32"), [text])
            arrays.append(array.cast(lineage_field.type))
        return pa.Table.from_arrays(arrays, schema=LINEAGE)


def _as_text(column: pd.Series) -> pd.Series:
    """The column, with numbers as text."""
    return column.astype("str") if is_numeric_dtype(column) else column


def round_to_multiple(value: float, multiple: int) -> float:
    """The nearest multiple; the larger of two that are equally near."""
    return (value + multiple / 2) // multiple * multiple if multiple > 1 else value
