"""Run as a process of its own: read the sheets of one workbook as text.

They are written to standard output as Arrow streams. A workbook is parsed in its own process, with
a limit on memory, because a few kilobytes can ask for terabytes (a shared string repeated, a cell
in the last corner) and the parser then ends its process. This file imports nothing of the
pipeline, so that it starts at once. Formulas are not calculated (the workbook holds their last
values); links and entities are not followed.

Arguments: the workbook, "all" or "first" (take the first sheet if no sheet has one of the names),
and the names of the sheets to read.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import date, datetime, time

MEMORY_LIMIT_BYTES = 4 * 2**30


def main(path: str, which: str, *names: str) -> None:
    """Write a line of JSON that lists the sheets, then an Arrow stream for each chosen one."""
    _limit_memory()
    import pyarrow as pa
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    chosen = [sheet for sheet in workbook.sheet_names if normalise_name(sheet) in names]
    if which == "first" and not chosen:
        chosen = workbook.sheet_names[:1]
    output = sys.stdout.buffer
    listing = {"sheets": workbook.sheet_names, "chosen": chosen}
    output.write(json.dumps(listing).encode() + b"\n")
    for sheet in chosen:
        cells = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        heading, columns, row_numbers, rows_with_stray_cells = read_cells(cells)
        arrays = [pa.array(column, pa.string()) for column in columns]
        names_of_columns = [str(position) for position in range(len(heading))]
        table = pa.table(
            [*arrays, pa.array(row_numbers, pa.int64())], names=[*names_of_columns, "row"]
        )
        table = table.replace_schema_metadata(
            {"heading": json.dumps(heading), "stray": json.dumps(rows_with_stray_cells)}
        )
        with pa.ipc.new_stream(output, table.schema) as stream:
            stream.write_table(table)


def read_cells(
    cells: Sequence[Sequence[object]],
) -> tuple[list[str], list[list[str]], list[int], list[int]]:
    """The heading, the columns of text under it, and two lists of row numbers.

    The first list has the row of each record, the second the rows with something to the right of
    the last heading.
    """
    heading = [cell_text(cell).strip() for cell in cells[0]] if cells else []
    while heading and not heading[-1]:
        heading.pop()
    width = len(heading)
    records = []
    row_numbers = []
    rows_with_stray_cells = []
    for row, cells_of_row in enumerate(cells[1:], start=2):
        texts = [cell_text(cell) for cell in cells_of_row[:width]]
        if any(text and not text.isspace() for text in texts):
            records.append(texts + [""] * (width - len(texts)))
            row_numbers.append(row)
        if any(cell not in ("", None) for cell in cells_of_row[width:]):
            rows_with_stray_cells.append(row)
    columns = [list(column) for column in zip(*records, strict=True)] or [[] for _ in heading]
    return heading, columns, row_numbers, rows_with_stray_cells


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


if __name__ == "__main__":
    main(*sys.argv[1:])
