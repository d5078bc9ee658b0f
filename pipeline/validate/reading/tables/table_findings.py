"""The findings about the table of a source: what was detected, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from pipeline.validate.findings import Finding, format_row_numbers, quotable_text
from pipeline.validate.reading.tables.cell_forms import number_in
from pipeline.validate.reading.tables.locate import SourcePlace, TablePlace
from pipeline.validate.reading.tables.records import RecordAccount
from pipeline.validate.reading.tables.verdicts import TOTAL


def table_findings(
    place: TablePlace, account: RecordAccount, cells: Mapping[int, pa.ChunkedArray]
) -> list[Finding]:
    """What was detected in a file or sheet, and what council.yaml has to say of it.

    cells: by position, the records' cells.
    """
    totals = _TotalRows(account, cells)
    findings = [*_questions(place, account), *_wrong_totals(place.source, totals)]
    parts = [*place.notes, *_ignored_rows(account, totals)]
    if parts:
        findings.append(
            place.source.finding(
                "info",
                "table.detected",
                f"{'; '.join(parts)}",
                "Nothing to do if that is right; else say where the table is, under `tables:` in "
                f"council.yaml, such as {_lines(place, account)}.",
            )
        )
    return findings


class _TotalRows:
    """Whether the numbers of the total rows agree with the rows above them."""

    def __init__(self, account: RecordAccount, cells: Mapping[int, pa.ChunkedArray]) -> None:
        self.account = account
        self.numbers = [row for row, reason in account.ignored.items() if reason == TOTAL]
        self._sums: dict[int, float] = {}
        for position in cells if self.numbers else ():
            numbers = [number_in(text) for text in cells[position].unique().to_pylist()]
            if any(number is not None for number in numbers):
                values = [number_in(text) or 0 for text in cells[position].to_pylist()]
                self._sums[position] = sum(values)
        self._positions = set(cells)

    def explanation(self, row: int) -> str:
        """What a total row agrees with; "" if with nothing that is read."""
        counts = self.counts(row)
        for position, cell in enumerate(self.account.cells[row]):
            number = number_in(cell)
            if number is None:
                continue
            if number in counts:
                return f"its {cell} is the number of rows above it"
            if position in self._sums and abs(number - self._sums[position]) < 0.005:
                return f"its {cell} is the sum of its column"
        return ""

    def counts(self, row: int) -> list[int]:
        """The number of records above a row, and of those since the total row before it."""
        above = self.account.rows.row_numbers
        earlier = max((number for number in self.numbers if number < row), default=0)
        return [int((above < row).sum()), int(((above < row) & (above > earlier)).sum())]

    def wrong_counts(self) -> Iterator[tuple[int, str, int]]:
        """Each last total row with one number, in a column that is read, that is no such count."""
        for row in self.numbers[-1:]:
            records = self.account.rows.row_numbers
            last = int(records[records < row].max(initial=0))
            if any(last < other < row for other in self.account.ignored):
                continue  # it may be the total of another table
            cells = self.account.cells[row]
            numbers = {
                position: cell for position, cell in enumerate(cells) if number_in(cell) is not None
            }
            [(position, cell), *others] = numbers.items() or [(-1, "")]
            is_count = position in self._positions and position not in self._sums
            if is_count and not others and not self.explanation(row):
                yield row, cell, self.counts(row)[0]


def _wrong_totals(place: SourcePlace, totals: _TotalRows) -> Iterator[Finding]:
    for row, cell, count in totals.wrong_counts():
        yield place.finding(
            "warning",
            "table.total",
            f"the total row says {cell}, and {count:,} rows are above it",
            "Check that the export is complete.",
            row,
        )


def _ignored_rows(account: RecordAccount, totals: _TotalRows) -> Iterator[str]:
    """Which rows are ignored, by reason: rows of a total each, others together."""
    by_reason: dict[tuple[str, int], list[int]] = {}
    for row, reason in sorted(account.ignored.items()):
        by_reason.setdefault((reason, row if reason == TOTAL else 0), []).append(row)
    for (reason, row), rows in by_reason.items():
        if reason == TOTAL:
            label = next(cell for cell in account.cells[row] if cell)
            explanation = totals.explanation(row)
            why = f" ({explanation})" if explanation else ""
            yield f'row {row:,} "{quotable_text(label)}" ignored: {reason}{why}'
        else:
            yield f"{format_row_numbers(rows)} ignored: {reason}"


def _questions(place: TablePlace, account: RecordAccount) -> Iterator[Finding]:
    if account.in_doubt:
        rows = format_row_numbers(account.in_doubt)
        are = "are records" if len(account.in_doubt) > 1 else "is a record"
        lines = place.source.lines(**_headings(place), ignore_rows=account.in_doubt)
        yield place.source.finding(
            "critical",
            "table.rows",
            f"it is not certain whether {rows} {are}: no cell there has the form of its column",
            f"If not, add to council.yaml: {lines}. If so, complete what is missing, or add "
            f"{_lines(place, account)}.",
        )
    for row in account.other_tables:
        lines = place.source.lines(**_headings(place), last_row=row - 1)
        yield place.source.finding(
            "critical",
            "table.rows",
            f"row {row:,} looks like the headings of another table, and rows below it like records",
            f"If that is another table, add to council.yaml: {lines}, and a line of the same kind "
            f"for the extract of the other table, with `headings: {row}`. Else remove the row.",
            row,
        )
    if account.like_records:
        is_single = len(account.like_records) == 1
        like_records = "it looks like a record" if is_single else "they look like records"
        yield place.source.finding(
            "warning",
            "table.ignored",
            f"{format_row_numbers(account.like_records)} ignored, as council.yaml says, although "
            f"{like_records}",
            "Correct `last_row:` or `ignore_rows:` under `tables:` if it is one.",
        )


def _headings(place: TablePlace) -> dict[str, object]:
    rows = list(place.area.heading_rows)
    return {"headings": rows[0] if len(rows) == 1 else rows} if rows != [1] else {}


def _lines(place: TablePlace, account: RecordAccount) -> str:
    """What council.yaml would say if what was detected, with rows in doubt, is to be as it is."""
    rows = [*account.rows.row_numbers[-1:].tolist(), *account.in_doubt]
    last_row = max(rows, default=0)
    inside = [
        row for row in sorted(account.ignored) if place.area.heading_rows[-1] < row < last_row
    ]
    return place.source.lines(**_headings(place), last_row=last_row or None, ignore_rows=inside)
