"""What a figure is: a selection of rows, the columns of its categories, and how the rows become a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.settings import Council, Equality, Settings

Group = Literal["nobody", "totals", "breakdowns", "characteristics"]
UNITS_OF_PEOPLE = {
    "representation",
    "complaint",
    "investigation",
    "case",
    "decision",
    "compliment",
    "concern",
    "working day",
    "pound",
}
Measure = Literal["count", "sum", "median", "longest", "given", "rate"]
ROW_LOCATION = ["year", "extract", "file", "row"]  # where a row came from: all that lineage needs
LINEAGE_COLUMNS = ("figure", "year", "category", "detail", "extract", "file", "row")
LINEAGE = pa.schema(
    [
        (name, pa.int64() if name == "row" else pa.dictionary(pa.int32(), pa.string()))
        for name in LINEAGE_COLUMNS
    ]
)
CategoryKey = tuple[str, str, str]  # year, category, detail


@dataclass(frozen=True)
class CleanedData:
    """What figures are made of: the cleaned tables of every year held, and the settings.

    supplied: the (year, extract) pairs that were handed over; a pair that is missing makes its figures `[x]`, not 0.
    """

    tables: dict[str, pd.DataFrame]
    supplied: frozenset[tuple[str, str]]
    settings: Settings
    _traceable_tables: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False)

    def rows(self, table: str) -> pd.DataFrame:
        """A cleaned table with the name of its extract, so that its rows can be traced."""
        if table not in self._traceable_tables:
            found, extract = self.tables[table], EXTRACT_OF_TABLE.get(table, table)
            named = pd.Categorical.from_codes(
                np.zeros(len(found), dtype="int8"), categories=[extract]
            )
            self._traceable_tables[table] = (
                found if "extract" in found else found.assign(extract=named)
            )
        return self._traceable_tables[table]


EXTRACT_OF_TABLE = {"cases": "complaints"}


class Term(NamedTuple):
    """A number in a relation, in every year: its figure and, if that has categories, one of these."""

    figure: str
    category: str = ""


@dataclass(frozen=True)
class Sum:
    """Numbers of a year that add up to another by the definitions of their figures.

    whole: the number to which they add up.
    category: the category of the declaring figure that is one of them; none if it has no categories.
    others: the rest of them.
    """

    whole: Term
    category: str = ""
    others: tuple[Term, ...] = ()


@dataclass(frozen=True)
class Part:
    """Numbers that are disjoint parts of another by the definitions of their figures.

    whole: the number of which they are parts.
    categories: the categories of the declaring figure that are parts; none if it has no categories.
    """

    whole: Term
    categories: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Figure:
    """A published number or set of numbers.

    id: such as `complaints.by_outcome`. unit: the thing counted, in the singular. rule: one plain sentence. select: the rows,
    of all years held, with the columns of PLACE. by: none, one or two columns of categories. categories: the values of the
    first, in the order of print, or None for whatever occurs. base: id of the figure that is the denominator of its shares.
    overlapping: a row may count in several categories, so that they do not add up to the base. measure / of: how rows become a
    number, and of which column; `given` is the number that stands there, and a `rate` the count for each `per` of the base.
    needs: extracts without which there is no number; needs_year_before: those of the year before as well. select gives None
    for what the council does not collect. margin: the figure whose categories are the details of this one. discloses: what a
    small number of it may tell of people, where that is not plain from the rest. sums_to, part_of: the relations of its numbers
    to those of other figures, beyond that of a breakdown to its base.
    """

    id: str
    title: str
    unit: str
    rule: str
    select: Callable[[CleanedData], pd.DataFrame | None]
    needs: tuple[str, ...]
    by: tuple[str, ...] = ()
    categories: Callable[[Council], tuple[str, ...]] | None = None
    base: str | None = None
    measure: Measure = "count"
    value_column: str | None = None
    per: int | None = None
    overlapping: bool = False
    needs_year_before: bool = False
    column_totals: str | None = None
    declared_group: Group | None = None
    sums_to: tuple[Sum, ...] = ()
    part_of: tuple[Part, ...] = ()

    @property
    def disclosure_group(self) -> Group:
        """What a small number of it may tell of people, for disclosure control."""
        if self.declared_group:
            return self.declared_group
        if self.unit not in UNITS_OF_PEOPLE:
            return "nobody"
        if len(self.by) > 1 or set(self.by) & set(Equality.model_fields):
            return "characteristics"
        return "breakdowns" if self.by or self.base else "totals"

    def available_years(self, data: CleanedData) -> list[str]:
        """The years whose extracts hold all that the figure needs; only they have a number made of rows."""
        found = []
        for year in data.settings.available_years:
            needed = (year, year.previous) if self.needs_year_before else (year,)
            if all((str(one), need) in data.supplied for one in needed for need in self.needs):
                found.append(str(year))
        return found

    def selected_rows(self, data: CleanedData) -> pd.DataFrame | None:
        """The rows selected in the years held; None where there are no data to select from."""
        held = self.available_years(data)
        rows = self.select(data) if held else None
        if rows is None:
            return None
        inside = rows["year"].isin(held)
        return rows if inside.all() else rows[inside]

    def numbers(self, rows: pd.DataFrame) -> dict[CategoryKey, float | None]:
        """Year, category and detail → the number made of the rows that have them; None where none of these has the number."""
        groups = rows.groupby(["year", *self.by], observed=True, sort=False)
        if self.measure in ("count", "rate"):
            found = groups.size()
        else:
            column = groups[self.value_column]
            # Rows without the number do not add up to 0: the sum is then not known.
            measures = {
                "sum": lambda: column.sum(min_count=1),
                "median": column.median,
                "longest": column.max,
                "given": column.max,
            }
            found = measures[self.measure]()
        blank = ("", "") if not self.by else ("",) if len(self.by) == 1 else ()
        keys = (key if isinstance(key, tuple) else (key,) for key in found.index)
        return {
            (*key, *blank): None if pd.isna(value) else float(value)
            for key, value in zip(keys, found, strict=True)
        }

    @property
    def value_without_rows(self) -> float | None:
        """The number of no rows at all: a true 0, or not known where a number is given or taken from one of the rows."""
        return 0.0 if self.measure in ("count", "rate", "sum") else None

    def lineage(self, rows: pd.DataFrame) -> pa.Table:
        """The rows behind each number, in the order of the extracts, as LINEAGE."""
        of = dict(zip(("category", "detail"), self.by, strict=False))
        arrays = []
        for column in LINEAGE:
            if column.name == "row":
                arrays.append(pa.array(rows["row"], column.type, from_pandas=True))
            elif column.name in ROW_LOCATION or column.name in of:
                held = pa.array(rows[of.get(column.name, column.name)], from_pandas=True)
                arrays.append(
                    (held if pa.types.is_dictionary(held.type) else held.dictionary_encode()).cast(
                        column.type
                    )
                )
            else:
                one = self.id if column.name == "figure" else ""
                arrays.append(
                    pa.DictionaryArray.from_arrays(
                        np.zeros(len(rows), dtype="int32"), pa.array([one])
                    ).cast(column.type)
                )
        return pa.Table.from_arrays(arrays, schema=LINEAGE)
