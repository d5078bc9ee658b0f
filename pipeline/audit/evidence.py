"""What stands behind a number: its rule, its base, and the rows of the extracts that it was made of."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from pipeline.aggregate.store import lineage_row_counts, load_decisions, load_lineage
from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem
from pipeline.report.figures import Number, Published
from pipeline.settings import Settings
from pipeline.validate.store import load_tables
from pipeline.year import Year

REFERENCE_COLUMNS = ("reference", "complaint", "stage")  # of a row, as far as its extract has them
ROW_LOCATION = ["file", "row"]
MAX_ROWS_PER_NUMBER = (
    200  # rows of a number that are named; the rest are counted, and stand in lineage.parquet
)
MAX_ROWS_PER_LOOKUP = 100_000  # rows that are looked up together: of a small year all


class SourceRow(NamedTuple):
    """A row of an extract; row is None where the whole file is meant, and reference empty where it has none."""

    extract: str
    file: str
    row: int | None
    reference: str


class Evidence:
    """The figures of a finished run, with the rows behind them."""

    def __init__(self, settings: Settings, published: Published | None = None):
        if not (settings.processed / "3_aggregate").is_dir():
            raise Problem(
                Kind.NOTHING_TO_DO, str(settings.year), "no report has been made of this year, so there is nothing to trace",
                f"Make it first: annual-report run {settings.year}",
            )  # fmt: skip
        self.settings = settings
        self.published = published or Published.read(settings)
        self._cache: tuple[list[str], dict[NumberKey, int], dict[NumberKey, list[SourceRow]]] = (
            [],
            {},
            {},
        )

    def number(self, figure: str, year: str | None, category: str, detail: str) -> Number:
        """One number; a Problem that names the nearest where there is none."""
        try:
            asked = Year.parse(year) if year else None
        except ValueError as error:
            raise Problem(Kind.SETTINGS, "--year", str(error), "Write it as 2021-22.") from None
        return self.published[figure].number(asked, category, detail)

    def row_count(self, number: Number) -> int:
        """How many rows a number was made of."""
        return self._rows_by_number(number.figure.id)[0].get(number.key, 0)

    def rows(self, number: Number) -> list[SourceRow]:
        """The first FIRST of the rows that a number was made of, in the order of the extracts."""
        return self._rows_by_number(number.figure.id)[1].get(number.key, [])

    def decision(self, number: Number) -> tuple[str, str]:
        """By which rule a number was withheld, and what that protects; both empty where it was not."""
        found = self._decisions.get(number.key)
        return (found.rule, found.protects) if found else ("", "")

    def _rows_by_number(
        self, figure: str
    ) -> tuple[dict[NumberKey, int], dict[NumberKey, list[SourceRow]]]:
        """How many rows, and which, by number; the figures last looked up are kept."""
        if figure in self._lineage_sizes and figure not in self._cache[0]:
            figures = self._figures_to_load(figure)
            by = ["figure", "year", "category", "detail"]
            groups = load_lineage(self.settings, figures).groupby(by, observed=True, sort=False)
            first = groups.head(MAX_ROWS_PER_NUMBER).astype(object)
            rows: dict[NumberKey, list[SourceRow]] = {}
            for one, reference in zip(first.itertuples(), self._row_references(first), strict=True):
                line = None if pd.isna(one.row) else int(one.row)
                place = (one.figure, one.year, one.category, one.detail)
                rows.setdefault(place, []).append(SourceRow(one.extract, one.file, line, reference))
            self._cache = (
                figures,
                {tuple(map(str, place)): int(size) for place, size in groups.size().items()},
                rows,
            )
        return self._cache[1:]

    def _figures_to_load(self, figure: str) -> list[str]:
        """A figure, and those after it as long as all have few rows."""
        names = list(self._lineage_sizes)
        after = names[names.index(figure) :]
        rows = accumulate(self._lineage_sizes[name] for name in after)
        return [
            name
            for name, upto in zip(after, rows, strict=True)
            if name == figure or upto <= MAX_ROWS_PER_LOOKUP
        ]

    @cached_property
    def _lineage_sizes(self) -> dict[str, int]:
        return lineage_row_counts(self.settings)

    def _row_references(self, rows: pd.DataFrame) -> pd.Series:
        """What the case system knows some rows of the extracts by, such as "CYP-21-001, stage 2"."""
        known = pd.Series("", index=rows.index)
        for extract, some in rows.groupby("extract"):
            if extract in self._extract_references:
                found = (
                    self._extract_references[extract]
                    .reindex(pd.MultiIndex.from_frame(some[ROW_LOCATION]))
                    .fillna("")
                )
                known[some.index] = [
                    ", ".join([*said[:1], *(f"stage {stage}" for stage in said[1:])])
                    for said in found.itertuples(index=False)
                ]
        return known

    @cached_property
    def _extract_references(self) -> dict[str, pd.DataFrame]:
        """What each extract has of REFERENCES, by file and row: of a million rows only those asked for are put into words."""
        held = {}
        for extract, table in load_tables(
            self.settings, {*ROW_LOCATION, *REFERENCE_COLUMNS}
        ).items():
            columns = [name for name in REFERENCE_COLUMNS if name in table][
                : 2 if "stage" in table else 1
            ]
            held[extract] = table.drop_duplicates(ROW_LOCATION, keep="last").set_index(
                ROW_LOCATION
            )[columns]
        return held

    @cached_property
    def _decisions(self) -> dict[NumberKey, tuple]:
        return {
            (row.figure, row.year, row.category, row.detail): row
            for row in load_decisions(self.settings).itertuples()
        }


def share_base(number: Number) -> Number | None:
    """The denominator of its share; None where it has none."""
    return number.base if number.figure.base else None
