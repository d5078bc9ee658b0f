"""Part of one file as text, before its values are converted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from pipeline.validate.definitions import Extract
from pipeline.year import Year


@dataclass(frozen=True)
class ExtractText:
    """Part of one file as text.

    columns: for each column of the extract that the file holds, its cells.
    row_numbers: of each record, as the analyst sees them in the spreadsheet (the heading is row 1).
    headings: by column, the file's own heading.
    letters: by column, how a spreadsheet names it.
    blocks: for each row the stage's block of columns that it comes from, in a wide export.
    locate: tells the line and byte of a text in a row, if the file is not a workbook.
    """

    extract: Extract
    year: Year
    file: str
    columns: dict[str, pa.ChunkedArray]
    row_numbers: np.ndarray
    headings: dict[str, str]
    letters: dict[str, str] = field(default_factory=dict)
    blocks: np.ndarray | None = None
    locate: Callable[[int, str], str] | None = None

    def place(self, column: str, row_number: int, damaged_part: str) -> str:
        """Where a damaged text is in the file: "line 3, byte 57", or "cell C3"; "" if unknown."""
        if self.locate is not None:
            return self.locate(row_number, damaged_part)
        return f"cell {self.letters[column]}{row_number}" if column in self.letters else ""
