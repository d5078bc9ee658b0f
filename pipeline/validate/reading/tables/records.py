"""Which rows below the headings are records, and the account of those that are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

import numpy as np
import pyarrow as pa

from pipeline.settings import Council
from pipeline.validate.definitions import Extract
from pipeline.validate.reading.columns.placeholders import normalise_placeholder
from pipeline.validate.reading.table_source import TableRows, TableSource
from pipeline.validate.reading.tables.cell_forms import CellForms
from pipeline.validate.reading.tables.locate import TablePlace
from pipeline.validate.reading.tables.verdicts import (
    ABOVE,
    DECLARED,
    IN_DOUBT,
    MAX_NOTE_CELLS,
    REPEATED_HEADINGS,
    TOTAL,
    DoubtfulRow,
    Place,
    RowJudge,
)

MAX_TAIL_ROWS = 20  # looked at in any case
MAX_DOUBTFUL_ROWS = 2_000  # beyond which a column is wrong, and not rows
MAX_DOUBTFUL_SHARE = 0.5
MIN_DOUBTFUL_ROWS = 50


@dataclass
class RecordAccount:
    """The records of a file or sheet, and what was left out.

    ignored: by row, why it is no record. labels: by row, the first text of a total row.
    in_doubt: rows of which it is not certain. other_tables: rows with headings of another table,
    under which there are rows like records.
    like_records: rows that council.yaml ignores although they look like records.
    """

    rows: TableRows
    ignored: dict[int, str] = field(default_factory=dict)
    cells: dict[int, list[str]] = field(default_factory=dict)
    in_doubt: list[int] = field(default_factory=list)
    other_tables: list[int] = field(default_factory=list)
    like_records: list[int] = field(default_factory=list)


class RecordSorter:
    """Sorts the rows of one source into records and others.

    matched: the positions of each column that is read.
    """

    def __init__(
        self,
        extract: Extract,
        table: TableSource,
        place: TablePlace,
        matched: Mapping[str, Sequence[int]],
        council: Council,
    ) -> None:
        self.table = table
        self.place = place
        self.matched = matched
        self.forms = CellForms(extract, matched, council)
        self._placeholders = set(map(normalise_placeholder, council.placeholders))
        self.judge = RowJudge(self.forms, table.area.heading, council)

    def sort(self, rows: TableRows, positions: Sequence[int]) -> RecordAccount:
        """The records among the rows; positions: of the columns of the rows."""
        cells = dict(zip(positions, rows.columns, strict=True))
        account = RecordAccount(rows)
        account.ignored = dict.fromkeys(self.place.above, ABOVE)
        layout = self.place.layout
        is_like_record = self._have_form(rows, cells)
        is_declared = self._are_declared(rows.row_numbers)
        misfits = np.array([*rows.rows_too_short, *rows.rows_too_long], dtype="int64")
        account.ignored |= dict.fromkeys(misfits[self._are_declared(misfits)].tolist(), DECLARED)
        if layout:
            account.like_records = self._like_records(rows, is_declared & is_like_record)
        declared = rows.row_numbers[is_declared].tolist()
        account.ignored |= dict.fromkeys(declared, DECLARED)
        if layout is None or layout.last_row is None:
            self._judge_rows(account, cells, is_like_record | is_declared)
        left_out = [*account.ignored, *account.in_doubt]
        is_record = ~np.isin(rows.row_numbers, left_out)
        account.rows = _without(rows, is_record, left_out)
        return account

    def _are_declared(self, numbers: np.ndarray) -> np.ndarray:
        """For each row whether council.yaml says that it is no record."""
        layout = self.place.layout
        if layout is None:
            return np.zeros(len(numbers), dtype=bool)
        is_declared: np.ndarray = np.isin(numbers, layout.ignore_rows)
        if layout.last_row is not None:
            is_declared |= numbers > layout.last_row
        return is_declared

    def _is_placeholder(self, cell: str) -> bool:
        return bool(self._placeholders) and normalise_placeholder(cell) in self._placeholders

    def _like_records(self, rows: TableRows, is_doubtful: np.ndarray) -> list[int]:
        """Of the rows that council.yaml ignores, those that look like records of this table.

        is_doubtful: of the rows ignored, which have the form of a record. Below the last row, those
        after an empty row or another row are of another table.
        """
        layout = self.place.layout
        assert layout is not None
        numbers: list[int] = rows.row_numbers[is_doubtful].tolist()
        if layout.last_row is None:
            return numbers
        end = layout.last_row
        for number in numbers:
            if number == end + 1:
                end = number
        return [number for number in numbers if number <= end]

    def _have_form(self, rows: TableRows, cells: Mapping[int, pa.ChunkedArray]) -> np.ndarray:
        """For each row whether its main column has the form of a record's."""
        main = self.forms.main
        if main is None or not len(rows.row_numbers):
            return np.ones(len(rows.row_numbers), dtype=bool)
        mask = self.forms.in_main_form(cells[self.matched[main.name][0]])
        for name in self.forms.keys:
            references = cells[self.matched[name][0]]
            self.forms.learn_shapes(name, references.filter(pa.array(mask)))
            mask[-MAX_TAIL_ROWS:] &= [
                self.forms.fits(self.forms.key(name), text)
                for text in references.slice(max(0, len(mask) - MAX_TAIL_ROWS)).to_pylist()
            ]
        return mask

    def _judge_rows(
        self, account: RecordAccount, cells: Mapping[int, pa.ChunkedArray], is_record: np.ndarray
    ) -> None:
        """Add what the rows are that do not look like records, and those of another length."""
        rows = account.rows
        odd = rows.row_numbers[~is_record].tolist()
        most = max(MIN_DOUBTFUL_ROWS, MAX_DOUBTFUL_SHARE * len(is_record))
        if self.forms.main is None or (not odd and not rows.misfit_cells):
            return
        if len(odd) > min(most, MAX_DOUBTFUL_ROWS):
            return
        records = rows.row_numbers[is_record]
        texts = self.table.read_rows(odd) if odd else {}
        misfits = {*rows.rows_too_short, *rows.rows_too_long}
        texts |= {row: rows.misfit_cells[row] for row in misfits if row in rows.misfit_cells}
        present = {*rows.row_numbers[~is_record].tolist(), *texts}
        other_table = 0
        numbers = sorted(texts)
        for number, following in zip_longest(numbers, numbers[1:]):
            row = self._doubtful_row(number, texts[number], records, present, account)
            if following and self.judge.repeats_headings(texts[following]):
                is_next = not ((records > number) & (records < following)).any()
                row = replace(row, is_above_headings=is_next)
            if not row.texts:
                continue
            verdict = self.judge.verdict(row)
            if verdict is None or (number in misfits and _may_be_broken(row, verdict, rows)):
                continue
            if verdict == REPEATED_HEADINGS:
                other_table = self._end_other_table(account, other_table, number, records)
            elif self.judge.begins_another_table(row):
                other_table = self._end_other_table(account, other_table, number, records)
                other_table = number
            account.cells[number] = list(row.cells)
            if verdict == IN_DOUBT:
                account.in_doubt.append(number)
            else:
                account.ignored[number] = verdict
        self._end_other_table(account, other_table, int(records.max(initial=0)) + 1, records)

    def _doubtful_row(
        self,
        number: int,
        texts: list[str],
        records: np.ndarray,
        present: set[int],
        account: RecordAccount,
    ) -> DoubtfulRow:
        width = len(self.table.area.heading)
        padded = [*texts[:width], *[""] * (width - len(texts))]
        cells = [
            "" if position in self.table.area.outside or self._is_placeholder(cell) else cell
            for position, cell in enumerate(padded)
        ]
        earlier = int(np.searchsorted(records, number))
        place: Place = "between"
        if earlier == len(records):
            place = "below"
        elif earlier == 0:
            place = "above"
        row_above = number - 1
        is_filled = row_above in present or (earlier > 0 and records[earlier - 1] == row_above)
        return DoubtfulRow(
            number=number,
            cells=cells,
            named={
                name: next((cells[position] for position in places if cells[position]), "")
                for name, places in self.matched.items()
            },
            place=place,
            is_apart=not is_filled or row_above in account.ignored,
            has_records=bool(len(records)),
            records_above=earlier,
        )

    @staticmethod
    def _end_other_table(account: RecordAccount, begin: int, end: int, records: np.ndarray) -> int:
        """Note another table between two rows if rows in it look like records; 0 for none."""
        if begin and ((records > begin) & (records < end)).any():
            account.other_tables.append(begin)
        return 0


def _may_be_broken(row: DoubtfulRow, verdict: str, rows: TableRows) -> bool:
    """Whether a row with the wrong number of cells may be a record that was broken."""
    if verdict in (TOTAL, REPEATED_HEADINGS) or len(row.texts) <= MAX_NOTE_CELLS:
        return verdict == IN_DOUBT
    return verdict == IN_DOUBT or row.place != "below" or row.number in rows.rows_too_long


def _without(rows: TableRows, is_record: np.ndarray, left_out: Sequence[int]) -> TableRows:
    """The rows without those that are no records."""
    others = set(left_out)
    columns = rows.columns
    if not is_record.all():
        columns = [column.filter(pa.array(is_record)) for column in columns]
    return replace(
        rows,
        columns=columns,
        row_numbers=rows.row_numbers[is_record],
        rows_too_short=[row for row in rows.rows_too_short if row not in others],
        rows_too_long=[row for row in rows.rows_too_long if row not in others],
    )
