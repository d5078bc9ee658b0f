"""Run as a process of its own: read the sheets of one workbook as text.

They are written to standard output as Arrow streams. A workbook is parsed in its own process, with
a limit on memory, because a few kilobytes can ask for terabytes (a shared string repeated, a cell
in the last corner) and the parser then ends its process. Of the pipeline this imports only the
modules that read a sheet's marks, so that it starts at once. Formulas are not calculated (the
workbook holds their last values); links and entities are not followed.

Argument: the workbook.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.validate.reading.layout.sheet_marks import SheetMarks

MEMORY_LIMIT_BYTES = 2**30  # addresses, of which the libraries take a third
MAX_ROWS_FOR_WIDTH = 100  # among which the headings are, whatever stands above them
MAX_WIDTH = 2_001  # one more than the most columns that are read
PACKAGE_DEPTH = 3  # of this file's folder, whose name in an import has as many parts
UNKNOWN_ERROR = "Unsupported cell error"  # how the parser says that it does not know one


class WithoutPandas(MetaPathFinder):
    """Makes an import of pandas fail: pyarrow would import it, which takes longer than the rest."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        """None, so that other finders go on; raises ModuleNotFoundError for pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


@dataclass
class SheetCells:
    """The rows of one sheet as text.

    columns: as many as the widest of the first rows has, with the text of each row in which one of
        them has something.
    row_numbers: of each row.
    stray: by column further to the right, the rows with something in it.
    row_count: rows with something in them.
    """

    columns: list[list[str]]
    row_numbers: list[int]
    stray: dict[int, list[int]] = field(default_factory=dict)
    row_count: int = 0


def main(path: str) -> None:
    """Write a line of JSON that lists the sheets, then an Arrow stream for each."""
    _limit_memory()
    import pyarrow as pa
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    workbook = CalamineWorkbook.from_path(path)
    chosen = [
        (position, sheet)
        for position, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    ]
    marks_of = _read_marks(path)
    read_values = _values_reader(path, workbook)
    output = sys.stdout.buffer
    listing = [
        {"name": sheet.name, "is_visible": sheet.visible == SheetVisibleEnum.Visible}
        for _, sheet in chosen
    ]
    output.write(json.dumps(listing).encode() + b"\n")
    for position, sheet in chosen:
        values = read_values(sheet.name)
        marks = marks_of(position, sheet.name)
        marks.write_errors(values)
        cells = read_cells(values)
        arrays = [pa.array(column, pa.string()) for column in cells.columns]
        names = [str(column) for column in range(len(cells.columns))]
        table = pa.table([*arrays, pa.array(cells.row_numbers, pa.int64())], names=[*names, "row"])
        metadata = {
            "stray": list(cells.stray.items()),
            "row_count": cells.row_count,
            "hidden_rows": marks.hidden_rows,
            "hidden_columns": marks.hidden_columns,
            "merged": marks.merged,
        }
        table = table.replace_schema_metadata({"sheet": json.dumps(metadata)})
        with pa.ipc.new_stream(output, table.schema) as stream:
            stream.write_table(table)


def _read_marks(path: str) -> Callable[[int, str], SheetMarks]:
    """A function that gives the marks of a sheet by its position and name."""
    from pipeline.validate.reading.layout.ods_marks import ods_marks
    from pipeline.validate.reading.layout.sheet_marks import SheetMarks
    from pipeline.validate.reading.layout.xls_marks import xls_marks
    from pipeline.validate.reading.layout.xlsx_marks import xlsx_marks

    if path.casefold().endswith(".xls"):
        in_order = xls_marks(path)
        return lambda position, name: in_order[position]
    by_name = (ods_marks if path.casefold().endswith(".ods") else xlsx_marks)(path)
    return lambda position, name: by_name.get(name, SheetMarks())


def _values_reader(path: str, workbook: Any) -> Callable[[str], list[list[object]]]:
    """A function that reads the values of a sheet, even with errors that the parser rejects."""
    from io import BytesIO

    from python_calamine import CalamineError, CalamineWorkbook

    from pipeline.validate.reading.layout.xlsx_marks import without_unknown_errors

    def read(name: str) -> list[list[object]]:
        nonlocal workbook
        try:
            return list(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
        except CalamineError as error:
            if UNKNOWN_ERROR not in str(error):
                raise
            workbook = CalamineWorkbook.from_filelike(BytesIO(without_unknown_errors(path)))
            return list(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))

    return read


def read_cells(rows: Sequence[Sequence[object]]) -> SheetCells:
    """The rows with something in them."""
    width = min(_width(rows[:MAX_ROWS_FOR_WIDTH]), MAX_WIDTH)
    cells = SheetCells([], [])
    records = []
    for row, cells_of_row in enumerate(rows, start=1):
        texts = [cell_text(cell) for cell in cells_of_row[:width]]
        has_record = any(text and not text.isspace() for text in texts)
        if has_record:
            records.append(texts + [""] * (width - len(texts)))
            cells.row_numbers.append(row)
        stray = []
        if len(cells_of_row) > width:
            stray = [
                column
                for column, cell in enumerate(cells_of_row[width:], start=width)
                if cell not in ("", None)
            ]
        for column in stray:
            cells.stray.setdefault(column, []).append(row)
        cells.row_count += has_record or bool(stray)
    cells.columns = [list(column) for column in zip(*records, strict=True)]
    cells.columns = cells.columns or [[] for _ in range(width)]
    return cells


def _width(rows: Sequence[Sequence[object]]) -> int:
    """The number of columns up to the last with something in it."""
    width = 0
    for row in rows:
        last = len(row)
        while last > width and not cell_text(row[last - 1]).strip():
            last -= 1
        width = max(width, last)
    return width


def cell_text(cell: object) -> str:
    """A cell as one would type it: 123 for the number 123.0, 2021-04-30 for any date."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            if cell.time() == time():
                return cell.date().isoformat()
            return cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
    return str(cell).replace("\0", "")


def normalise_name(name: str) -> str:
    """A name without regard to case, outer spaces, or how its words are joined."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the process is separate, but has no limit of its own
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no core dump when the parser gives up


def _name_packages() -> None:
    """Let the modules next to this one be imported by name, without what their packages import."""
    folder = Path(__file__).parent
    parts = folder.parts[-PACKAGE_DEPTH:]
    for depth in range(PACKAGE_DEPTH, 0, -1):
        package = ModuleType(".".join(parts[:depth]))
        package.__path__ = [str(folder)]
        sys.modules[package.__name__] = package
        folder = folder.parent


if __name__ == "__main__":
    _name_packages()
    sys.meta_path.insert(0, WithoutPandas())
    main(*sys.argv[1:])
