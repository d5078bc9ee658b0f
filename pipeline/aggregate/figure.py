"""What a figure is: a selection of rows, the columns of its categories, and how the rows become a number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from pipeline.settings import Council, Settings

Measure = Literal["count", "sum", "median", "longest"]
PLACE = ["year", "extract", "file", "row"]  # where a row came from: all that lineage needs


@dataclass(frozen=True)
class Data:
    """What figures are made of: the cleaned tables of every year held, and the settings.

    supplied: the (year, extract) pairs that were handed over; a pair that is missing makes its figures `[x]`, not 0.
    """

    tables: dict[str, pd.DataFrame]
    supplied: frozenset[tuple[str, str]]
    settings: Settings

    def rows(self, table: str) -> pd.DataFrame:
        """A cleaned table with the name of its extract, so that its rows can be traced."""
        found = self.tables[table]
        return found if "extract" in found else found.assign(extract=EXTRACT_OF.get(table, table))


EXTRACT_OF = {"cases": "complaints"}


@dataclass(frozen=True)
class Figure:
    """A published number or set of numbers.

    id: such as `complaints.by_outcome`. unit: the thing counted, in the singular. rule: one plain sentence. select: the rows,
    of all years held, with the columns of PLACE. by: none, one or two columns of categories. categories: the values of the
    first, in the order of print, or None for whatever occurs. base: id of the figure that is the denominator of its shares.
    measure / of: how rows become a number, and of which column. needs: extracts without which there is no number.
    """

    id: str
    title: str
    unit: str
    rule: str
    select: Callable[[Data], pd.DataFrame]
    needs: tuple[str, ...]
    by: tuple[str, ...] = ()
    categories: Callable[[Council], tuple[str, ...]] | None = None
    base: str | None = None
    measure: Measure = "count"
    of: str | None = None

    def values(self, rows: pd.DataFrame, settings: Settings) -> pd.DataFrame:
        """The number of each year held and each category: columns year, category, detail, value."""
        years = [str(year) for year in settings.years_held]
        rows = rows[rows["year"].isin(years)]
        keys = ["year", *self.by]
        groups = rows.groupby(keys, observed=True, sort=True)
        if self.measure == "count":
            found = groups.size().astype("Float64")
        else:
            column = groups[self.of]
            # Rows without the number do not add up to 0: the sum is then not known.
            measures = {"sum": lambda: column.sum(min_count=1), "median": column.median, "longest": column.max}
            found = measures[self.measure]().astype("Float64")
        found = found.rename("value").reset_index()
        if self.measure == "count" and len(self.by) < 2:
            found = self._with_zeros(found, keys, years, settings.council)
        elif not self.by:
            found = pd.DataFrame({"year": years}).merge(found, how="left")
            if self.measure == "sum":
                found["value"] = found["value"].mask(~found["year"].isin(rows["year"]), 0)
        found = found.rename(columns=dict(zip(self.by, ("category", "detail"), strict=False)))
        for column in ("category", "detail"):
            if column not in found:
                found[column] = ""
        return found[["year", "category", "detail", "value"]]

    def _with_zeros(self, found: pd.DataFrame, keys: list[str], years: list[str], council: Council) -> pd.DataFrame:
        """Every year and category that could have occurred; one without rows is a true 0."""
        if not self.by:
            every = pd.DataFrame({"year": years})
        else:
            declared = self.categories(council) if self.categories else tuple(sorted(found[self.by[0]].unique()))
            unknown = set(found[self.by[0]]) - set(declared)
            if unknown:
                raise AssertionError(f"{self.id}: rows in categories that it does not declare: {sorted(unknown)}")
            every = pd.MultiIndex.from_product([years, declared], names=keys).to_frame(index=False)
        found = every.merge(found, on=keys, how="left")
        return found.assign(value=found["value"].fillna(0))

    def lineage(self, rows: pd.DataFrame, years: list[str]) -> pd.DataFrame:
        """The rows behind each number: columns figure, year, category, detail, extract, file, row."""
        rows = rows[rows["year"].isin(years)]
        # Copied, not renamed: what places a row, such as its extract, may be its category too.
        of = dict(zip(("category", "detail"), self.by, strict=False))
        named = {column: rows[of[column]] if column in of else "" for column in ("category", "detail")}
        columns = ["figure", "year", "category", "detail", "extract", "file", "row"]
        return rows[PLACE].assign(figure=self.id, **named)[columns].sort_values(columns, kind="stable", ignore_index=True)
