"""Files that no extract should be, made when they are needed, with the message each must give."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable
from typing import NamedTuple

import openpyxl
from workbook_files import ods_with_tables

HEAD = "date,title\n"
GOOD = "2021-05-01,A\n"
SHEET_PART = "xl/worksheets/sheet1.xml"
SPREADSHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# In a zip file's directory: the mark before each entry, and where the size of a part is in it.
DIRECTORY_MARK = b"PK\x01\x02"
SIZE_OFFSET = 24


class HostileFile(NamedTuple):
    """A file that cannot be read.

    content: itself, or a function that makes it.
    message: that the finding must contain; None where any will do.
    """

    ending: str
    content: Callable[[], bytes] | bytes | str
    message: str | None

    def build(self) -> bytes | str:
        """The bytes or the text of the file."""
        return self.content() if callable(self.content) else self.content


def xlsx_with(parts: dict[str, str]) -> bytes:
    """A good workbook of one training session in which some parts are replaced or added."""
    book = openpyxl.Workbook()
    book.active.title = "training"
    book.active.append(["date", "title"])
    book.active.append(["2021-05-01", "A"])
    good = io.BytesIO()
    book.save(good)
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(good) as old,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def good_xlsx() -> bytes:
    return xlsx_with({})


def sheet_of(rows: str, prologue: str = "") -> str:
    """The XML of a sheet with these rows, after the text `prologue`."""
    sheet = f"<sheetData>{rows}</sheetData>"
    return (
        f'<?xml version="1.0"?>{prologue}<worksheet xmlns="{SPREADSHEET_NAMESPACE}">{sheet}'
        "</worksheet>"
    )


def sheet_with(content: str) -> bytes:
    return xlsx_with({SHEET_PART: content})


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = f'<row r="1">{text_cell("A1", "date")}{text_cell("B1", "title")}</row>'


def zip_bomb() -> bytes:
    return sheet_with(sheet_of(HEADING + " " * 200_000_000))


def xlsx_with_stated_size(size: int) -> bytes:
    """A workbook whose directory says that its last part is so many bytes long."""
    content = bytearray(good_xlsx())
    start = content.rindex(DIRECTORY_MARK) + SIZE_OFFSET
    content[start : start + 4] = struct.pack("<I", size)
    return bytes(content)


def huge_by_its_directory() -> bytes:
    return xlsx_with_stated_size(3_000_000_000)


def longer_than_its_directory_says() -> bytes:
    return xlsx_with_stated_size(10)


def cell_in_last_corner() -> bytes:
    corner = text_cell("XFD1048576", "x")
    return sheet_with(sheet_of(HEADING + f'<row r="1048576">{corner}</row>'))


def shared_string_repeated() -> bytes:
    """300,000 cells that share one string of 30,000 characters: 9 GB when each has its own copy."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 300_001))
    shared = (
        f'<sst xmlns="{SPREADSHEET_NAMESPACE}" count="1" uniqueCount="1">'
        f"<si><t>{'x' * 30_000}</t></si></sst>"
    )
    return xlsx_with({SHEET_PART: sheet_of(rows), "xl/sharedStrings.xml": shared})


def ods_with_repeated_cells() -> bytes:
    cell = (
        '<table:table-cell table:number-columns-repeated="10000" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    return ods_with_tables(f'<table:table table:name="training">{row}</table:table>')


def random_bytes() -> bytes:
    return random.Random(1).randbytes(5000)


def random_bytes_behind_xls_mark() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random_bytes()


def half_a_workbook() -> bytes:
    return good_xlsx()[:2000]


def sheet_without_heading() -> bytes:
    return sheet_with(sheet_of(""))


def sheet_that_is_no_xml() -> bytes:
    return sheet_with("<worksheet><<<")


NOT_XLSX = "this is not an .xlsx workbook, or it is damaged"
TOO_MUCH = (
    "this cannot be read as a workbook: it is damaged, protected, or far larger than it looks"
)
SWALLOWED = "a quotation mark is never closed, so the rows after it were read as part of one cell"
PASSWORD = "this has a password, or is an .xls with the wrong ending"
NO_TEXT = "this is not text in any encoding that a spreadsheet writes"
NOT_CSV = "this is a workbook, though its name ends in .csv"

UNREADABLE = {
    "an empty file": HostileFile("csv", "", "the file is empty"),
    "only blank lines": HostileFile("csv", "\n\n\n", "the first rows are empty"),
    "only a byte order mark": HostileFile("csv", b"\xef\xbb\xbf", "the first rows are empty"),
    "a null byte": HostileFile(
        "csv",
        HEAD + GOOD + "2021-05-02,B\0\n",
        "line 3 contains a null byte, so it is not text",
    ),
    "binary junk": HostileFile("csv", random_bytes, NO_TEXT),
    "bytes that no encoding has": HostileFile(
        "csv", HEAD.encode() + b"2021-05-01,\x81\x8d\x8f\n", NO_TEXT
    ),
    "half of UTF-16": HostileFile("csv", "\ufeffdate,title\n".encode("utf-16-le")[:-1], NO_TEXT),
    "UTF-16 without its mark": HostileFile(
        "csv",
        (HEAD + GOOD).encode("utf-16-le"),
        "line 1 contains a null byte",
    ),
    "a workbook called .csv": HostileFile(
        "csv",
        good_xlsx,
        NOT_CSV,
    ),
    "an old workbook called .csv": HostileFile(
        "csv",
        b"\xd0\xcf\x11\xe0" + b"x" * 99,
        NOT_CSV,
    ),
    "an image called .csv": HostileFile("csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "null byte"),
    "3,000 columns": HostileFile(
        "csv",
        ",".join(f"c{n}" for n in range(3000)),
        "this has more than 2,000 columns, the most that is read",
    ),
    "a heading of 200,000 characters": HostileFile(
        "csv",
        "x" * 200_000 + ",b\n",
        "the first row cannot be read as column headings",
    ),
    "a quotation mark never closed": HostileFile(
        "csv",
        'date,title,attended\n2021-05-01,"A,1\n2021-05-02,B,2\n2021-05-03,C,3\n',
        None,
    ),
    "a quotation mark closed rows later": HostileFile(
        "csv",
        'date,title,attended\n2021-05-01,"A,1\n2021-05-02,B,2\n2021-05-03,C",3\n',
        SWALLOWED,
    ),
    "a quotation mark that swallows all": HostileFile(
        "csv",
        'date,title,attended\n2021-05-01,A,"1\n' + "2021-05-02,B,2\n" * 2_000_000,
        SWALLOWED,
    ),
    "an empty workbook": HostileFile("xlsx", b"", "the file is empty"),
    "text called .xlsx": HostileFile("xlsx", HEAD + GOOD, NOT_XLSX),
    "junk called .xlsx": HostileFile("xlsx", random_bytes, NOT_XLSX),
    "junk called .xls": HostileFile("xls", random_bytes, "this is not an .xls workbook"),
    "junk called .ods": HostileFile(
        "ods", random_bytes, "this is not an .ods workbook, or it is damaged"
    ),
    "junk behind the mark of an .xls": HostileFile(
        "xls",
        random_bytes_behind_xls_mark,
        TOO_MUCH,
    ),
    "a workbook with a password": HostileFile("xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 99, PASSWORD),
    "half a workbook": HostileFile("xlsx", half_a_workbook, NOT_XLSX),
    "a zip of something else": HostileFile("xlsx", ods_with_repeated_cells, TOO_MUCH),
    "a zip bomb": HostileFile("xlsx", zip_bomb, "more than is safe to open"),
    "a workbook that says it is huge": HostileFile(
        "xlsx", huge_by_its_directory, "more than is safe to open"
    ),
    "a workbook longer than it says": HostileFile("xlsx", longer_than_its_directory_says, NOT_XLSX),
    "a cell in the last corner": HostileFile("xlsx", cell_in_last_corner, TOO_MUCH),
    "one long string shared by every cell": HostileFile("xlsx", shared_string_repeated, TOO_MUCH),
    "a cell repeated ten thousand million times": HostileFile(
        "ods", ods_with_repeated_cells, TOO_MUCH
    ),
    "a sheet that is no XML": HostileFile("xlsx", sheet_that_is_no_xml, TOO_MUCH),
    "a sheet without a heading": HostileFile(
        "xlsx",
        sheet_without_heading,
        "the first rows are empty",
    ),
}
# It fills the memory that a workbook may have.
SLOW = ("one long string shared by every cell",)
