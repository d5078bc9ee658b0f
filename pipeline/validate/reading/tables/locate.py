"""Where the table of an extract is in its file or sheet: declared, detected, or asked for."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.settings import Council, TableLayout
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding, Severity, format_row_numbers, quotable_text
from pipeline.validate.reading.columns.headings import format_columns
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import HeadRow, TableArea, TableSource, check_heading
from pipeline.validate.reading.tables.headings import (
    HeadingRows,
    KnownHeadings,
    candidates,
    join_rows,
    may_be_headings,
)

MAX_QUOTED_HEADINGS = 4


@dataclass(frozen=True)
class SourcePlace:
    """Which extract a file or sheet is, and where.

    name: as findings show it. path: below data/raw. sheet: "" for a text file.
    """

    extract: str
    name: str
    path: str
    sheet: str = ""

    def lines(self, **keys: object) -> str:
        """What to add to council.yaml to say where the table is."""
        entry: dict[str, object] = {"file": json.dumps(self.path, ensure_ascii=False)}
        if self.sheet:
            entry["sheet"] = json.dumps(self.sheet, ensure_ascii=False)
        entry |= {name: value for name, value in keys.items() if value not in (None, [])}
        text = ", ".join(f"{name}: {value}" for name, value in entry.items())
        return f"`tables: {{{self.extract}: {{{text}}}}}`"

    def finding(
        self, severity: Severity, rule: str, what: str, remedy: str, row: int | None = None
    ) -> Finding:
        """A finding about the table of this source; rule: without the extract."""
        return Finding(
            severity=severity,
            rule=f"{self.extract}.{rule}",
            extract=self.extract,
            file=self.name,
            row=row,
            what=what,
            remedy=remedy,
        )


@dataclass(frozen=True)
class TablePlace:
    """Where the table of a source is, and what was declared of it.

    layout: of council.yaml, if it applies. above: rows above the headings, with something in them.
    notes: what was detected, in words. doubt: the finding that asks, where it is not certain.
    """

    source: SourcePlace
    area: TableArea
    layout: TableLayout | None = None
    above: tuple[int, ...] = ()
    notes: list[str] = field(default_factory=list)
    doubt: Finding | None = None


def locate_table(
    table: TableSource, place: SourcePlace, council: Council
) -> tuple[TableSource, TablePlace]:
    """The source with its table's area, and how it was located."""
    known = KnownHeadings([EXTRACTS_BY_NAME[place.extract]], council)
    best = candidates(table.head, known)
    layout = declared_layout(place, council)
    notes: list[str] = []
    is_general = layout is not None and not layout.file
    if layout and is_general and _is_elsewhere(table, layout, best, known):
        notes.append("`tables:` is not applied, because its row of headings has none in this file")
        # Which rows are records does not depend on where the headings are.
        layout = TableLayout(only=layout.only) if layout.only else None
    if layout and layout.headings:
        rows, doubt = _declared_rows(table, layout, place, known)
    else:
        rows, doubt = _detected_rows(table.head, best, place, known)
    outside = _outside(rows, table.head, known, layout)
    heading = [
        "" if position in outside else cell
        for position, cell in enumerate(check_heading(rows.cells))
    ]
    placed = copy.copy(table)
    placed.area = TableArea(heading, rows.numbers, outside)
    above = tuple(row.number for row in table.head if row.number < rows.numbers[0])
    if rows.numbers != (1,):
        notes.insert(0, f"headings in {format_row_numbers(rows.numbers)}")
    if outside and not (layout and (layout.first_column or layout.last_column)):
        notes.append(f"{format_columns(sorted(outside))} hold another table and are not read")
    return placed, TablePlace(place, placed.area, layout, above, notes, doubt)


def declared_layout(place: SourcePlace, council: Council) -> TableLayout | None:
    """What `tables:` says of a source: of its file before its sheet before its extract."""
    layouts = [
        layout
        for layout in council.tables.get(place.extract, ())
        if layout.applies_to(place.path)
        and (layout.sheet is None or normalise_name(layout.sheet) == normalise_name(place.sheet))
    ]
    return max(
        layouts, key=lambda layout: (layout.file or "", layout.sheet is not None), default=None
    )


def _is_elsewhere(
    table: TableSource, layout: TableLayout, best: Sequence[HeadingRows], known: KnownHeadings
) -> bool:
    """Whether a layout that names no file is plainly of another file."""
    if not layout.headings:
        return False
    declared = {row.number: row for row in table.head}.get(layout.headings[-1])
    count = known.count(declared.cells) if declared else 0
    return count < known.is_enough <= (best[0].known if best else 0)


def _declared_rows(
    table: TableSource, layout: TableLayout, place: SourcePlace, known: KnownHeadings
) -> tuple[HeadingRows, Finding | None]:
    rows = {row.number: row.cells for row in table.head}
    rows |= table.read_rows([number for number in layout.headings if number not in rows])
    missing = [number for number in layout.headings if not any(rows.get(number, []))]
    if missing:
        finding = place.finding(
            "critical",
            "table.located",
            f"`tables:` in council.yaml says that the headings are in row {missing[0]}, which is "
            "empty",
            "Write the row's number as a spreadsheet shows it.",
        )
        return HeadingRows((table.head[0].number,), table.head[0].cells), finding
    cells = rows[layout.headings[0]]
    if len(layout.headings) > 1:
        cells = join_rows(cells, rows[layout.headings[1]], known)
    return HeadingRows(layout.headings, cells, known.count(cells)), None


def _detected_rows(
    head: Sequence[HeadRow],
    best: Sequence[HeadingRows],
    place: SourcePlace,
    known: KnownHeadings,
) -> tuple[HeadingRows, Finding | None]:
    """The rows of the headings, and the finding that asks if these are not certain."""
    first = HeadingRows((head[0].number,), head[0].cells)
    if best and best[0].numbers[0] == first.numbers[0]:
        return best[0], None
    if len(best) == 1 and best[0].known >= known.is_enough:
        return best[0], None
    if may_be_headings(head[0], head):
        return first, None
    likely = [row for row in head if may_be_headings(row, head)]
    if len(best) == 1 and best[0].known > 1 and likely and best[0].numbers == (likely[0].number,):
        return best[0], None
    if len(best) > 1 and best[0].known >= known.is_enough:
        numbers = [number for row in best for number in row.numbers]
        what = f"{format_row_numbers(numbers)} have the same number of known headings"
        guess = best[0]
    else:
        what = f"none of the first rows has headings that are known for {place.extract}"
        guess = HeadingRows((likely[0].number,), likely[0].cells) if likely else first
    cells = [f'"{quotable_text(cell)}"' for cell in guess.cells if cell]
    listed = ", ".join(cells[:MAX_QUOTED_HEADINGS])
    number = guess.numbers[-1]
    finding = place.finding(
        "critical",
        "table.located",
        f"it is not certain where the table begins: {what}. Most likely it is row {number}, with "
        f"{listed}",
        f"Add to council.yaml, with the row that has the headings: {place.lines(headings=number)}. "
        "If your headings have other names than ours, `annual-report map` proposes what they mean.",
    )
    return guess, finding


def _outside(
    rows: HeadingRows,
    head: Sequence[HeadRow],
    known: KnownHeadings,
    layout: TableLayout | None,
) -> frozenset[int]:
    """The positions that do not belong to the table.

    They are outside the declared columns, or in another table next to an empty column: one whose
    first heading is also a heading of this.
    """
    width = len(rows.cells)
    if layout and (layout.first_column or layout.last_column):
        first = _position(layout.first_column) if layout.first_column else 0
        last = _position(layout.last_column) if layout.last_column else width - 1
        return frozenset(position for position in range(width) if not first <= position <= last)
    below = [row.cells for row in head if row.number >= rows.numbers[0]]
    is_gap = [
        not any(cells[position] for cells in below if position < len(cells))
        for position in range(width)
    ]
    if not any(is_gap):
        return frozenset()
    blocks: list[list[int]] = [[]]
    for position in range(width):
        if is_gap[position]:
            blocks.append([])
        else:
            blocks[-1].append(position)
    main = max(blocks, key=lambda block: known.count([rows.cells[place] for place in block]))
    names = {normalise_name(rows.cells[position]) for position in main if rows.cells[position]}
    return frozenset(
        position
        for block in blocks
        if block is not main and block and normalise_name(rows.cells[block[0]]) in names
        for position in block
    )


def _position(letters: str) -> int:
    """The position, from 0, of a column by its letters."""
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1
