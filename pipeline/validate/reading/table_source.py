"""What a text file and a sheet of a workbook have in common: a heading, and rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.reading.layout.sheet_marks import Area

MAX_ROWS = 5_000_000  # of one extract; the largest council has a few thousand
MAX_COLUMNS = 2_000
MAX_HEAD_ROWS = 50  # in which the headings are looked for


class UnreadableSource(Exception):
    """A file or a sheet that cannot be read.

    what, remedy: what is wrong and what to do, in plain sentences for a finding.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy


@dataclass
class TableRows:
    """The rows under a heading as text, "" where a cell is empty.

    columns: in the order asked for, one for each position.
    row_numbers: of each record, as a spreadsheet numbers them (the heading is row 1); an empty row
        is no record.
    rows_too_short, rows_too_long: rows left out because they have fewer or more cells than the
        heading.
    misfit_cells: the cells of the first of these, by the row.
    stray: by column to the right of the last heading, the rows with something in it.
    """

    columns: list[pa.ChunkedArray]
    row_numbers: np.ndarray
    rows_too_short: list[int] = field(default_factory=list)
    rows_too_long: list[int] = field(default_factory=list)
    misfit_cells: dict[int, list[str]] = field(default_factory=dict)
    stray: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetView:
    """What a sheet shows differently from what it holds; rows and columns count from 0.

    hidden_rows, hidden_columns: first and last of each run.
    merged: areas of merged cells.
    """

    hidden_rows: tuple[tuple[int, int], ...] = ()
    hidden_columns: tuple[tuple[int, int], ...] = ()
    merged: tuple[Area, ...] = ()


class HeadRow(NamedTuple):
    """One of the first rows with something in them; its number is that of a spreadsheet."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class TableArea:
    """Where a table is: its headings, the rows that they take, and the columns outside of it.

    heading: by position, "" where there is none.
    outside: positions that belong to another table, or to none.
    """

    heading: list[str]
    heading_rows: tuple[int, ...] = (1,)
    outside: frozenset[int] = frozenset()


class TableSource(Protocol):
    """A heading, and the columns below it by their position; raises UnreadableSource.

    head: the first rows, in which the headings are looked for.
    area: where the table is; until it is known, the headings are in the first row of the head.
    view: of a text file, nothing.
    """

    head: list[HeadRow]
    area: TableArea
    view: SheetView

    def read_columns(self, positions: list[int]) -> TableRows: ...

    def read_rows(self, numbers: list[int]) -> dict[int, list[str]]: ...


def rows_with_content(columns: Sequence[pa.ChunkedArray], length: int) -> np.ndarray:
    """Whether each row has a cell that is not blank."""
    has_content = np.zeros(length, dtype=bool)
    for column in columns:
        if has_content.all():
            break
        lengths = pc.binary_length(pc.utf8_trim_whitespace(column))
        has_content |= np.asarray(pc.not_equal(lengths, 0))
    return has_content


def too_many_rows_error() -> UnreadableSource:
    """The error for a source with more rows than MAX_ROWS."""
    return UnreadableSource(
        f"this has more than {MAX_ROWS:,} rows, the most that is read", "Export one year only."
    )


def check_heading(heading: list[str]) -> list[str]:
    """The heading, trimmed; raises UnreadableSource where there is none."""
    trimmed = trim_cells(heading)
    if not any(trimmed):
        raise UnreadableSource(
            "the first rows are empty",
            "Put the column headings in row 1 and the records directly below it.",
        )
    if len(trimmed) > MAX_COLUMNS:
        raise UnreadableSource(
            f"this has more than {MAX_COLUMNS:,} columns, the most that is read",
            "Export fewer columns.",
        )
    return trimmed


def trim_cells(cells: Sequence[str]) -> list[str]:
    """The cells without outer spaces and byte order marks."""
    return [cell.replace("\ufeff", "").strip() for cell in cells]
