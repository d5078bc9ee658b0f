"""What a text file and a sheet of a workbook have in common: a heading, and rows of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from pipeline.validate.reading.layout.sheet_marks import Area

MAX_ROWS = 5_000_000  # of one extract; the largest council has a few thousand
MAX_COLUMNS = 2_000


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
    stray: by column to the right of the last heading, the rows with something in it.
    """

    columns: list[pa.ChunkedArray]
    row_numbers: np.ndarray
    rows_too_short: list[int] = field(default_factory=list)
    rows_too_long: list[int] = field(default_factory=list)
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


class TableSource(Protocol):
    """A heading, and the columns below it by their position; raises UnreadableSource.

    view: of a text file, nothing.
    """

    heading: list[str]
    view: SheetView

    def read_columns(self, positions: list[int]) -> TableRows: ...


def too_many_rows_error() -> UnreadableSource:
    """The error for a source with more rows than MAX_ROWS."""
    return UnreadableSource(
        f"this has more than {MAX_ROWS:,} rows, the most that is read", "Export one year only."
    )


def check_heading(heading: list[str]) -> list[str]:
    """The heading, trimmed; raises UnreadableSource where the first row is no heading."""
    trimmed = [cell.replace("\ufeff", "").strip() for cell in heading]
    if not any(trimmed):
        raise UnreadableSource(
            "the first row is empty",
            "Put the column headings in row 1 and the records directly below it.",
        )
    if len(trimmed) > MAX_COLUMNS:
        raise UnreadableSource(
            f"this has more than {MAX_COLUMNS:,} columns, the most that is read",
            "Export fewer columns.",
        )
    return trimmed
