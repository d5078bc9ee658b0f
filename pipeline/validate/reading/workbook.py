"""Workbooks (.xlsx, .xls, .ods): examined from outside, then read by a process of their own."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.validate.reading.layout.sheet_marks import Area
from pipeline.validate.reading.table_source import (
    MAX_HEAD_ROWS,
    MAX_ROWS,
    HeadRow,
    SheetView,
    TableArea,
    TableRows,
    UnreadableSource,
    check_heading,
    rows_with_content,
    too_many_rows_error,
    trim_cells,
)

MAX_UNPACKED_BYTES = 300_000_000  # a million rows
# A large workbook that unpacks to more than this many times its size is a trap: real ones unpack
# to 10 or 20 times.
MAX_COMPRESSION_RATIO = 200
LARGE_WORKBOOK_BYTES = 50_000_000
READ_TIMEOUT_SECONDS = 60  # a large council takes two
CHECK_CHUNK_BYTES = 1 << 20
XLS_SIGNATURE = b"\xd0\xcf\x11\xe0"
# Without it the parser takes many seconds to describe where it gave up.
PARSER_ENVIRONMENT = {**os.environ, "RUST_BACKTRACE": "0"}
SAVE_AS_WORKBOOK_REMEDY = (
    "Open it in Excel or LibreOffice, check that it is what you expect, and save it again as "
    ".xlsx or .csv."
)


@dataclass
class Sheet:
    """One sheet as text.

    rows: those with something in them, by position and with their number in `row`.
    fault: why it cannot be read as a table, if so.
    far: by column to the right of these, the rows with something in it.
    row_count: rows with something in them, the heading among them.
    """

    name: str
    is_visible: bool
    rows: pa.Table
    row_count: int
    far: dict[int, list[int]]
    view: SheetView
    head: list[HeadRow]
    area: TableArea
    fault: UnreadableSource | None = None

    def read_columns(self, positions: list[int]) -> TableRows:
        """The columns at these positions; raises UnreadableSource for too many rows."""
        row_numbers = self.rows.column("row").to_numpy()
        start = int(np.searchsorted(row_numbers, self.area.heading_rows[-1], side="right"))
        table = self.rows.slice(start)
        row_numbers = row_numbers[start:]
        if len(row_numbers) > MAX_ROWS:
            raise too_many_rows_error()
        width = len(self.area.heading)
        stray = {
            column: [row for row in rows if row > self.area.heading_rows[-1]]
            for column, rows in self.far.items()
        }
        for column in range(width, table.num_columns - 1):
            is_filled = rows_with_content([table.column(str(column))], len(row_numbers))
            if column not in self.area.outside and is_filled.any():
                stray[column] = row_numbers[is_filled].tolist()
        inside = [
            table.column(str(column)) for column in range(width) if column not in self.area.outside
        ]
        has_content = rows_with_content(inside, len(row_numbers))
        if not has_content.all():
            table = table.filter(pa.array(has_content))
            row_numbers = row_numbers[has_content]
        return TableRows(
            columns=[table.column(str(position)) for position in positions],
            row_numbers=row_numbers,
            stray={column: rows for column, rows in stray.items() if rows},
        )

    def read_rows(self, numbers: list[int]) -> dict[int, list[str]]:
        """All cells of the rows with these numbers."""
        places = np.searchsorted(self.rows.column("row").to_numpy(), numbers)
        rows = self.rows.take(pa.array(places)).to_pylist()
        return {
            number: trim_cells([row[str(column)] for column in range(len(self.area.heading))])
            for number, row in zip(numbers, rows, strict=True)
        }


def read_workbook(path: Path) -> list[Sheet]:
    """All sheets in their order; raises UnreadableSource where the file is not a workbook."""
    check_workbook(path)
    output = io.BytesIO(_run_worker(path))
    return [
        _read_sheet(listed["name"], listed["is_visible"], output)
        for listed in json.loads(output.readline())
    ]


def _read_sheet(name: str, is_visible: bool, output: io.BytesIO) -> Sheet:
    table = pa.ipc.open_stream(output).read_all()
    metadata = json.loads(table.schema.metadata[b"sheet"])
    head = _head_rows(table)
    fault = None
    heading = head[0].cells
    try:
        heading = check_heading(heading)
    except UnreadableSource as error:
        fault = error
    return Sheet(
        name=name,
        is_visible=is_visible,
        rows=table,
        row_count=metadata["row_count"],
        far=dict(metadata["stray"]),
        view=SheetView(
            hidden_rows=tuple((first, last) for first, last in metadata["hidden_rows"]),
            hidden_columns=tuple((first, last) for first, last in metadata["hidden_columns"]),
            merged=tuple(Area(*area) for area in metadata["merged"]),
        ),
        head=head,
        area=TableArea(heading, (head[0].number,)),
        fault=fault,
    )


def _head_rows(table: pa.Table) -> list[HeadRow]:
    """The first rows, each up to its last cell with something in it."""
    head: list[HeadRow] = []
    for row in table.slice(0, MAX_HEAD_ROWS).to_pylist():
        number = row.pop("row")
        cells = trim_cells(list(row.values()))
        while cells and not cells[-1]:
            cells.pop()
        head.append(HeadRow(number, cells))
    return head or [HeadRow(1, [])]


def _run_worker(path: Path) -> bytes:
    """What the sheet worker writes; raises UnreadableSource if it fails or takes too long."""
    worker = Path(__file__).with_name("sheet_worker.py")
    command = [sys.executable, "-I", str(worker), str(path)]
    try:
        completed = subprocess.run(
            command,
            capture_output=True,
            timeout=READ_TIMEOUT_SECONDS,
            check=False,
            env=PARSER_ENVIRONMENT,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableSource(
            f"reading this workbook takes longer than {READ_TIMEOUT_SECONDS} seconds",
            SAVE_AS_WORKBOOK_REMEDY,
        ) from None
    if completed.returncode:
        raise UnreadableSource(
            "this cannot be read as a workbook: it is damaged, protected, or far larger than it "
            "looks",
            SAVE_AS_WORKBOOK_REMEDY,
        )
    return completed.stdout


def check_workbook(path: Path) -> None:
    """Raise UnreadableSource for a file that is no workbook, or too large to unpack."""
    with path.open("rb") as file:
        start = file.read(len(XLS_SIGNATURE))
    if not start:
        raise UnreadableSource("the file is empty", "Export it again, or remove it.")
    if path.suffix.casefold() == ".xls":
        if start != XLS_SIGNATURE:
            raise UnreadableSource("this is not an .xls workbook", SAVE_AS_WORKBOOK_REMEDY)
        return
    if start == XLS_SIGNATURE:
        raise UnreadableSource(
            "this has a password, or is an .xls with the wrong ending",
            "Save it as .xlsx without a password.",
        )
    try:
        _check_archive(path)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ):
        raise UnreadableSource(
            f"this is not an {path.suffix} workbook, or it is damaged", SAVE_AS_WORKBOOK_REMEDY
        ) from None


def _check_archive(path: Path) -> None:
    """Unpack every part, without keeping it; raises UnreadableSource if that would be too much."""
    size = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        is_trap = unpacked > LARGE_WORKBOOK_BYTES and unpacked > MAX_COMPRESSION_RATIO * size
        if unpacked > MAX_UNPACKED_BYTES or is_trap:
            raise UnreadableSource(
                f"these {size:,} bytes unpack to {unpacked:,}, more than is safe to open",
                SAVE_AS_WORKBOOK_REMEDY,
            )
        # A part that unpacks to more than it says fails here, and not in the parser.
        for part in archive.infolist():
            with archive.open(part) as content:
                while content.read(CHECK_CHUNK_BYTES):
                    pass
