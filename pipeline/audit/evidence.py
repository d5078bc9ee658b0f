"""The evidence for a number: its rule, its base, and the rows of the extracts that it counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from pipeline.aggregate.store import lineage_row_counts, load_decisions, load_lineage
from pipeline.artifacts import AGGREGATE_STEP, NumberKey
from pipeline.problem import Kind, Problem
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.settings import Settings
from pipeline.validate.store import load_tables
from pipeline.year import Year

KEY_COLUMNS = list(NumberKey._fields)
REFERENCE_COLUMNS = ("reference", "complaint", "stage")  # an extract has some of these
FILE_AND_ROW = ["file", "row"]
MAX_ROWS_PER_NUMBER = 200  # listed; lineage.parquet has the others
MAX_ROWS_PER_LOOKUP = 100_000  # looked up together: all of a small year


class SourceRow(NamedTuple):
    """A row of an extract.

    row: its number in the file; None for the whole file.
    reference: what the case system calls it; empty if it has no reference.
    """

    extract: str
    file: str
    row: int | None
    reference: str


class Withholding(NamedTuple):
    """Why a number is withheld; both are empty for a number that is published.

    rule: the rule that withholds it.
    protects: the number that it would reveal.
    """

    rule: str = ""
    protects: str = ""


@dataclass(frozen=True)
class _Lineage:
    """The rows of some figures' numbers, of which the last that were looked up are kept.

    listed: the columns of SourceRow, of the rows to list, those of a number together.
    slices: where the rows of each number are in these.
    """

    figures: list[str] = field(default_factory=list)
    row_counts: dict[NumberKey, int] = field(default_factory=dict)
    listed: list[npt.NDArray[np.object_]] = field(default_factory=list)
    slices: dict[NumberKey, slice] = field(default_factory=dict)


class Evidence:
    """The figures of a finished run, with the rows that they count.

    published: the figures, if they have been read already.
    Raises Problem if no run of the year is finished.
    """

    def __init__(self, settings: Settings, published: Published | None = None) -> None:
        if not (settings.processed / AGGREGATE_STEP).is_dir():
            raise Problem(
                kind=Kind.NOTHING_TO_DO,
                where=str(settings.year),
                what="there is no report on this year to trace",
                remedy=f"Make it first: annual-report run {settings.name}",
            )
        self.settings = settings
        self.published = published or Published.read(settings)
        self._lineage = _Lineage()

    def number(self, figure: str, year: str | None, category: str, detail: str) -> Number:
        """One number.

        year: by default the reported one.
        Raises Problem, with the nearest name, if there is no such number.
        """
        try:
            parsed_year = Year.parse(year) if year else None
        except ValueError as error:
            raise Problem(
                kind=Kind.SETTINGS,
                where="--year",
                what=str(error),
                remedy="Write it as 2021-22.",
            ) from None
        return self.published[figure].number(parsed_year, category, detail)

    def row_count(self, number: Number) -> int:
        """How many rows a number counts."""
        return self._lineage_of(number.figure.id).row_counts.get(number.key, 0)

    def rows(self, number: Number) -> list[SourceRow]:
        """The first MAX_ROWS_PER_NUMBER rows that a number counts, in the extracts' order."""
        lineage = self._lineage_of(number.figure.id)
        place = lineage.slices.get(number.key, slice(0))
        columns = (column[place] for column in lineage.listed)
        return [
            SourceRow(extract, file, None if pd.isna(row) else int(row), reference)
            for extract, file, row, reference in zip(*columns, strict=True)
        ]

    def decision(self, number: Number) -> Withholding:
        """Why a number is withheld, and what that protects."""
        return self._decisions.get(number.key, Withholding())

    def _lineage_of(self, figure: str) -> _Lineage:
        """The rows of a figure's numbers, and perhaps of others."""
        if figure in self._figure_sizes and figure not in self._lineage.figures:
            self._lineage = self._load_lineage(self._figures_to_load(figure))
        return self._lineage

    def _load_lineage(self, figures: list[str]) -> _Lineage:
        lineage = load_lineage(self.settings, figures)
        numbers, first_rows = _numbers_in_order(lineage)
        counts = np.bincount(numbers)
        keys = [
            NumberKey(*row.values())
            for row in lineage.select(KEY_COLUMNS).take(first_rows).to_pylist()
        ]
        # The rows of one number after those of another, each in the extracts' order.
        by_number = np.argsort(numbers, kind="stable")
        starts = counts.cumsum() - counts
        listed_counts = np.minimum(counts, MAX_ROWS_PER_NUMBER)
        positions = [
            by_number[start : start + count]
            for start, count in zip(starts, listed_counts, strict=True)
        ]
        listed = lineage.take(np.concatenate(positions)).to_pandas()
        columns = [listed[name] for name in ("extract", *FILE_AND_ROW)]
        ends = listed_counts.cumsum().tolist()
        return _Lineage(
            figures,
            dict(zip(keys, counts.tolist(), strict=True)),
            # Objects, because to go through a column of texts takes many times as long.
            [column.to_numpy(object) for column in (*columns, self._row_references(listed))],
            dict(zip(keys, map(slice, [0, *ends], ends), strict=True)),
        )

    def _figures_to_load(self, figure: str) -> list[str]:
        """A figure, and those after it as long as all together have few rows."""
        names = list(self._figure_sizes)
        figures = []
        row_count = 0
        for name in names[names.index(figure) :]:
            row_count += self._figure_sizes[name]
            if name == figure or row_count <= MAX_ROWS_PER_LOOKUP:
                figures.append(name)
        return figures

    @cached_property
    def _figure_sizes(self) -> dict[str, int]:
        """The number of rows of each figure's lineage, in the file's order."""
        return lineage_row_counts(self.settings)

    def _row_references(self, rows: pd.DataFrame) -> pd.Series:
        """The reference of each row of the extracts, such as "CYP-21-001, stage 2"."""
        references = pd.Series("", index=rows.index)
        for extract, group in rows.groupby("extract"):
            if extract in self._extract_references:
                # Many figures count the same row.
                numbers = group.groupby(FILE_AND_ROW, sort=False, dropna=False).ngroup()
                distinct = group.loc[~numbers.duplicated(), FILE_AND_ROW]
                locations = pd.MultiIndex.from_frame(distinct)
                matches = self._extract_references[extract].reindex(locations).fillna("")
                texts = [_reference_text(*values) for values in matches.to_numpy(object).tolist()]
                references[group.index] = np.array(texts, dtype=object)[numbers]
        return references

    @cached_property
    def _extract_references(self) -> dict[str, pd.DataFrame]:
        """The reference columns of each extract that has any, by file and row.

        They become text only for the rows that are listed, because there may be a million.
        """
        tables = load_tables(self.settings, {*FILE_AND_ROW, *REFERENCE_COLUMNS})
        references = {}
        for extract, table in tables.items():
            columns = [name for name in REFERENCE_COLUMNS if name in table]
            # Only a stage is part of the reference besides the first column.
            columns = columns[: 2 if "stage" in table else 1]
            by_location = table.drop_duplicates(FILE_AND_ROW, keep="last").set_index(FILE_AND_ROW)
            references[extract] = by_location[columns]
        return references

    @cached_property
    def _decisions(self) -> dict[NumberKey, Withholding]:
        return {
            NumberKey(row.figure, row.year, row.category, row.detail): Withholding(
                row.rule, row.protects
            )
            for row in load_decisions(self.settings).itertuples()
        }


def _numbers_in_order(lineage: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """For each row the number that counts it, and the first row of each number.

    The numbers are counted from 0 in the order in which they occur. The columns of their keys are
    dictionaries, so a key is a number of as many digits, and no text is compared.
    """
    codes = np.zeros(len(lineage), dtype="int64")
    for name in KEY_COLUMNS:
        column = lineage[name].chunk(0)
        # A row without a category counts in no number.
        own_codes = column.indices.fill_null(len(column.dictionary)).to_numpy()
        codes = codes * (len(column.dictionary) + 1) + own_codes
    numbers, _ = pd.factorize(codes)
    # A number occurs for the first time where the highest so far rises.
    return numbers, np.flatnonzero(np.diff(np.maximum.accumulate(numbers), prepend=-1))


def _reference_text(reference: str = "", *stages: str) -> str:
    return ", ".join([reference, *(f"stage {stage}" for stage in stages)])


def share_base(number: Number) -> Number | None:
    """The denominator of a number's share; None if it has none."""
    return number.base if number.figure.base else None
