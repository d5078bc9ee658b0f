"""Comma-, semicolon- or tab-separated text, in whichever encoding a council's systems write it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pipeline.validate.reading.encoding.decoded_file import CHUNK_BYTES, DecodedFile
from pipeline.validate.reading.encoding.detect import SAVE_AS_CSV_REMEDY
from pipeline.validate.reading.table_source import (
    MAX_ROWS,
    SheetView,
    TableRows,
    UnreadableSource,
    check_heading,
    too_many_rows_error,
)

DELIMITERS = ",;\t"
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
    """

    too_short: list[int] = field(default_factory=list)
    too_long: list[int] = field(default_factory=list)
    blank: set[int] = field(default_factory=set)

    def skip(self, row: pyarrow.csv.InvalidRow) -> str:
        """Note the row, and tell the parser to leave it out."""
        if row.actual_columns < row.expected_columns:
            self.too_short.append(row.number)
        else:
            self.too_long.append(row.number)
        if not row.text.strip(DELIMITERS + ' "\r\n'):
            self.blank.add(row.number)
        return "skip"

    def row_numbers(self, table: pa.Table) -> np.ndarray:
        """The number of each row of the table, in which the misfits are missing."""
        skipped = [*self.too_short, *self.too_long]
        numbers = np.arange(1, table.num_rows + len(skipped) + 1)
        return np.delete(numbers, np.subtract(skipped, 1).astype("int64"))


class TextFile:
    """One text file, examined once for its encoding and delimiter.

    Raises UnreadableSource where it is no table of text.
    """

    view = SheetView()

    def __init__(self, path: Path) -> None:
        self.file = DecodedFile(path)
        with io.TextIOWrapper(self.file.open(), self.file.encoding, newline="") as file:
            start = file.read(HEADING_CHARACTERS).removeprefix("\ufeff")
        self.delimiter = _detect_delimiter(start)
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=self.delimiter)
        try:
            first_row = next(reader, [])
        except csv.Error:
            raise UnreadableSource(
                "the first row cannot be read as column headings", SAVE_AS_CSV_REMEDY
            ) from None
        self.heading = check_heading(first_row)

    def read_columns(self, positions: list[int]) -> TableRows:
        """The columns at these positions; raises UnreadableSource if the text is no table."""
        names = [str(position) for position in range(len(self.heading))]
        chosen = [names[position] for position in positions]
        # Read all columns where a cell may hold newlines, since an unclosed quotation mark can be
        # in any of them.
        misfits = _Misfits()
        table = self._read_table(names, names if self.file.has_quotes else chosen, misfits)
        self._check_quotes(table)
        row_numbers = misfits.row_numbers(table)
        has_content = _rows_with_content(table)
        if has_content[1:].all():
            table = table.slice(1)  # without the heading
            row_numbers = row_numbers[1:]
        else:
            has_content[:1] = False
            table = table.filter(pa.array(has_content))
            row_numbers = row_numbers[has_content]
        return TableRows(
            columns=[table.column(name) for name in chosen],
            row_numbers=row_numbers,
            rows_too_short=[row for row in misfits.too_short if row not in misfits.blank],
            rows_too_long=[row for row in misfits.too_long if row not in misfits.blank],
        )

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
        delimiters = len(self.heading) - 1
        if not self.file.has_quotes or not 2 <= delimiters <= MAX_COLUMNS_FOR_QUOTE_CHECK:
            return
        cell = f"[^\\n{self.delimiter}]*"
        record = f"\\n(?:{cell}{self.delimiter}){{{delimiters}}}{cell}(?:\\n|$)"
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


def _rows_with_content(table: pa.Table) -> np.ndarray:
    """Whether each row has a cell that is not blank."""
    has_content = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        if has_content.all():
            break
        lengths = pc.binary_length(pc.utf8_trim_whitespace(column))
        has_content |= np.asarray(pc.not_equal(lengths, 0))
    return has_content


def _detect_delimiter(start: str) -> str:
    """The delimiter that occurs most in the heading line, outside quotation marks."""
    unquoted = []
    is_quoted = False
    for character in start:
        if character == '"':
            is_quoted = not is_quoted
        elif not is_quoted:
            if character in "\r\n":
                break
            unquoted.append(character)
    return max(DELIMITERS, key=unquoted.count)
