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

import pyarrow as pa

from pipeline.validate.reading.layout.sheet_marks import Area
from pipeline.validate.reading.table_source import (
    MAX_ROWS,
    SheetView,
    TableRows,
    UnreadableSource,
    check_heading,
    too_many_rows_error,
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

    fault: why it cannot be read as a table, if so.
    stray: by column to the right of the last heading, the rows with something in it.
    row_count: rows with something in them, the heading among them.
    """

    name: str
    is_visible: bool
    heading: list[str]
    table: pa.Table
    row_count: int
    stray: dict[int, list[int]]
    view: SheetView
    fault: UnreadableSource | None = None

    def read_columns(self, positions: list[int]) -> TableRows:
        """The columns at these positions; raises UnreadableSource for too many rows."""
        row_numbers = self.table.column("row").to_numpy()
        if len(row_numbers) > MAX_ROWS:
            raise too_many_rows_error()
        return TableRows(
            columns=[self.table.column(str(position)) for position in positions],
            row_numbers=row_numbers,
            stray=self.stray,
        )


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
    heading: list[str] = metadata["heading"]
    fault = None
    try:
        heading = check_heading(heading)
    except UnreadableSource as error:
        fault = error
    return Sheet(
        name=name,
        is_visible=is_visible,
        heading=heading,
        table=table,
        row_count=metadata["row_count"],
        stray=dict(metadata["stray"]),
        view=SheetView(
            hidden_rows=tuple((first, last) for first, last in metadata["hidden_rows"]),
            hidden_columns=tuple((first, last) for first, last in metadata["hidden_columns"]),
            merged=tuple(Area(*area) for area in metadata["merged"]),
        ),
        fault=fault,
    )


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
