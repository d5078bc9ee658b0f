"""The findings for what a sheet shows differently from what is read of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.validate.definitions import Extract
from pipeline.validate.findings import Finding, Severity, count_rows, format_row_numbers
from pipeline.validate.reading.columns.headings import column_letters
from pipeline.validate.reading.faults import ConversionFault
from pipeline.validate.reading.layout.error_cells import ERROR_CELL
from pipeline.validate.reading.layout.sheet_marks import is_error_text
from pipeline.validate.reading.table_source import SheetView, TableRows

REACHED = "stage"  # what a column is called that only shows whether a stage was reached
_ERROR_HEADING = ConversionFault(
    rule="heading.error",
    what=(
        "the heading of column {letter} is {heading}, which is an error and no name, so the column "
        "is not read; it has something in {rows}"
    ),
    remedy="Type the heading again, or delete the column.",
)
_BLANK_HEADING = ConversionFault(
    rule="heading.blank",
    what="column {letter} has no heading, so it is not read; it has something in {rows}",
    remedy="Give the column its heading, or remove what is in it.",
)
_ERROR_THAT_DECIDES = ConversionFault(
    rule="reached.error",
    what=(
        '"{heading}", which shows whether a stage was reached, has an error in place of a value in '
        "{rows}"
    ),
    remedy="Correct the formula where the file comes from, or type the value in its place.",
)
_HIDDEN_ROWS = ConversionFault(
    rule="row.hidden",
    what=(
        "{rows} cannot be seen, because of a filter or because somebody hid them; they are read "
        "like all others"
    ),
    remedy="Clear the filter and show all rows; delete rows that do not belong to the extract.",
)
_HIDDEN_COLUMN = ConversionFault(
    rule="column.hidden",
    what="column {letter} is hidden; it is read like all others",
    remedy="Show the column and look at it; delete it if it is not the right one.",
)
_MERGED_CELLS = ConversionFault(
    rule="cell.merged",
    what=(
        "the cells {cells} are merged: the value that they show belongs to the first of them "
        "alone, so it is not known what {columns} should be in {rows}"
    ),
    remedy="Undo the merging and fill in each cell.",
)

MAX_MERGED_AREAS = 100  # of a sheet, that have a finding of each severity


@dataclass(frozen=True)
class SheetAccount:
    """One sheet or text file that has been read.

    heading: as the file has it.
    columns: by position, the name of the column that is read from there.
    deciding: by position, the cells that show whether a stage was reached.
    unnamed: by position of a heading that is empty or an error, the cells below it.
    """

    extract: Extract
    file: str
    heading: list[str]
    columns: dict[int, str]
    deciding: dict[int, pa.ChunkedArray]
    unnamed: dict[int, pa.ChunkedArray]
    view: SheetView
    rows: TableRows

    def findings(self) -> list[Finding]:
        """A finding for each column without a heading, and for hidden and merged cells."""
        return [
            *self._unnamed_columns(),
            *self._errors_that_decide(),
            *self._hidden_rows(),
            *self._hidden_columns(),
            *self._merged_cells(),
        ]

    def _unnamed_columns(self) -> Iterator[Finding]:
        rows_by_position = dict(self.rows.stray)
        for position, cells in self.unnamed.items():
            is_filled = np.asarray(pc.not_equal(pc.utf8_trim_whitespace(cells), ""))
            rows_by_position[position] = self.rows.row_numbers[is_filled].tolist()
        for position, rows in sorted(rows_by_position.items()):
            heading = self.heading[position] if position < len(self.heading) else ""
            values = {
                "letter": column_letters(position),
                "rows": _counted(rows),
                "heading": heading,
            }
            if is_error_text(heading):
                severity: Severity = "critical" if rows else "warning"
                yield self._finding(severity, _ERROR_HEADING, values, rows)
            elif rows:
                yield self._finding("warning", _BLANK_HEADING, values, rows)

    def _errors_that_decide(self) -> Iterator[Finding]:
        """A finding for each column with errors that is read for the stages reached alone."""
        for position, cells in self.deciding.items():
            if self.columns.get(position) != REACHED:
                continue
            is_error = np.asarray(pc.match_substring_regex(cells, ERROR_CELL))
            rows = self.rows.row_numbers[is_error].tolist()
            if rows:
                values = {"heading": self.heading[position], "rows": _counted(rows)}
                yield self._finding("critical", _ERROR_THAT_DECIDES, values, rows)

    def _hidden_rows(self) -> Iterator[Finding]:
        numbers = self.rows.row_numbers
        is_hidden = np.zeros(len(numbers), dtype=bool)
        for first, last in self.view.hidden_rows:
            start, end = np.searchsorted(numbers, [first + 1, last + 2])
            is_hidden[start:end] = True
        rows = numbers[is_hidden].tolist()
        if rows:
            yield self._finding("warning", _HIDDEN_ROWS, {"rows": _counted(rows)}, rows)

    def _hidden_columns(self) -> Iterator[Finding]:
        # A sheet may have far more columns and marks than we read columns.
        for position, name in sorted(self.columns.items()):
            is_hidden = any(first <= position <= last for first, last in self.view.hidden_columns)
            if is_hidden and name not in self.extract.personal_columns:
                values = {"letter": column_letters(position), "column": name}
                yield self._finding("warning", _HIDDEN_COLUMN, values)

    def _merged_cells(self) -> Iterator[Finding]:
        """A finding for each area that leaves a cell empty in a record and a column read.

        Of many areas the first have one each: anyone who undoes these undoes all.
        """
        counts: Counter[Severity] = Counter()
        columns = sorted(self.columns.items())
        personal_columns = set(self.extract.personal_columns)
        numbers = self.rows.row_numbers
        areas = self.view.merged
        starts = np.searchsorted(numbers, [area.first_row + 1 for area in areas])
        ends = np.searchsorted(numbers, [area.last_row + 2 for area in areas])
        for area, start, end in zip(areas, starts, ends, strict=True):
            # A sheet may have far more columns and areas than we read columns.
            names = {
                name: position
                for position, name in columns
                if area.first_column <= position <= area.last_column
            }
            is_personal = names.keys() <= personal_columns
            severity: Severity = "warning" if is_personal else "critical"
            if not names or start == end or counts[severity] == MAX_MERGED_AREAS:
                continue
            # The first cell has the value, so its column alone is not enough.
            has_value = set(names.values()) <= {area.first_column}
            has_value = has_value and numbers[start] == area.first_row + 1
            rows = numbers[start + has_value : end].tolist()
            if rows:
                counts[severity] += 1
                first = f"{column_letters(area.first_column)}{area.first_row + 1}"
                last = f"{column_letters(area.last_column)}{area.last_row + 1}"
                values = {"cells": f"{first}:{last}", "rows": _counted(rows)}
                values |= {"columns": ", ".join(names), "column": next(iter(names))}
                yield self._finding(severity, _MERGED_CELLS, values, rows)

    def _finding(
        self,
        severity: Severity,
        fault: ConversionFault,
        values: Mapping[str, str],
        rows: Sequence[int] = (),
    ) -> Finding:
        """A finding for these rows; without rows, for the whole file.

        values: by the names in the fault's sentences; `column` is also the finding's.
        """
        return Finding(
            severity=severity,
            rule=f"{self.extract.name}.{fault.rule}",
            extract=self.extract.name,
            file=self.file,
            row=rows[0] if len(rows) == 1 else None,
            column=values.get("column"),
            what=fault.what.format_map(values),
            remedy=fault.remedy,
            stands_for=max(1, len(rows)),
        )


def _counted(rows: list[int]) -> str:
    """How many rows, and which: "3 rows (rows 2 to 4)"."""
    if not rows:
        return "no row"
    return f"{count_rows(len(rows))} ({format_row_numbers(rows)})"
