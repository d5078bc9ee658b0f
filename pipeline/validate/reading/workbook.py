"""Workbooks (.xlsx, .xls, .ods): looked at from outside, then read by a process of their own."""

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

from pipeline.validate.reading.table_source import (
    MAX_ROWS,
    TableRows,
    UnreadableSource,
    check_heading,
    too_many_rows_error,
)

MAX_UNPACKED_BYTES = 1_000_000_000  # bytes that a workbook may unpack to
MAX_COMPRESSION_RATIO = 200  # times smaller than its content, at which a large workbook is a trap: real ones come to 10 or 20
LARGE_WORKBOOK_BYTES = 50_000_000  # bytes
READ_TIMEOUT_SECONDS = 300
XLS_SIGNATURE = b"\xd0\xcf\x11\xe0"
PARSER_ENVIRONMENT = {
    **os.environ,
    "RUST_BACKTRACE": "0",
}  # the parser takes many seconds to describe where it gave up
SAVE_AS_WORKBOOK_REMEDY = "Open it in Excel or LibreOffice, check that it is what you expect, and save it again as .xlsx or .csv."


@dataclass
class WorkbookSheet:
    """One sheet as text."""

    heading: list[str]
    table: pa.Table
    rows_with_stray_cells: list[int]

    def read_columns(self, positions: list[int]) -> TableRows:
        rows = self.table.column("row").to_numpy()
        if len(rows) > MAX_ROWS:
            raise too_many_rows_error()
        return TableRows(
            [self.table.column(str(place)) for place in positions],
            rows,
            rows_with_stray_cells=self.rows_with_stray_cells,
        )


def read_workbook(
    path: Path, names: list[str], is_one_extract: bool
) -> tuple[dict[str, WorkbookSheet | UnreadableSource], list[str]]:
    """The sheets whose names count, and the names of the others; Unreadable where the workbook as a whole is none.

    alone: the file is named after one extract, so that its first sheet will do if no sheet has a name that counts.
    """
    check_workbook(path)
    command = [
        sys.executable,
        "-I",
        str(Path(__file__).with_name("sheet_worker.py")),
        str(path),
        "first" if is_one_extract else "all",
        *names,
    ]
    try:
        ran = subprocess.run(
            command,
            capture_output=True,
            timeout=READ_TIMEOUT_SECONDS,
            check=False,
            env=PARSER_ENVIRONMENT,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableSource(
            f"reading this workbook takes longer than {READ_TIMEOUT_SECONDS // 60} minutes",
            SAVE_AS_WORKBOOK_REMEDY,
        ) from None
    if ran.returncode:
        raise UnreadableSource(
            "this cannot be read as a workbook: it is damaged, protected, or far larger than it looks",
            SAVE_AS_WORKBOOK_REMEDY,
        )
    out = io.BytesIO(ran.stdout)
    listed = json.loads(out.readline())
    sheets: dict[str, WorkbookSheet | UnreadableSource] = {}
    for name in listed["chosen"]:
        table = pa.ipc.open_stream(out).read_all()
        said = table.schema.metadata
        try:
            sheets[name] = WorkbookSheet(
                check_heading(json.loads(said[b"heading"])), table, json.loads(said[b"beside"])
            )
        except UnreadableSource as trouble:
            sheets[name] = trouble
    return sheets, [name for name in listed["sheets"] if name not in sheets]


def check_workbook(path: Path) -> None:
    """Raise Unreadable for what is no workbook, or one that would fill the machine's memory."""
    with path.open("rb") as file:
        start = file.read(4)
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
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            if unpacked > MAX_UNPACKED_BYTES or (
                unpacked > LARGE_WORKBOOK_BYTES and unpacked > MAX_COMPRESSION_RATIO * size
            ):
                raise UnreadableSource(
                    f"these {size:,} bytes unpack to {unpacked:,}, more than is safe to open",
                    SAVE_AS_WORKBOOK_REMEDY,
                )
            for part in (
                archive.infolist()
            ):  # a part that unpacks to more than it says fails here, and not in the parser
                with archive.open(part) as content:
                    while content.read(1 << 20):
                        pass
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
