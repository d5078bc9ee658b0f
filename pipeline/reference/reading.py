"""A downloaded file as rows: its encoding, its heading row, and which layout it has."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.reference.layouts import LAYOUTS, Layout

HEADING_ROWS = 20  # the rows among which the headings are looked for
MAX_FILE_BYTES = 200_000_000
Mapped = Mapping[str, Mapping[str, Sequence[str]]]  # layout → our column → headings


@dataclass(frozen=True)
class ReferenceFile:
    """A file whose layout is known.

    rows: (number of the row in the file, cells by our names of the columns).
    title: what stands above the headings.
    """

    name: str
    sha256: str
    layout: Layout
    rows: list[tuple[int, dict[str, str]]]
    title: str


def read_reference_file(path: Path, mapped: Mapped) -> ReferenceFile:
    """The file with its layout.

    mapped: the headings that the council's settings give for columns of a layout.
    Raises Problem for a file that cannot be read, or whose layout is unknown or has changed.
    """
    content = _file_content(path)
    cells = _table(path, content)
    best: tuple[Layout, int, dict[str, int | None]] | None = None
    for layout in LAYOUTS:
        headings = {
            name: (*mapped.get(layout.name, {}).get(name, ()), *known)
            for name, known in layout.columns.items()
        }
        for number, row in enumerate(cells[:HEADING_ROWS]):
            places = _places(row, headings)
            found_count = sum(place is not None for place in places.values())
            if best is None or _share(found_count, layout) > _share_of(best):
                best = (layout, number, places)
    if best is None or _share_of(best) <= 0.5:
        raise _unknown_layout(path)
    layout, number, places = best
    missing = [name for name, place in places.items() if place is None]
    if missing:
        raise _changed_layout(path, layout, missing, cells[number])
    columns = {name: place for name, place in places.items() if place is not None}
    rows = [
        (position, {name: row[place].strip() for name, place in columns.items()})
        for position, row in enumerate(cells[number + 1 :], number + 2)
        if len(row) > max(columns.values())
    ]
    title = " ".join(cell for row in cells[:number] for cell in row if cell)
    digest = hashlib.sha256(content).hexdigest()
    return ReferenceFile(path.name, digest, layout, rows, title)


def _share(count: int, layout: Layout) -> float:
    return count / len(layout.columns)


def _share_of(best: tuple[Layout, int, dict[str, int | None]]) -> float:
    layout, _, places = best
    return _share(sum(place is not None for place in places.values()), layout)


def _file_content(path: Path) -> bytes:
    if not path.is_file():
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(path),
            what="there is no such file",
            remedy="Download it first: docs/reference.md has the address of each source.",
        )
    if path.suffix.casefold() != ".csv" or path.stat().st_size > MAX_FILE_BYTES:
        raise Problem(
            kind=Kind.DATA,
            where=path.name,
            what="only CSV files of at most 200 MB are read",
            remedy="Download the CSV file, or save the sheet as one.",
        )
    return path.read_bytes()


def _table(path: Path, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Problem(
            kind=Kind.DATA,
            where=path.name,
            what=f"this is no CSV file: {error}",
            remedy="Download it again, and do not open it in a spreadsheet before.",
        ) from None


def _places(row: Sequence[str], headings: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    """The position of each of our columns in a row of headings; None if it has none."""
    positions: dict[str, int] = {}
    for position, cell in enumerate(row):
        positions.setdefault(_plain(cell), position)
    return {
        name: next((positions[_plain(text)] for text in texts if _plain(text) in positions), None)
        for name, texts in headings.items()
    }


def _plain(text: str) -> str:
    """A heading without case, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", text.casefold().replace("&", "and"))


def _unknown_layout(path: Path) -> Problem:
    titles = "; ".join(dict.fromkeys(f"{one.title} ({one.publisher})" for one in LAYOUTS))
    return Problem(
        kind=Kind.DATA,
        where=path.name,
        what="this file has the columns of none of the sources",
        remedy=f"These can be read: {titles}. docs/reference.md says which columns each needs, and "
        "how to name other headings in council.yaml.",
    )


def _changed_layout(
    path: Path, layout: Layout, missing: Sequence[str], headings: Sequence[str]
) -> Problem:
    names = ", ".join(missing)
    hint = did_you_mean(layout.columns[missing[0]][0], [cell for cell in headings if cell])
    return Problem(
        kind=Kind.DATA,
        where=path.name,
        what=f"this looks like {layout.title} ({layout.publisher}), but its layout has changed: "
        f"there is no column {names}.{hint}",
        remedy=f"Say in council.yaml which heading it has now: columns: {{{layout.name}: "
        f"{{{missing[0]}: the heading}}}}. If the number is not in the file any more, keep the "
        "earlier file.",
    )
