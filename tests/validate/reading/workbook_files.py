"""Workbooks of the three kinds, made by hand."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

import openpyxl
from openpyxl.utils import get_column_letter

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
BIFF_FORMULA = 0x06
BIFF_COLUMN = 0x7D
BIFF_MERGED = 0xE5
BIFF_ERROR = 0x205
BIFF_ROW = 0x208
BIFF_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36}
BIFF_NOT_AVAILABLE = 42
CALCULATE_ON_OPENING = 3
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


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula has gone wrong."""

    text: str


class FormulaCell:
    """A cell with a formula whose result is not stored."""


@dataclass(frozen=True)
class Look:
    """How a sheet looks; rows and columns count from 0.

    merged: first row, last row, first column, last column.
    """

    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


Looks = Mapping[str, Look]
PLAIN = Look()


def workbook_bytes(ending: str, sheets: Sheets, looks: Looks | None = None) -> bytes:
    """The bytes of a workbook.

    A cell may be a text, a date, a number, None, an ErrorCell or a FormulaCell.
    """
    writers = {".xlsx": xlsx_bytes, ".ods": ods_bytes, ".xls": xls_bytes}
    return writers[ending](sheets, looks or {})


def xlsx_bytes(sheets: Sheets, looks: Looks) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        look = looks.get(name, PLAIN)
        sheet = book.create_sheet(name)
        sheet.sheet_state = "hidden" if look.is_hidden else "visible"
        for row, values in enumerate(rows, 1):
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column)
                if isinstance(value, ErrorCell):
                    cell.value, cell.data_type = value.text, "e"
                elif isinstance(value, FormulaCell):
                    cell.value = "=1+1"
                elif value is not None:
                    cell.value = value
                    if isinstance(value, str):  # never an error or a formula
                        cell.data_type = "s"
        for row in look.hidden_rows:
            sheet.row_dimensions[row + 1].hidden = True
        for column in look.hidden_columns:
            sheet.column_dimensions[get_column_letter(column + 1)].hidden = True
        for area in look.merged:
            top, bottom, left, right = (number + 1 for number in area)
            sheet.merge_cells(None, top, left, bottom, right)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def ods_bytes(sheets: Sheets, looks: Looks) -> bytes:
    tables = ""
    for name, rows in sheets.items():
        look = looks.get(name, PLAIN)
        width = max(map(len, rows), default=0)
        content = ""
        for column in range(width):
            state = ' table:visibility="collapse"' if column in look.hidden_columns else ""
            content += f"<table:table-column{state}/>"
        for row, values in enumerate(rows):
            state = ' table:visibility="filter"' if row in look.hidden_rows else ""
            cells = "".join(
                _ods_cell(value, _ods_span(look, row, column))
                for column, value in enumerate(values)
            )
            content += f"<table:table-row{state}>{cells}</table:table-row>"
        style = ' table:style-name="hidden"' if look.is_hidden else ""
        tables += f'<table:table table:name="{name}"{style}>{content}</table:table>'
    return ods_with_tables(tables)


def _ods_span(look: Look, row: int, column: int) -> str:
    for top, bottom, left, right in look.merged:
        if (row, column) == (top, left):
            rows = f'table:number-rows-spanned="{bottom - top + 1}"'
            return f' {rows} table:number-columns-spanned="{right - left + 1}"'
    return ""


def _ods_cell(value: object, span: str = "") -> str:
    if isinstance(value, FormulaCell):
        return '<table:table-cell table:formula="of:=1+1"/>'
    if isinstance(value, ErrorCell):
        return (
            '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
            'office:string-value="" calcext:value-type="error">'
            f"<text:p>{value.text}</text:p></table:table-cell>"
        )
    if value in ("", None):
        return f"<table:table-cell{span}/>"
    if isinstance(value, datetime.date):
        date = value.isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{date}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="string"{span}>{text}</table:table-cell>'


def ods_with_tables(tables: str) -> bytes:
    """An OpenDocument spreadsheet with these tables as XML."""
    prefixes = ("office", "table", "text", "style", "calcext")
    namespaces = "".join(f' xmlns:{prefix}="{ODS_NAMESPACE}:{prefix}:1.0"' for prefix in prefixes)
    styles = (
        '<office:automatic-styles><style:style style:name="hidden" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f"<office:document-content{namespaces}>{styles}{body}</office:document-content>"
    manifest = f'<manifest:manifest xmlns:manifest="{ODS_NAMESPACE}:manifest:1.0"/>'
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS_MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("content.xml", f"<?xml version='1.0'?>{content}")
        archive.writestr("META-INF/manifest.xml", manifest)
    return output.getvalue()


def xls_bytes(sheets: Sheets, looks: Looks) -> bytes:
    """An Excel 97 workbook: its BIFF8 records in the one stream of a compound file."""
    end = _record(BIFF_END, b"")
    bodies = [
        _start(SHEET_PART) + _xls_look(looks.get(name, PLAIN)) + _xls_cells(rows) + end
        for name, rows in sheets.items()
    ]
    header = _start(WORKBOOK_PART)
    for cell_format in (0, DATE_FORMAT):
        header += _record(BIFF_CELL_FORMAT, struct.pack("<HH", 0, cell_format) + bytes(16))
    sheet_list_bytes = sum(12 + len(name) for name in sheets)
    position = len(header) + sheet_list_bytes + len(end)
    for name, body in zip(sheets, bodies, strict=True):
        is_hidden = looks.get(name, PLAIN).is_hidden
        described = struct.pack("<IHBB", position, is_hidden, len(name), 0) + name.encode("latin-1")
        header += _record(BIFF_SHEET, described)
        position += len(body)
    return _compound_file(header + end + b"".join(bodies))


def _record(record_type: int, content: bytes) -> bytes:
    return struct.pack("<HH", record_type, len(content)) + content


def _start(part: int) -> bytes:
    return _record(BIFF_START, struct.pack("<HHHHII", 0x600, part, 0, 0, 0, 6))


def _xls_look(look: Look) -> bytes:
    records = b""
    for column in look.hidden_columns:
        records += _record(BIFF_COLUMN, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    for row in look.hidden_rows:
        records += _record(BIFF_ROW, struct.pack("<HHHHHHI", row, 0, 9, 255, 0, 0, 0x20))
    if look.merged:
        areas = b"".join(struct.pack("<HHHH", *area) for area in look.merged)
        records += _record(BIFF_MERGED, struct.pack("<H", len(look.merged)) + areas)
    return records


def _xls_cells(rows: list[list]) -> bytes:
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            cells += _xls_cell(row, column, value)
    return cells


def _xls_cell(row: int, column: int, value: object) -> bytes:
    if isinstance(value, ErrorCell):
        code = BIFF_ERRORS.get(value.text, BIFF_NOT_AVAILABLE)
        return _record(BIFF_ERROR, struct.pack("<HHHBB", row, column, 0, code, 1))
    if isinstance(value, FormulaCell):
        result = struct.pack("<BB4xH", 3, 0, 0xFFFF)
        formula = struct.pack("<HIHBBBB", CALCULATE_ON_OPENING, 0, 4, 0x17, 1, 0, ord("x"))
        return _record(BIFF_FORMULA, struct.pack("<HHH", row, column, 0) + result + formula)
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
