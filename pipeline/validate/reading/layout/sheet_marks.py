"""What a sheet contains besides values: errors, formulas without a result, hidden and merged cells.

The library that reads the values gives an empty cell for an error and says nothing of the rest. The
sheet worker imports this and its neighbours, so they import nothing but the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, NamedTuple

# The text of a cell with a formula whose result the file does not hold, or holds from before a
# change: its writer asks for all formulas to be calculated when the file is opened.
NO_RESULT = "#FORMULA WITHOUT RESULT"
# What a spreadsheet or a database shows in place of a value: #N/A, #DIV/0!, #GETTING_DATA, Err:502,
# #Error, Loading...; also the #### of a column too narrow, which a file saved "as shown" holds.
ERROR_TEXT = (
    r"[=']?#(?:N/A(?: N/A)?!?|NV|[A-Z][A-Z0-9_/ ]*[!?]|GETTING_DATA|ERROR|DELETED"
    r"|FORMULA WITHOUT RESULT|#{2,})|Err:\d{3}|Error \d{4}|Loading(?:\.\.\.|…)"
)
_IS_ERROR = re.compile(rf"\s*(?:{ERROR_TEXT})\s*", re.IGNORECASE)
CHUNK_BYTES = 1 << 24
OVERLAP_BYTES = 64
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
MAX_MARKED_CELLS = 2_000_000


def is_error_text(text: str) -> bool:
    """Whether a text is what a spreadsheet shows in place of a value."""
    return _IS_ERROR.fullmatch(text) is not None


def occurs_in(content: IO[bytes], texts: Sequence[bytes]) -> bool:
    """Whether one of these texts, shorter than OVERLAP_BYTES, occurs in a part of a workbook.

    A part in UTF-16 is not searched, and may hold any.
    """
    tail = b""
    while chunk := content.read(CHUNK_BYTES):
        is_first = not tail
        searched = tail + chunk
        if is_first and searched.startswith(UTF_16_MARKS):
            return True
        if any(text in searched for text in texts):
            return True
        tail = chunk[-OVERLAP_BYTES:]
    return False


class Area(NamedTuple):
    """Cells of a sheet, by the first and last row and column, from 0."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass
class SheetMarks:
    """The marks of one sheet; rows and columns count from 0.

    errors: cells with an error value or with NO_RESULT, and the text shown.
    hidden_rows, hidden_columns: first and last of each run.
    merged: areas of merged cells.
    """

    errors: list[tuple[Area, str]] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)

    def add_error(self, row: int, column: int, text: str) -> None:
        """Mark one cell."""
        self.errors.append((Area(row, row, column, column), text))

    def write_errors(self, cells: list[list[object]]) -> None:
        """Put the text of each error into its cell; raises ValueError if there are too many."""
        width = len(cells[0]) if cells else 0
        for area, text in self.errors:
            size = (area.last_row - area.first_row + 1) * (area.last_column - area.first_column + 1)
            if size > MAX_MARKED_CELLS:
                raise ValueError("more cells with an error than a sheet can have")
            while len(cells) <= area.last_row:
                cells.append([""] * width)
            for row in cells[area.first_row : area.last_row + 1]:
                row.extend([""] * (area.last_column + 1 - len(row)))
                for column in range(area.first_column, area.last_column + 1):
                    row[column] = text
