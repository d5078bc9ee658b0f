"""Records of nested fields as a table: a column per field, named by its path.

The field CaseId inside CaseDetails is the column "CaseDetails.CaseId". A field that repeats takes a
column each time, all with the same heading. An entry of a list that says which stage it is has its
number in the path: "Stages.2.Responded".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.validate.reading.sheet_worker import normalise_name
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

MAX_RECORD_FILE_BYTES = 200_000_000  # a million records
MAX_DEPTH = 50
STAGES = ("1", "2", "3")
STAGE_FIELDS = ("stage", "stage_number", "number", "no", "level")

# A record as its fields in order, each with its path; a path may come several times.
Fields = list[tuple[str, str]]


class RecordFile:
    """The records of one file as a table. The first record is row 2, below the headings.

    Raises UnreadableSource where there are no records.
    """

    view = SheetView()

    def __init__(self, records: Sequence[Fields]) -> None:
        if not records:
            raise UnreadableSource(
                "there is no list of records in this file",
                "Export one object or element per record, or save it as .csv or .xlsx.",
            )
        if len(records) > MAX_ROWS:
            raise too_many_rows_error()
        positions = _column_positions(records)
        heading = check_heading([path for path, _ in positions])
        columns = [[""] * len(records) for _ in positions]
        for row, fields in enumerate(records):
            counts: Counter[str] = Counter()
            for path, text in fields:
                columns[positions[path, counts[path]]][row] = text
                counts[path] += 1
        self._columns = [pa.chunked_array([pa.array(column, pa.string())]) for column in columns]
        self.area = TableArea(heading)
        rows = zip(*(column[:MAX_HEAD_ROWS] for column in columns), strict=True)
        self.head = [HeadRow(1, heading)]
        self.head += [HeadRow(number, trim_cells(row)) for number, row in enumerate(rows, start=2)]

    def read_columns(self, positions: list[int]) -> TableRows:
        """The columns at these positions."""
        numbers = np.arange(2, len(self._columns[0]) + 2)
        has_content = rows_with_content(self._columns, len(numbers))
        mask = pa.array(has_content)
        return TableRows(
            columns=[self._columns[position].filter(mask) for position in positions],
            row_numbers=numbers[has_content],
        )

    def read_rows(self, numbers: list[int]) -> dict[int, list[str]]:
        """All cells of the records with these numbers."""
        return {
            number: trim_cells([column[number - 2].as_py() for column in self._columns])
            for number in numbers
        }


def _column_positions(records: Sequence[Fields]) -> dict[tuple[str, int], int]:
    """The position of each path and repetition: those of one path are together."""
    most: dict[str, int] = {}
    for fields in records:
        for path, count in Counter(path for path, _ in fields).items():
            most[path] = max(most.get(path, 0), count)
    columns = [(path, number) for path, count in most.items() for number in range(count)]
    return {column: position for position, column in enumerate(columns)}


def check_size(path: Path) -> None:
    """Raise UnreadableSource for a file that is too large to be held as records."""
    if path.stat().st_size > MAX_RECORD_FILE_BYTES:
        megabytes = MAX_RECORD_FILE_BYTES // 10**6
        raise UnreadableSource(
            f"the file is larger than {megabytes} MB, the most that is read of this kind",
            "Export one year only, or save it as .csv.",
        )


def stage_number(fields: Fields) -> str:
    """The stage that an entry of a list says it is, by its field `stage`; "" if it says none."""
    for name, text in fields:
        if normalise_name(name) in STAGE_FIELDS:
            number = normalise_name(text).removeprefix("stage").strip("_")
            return number if number in STAGES else ""
    return ""


def below(name: str, fields: Fields, index: str = "") -> Iterator[tuple[str, str]]:
    """Fields with the name of what they are in before their paths."""
    for path, text in fields:
        yield ".".join(part for part in (name, index, path) if part), text
