"""Text with commas, semicolons, tabs or pipes, in whichever encoding case systems write it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pipeline.validate.reading.encoding.decoded_file import CHUNK_BYTES, DecodedFile
from pipeline.validate.reading.encoding.detect import SAVE_AS_CSV_REMEDY
from pipeline.validate.reading.table_source import (
    MAX_HEAD_ROWS,
    MAX_ROWS,
    HeadRow,
    SheetView,
    TableArea,
    TableRows,
    UnreadableSource,
    check_heading,
    rows_with_content,
    too_many_rows_error,
    trim_cells,
)
from pipeline.validate.reading.tables.delimiters import (
    DECLARED_DELIMITER,
    DELIMITERS,
    detect_delimiter,
)

MAX_HEAD_LINES = 300  # of which most may be blank
MAX_MISFITS_KEPT = 10_000
HEADING_CHARACTERS = 1_000_000  # read to find the delimiter and the heading
MAX_COLUMNS_FOR_QUOTE_CHECK = 900
UNCLOSED_QUOTE = UnreadableSource(
    "a quotation mark is never closed, so the rows after it were read as part of one cell",
    'Look for a cell that starts with " and does not end with one, and write the mark twice ("") '
    "or remove it.",
)


@dataclass
class _Misfits:
    """Rows that the parser leaves out because their cells do not match the heading.

    blank: those of them with nothing but delimiters in them.
    texts: of the first of them.
    """

    too_short: list[int] = field(default_factory=list)
    too_long: list[int] = field(default_factory=list)
    blank: set[int] = field(default_factory=set)
    texts: dict[int, str] = field(default_factory=dict)

    def skip(self, row: pyarrow.csv.InvalidRow) -> str:
        """Note the row, and tell the parser to leave it out."""
        if row.actual_columns < row.expected_columns:
            self.too_short.append(row.number)
        else:
            self.too_long.append(row.number)
        if not row.text.strip(DELIMITERS + ' "\r\n'):
            self.blank.add(row.number)
        elif len(self.texts) < MAX_MISFITS_KEPT:
            self.texts[row.number] = row.text
        return "skip"

    def row_numbers(self, table: pa.Table) -> np.ndarray:
        """The number of each row of the table, in which the misfits are missing."""
        skipped = [*self.too_short, *self.too_long]
        numbers = np.arange(1, table.num_rows + len(skipped) + 1)
        return np.delete(numbers, np.subtract(skipped, 1).astype("int64"))


class TextFile:
    """One text file, examined once for its encoding and delimiter.

    known: normalised headings, by which the delimiter is recognised.
    Raises UnreadableSource where it is no table of text.
    """

    view = SheetView()

    def __init__(self, path: Path, known: Container[str] = ()) -> None:
        self.file = DecodedFile(path)
        with io.TextIOWrapper(self.file.open(), self.file.encoding, newline="") as file:
            start = file.read(HEADING_CHARACTERS).removeprefix("\ufeff")
        declared = DECLARED_DELIMITER.match(start)
        # A spreadsheet obeys the line and does not show it: the next one is row 1.
        self._lines_not_shown = 1 if declared else 0
        start = start[declared.end() :] if declared else start
        if declared:
            self.delimiter = declared[1]
        else:
            self.delimiter = detect_delimiter(start, known)
        self.head = _head_rows(start, self.delimiter)
        self.area = TableArea(check_heading(self.head[0].cells), (self.head[0].number,))

    def read_columns(self, positions: list[int]) -> TableRows:
        """The columns at these positions; raises UnreadableSource if the text is no table."""
        names = [str(position) for position in range(len(self.area.heading))]
        chosen = [names[position] for position in positions]
        # Read all columns where a cell may hold newlines, since an unclosed quotation mark can be
        # in any of them.
        misfits = _Misfits()
        table = self._read_table(names, names if self.file.has_quotes else chosen, misfits)
        self._check_quotes(table)
        row_numbers = misfits.row_numbers(table) - self._lines_not_shown
        start = int(np.searchsorted(row_numbers, self.area.heading_rows[-1], side="right"))
        table = table.slice(start)
        row_numbers = row_numbers[start:]
        inside = [
            table.column(name) for name in table.column_names if int(name) not in self.area.outside
        ]
        has_content = rows_with_content(inside, table.num_rows)
        if not has_content.all():
            table = table.filter(pa.array(has_content))
            row_numbers = row_numbers[has_content]
        return TableRows(
            columns=[table.column(name) for name in chosen],
            row_numbers=row_numbers,
            rows_too_short=self._numbers_below(misfits.too_short, misfits),
            rows_too_long=self._numbers_below(misfits.too_long, misfits),
            misfit_cells={
                row - self._lines_not_shown: trim_cells(
                    next(csv.reader([text], delimiter=self.delimiter), [])
                )
                for row, text in misfits.texts.items()
            },
        )

    def _numbers_below(self, rows: list[int], misfits: _Misfits) -> list[int]:
        """The numbers of the rows that are below the headings and not blank."""
        numbers = [row - self._lines_not_shown for row in rows if row not in misfits.blank]
        return [number for number in numbers if number > self.area.heading_rows[-1]]

    def read_rows(self, numbers: list[int]) -> dict[int, list[str]]:
        """All cells of the rows with these numbers."""
        names = [str(position) for position in range(len(self.area.heading))]
        misfits = _Misfits()
        table = self._read_table(names, names, misfits)
        row_numbers = misfits.row_numbers(table) - self._lines_not_shown
        places = np.searchsorted(row_numbers, numbers)
        rows = table.take(pa.array(places)).to_pylist()
        return {
            number: trim_cells([row[name] for name in names])
            for number, row in zip(numbers, rows, strict=True)
        }

    def locate(self, row_number: int, text: str) -> str:
        """The line and the byte of a text in a row."""
        return self.file.locate(row_number + self._lines_not_shown, text)

    def _read_table(self, names: list[str], included: list[str], misfits: _Misfits) -> pa.Table:
        """All rows, the heading among them, as text.

        names: of all columns of the file.
        included: of those to read.
        misfits: takes the rows that are left out.
        """
        try:
            with pyarrow.csv.open_csv(
                self.file.arrow_source,
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False,
                    column_names=names,
                    block_size=CHUNK_BYTES,
                    encoding=self.file.encoding,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=misfits.skip,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    include_columns=included,
                ),
            ) as reader:
                return _read_batches(reader)
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):  # a cell goes on beyond the end of a chunk
                raise UNCLOSED_QUOTE from None
            raise UnreadableSource(
                "the text cannot be read as a table", SAVE_AS_CSV_REMEDY
            ) from None

    def _check_quotes(self, table: pa.Table) -> None:
        """Raise UNCLOSED_QUOTE if a line inside a cell looks like a whole record."""
        delimiters = len(self.area.heading) - 1
        if not self.file.has_quotes or not 2 <= delimiters <= MAX_COLUMNS_FOR_QUOTE_CHECK:
            return
        cell = f"[^\\n{self.delimiter}]*"
        delimiter = re.escape(self.delimiter)
        record = f"\\n(?:{cell}{delimiter}){{{delimiters}}}{cell}(?:\\n|$)"
        for column in table.columns:
            multiline = column.filter(pc.match_substring(column, "\n"))
            if not len(multiline):
                continue
            lines = pc.replace_substring(multiline, "\r", "")
            if pc.any(pc.match_substring_regex(lines, record)).as_py():
                raise UNCLOSED_QUOTE


def _read_batches(reader: pyarrow.csv.CSVStreamingReader) -> pa.Table:
    """The whole table; raises UnreadableSource as soon as it has too many rows."""
    batches = []
    row_count = 0
    for batch in reader:
        batches.append(batch)
        row_count += batch.num_rows
        if row_count > MAX_ROWS + 1:  # with the heading
            raise too_many_rows_error()
    return pa.Table.from_batches(batches, reader.schema)


def _head_rows(start: str, delimiter: str) -> list[HeadRow]:
    """The first rows with something in them.

    Raises UnreadableSource if the very first cannot be read as one; the others are then left out.
    """
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    head: list[HeadRow] = []
    try:
        for number, row in enumerate(reader, start=1):
            cells = trim_cells(row)
            if any(cells):
                head.append(HeadRow(number, cells))
            if len(head) >= MAX_HEAD_ROWS or number >= MAX_HEAD_LINES:
                break
    except csv.Error:
        if not head:
            raise UnreadableSource(
                "the first row cannot be read as column headings", SAVE_AS_CSV_REMEDY
            ) from None
    return head or [HeadRow(1, [])]
