"""The bytes of a text file, and how they are read as text."""

from __future__ import annotations

import codecs
import io
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from pipeline.validate.findings import Finding
from pipeline.validate.reading.encoding.detect import (
    NO_TEXT,
    SAVE_AS_CSV_REMEDY,
    decode_bytes,
    format_place,
    line_starts,
    null_byte_error,
)
from pipeline.validate.reading.faults import ConversionFault
from pipeline.validate.reading.table_source import UnreadableSource

CHUNK_BYTES = 1 << 24  # also the most that one row may hold
WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class DecodedFile:
    """One text file, decoded once from beginning to end.

    encoding: in which `open` gives its bytes.
    has_quotes: whether it has quotation marks.
    warnings: what was repaired or is in doubt.
    Raises UnreadableSource where it is no text, or its encoding would be a guess.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.warnings: list[ConversionFault] = []
        self._repaired: bytes | None = None
        self.encoding = _unicode_encoding(path)
        try:
            self.has_quotes = _decode_all(self.open(), self.encoding)
        except UnicodeDecodeError:
            if self.encoding != "utf-8":
                raise UnreadableSource(NO_TEXT, SAVE_AS_CSV_REMEDY) from None
            self.encoding, self._repaired, self.warnings = decode_bytes(path)
            self.has_quotes = _decode_all(self.open(), self.encoding)

    @property
    def arrow_source(self) -> Path | pa.BufferReader:
        """What pyarrow reads: the file itself, or the repaired bytes."""
        return self.path if self._repaired is None else pa.BufferReader(self._repaired)

    def open(self) -> BinaryIO:
        """The bytes of the file, repaired if that was necessary."""
        return self.path.open("rb") if self._repaired is None else io.BytesIO(self._repaired)

    def findings(self, extract: str, file: str) -> list[Finding]:
        """A warning for each way in which the file is not in one encoding.

        file: its path inside the workspace.
        """
        return [
            Finding(
                severity="warning",
                rule=f"{extract}.file.{fault.rule}",
                extract=extract,
                file=file,
                what=fault.what,
                remedy=fault.remedy,
            )
            for fault in self.warnings
        ]

    def locate(self, row_number: int, text: str) -> str:
        """The line and the byte of a text in a row: "line 3, byte 57"; "" where it is not found."""
        starts = self._line_starts
        # A cell with a line break puts the rows after it further down than their numbers say.
        start = int(starts[min(row_number, len(starts)) - 1])
        for encoding in (self.encoding, "cp1252"):
            position = self._content.find(text.encode(encoding, "replace"), start)
            if position >= 0:
                return format_place(starts, position)
        return ""

    @cached_property
    def _content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def _line_starts(self) -> np.ndarray:
        return line_starts(self._content)


def _unicode_encoding(path: Path) -> str:
    """The encoding, if the text is in Unicode; raises UnreadableSource."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableSource("the file is empty", "Export it again, or remove it.")
    if start.startswith(WORKBOOK_SIGNATURES):
        raise UnreadableSource(
            f"this is a workbook, though its name ends in {path.suffix}",
            "Give it its own ending: .xlsx, .xls or .ods.",
        )
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8"


def _decode_all(content: BinaryIO, encoding: str) -> bool:
    """Decode the whole content and close it; returns whether it has quotation marks.

    Raises UnicodeDecodeError if the encoding is another, UnreadableSource for a null byte.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    has_quotes = False
    line_number = 1
    with content as file:
        while chunk := file.read(CHUNK_BYTES):
            text = decoder.decode(chunk)
            if "\0" in text:
                line_number += text.count("\n", 0, text.index("\0"))
                raise null_byte_error(line_number)
            line_number += text.count("\n")
            has_quotes = has_quotes or '"' in text
    decoder.decode(b"", final=True)
    return has_quotes
