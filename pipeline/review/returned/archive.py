"""A returned Word file, opened only if nothing in it can do harm."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml import etree

from pipeline.problem import Kind, Problem
from pipeline.system.archives import UNREADABLE_ZIP_ERRORS

MAX_FILE_BYTES = 50_000_000  # of a report of one megabyte, with whatever readers put into it
MAX_UNPACKED_BYTES = 200_000_000
MAX_XML_BYTES = 50_000_000  # of one part
MAX_PARTS = 5_000
ENCRYPTED_FLAG = 0x1
OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")  # a .doc, or a .docx with a password
MACRO_NAMES = ("vbaproject", "vbadata", "activex", "macrosheets")
MACRO_TYPE = b"macroenabled"
XML_NAMES = (".xml", ".rels", ".vml")
# What the library raises for a document that lacks a part, or whose parts do not fit.
UNREADABLE_WORD_ERRORS = (
    *UNREADABLE_ZIP_ERRORS,
    PackageNotFoundError,
    etree.XMLSyntaxError,
    AttributeError,
    TypeError,
    IndexError,
    AssertionError,
)
SAVE_AGAIN = "Open it in Word or LibreOffice, save it as a Word document (.docx), and try again."


def open_word_file(path: Path) -> Document:
    """The Word document in a file.

    Raises Problem for a file that is too large, damaged or no Word document, and for one with
    macros or with declarations that could make a program read other files.
    """
    content = _content(path)
    if content.startswith(OLD_FORMAT):
        raise unreadable(path, "this is an old .doc file, or has a password", SAVE_AGAIN)
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            _check_parts(path, archive)
        document = docx.Document(io.BytesIO(content))
        if document.element.find(qn("w:body")) is None:
            raise BadZipFile("it has no text")
        return document
    except UNREADABLE_WORD_ERRORS as error:
        what = f"this is no Word document, or it is damaged ({type(error).__name__})"
        raise unreadable(path, what, SAVE_AGAIN) from None


def unreadable(path: Path, what: str, remedy: str) -> Problem:
    """The Problem of a returned file."""
    return Problem(kind=Kind.DATA, where=str(path), what=what, remedy=remedy)


def _content(path: Path) -> bytes:
    if not path.is_file():
        what = "this is not an ordinary file" if path.exists() else "there is no such file"
        raise unreadable(path, what, "Name the Word file that came back.")
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise unreadable(
            path,
            f"this file has {size:,} bytes, and at most {MAX_FILE_BYTES:,} are read",
            "Remove pictures that were pasted into it, and save it again.",
        )
    return path.read_bytes()


def _check_parts(path: Path, archive: ZipFile) -> None:
    """Raise Problem for parts that unpack to too much, have macros or declare entities."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
        raise unreadable(
            path,
            f"this file unpacks to {unpacked:,} bytes in {len(parts):,} parts, which no report has",
            "Do not open it. Ask the sender for the file again.",
        )
    if any(part.flag_bits & ENCRYPTED_FLAG for part in parts):
        raise unreadable(path, "this file has a password", SAVE_AGAIN)
    for part in parts:
        _check_no_macro(path, part)
    for part in parts:
        if part.filename.lower().endswith(XML_NAMES):
            _check_xml(path, part, archive)


def _check_no_macro(path: Path, part: ZipInfo) -> None:
    if any(name in part.filename.lower() for name in MACRO_NAMES):
        raise unreadable(
            path,
            f"this file has macros or controls ({part.filename})",
            "Do not open it. Ask the sender for a Word document without macros (.docx).",
        )


def _check_xml(path: Path, part: ZipInfo, archive: ZipFile) -> None:
    if part.file_size > MAX_XML_BYTES:
        what = f"{part.filename} unpacks to {part.file_size:,} bytes, which no report has"
        raise unreadable(path, what, "Do not open it. Ask the sender for the file again.")
    content = archive.read(part)
    if part.filename == "[Content_Types].xml" and MACRO_TYPE in content.lower():
        raise unreadable(
            path,
            "this file is of a kind that has macros",
            "Do not open it. Ask the sender for a Word document without macros (.docx).",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    declared = etree.fromstring(content, parser).getroottree().docinfo.internalDTD
    if declared is not None:
        raise unreadable(
            path,
            f"{part.filename} declares entities, by which a document can read other files",
            "Do not open it. Ask the sender for the file again.",
        )
