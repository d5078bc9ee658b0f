"""Comma-, semicolon- or tab-separated text, in whichever encoding a council's systems write it."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from pipeline.validate.reading.table_source import (
    MAX_ROWS,
    TableRows,
    UnreadableSource,
    check_heading,
    too_many_rows_error,
)

DELIMITERS = ",;\t"
CHUNK_BYTES = 1 << 24  # bytes; also the most that one row may hold
WORKBOOK_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SAVE_AS_CSV_REMEDY = "Open it in the program it comes from and save it again as CSV (UTF-8)."
UNCLOSED_QUOTE = UnreadableSource(
    "a quotation mark opens a cell and the rows after it are swallowed before another closes it",
    'Look for a cell that starts with " and does not end with one, and write the mark twice ("") or take it out.',
)


class TextFile:
    """One text file, looked through once for its encoding and delimiter; raises Unreadable where it is no table of text."""

    def __init__(self, path: Path):
        self.path = path
        self.encoding, self.has_quotes = _detect_encoding(path)
        with path.open(
            encoding="utf-8-sig" if self.encoding == "utf-8" else self.encoding, newline=""
        ) as file:
            start = file.read(1_000_000)
        self.delimiter = _detect_delimiter(start)
        try:
            first = next(csv.reader(io.StringIO(start, newline=""), delimiter=self.delimiter), [])
        except csv.Error:
            raise UnreadableSource(
                "the first row cannot be read as column headings", SAVE_AS_CSV_REMEDY
            ) from None
        self.heading = check_heading(first)

    def read_columns(self, positions: list[int]) -> TableRows:
        names = [str(place) for place in range(len(self.heading))]
        # All columns where a cell may hold newlines, since an unclosed quotation mark can be in any of them.
        wanted = names if self.has_quotes else [names[place] for place in positions]
        short, long = [], []
        table = self._read_table(names, wanted, short, long)
        rows = np.arange(1, table.num_rows + len(short) + len(long) + 1)
        rows = np.delete(rows, np.subtract([*short, *long], 1).astype("int64"))
        self._check_quotes(table)
        filled = np.zeros(table.num_rows, dtype=bool)
        for column in table.columns:
            if not filled.all():
                filled |= np.asarray(
                    pc.not_equal(pc.binary_length(pc.utf8_trim_whitespace(column)), 0)
                )
        filled[:1] = False  # the heading
        table, rows = (
            (table.slice(1), rows[1:])
            if filled[1:].all()
            else (table.filter(pa.array(filled)), rows[filled])
        )
        blank = self._blank_rows
        return TableRows(
            [table.column(names[place]) for place in positions], rows,
            [row for row in short if row not in blank], [row for row in long if row not in blank],
        )  # fmt: skip

    def _read_table(
        self, names: list[str], wanted: list[str], short: list[int], long: list[int]
    ) -> pa.Table:
        self._blank_rows: set[int] = set()

        def misfit(row: pyarrow.csv.InvalidRow) -> str:
            (short if row.actual_columns < row.expected_columns else long).append(row.number)
            if not row.text.strip(DELIMITERS + ' "\r\n'):
                self._blank_rows.add(row.number)
            return "skip"

        batches, count = [], 0
        try:
            with pyarrow.csv.open_csv(
                self.path,
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False,
                    column_names=names,
                    block_size=CHUNK_BYTES,
                    encoding=self.encoding,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=misfit,
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.string()),
                    strings_can_be_null=False,
                    include_columns=wanted,
                ),
            ) as reader:
                for batch in reader:
                    batches.append(batch)
                    count += batch.num_rows
                    if count > MAX_ROWS + 1:
                        raise too_many_rows_error()
                return pa.Table.from_batches(batches, reader.schema)
        except pa.ArrowInvalid as error:
            if "straddling" in str(error):
                raise UNCLOSED_QUOTE from None
            raise UnreadableSource(
                "the text cannot be read as a table", SAVE_AS_CSV_REMEDY
            ) from None

    def _check_quotes(self, table: pa.Table) -> None:
        """A cell with a line in it that looks like a whole record has swallowed that record."""
        others = len(self.heading) - 1
        if not self.has_quotes or not 2 <= others <= 900:
            return
        cell = f"[^\\n{self.delimiter}]*"
        record = f"\\n(?:{cell}{self.delimiter}){{{others}}}{cell}(?:\\n|$)"
        for column in table.columns:
            lines = column.filter(pc.match_substring(column, "\n"))
            if (
                len(lines)
                and pc.any(
                    pc.match_substring_regex(pc.replace_substring(lines, "\r", ""), record)
                ).as_py()
            ):
                raise UNCLOSED_QUOTE


def _detect_encoding(path: Path) -> tuple[str, bool]:
    """The encoding, and whether any cell is in quotation marks."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableSource("the file is empty", "Export it again, or remove it.")
    if start in WORKBOOK_SIGNATURES:
        raise UnreadableSource(
            f"this is a workbook, though its name ends in {path.suffix}",
            "Give it its own ending: .xlsx, .xls or .ods.",
        )
    utf_16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if utf_16 else ["utf-8", "cp1252"]:
        try:
            return encoding, _decode_all(path, encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableSource(
        "this is not text in any encoding that a spreadsheet writes", SAVE_AS_CSV_REMEDY
    )


def _decode_all(path: Path, encoding: str) -> bool:
    decoder, quoted, lines = codecs.getincrementaldecoder(encoding)(), False, 1
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            text = decoder.decode(chunk)
            if "\0" in text:
                lines += text.count("\n", 0, text.index("\0"))
                raise UnreadableSource(
                    f"line {lines:,} holds a null byte, which no text has", SAVE_AS_CSV_REMEDY
                )
            lines += text.count("\n")
            quoted = quoted or '"' in text
    decoder.decode(b"", final=True)
    return quoted


def _detect_delimiter(start: str) -> str:
    """The mark that occurs most in the heading line, outside quotation marks."""
    heading, inside = [], False
    for mark in start:
        if mark == '"':
            inside = not inside
        elif mark in "\r\n" and not inside:
            break
        elif not inside:
            heading.append(mark)
    return max(DELIMITERS, key=heading.count)
