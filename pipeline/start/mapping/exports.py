"""The tables of exported files: their headings, and what stands under each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import Kind, Problem
from pipeline.validate.reading.columns.headings import (
    HeadingRow,
    column_letters,
    normalise_heading,
)
from pipeline.validate.reading.sources import (
    KNOWN_ENDINGS,
    TEXT_ENDINGS,
    WORKBOOK_ENDINGS,
    check_file,
)
from pipeline.validate.reading.table_source import TableSource, UnreadableSource
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.workbook import read_workbook


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


@dataclass(frozen=True, eq=False)
class ExportTable:
    """One table of a file: a text file, or a sheet of a workbook.

    name: as messages show it. source_names: what the names of the file and the sheet say.
    """

    name: str
    source_names: tuple[str, ...]
    columns: tuple[ExportColumn, ...]

    @property
    def row_count(self) -> int:
        return len(self.columns[0].cells) if self.columns else 0

    def heading_key(self, column: ExportColumn) -> str:
        """How council.yaml names this column's heading, also if another has the same one."""
        row = HeadingRow([one.heading for one in self.columns])
        if len(row.positions[normalise_heading(column.heading)]) == 1:
            return column.heading
        return f"{column.heading} (column {column_letters(column.position)})"


def read_exports(paths: list[Path]) -> list[ExportTable]:
    """Every table with records in these files; raises Problem for a file that cannot be read."""
    tables = [table for path in paths for table in _tables_of_file(path)]
    if not tables:
        raise Problem(
            kind=Kind.DATA,
            where=", ".join(path.name for path in paths),
            what="there is no table with headings in it",
            remedy="Export it again with its column headings, as .csv or .xlsx.",
        )
    return tables


def _tables_of_file(path: Path) -> list[ExportTable]:
    ending = path.suffix.casefold()
    try:
        check_file(path, path.parent)
        if ending in WORKBOOK_ENDINGS:
            sheets = [sheet for sheet in read_workbook(path) if sheet.is_visible]
            return [
                _read_table(f"{path.name} · {sheet.name}", (sheet.name, path.stem), sheet)
                for sheet in sheets
                if sheet.row_count > 1 and not sheet.fault
            ]
        if ending in TEXT_ENDINGS:
            return [_read_table(path.name, (path.stem,), TextFile(path))]
    except UnreadableSource as error:
        raise Problem(
            kind=Kind.DATA, where=path.name, what=error.what, remedy=error.remedy
        ) from None
    known = "not read" if ending in KNOWN_ENDINGS else "no table"
    raise Problem(
        kind=Kind.DATA,
        where=path.name,
        what=f"a file that ends in {ending or 'nothing'} is {known}",
        remedy="Save it as .csv or .xlsx.",
    )


def _read_table(name: str, source_names: tuple[str, ...], source: TableSource) -> ExportTable:
    positions = [position for position, heading in enumerate(source.heading) if heading]
    rows = source.read_columns(positions)
    columns = tuple(
        ExportColumn(source.heading[position], position, pc.utf8_trim_whitespace(cells))
        for position, cells in zip(positions, rows.columns, strict=True)
    )
    return ExportTable(name, source_names, columns)
