"""A downloaded file as rows: its encoding, its heading row, and which layout it has."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.reference.layouts import LAYOUTS, Layout

HEADING_ROWS = 20  # the rows among which the headings are looked for
MAX_FILE_BYTES = 200_000_000
MAX_HEADING_LETTERS = 300
MIN_SHARE = 0.5  # of a layout's columns, in a file that is taken for one of its kind
SEPARATORS = (",", ";", "\t")
ARCHIVE_STARTS = (b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1"), b"\x1f\x8b", b"%PDF")
UTF_16_STARTS = (b"\xff\xfe", b"\xfe\xff")
SAVE_AS_CSV = "Download the CSV file, unpack it from its archive, or save the sheet as one."
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
    text = _text(content)
    best = _best_candidate(path, text, mapped)
    if best.missing and best.share <= MIN_SHARE:
        raise _unknown_layout(path, best)
    if best.missing:
        raise _changed_layout(path, best)
    places = best.places
    rows = [
        (position, {name: row[place].strip() for name, place in places.items()})
        for position, row in enumerate(best.table[best.number + 1 :], best.number + 2)
        if len(row) > max(places.values())
    ]
    title = " ".join(cell for row in best.table[: best.number] for cell in row if cell)
    digest = hashlib.sha256(content).hexdigest()
    return ReferenceFile(path.name, digest, best.layout, rows, title)


def _best_candidate(path: Path, text: str, mapped: Mapped) -> _Candidate:
    """The layout, separator and row of headings that fit a file best."""
    candidates: list[_Candidate] = []
    fault = ""
    for separator in SEPARATORS:
        try:
            lines = io.StringIO(text, newline="")
            table = list(csv.reader(lines, delimiter=separator, strict=True))
        except csv.Error as error:
            fault = fault or str(error)
            continue
        candidates += [
            _Candidate(layout, mapped.get(layout.name, {}), number, row, table)
            for layout in LAYOUTS
            for number, row in enumerate(table[:HEADING_ROWS])
        ]
        if any(not each.missing for each in candidates):
            break
    if fault and all(each.missing for each in candidates):
        raise Problem(
            kind=Kind.DATA,
            where=path.name,
            what=f"this is no CSV file: {fault}",
            remedy="Download it again, and do not open it in a spreadsheet before.",
        )
    return max(candidates, key=lambda each: each.rank)


class _Candidate:
    """A layout that a file may have, if its headings are in one of its rows.

    mapped: the headings that the settings give. number, row: of the headings, in the table.
    """

    def __init__(
        self,
        layout: Layout,
        mapped: Mapping[str, Sequence[str]],
        number: int,
        row: Sequence[str],
        table: list[list[str]],
    ) -> None:
        self.layout, self.number, self.row, self.table = layout, number, row, table
        positions: dict[str, int] = {}
        for position, cell in enumerate(row):
            positions.setdefault(_plain(cell), position)
        self.places: dict[str, int] = {}
        for name, known in layout.columns.items():
            headings = [_plain(text) for text in (*mapped.get(name, ()), *known)]
            place = next((positions[each] for each in headings if each in positions), None)
            if place is not None:
                self.places[name] = place
        self.missing = [name for name in needed_columns(layout, mapped) if name not in self.places]

    @property
    def rank(self) -> tuple[bool, float, int, int]:
        """How well it fits: complete, more of its columns, more cells, further up."""
        return not self.missing, self.share, sum(map(bool, self.row)), -self.number

    @property
    def share(self) -> float:
        """How much of the layout was found."""
        return len(self.places) / len(self.layout.columns)


def needed_columns(layout: Layout, mapped: Collection[str]) -> list[str]:
    """The columns without which a file cannot be read.

    In a file that a person has mapped, all rows may be of one year, which its name says, and of
    the kind that is kept.
    """
    optional = {*layout.optional, *(("time_period", layout.only[0]) if mapped else ())}
    return [name for name in layout.columns if name not in optional]


def _file_content(path: Path) -> bytes:
    if not path.is_file():
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(path),
            what="there is no such file",
            remedy="Download it first: docs/reference.md has the address of each source.",
        )
    size = path.stat().st_size
    content = path.read_bytes() if size <= MAX_FILE_BYTES else b""
    start = content[:1_000].lstrip().lower()
    if size > MAX_FILE_BYTES:
        what, remedy = "only files of at most 200 MB are read", SAVE_AS_CSV
    elif path.suffix.casefold() != ".csv" or content.startswith(ARCHIVE_STARTS):
        what, remedy = "only CSV files are read, and this is another kind of file", SAVE_AS_CSV
    elif start.startswith((b"<!doctype html", b"<html", b"<?xml")):
        what, remedy = "this is a web page and no CSV file", "Download the file that it links to."
    elif not start:
        what, remedy = "this file is empty", "Download it again."
    else:
        return content
    raise Problem(kind=Kind.DATA, where=path.name, what=what, remedy=remedy)


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith(UTF_16_STARTS) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _plain(text: str) -> str:
    """A heading without case, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]", "", text.casefold().replace("&", "and"))


def _unknown_layout(path: Path, best: _Candidate) -> Problem:
    """What to write, with the headings that the file seems to have."""
    headings = ", ".join(f'"{cell}"' for cell in best.row if cell)
    layouts = "; ".join(
        f"{layout.name} ({layout.title}, {layout.publisher}): "
        f"{', '.join(needed_columns(layout, ['mapped']))}"
        for layout in LAYOUTS
    )
    example = LAYOUTS[0]
    columns = ", ".join(f"{name}: its heading" for name in needed_columns(example, ["mapped"]))
    return Problem(
        kind=Kind.DATA,
        where=path.name,
        what=f"this file has the columns of none of the sources; its headings seem to be "
        f"{shorten(headings, MAX_HEADING_LETTERS, placeholder=' …')}",
        remedy="If it is one of them, say in council.yaml which heading is which, such as columns: "
        f"{{{example.name}: {{{columns}}}}}. A year that is in no column has to be in the name of "
        f"the file. The sources and their columns: {layouts}.",
    )


def _changed_layout(path: Path, best: _Candidate) -> Problem:
    layout, missing = best.layout, best.missing
    names = ", ".join(missing)
    hint = did_you_mean(layout.columns[missing[0]][0], [cell for cell in best.row if cell])
    entries = ", ".join(f"{name}: the heading" for name in missing)
    return Problem(
        kind=Kind.DATA,
        where=path.name,
        what=f"this looks like {layout.title} ({layout.publisher}), but its layout has changed: "
        f"there is no column {names}.{hint}",
        remedy=f"Say in council.yaml which heading it has now: columns: {{{layout.name}: "
        f"{{{entries}}}}}. If the number is not in the file any more, keep the earlier file.",
    )
