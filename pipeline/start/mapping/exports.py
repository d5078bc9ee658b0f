"""The tables of exported files: their headings, and what stands under each."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import Kind, Problem
from pipeline.start.mapping.words import column_phrases, is_like_heading
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.columns.headings import (
    HeadingRow,
    column_letters,
    normalise_heading,
)
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.sources import (
    RECORD_READERS,
    TEXT_ENDINGS,
    WORKBOOK_ENDINGS,
    check_file,
)
from pipeline.validate.reading.table_source import (
    HeadRow,
    TableArea,
    TableSource,
    UnreadableSource,
    check_heading,
)
from pipeline.validate.reading.tables.cell_forms import DATE_FORM
from pipeline.validate.reading.tables.headings import (
    MAX_HEADING_CHARACTERS,
    KnownHeadings,
    candidates,
)
from pipeline.validate.reading.tables.verdicts import TOTAL_LABEL
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.workbook import read_workbook

MAX_TITLE_ROWS = 20  # in which the headings are looked for
MAX_TITLES = 5  # above the headings, which may say what the table is
FEW_CELLS = 0.3  # of the usual number
MANY_CELLS = 0.6  # of the usual number, up to which a row may be a total
SHARE_OF_RECORD = 0.5  # of the cells of the fullest row, from which a row may be a record


@dataclass(frozen=True, eq=False)
class ExportColumn:
    """One column of an export.

    position: from 0. cells: the trimmed text of every record.
    """

    heading: str
    position: int
    cells: pa.ChunkedArray = field(repr=False)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How often each text occurs, in the order of the records; blank cells are left out."""
        counted = pc.value_counts(self.cells.combine_chunks())
        return {one["values"]: one["counts"] for one in counted.to_pylist() if one["values"]}

    @property
    def filled(self) -> int:
        """How many cells are not blank."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Selection:
    """Which rows of a file with records of several kinds are those of a table.

    heading: of the column that tells the kinds apart, as council.yaml names it. texts: of the
    table's rows. folder: of the file, below data/raw. others: how often each text occurs that no
    table has; told of one table only.
    """

    heading: str
    texts: tuple[str, ...]
    folder: str
    others: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class ExportTable:
    """One table of a file: a text file, or a sheet of a workbook.

    name: as messages show it. source_names: the names of sheet and file, and the titles
    above the headings.
    files: the names of the files that it is in.
    sheet: that it is, if the workbook has several. heading_rows: the rows of its headings, unless
    that is the first one. selection: if only some rows of the file are the table.
    """

    name: str
    source_names: tuple[str, ...]
    columns: tuple[ExportColumn, ...]
    files: tuple[str, ...] = ()
    sheet: str = ""
    heading_rows: tuple[int, ...] = ()
    selection: Selection | None = None

    @property
    def row_count(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    def heading_key(self, column: ExportColumn) -> str:
        """How council.yaml names this column's heading, also if another has the same one."""
        row = HeadingRow([one.heading for one in self.columns])
        heading = " ".join(column.heading.split())  # a line break in it is as good as a space
        if len(row.positions[normalise_heading(column.heading)]) == 1:
            return heading
        return f"{heading} (column {column_letters(column.position)})"


class LikelyHeadings(KnownHeadings):
    """The headings that any case system may have for a column of ours, by the vocabulary."""

    def __init__(self) -> None:
        self.required = 0
        self.names = frozenset(
            normalise_name(phrase)
            for extract in EXTRACTS
            for column in extract.columns
            for phrase in column_phrases(extract.name, column.name)
        )

    def includes(self, cell: str) -> bool:
        """Whether a cell is like one of them."""
        return len(cell) <= MAX_HEADING_CHARACTERS and is_like_heading(cell)

    def count(self, cells: Sequence[str]) -> int:
        """How many different ones are among these cells."""
        return len({normalise_name(cell) for cell in cells if cell and self.includes(cell)})


def read_exports(paths: list[Path]) -> list[ExportTable]:
    """Every table with records in these files; raises Problem for a file that cannot be read."""
    tables = _joined([table for path in paths for table in _tables_of_file(path)])
    if not tables:
        raise Problem(
            kind=Kind.DATA,
            where=", ".join(path.name for path in paths),
            what="there is no table with headings in it",
            remedy="Export it again with its column headings, as .csv or .xlsx.",
        )
    return tables


def _joined(tables: Sequence[ExportTable]) -> list[ExportTable]:
    """The tables, with those of the same headings as one: they are parts, such as quarters."""
    parts: dict[tuple[str, ...], list[ExportTable]] = {}
    for table in tables:
        headings = tuple(normalise_heading(column.heading) for column in table.columns)
        parts.setdefault(headings, []).append(table)
    return [_join(alike) if len(alike) > 1 else alike[0] for alike in parts.values()]


def _join(parts: Sequence[ExportTable]) -> ExportTable:
    columns = tuple(
        ExportColumn(
            alike[0].heading,
            alike[0].position,
            pa.chunked_array([chunk for one in alike for chunk in one.cells.chunks], pa.string()),
        )
        for alike in zip(*(part.columns for part in parts), strict=True)
    )
    names = tuple(name for part in parts for name in part.source_names)
    files = tuple(dict.fromkeys(file for part in parts for file in part.files))
    name = ", ".join(part.name for part in parts)
    return ExportTable(name, names, columns, files, heading_rows=parts[0].heading_rows)


def _tables_of_file(path: Path) -> list[ExportTable]:
    ending = path.suffix.casefold()
    likely = LikelyHeadings()
    if not path.exists():
        raise Problem(
            kind=Kind.DATA,
            where=str(path),
            what="there is no such file",
            remedy="Name the exports of your case system, with their folder.",
        )
    try:
        check_file(path, path.parent)
        if ending in WORKBOOK_ENDINGS:
            sheets = [
                sheet
                for sheet in read_workbook(path)
                if sheet.is_visible and sheet.row_count > 1 and not sheet.fault
            ]
            tables = [_read_table(path, sheet, likely, sheet.name) for sheet in sheets]
            if len(sheets) < 2:
                return tables
            return [
                replace(table, sheet=sheet.name)
                for table, sheet in zip(tables, sheets, strict=True)
            ]
        if ending in TEXT_ENDINGS:
            source: TableSource = TextFile(path, likely.names)
            return [_read_table(path, source, likely)]
        if ending in RECORD_READERS:
            return [_read_table(path, RECORD_READERS[ending](path), None)]
    except UnreadableSource as error:
        raise Problem(
            kind=Kind.DATA, where=path.name, what=error.what, remedy=error.remedy
        ) from None
    raise Problem(
        kind=Kind.DATA,
        where=path.name,
        what=f"a file that ends in {ending or 'nothing'} is not read",
        remedy="Save it as .csv or .xlsx.",
    )


def _read_table(
    path: Path, source: TableSource, likely: LikelyHeadings | None, sheet: str = ""
) -> ExportTable:
    """The table below the first row that has the most headings like ours.

    likely: None if the headings are in the first row for certain.
    """
    best = candidates(_above_records(source.head), likely) if likely else []
    placed = copy.copy(source)
    if best:
        placed.area = TableArea(check_heading(best[0].cells), best[0].numbers)
    heading = placed.area.heading
    positions = [position for position, cell in enumerate(heading) if cell]
    rows = placed.read_columns(positions)
    # As a run reads them: a code with a line break is the same on every system.
    cells = [
        pc.utf8_trim_whitespace(pc.replace_substring_regex(column, r"\r\n?", "\n"))
        for column in rows.columns
    ]
    is_record = pa.array(_are_records(cells))
    columns = tuple(
        ExportColumn(heading[position], position, of_position.filter(is_record))
        for position, of_position in zip(positions, cells, strict=True)
    )
    first_row = source.head[0].number if source.head else 1
    rows_of_heading = placed.area.heading_rows
    is_first = rows_of_heading == (first_row,)
    titles = [
        cell for row in source.head if row.number < rows_of_heading[0] for cell in row.cells if cell
    ]
    names = (sheet, path.stem) if sheet else (path.stem,)
    return ExportTable(
        f"{path.name} · {sheet}" if sheet else path.name,
        (*names, *titles[:MAX_TITLES]),
        columns,
        (path.name,),
        heading_rows=() if is_first else rows_of_heading,
    )


def _above_records(head: Sequence[HeadRow]) -> Sequence[HeadRow]:
    """The first rows up to the first that is a record: a full one with a date in it.

    Codes such as "Closed" are like headings, so that a record may have more of them.
    """
    widest = max((sum(map(bool, row.cells)) for row in head), default=0)
    for place, row in enumerate(head[:MAX_TITLE_ROWS]):
        is_full = sum(map(bool, row.cells)) >= widest * SHARE_OF_RECORD
        if place and is_full and any(re.match(DATE_FORM, cell) for cell in row.cells):
            return head[:place]
    return head[:MAX_TITLE_ROWS]


def _are_records(cells: Sequence[pa.ChunkedArray]) -> np.ndarray:
    """For each row whether it has about as many cells as usual; a total or a footnote has few."""
    if not cells or not len(cells[0]):
        return np.ones(0, dtype=bool)
    counts = np.sum([np.asarray(pc.not_equal(column, "")) for column in cells], axis=0)
    usual = np.median(counts)
    is_record: np.ndarray = counts >= FEW_CELLS * usual
    for place in np.flatnonzero(is_record & (counts <= MANY_CELLS * usual)):
        texts = (column[int(place)].as_py() for column in cells)
        label = next(text for text in texts if text)
        is_record[place] = not TOTAL_LABEL.fullmatch(label)
    return is_record
