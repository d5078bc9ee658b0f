"""Run as a process of its own: read the sheets of one workbook as text, and write them to standard output as Arrow streams.

A workbook is parsed apart from everything else, with a limit on memory, because a few kilobytes can ask for terabytes (a shared
string repeated, a cell in the last corner) and the parser then ends its process. Imports nothing of the pipeline, so that it
starts at once. Formulas are not calculated (the workbook holds their last values); links and entities are not followed.

Arguments: the workbook, "all" or "first" (take the first sheet if none has a name that counts), and the names that count.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import date, datetime, time

MEMORY_LIMIT_BYTES = 4 * 2**30  # bytes


def main(path: str, which: str, *names: str) -> None:
    _limit_memory()
    import pyarrow as pa
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    chosen = [sheet for sheet in workbook.sheet_names if normalise_name(sheet) in names]
    if which == "first" and not chosen:
        chosen = workbook.sheet_names[:1]
    out = sys.stdout.buffer
    out.write(json.dumps({"sheets": workbook.sheet_names, "chosen": chosen}).encode() + b"\n")
    for sheet in chosen:
        heading, columns, rows, beside = read_cells(
            workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        )
        fields = [pa.array(column, pa.string()) for column in columns]
        said = {"heading": json.dumps(heading), "beside": json.dumps(beside)}
        table = pa.table(
            [*fields, pa.array(rows, pa.int64())], names=[*map(str, range(len(heading))), "row"]
        )
        table = table.replace_schema_metadata(said)
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)


def read_cells(cells: list[list]) -> tuple[list[str], list[list[str]], list[int], list[int]]:
    """The heading, the columns under it as text, the row of each record, and the rows with something beside the last column."""
    heading = [cell_text(cell).strip() for cell in cells[0]] if cells else []
    while heading and not heading[-1]:
        heading.pop()
    width = len(heading)
    kept, rows, beside = [], [], []
    for row, record in enumerate(cells[1:], start=2):
        filled = [cell_text(cell) for cell in record[:width]]
        if any(cell and not cell.isspace() for cell in filled):
            kept.append(filled + [""] * (width - len(filled)))
            rows.append(row)
        if any(cell not in ("", None) for cell in record[width:]):
            beside.append(row)
    return (
        heading,
        [list(column) for column in zip(*kept, strict=True)] or [[] for _ in heading],
        rows,
        beside,
    )


def cell_text(cell: object) -> str:
    """A cell as it would be typed: 123 for the number 123.0, 2021-04-30 for a date however it is shown."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
    return str(cell).replace("\0", "")


def normalise_name(name: str) -> str:
    """A name without regard to case, outer spaces, or how its words are joined."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: the process still stands apart, but has no limit of its own
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nothing on disk when the parser gives up


if __name__ == "__main__":
    main(*sys.argv[1:])
