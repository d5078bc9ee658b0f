"""A workspace of real files for each test, and hand-made workbooks of the three kinds."""

from __future__ import annotations

import csv
import datetime
import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipeline.settings import load_settings
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME
from pipeline.validate.reading.read import Reading, read_extracts

COUNCIL = {
    "authority": "Anyshire Council", "directorate": "Children", "service": "Social care", "panel": "Scrutiny",
    "report_of": "Director", "contact": {"role": "Complaints manager", "email": "complaints@example.org"},
    "service_areas": ["Early Help", "Looked After Children"], "themes": ["delay", "staff"], "item_types": ["Policy"],
    "disclosure": {"policy": "publish", "reason": "by decision of the panel"},
}  # fmt: skip
REPORT = {
    "subject": "Annual report", "meeting_date": "2022-11-09", "data_as_at": "2022-06-30", "author": "Complaints manager",
    "wards": "All", "item_type": ["Policy"], "exempt": "no", "members_are_asked": "to note",
}  # fmt: skip
COMPLAINT = {
    "reference": "C1", "received": "2021-04-30", "service_area": "Early Help", "complainant_type": "parent", "route": "direct",
    "theme": "delay", "accepted": "yes", "status": "open",
}  # fmt: skip


class Workspace:
    """A folder with data/raw, in which every required extract of a year is there and empty until a test says otherwise."""

    def __init__(self, folder: Path):
        self.folder, self.council = folder, dict(COUNCIL)
        self.year("2021-22")

    def year(self, name: str) -> None:
        for extract in EXTRACTS:
            if not extract.optional:
                self.put(f"{name}/{extract.name}.csv", ",".join(extract.column_names) + "\n")
        self.put(f"{name}/report.yaml", yaml.safe_dump(REPORT))

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / "data" / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def remove(self, name: str) -> None:
        (self.folder / "data" / "raw" / name).unlink()

    def rows(self, name: str, *rows: dict, delimiter: str = ",", encoding: str = "utf-8") -> None:
        """An extract of 2021-22 with these rows; for complaints what is unsaid is that of COMPLAINT."""
        filled = [(COMPLAINT if name == "complaints" else {}) | row for row in rows]
        self.put(f"2021-22/{name}.csv", as_csv(filled, delimiter).encode(encoding))

    def read(self) -> Reading:
        self.put("council.yaml", yaml.safe_dump(self.council, sort_keys=False))
        return read_extracts(load_settings(self.folder, "latest"))

    def everything(self) -> dict[str, tuple[int, bytes]]:
        """Each file below the workspace, when it was changed and what is in it."""
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.stat().st_size < 10**8
        }


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def as_csv(rows: list[dict], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(
        text, list(dict.fromkeys(name for row in rows for name in row)), delimiter=delimiter
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="session")
def as_workbook():
    """as_workbook(".ods", {"complaints": [[heading…], [cell…]]}): the bytes of a workbook; a cell may be a date or a number."""
    return lambda ending, sheets: {".xlsx": _xlsx, ".ods": _ods, ".xls": _xls}[ending](sheets)


def _xlsx(sheets: dict[str, list[list]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def _ods(sheets: dict[str, list[list]]) -> bytes:
    from xml.sax.saxutils import escape

    def cell(value: object) -> str:
        if value in ("", None):
            return "<table:table-cell/>"
        if isinstance(value, datetime.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value.isoformat()}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'

    def row(cells: list) -> str:
        return f"<table:table-row>{''.join(map(cell, cells))}</table:table-row>"

    tables = "".join(
        f'<table:table table:name="{name}">{"".join(map(row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    return ods_of(tables)


def ods_of(tables: str) -> bytes:
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text")
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        archive.writestr(
            "content.xml",
            f"<?xml version='1.0'?><office:document-content{spaces}>{body}</office:document-content>",
        )
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>'
        )
    return out.getvalue()


def _xls(sheets: dict[str, list[list]]) -> bytes:
    """An Excel 97 workbook: its records (BIFF8) in the one stream of a compound file."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def cell(row: int, column: int, value: object) -> bytes:
        if isinstance(value, datetime.date):
            return record(
                0x203,
                struct.pack("<HHHd", row, column, 1, (value - datetime.date(1899, 12, 30)).days),
            )
        if isinstance(value, int | float):
            return record(0x203, struct.pack("<HHHd", row, column, 0, value))
        text = value.encode("utf-16-le")
        return (
            record(0x204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + text)
            if value
            else b""
        )

    def bof(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 0, 0, 6))

    end = record(0x0A, b"")
    bodies = [
        bof(0x10)
        + b"".join(cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row))
        + end
        for rows in sheets.values()
    ]
    start = bof(5) + b"".join(
        record(0xE0, struct.pack("<HH", 0, form) + bytes(16)) for form in (0, 14)
    )
    place = len(start) + sum(12 + len(name) for name in sheets) + len(end)
    for name, body in zip(sheets, bodies, strict=True):
        start += record(0x85, struct.pack("<IHBB", place, 0, len(name), 0) + name.encode("latin-1"))
        place += len(body)
    stream = (start + end + b"".join(bodies)).ljust(4096, b"\0")
    stream += bytes(-len(stream) % 512)
    count = len(stream) // 512
    assert count < 126, "one sector of the allocation table is all that this writes"
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *[0xFFFFFFFF] * (128 - len(chain)))

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = (name + "\0").encode("utf-16-le")
        return text.ljust(64, b"\0") + struct.pack(
            "<HBB3I16sI8s8sIQ",
            len(text),
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            child,
            b"",
            0,
            b"",
            b"",
            first,
            size,
        )

    folder = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0)
        + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
        + bytes(256)
    )
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1,
                                                                            0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + table + folder + stream


@pytest.fixture(scope="session")
def heading():
    return lambda extract: list(EXTRACTS_BY_NAME[extract].column_names)
