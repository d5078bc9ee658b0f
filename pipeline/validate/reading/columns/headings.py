"""The headings of a file: how they are compared, and in which columns they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.validate.reading.encoding.damage import repaired
from pipeline.validate.reading.sheet_worker import normalise_name

LETTERED_HEADING = re.compile(r"(.+?)\s*\(column ([A-Za-z]{1,3})\)")


def column_letters(position: int) -> str:
    """The letters by which a spreadsheet names a column: C for position 2."""
    letters = ""
    number = position + 1
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def format_columns(positions: Sequence[int]) -> str:
    """The columns at these positions: "columns C, F and AA"."""
    *letters, last = [column_letters(position) for position in positions]
    return f"columns {', '.join(letters)} and {last}" if letters else f"column {last}"


def normalise_heading(name: str) -> str:
    """A heading as it is compared: repaired, without invisible characters, case or outer spaces."""
    composed = unicodedata.normalize("NFKC", repaired(name))
    visible = "".join(
        character for character in composed if unicodedata.category(character) != "Cf"
    )
    return normalise_name(visible)


class HeadingRow:
    """The headings of a file, and where each of them is.

    cells: "" where one is empty.
    """

    def __init__(self, cells: list[str]) -> None:
        self.cells = cells
        self.positions: dict[str, list[int]] = {}
        for position, cell in enumerate(cells):
            if cell:
                self.positions.setdefault(normalise_heading(cell), []).append(position)

    def find(self, name: str) -> list[int]:
        """The positions of a heading; "Date (column C)" is that of the heading Date in column C."""
        positions = self.positions.get(normalise_heading(name), [])
        lettered = LETTERED_HEADING.fullmatch(name)
        if positions or not lettered:
            return positions
        return [
            position
            for position in self.positions.get(normalise_heading(lettered[1]), [])
            if column_letters(position) == lettered[2].upper()
        ]


def repeated_heading_text(cells: Sequence[str], positions: Sequence[int]) -> tuple[str, str]:
    """What is wrong with a heading at several positions, and how to name the right one."""
    first = cells[positions[0]]
    what = (
        f'the heading "{first}" appears {len(positions)} times, in {format_columns(positions)}, so '
        "it is not known which column to read"
    )
    return what, f"{first} (column {column_letters(positions[0])})"
