"""The marks of the sheets of an Excel 97 workbook, from its records (BIFF8)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipeline.validate.reading.layout.compound_file import read_stream
from pipeline.validate.reading.layout.sheet_marks import NO_RESULT, Area, SheetMarks

# Types of record.
FORMULA = 0x06
END = 0x0A
COLUMN_INFO = 0x7D
SHEET = 0x85
MERGED_CELLS = 0xE5
TRUTH_OR_ERROR = 0x205
ROW = 0x208
START = 0x809

ERROR_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
# What the eight bytes of a formula's result say, if the last two are FF FF.
RESULT_IS_ERROR = 2
RESULT_IS_EMPTY = 3
CALCULATE_ON_OPENING = 0x2
ROW_OPTIONS = 12
HIDDEN_ROW = 0x20
HIDDEN_COLUMN = 0x1


def xls_marks(path: str) -> list[SheetMarks]:
    """The marks of each sheet, in the order of the sheets."""
    stream = read_stream(path, ("Workbook", "Book"))
    positions = []
    for record_type, body in _records(stream, 0):
        if record_type == SHEET:
            positions.append(struct.unpack_from("<I", body)[0])
    return [_read_sheet(stream, position) for position in positions]


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """The records from a position to the end of the part that begins there."""
    depth = 0  # a chart within a sheet is a part of its own
    while position + 4 <= len(stream):
        record_type, size = struct.unpack_from("<HH", stream, position)
        if record_type == START:
            depth += 1
        elif record_type == END:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield record_type, stream[position + 4 : position + 4 + size]
        position += 4 + size


def _read_sheet(stream: bytes, position: int) -> SheetMarks:
    marks = SheetMarks()
    for record_type, body in _records(stream, position):
        if record_type == FORMULA:
            row, column = struct.unpack_from("<HH", body)
            if text := _formula_error(body):
                marks.add_error(row, column, text)
        elif record_type == TRUTH_OR_ERROR:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
            if is_error:
                marks.add_error(row, column, ERROR_TEXTS.get(value, "#ERROR"))
        elif record_type == ROW:
            if body[ROW_OPTIONS] & HIDDEN_ROW:
                row = struct.unpack_from("<H", body)[0]
                marks.hidden_rows.append((row, row))
        elif record_type == COLUMN_INFO:
            first, last, width, _, options = struct.unpack_from("<HHHHH", body)
            if options & HIDDEN_COLUMN or not width:
                marks.hidden_columns.append((first, last))
        elif record_type == MERGED_CELLS:
            count = struct.unpack_from("<H", body)[0]
            starts = range(2, 2 + 8 * count, 8)
            marks.merged += [Area(*struct.unpack_from("<HHHH", body, start)) for start in starts]
    return marks


def _formula_error(body: bytes) -> str:
    """The error that a formula resulted in, NO_RESULT, or "" where it has a result."""
    result, options = body[6:14], struct.unpack_from("<H", body, 14)[0]
    if result[6:] != b"\xff\xff":
        return ""
    if result[0] == RESULT_IS_ERROR:
        return ERROR_TEXTS.get(result[2], "#ERROR")
    if result[0] == RESULT_IS_EMPTY and options & CALCULATE_ON_OPENING:
        return NO_RESULT
    return ""
