"""The headings of a file: how they are compared, and in which columns they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.validate.definitions import Extract
from pipeline.validate.reading.encoding.damage import repaired
from pipeline.validate.reading.sheet_worker import normalise_name

LETTERED_HEADING = re.compile(r"(.+?)\s*\(column ([A-Za-z]{1,3})\)")
MIN_HEADINGS_OF_ANOTHER_FORM = 3


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


@dataclass(frozen=True)
class FileHeading:
    """The heading of one file of an extract.

    file: its path inside the workspace.
    mapped: by column, the headings that council.yaml names for it.
    """

    extract: Extract
    file: str
    row: HeadingRow
    mapped: Mapping[str, Sequence[str]]

    def unknown_cells(self) -> list[str]:
        """The headings that neither the dictionary nor council.yaml names."""
        known = {position for name in self.extract.column_names for position in self.row.find(name)}
        for headings in self.mapped.values():
            known.update(position for name in headings for position in self.row.find(name))
        return [
            cell for position, cell in enumerate(self.row.cells) if cell and position not in known
        ]

    def has_our_form(self) -> bool:
        """Whether a file has our own headings and none of those of council.yaml.

        That is a file of another system or another year, which needs no mapping. One or two
        headings may also be missing by mistake, so a short mapping always applies.
        """
        theirs = {
            name: heading
            for name, headings in self.mapped.items()
            for heading in headings
            if normalise_heading(heading) != name
        }
        return (
            len(theirs) >= MIN_HEADINGS_OF_ANOTHER_FORM
            and not any(self.row.find(heading) for heading in theirs.values())
            and all(
                self.row.find(column.name) for column in self.extract.columns if column.required
            )
        )
