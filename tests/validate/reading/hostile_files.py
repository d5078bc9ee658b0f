"""The collection of files that no extract should be, made as they are needed, each with the message that it must give."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable

import openpyxl

HEAD = "date,title\n"
GOOD = "2021-05-01,A\n"


def xlsx_with(**parts: str) -> bytes:
    """A good workbook of one training session in which some parts are replaced or added."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.title = "training"
    book.active.append(["date", "title"])
    book.active.append(["2021-05-01", "A"])
    book.save(out)
    changed = io.BytesIO()
    parts = {name.replace("__", "/"): content for name, content in parts.items()}
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def sheet_of(rows: str, before: str = "") -> str:
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>'


def sheet_with(content: str) -> bytes:
    return xlsx_with(**{"xl__worksheets__sheet1.xml": content})


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = f'<row r="1">{text_cell("A1", "date")}{text_cell("B1", "title")}</row>'


def zip_bomb() -> bytes:
    return xlsx_with(**{"xl__worksheets__sheet1.xml": sheet_of(HEADING + " " * 200_000_000)})


def huge_by_its_own_word() -> bytes:
    """A workbook whose directory says that a part is 3 GB long."""
    content = bytearray(xlsx_with())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 3_000_000_000)
    return bytes(content)


def longer_than_it_says() -> bytes:
    """A workbook with a part that says it is 10 bytes long, and unpacks to more."""
    content = bytearray(xlsx_with())
    place = content.rindex(b"PK\x01\x02")
    content[place + 24 : place + 28] = struct.pack("<I", 10)
    return bytes(content)


def last_corner() -> bytes:
    return xlsx_with(
        **{
            "xl__worksheets__sheet1.xml": sheet_of(
                HEADING + f'<row r="1048576">{text_cell("XFD1048576", "x")}</row>'
            )
        }
    )


def shared_string_repeated() -> bytes:
    """300,000 cells that share one string of 30,000 characters: 9 GB when each has its own copy."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 300_001))
    shared = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1">'
        f"<si><t>{'x' * 30_000}</t></si></sst>"
    )
    return xlsx_with(
        **{"xl__worksheets__sheet1.xml": sheet_of(rows), "xl__sharedStrings.xml": shared}
    )


def ods_repeated() -> bytes:
    cell = '<table:table-cell table:number-columns-repeated="10000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
    spaces = "".join(
        f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"'
        for one in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", (
            f"<office:document-content{spaces}><office:body><office:spreadsheet><table:table table:name='training'>"
            f"<table:table-row table:number-rows-repeated='1000000'>{cell}</table:table-row>"
            "</table:table></office:spreadsheet></office:body></office:document-content>"
        ))  # fmt: skip
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
        )
    return out.getvalue()


def junk(length: int = 5000) -> bytes:
    return random.Random(1).randbytes(length)


NOT_XLSX = "this is not an .xlsx workbook, or it is damaged"
TOO_MUCH = (
    "this cannot be read as a workbook: it is damaged, protected, or far larger than it looks"
)
SWALLOWED = (
    "a quotation mark opens a cell and the rows after it are swallowed before another closes it"
)
PASSWORD = "this has a password, or is an .xls with the wrong ending"
NO_TEXT = "this is not text in any encoding that a spreadsheet writes"

UNREADABLE: dict[str, tuple[str, Callable[[], bytes] | bytes | str, str]] = {
    "an empty file": ("csv", "", "the file is empty"),
    "only blank lines": ("csv", "\n\n\n", "the first row is empty"),
    "only a byte order mark": ("csv", b"\xef\xbb\xbf", "the first row is empty"),
    "a blank row above the heading": ("csv", ",,\n" + HEAD + GOOD, "the first row is empty"),
    "a null byte": ("csv", HEAD + GOOD + "2021-05-02,B\0\n", "line 3 holds a null byte, which no text has"),
    "binary junk": ("csv", junk, NO_TEXT),
    "bytes that no encoding has": ("csv", HEAD.encode() + b"2021-05-01,\x81\x8d\x8f\n", NO_TEXT),
    "half of UTF-16": ("csv", "\ufeffdate,title\n".encode("utf-16-le")[:-1], NO_TEXT),
    "UTF-16 without its mark": ("csv", (HEAD + GOOD).encode("utf-16-le"), "line 1 holds a null byte"),
    "a workbook called .csv": ("csv", xlsx_with, "this is a workbook, though its name ends in .csv"),
    "an old workbook called .csv": ("csv", b"\xd0\xcf\x11\xe0" + b"x" * 99, "this is a workbook, though its name ends in .csv"),
    "an image called .csv": ("csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "null byte"),
    "3,000 columns": ("csv", ",".join(f"c{n}" for n in range(3000)), "this has more than 2,000 columns, the most that is read"),
    "a heading of 200,000 characters": ("csv", "x" * 200_000 + ",b\n", "the first row cannot be read as column headings"),
    "a quotation mark never closed": (
        "csv", "date,title,attended\n2021-05-01,\"A,1\n2021-05-02,B,2\n2021-05-03,C,3\n", None,
    ),
    "a quotation mark closed rows later": (
        "csv", 'date,title,attended\n2021-05-01,"A,1\n2021-05-02,B,2\n2021-05-03,C",3\n', SWALLOWED,
    ),
    "a quotation mark that swallows all": (
        "csv", 'date,title,attended\n2021-05-01,A,"1\n' + "2021-05-02,B,2\n" * 2_000_000, SWALLOWED,
    ),
    "an empty workbook": ("xlsx", b"", "the file is empty"),
    "text called .xlsx": ("xlsx", HEAD + GOOD, NOT_XLSX),
    "junk called .xlsx": ("xlsx", junk, NOT_XLSX),
    "junk called .xls": ("xls", junk, "this is not an .xls workbook"),
    "junk called .ods": ("ods", junk, "this is not an .ods workbook, or it is damaged"),
    "junk behind the mark of an .xls": ("xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + junk(), TOO_MUCH),
    "a workbook with a password": ("xlsx", b"\xd0\xcf\x11\xe0" + b"x" * 99, PASSWORD),
    "half a workbook": ("xlsx", lambda: xlsx_with()[:2000], NOT_XLSX),
    "a zip of something else": ("xlsx", ods_repeated, TOO_MUCH),
    "a zip bomb": ("xlsx", zip_bomb, "more than is safe to open"),
    "a workbook that says it is huge": ("xlsx", huge_by_its_own_word, "more than is safe to open"),
    "a workbook longer than it says": ("xlsx", longer_than_it_says, NOT_XLSX),
    "a cell in the last corner": ("xlsx", last_corner, TOO_MUCH),
    "one long string shared by every cell": ("xlsx", shared_string_repeated, TOO_MUCH),
    "a cell repeated ten thousand million times": ("ods", ods_repeated, TOO_MUCH),
    "a sheet that is no XML": ("xlsx", lambda: sheet_with("<worksheet><<<"), TOO_MUCH),
    "a sheet without a heading": ("xlsx", lambda: sheet_with(sheet_of("")), "the first row is empty"),
}  # fmt: skip


SLOW = ("one long string shared by every cell",)  # fills the memory that a workbook may have
