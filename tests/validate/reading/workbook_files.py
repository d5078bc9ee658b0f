"""Workbooks of the three kinds, made by hand."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from xml.sax.saxutils import escape

import openpyxl

Sheets = dict[str, list[list]]
ODS_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns"
ODS_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
EXCEL_DAY_0 = datetime.date(1899, 12, 30)

# Record types of an Excel 97 workbook (BIFF8).
BIFF_START = 0x809
BIFF_END = 0x0A
BIFF_SHEET = 0x85
BIFF_NUMBER = 0x203
BIFF_TEXT = 0x204
BIFF_CELL_FORMAT = 0xE0
WORKBOOK_PART = 5
SHEET_PART = 0x10
DATE_FORMAT = 14

# Of the compound file around it.
SECTOR_BYTES = 512
SECTORS_IN_TABLE = 128
FREE_SECTOR = 0xFFFFFFFF
END_OF_CHAIN = 0xFFFFFFFE
TABLE_SECTOR = 0xFFFFFFFD
NO_ENTRY = 0xFFFFFFFF
ROOT_ENTRY = 5
STREAM_ENTRY = 2
MIN_STREAM_BYTES = 4096  # a shorter stream would need a table of small sectors


def workbook_bytes(ending: str, sheets: Sheets) -> bytes:
    """The bytes of a workbook; a cell may be a text, a date, a number or None."""
    writers = {".xlsx": xlsx_bytes, ".ods": ods_bytes, ".xls": xls_bytes}
    return writers[ending](sheets)


def xlsx_bytes(sheets: Sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def ods_bytes(sheets: Sheets) -> bytes:
    tables = ""
    for name, rows in sheets.items():
        lines = [
            f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows
        ]
        tables += f'<table:table table:name="{name}">{"".join(lines)}</table:table>'
    return ods_with_tables(tables)


def _ods_cell(value: object) -> str:
    if value in ("", None):
        return "<table:table-cell/>"
    if isinstance(value, datetime.date):
        date = value.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{date}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


def ods_with_tables(tables: str) -> bytes:
    """An OpenDocument spreadsheet with these tables as XML."""
    prefixes = ("office", "table", "text")
    namespaces = "".join(f' xmlns:{prefix}="{ODS_NAMESPACE}:{prefix}:1.0"' for prefix in prefixes)
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content{namespaces}>{body}</office:document-content>"
    manifest = f'<manifest:manifest xmlns:manifest="{ODS_NAMESPACE}:manifest:1.0"/>'
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"<?xml version='1.0'?>{content}")
        archive.writestr("META-INF/manifest.xml", manifest)
    return output.getvalue()


def xls_bytes(sheets: Sheets) -> bytes:
    """An Excel 97 workbook: its BIFF8 records in the one stream of a compound file."""
    end = _record(BIFF_END, b"")
    bodies = [_start(SHEET_PART) + _xls_cells(rows) + end for rows in sheets.values()]
    header = _start(WORKBOOK_PART)
    for cell_format in (0, DATE_FORMAT):
        header += _record(BIFF_CELL_FORMAT, struct.pack("<HH", 0, cell_format) + bytes(16))
    sheet_list_bytes = sum(12 + len(name) for name in sheets)
    position = len(header) + sheet_list_bytes + len(end)
    for name, body in zip(sheets, bodies, strict=True):
        described = struct.pack("<IHBB", position, 0, len(name), 0) + name.encode("latin-1")
        header += _record(BIFF_SHEET, described)
        position += len(body)
    return _compound_file(header + end + b"".join(bodies))


def _record(record_type: int, content: bytes) -> bytes:
    return struct.pack("<HH", record_type, len(content)) + content


def _start(part: int) -> bytes:
    return _record(BIFF_START, struct.pack("<HHHHII", 0x600, part, 0, 0, 0, 6))


def _xls_cells(rows: list[list]) -> bytes:
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            cells += _xls_cell(row, column, value)
    return cells


def _xls_cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, datetime.date):
        serial = (value - EXCEL_DAY_0).days
        return _record(BIFF_NUMBER, struct.pack("<HHHd", row, column, 1, serial))
    if isinstance(value, int | float):
        return _record(BIFF_NUMBER, struct.pack("<HHHd", row, column, 0, value))
    if not value:
        return b""
    text = str(value)
    header = struct.pack("<HHHHB", row, column, 0, len(text), 1)
    return _record(BIFF_TEXT, header + text.encode("utf-16-le"))


def _compound_file(workbook: bytes) -> bytes:
    """A compound file with one stream, named Workbook."""
    stream = workbook.ljust(MIN_STREAM_BYTES, b"\0")
    stream += bytes(-len(stream) % SECTOR_BYTES)
    sector_count = len(stream) // SECTOR_BYTES
    # The table and the folder take the first two sectors, the stream the rest.
    chain = [TABLE_SECTOR, END_OF_CHAIN, *range(3, sector_count + 2), END_OF_CHAIN]
    assert len(chain) <= SECTORS_IN_TABLE, "this writes one sector of the allocation table"
    chain += [FREE_SECTOR] * (SECTORS_IN_TABLE - len(chain))
    table = struct.pack(f"<{SECTORS_IN_TABLE}I", *chain)
    root = _entry("Root Entry", struct.pack("<BB", ROOT_ENTRY, 1), 1, END_OF_CHAIN, 0)
    workbook_kind = struct.pack("<BB", STREAM_ENTRY, 1)
    named_stream = _entry("Workbook", workbook_kind, NO_ENTRY, 2, len(stream))
    folder = root + named_stream + bytes(256)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<109I", 0, *[FREE_SECTOR] * 108)
    return header + table + folder + stream


def _entry(name: str, kind: bytes, child: int, first_sector: int, size: int) -> bytes:
    """An entry of the compound file's folder."""
    text = (name + "\0").encode("utf-16-le")
    siblings = struct.pack("<II", NO_ENTRY, NO_ENTRY)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<H", len(text))
        + kind
        + siblings
        + struct.pack("<I16sI8s8sIQ", child, b"", 0, b"", b"", first_sector, size)
    )
