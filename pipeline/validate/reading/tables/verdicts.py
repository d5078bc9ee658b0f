"""What a row is that does not look like a record: a total, a note, a unit, a heading again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.settings import Council
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.tables.cell_forms import CellForms, is_numeric, number_in
from pipeline.validate.reading.tables.headings import KnownHeadings

Place = Literal["above", "between", "below"]
TOTAL = "a total row"
NOTE = "a note or another table below the records"
TITLE = "a title between the records"
UNITS_ROW = "units or explanations under the headings"
REPEATED_HEADINGS = "the headings again"
DECLARED = "ignored as council.yaml says"
ABOVE = "above the headings"
IN_DOUBT = "in doubt"

OUTSIDE: dict[Place, str] = {"above": UNITS_ROW, "between": TITLE, "below": NOTE}
MAX_LABEL_CHARACTERS = 80
MAX_NOTE_CELLS = 3
MIN_HEADINGS = 2
MIN_MISFITS = 4  # cells without their columns' forms: so many are no slip
MIN_MISFITS_ABOVE = 3  # directly under the headings, where units are
TOTAL_LABEL = re.compile(
    r"(?:grand|sub|over-?all|running|report|year|annual)?[\s-]*totals?\b.*|.*\btotals?\s*:?"
    r"|(?:sums?|counts?|average|mean|median)\b.*|(?:number|no\.?|#) of .*"
    r"|all (?:complaints|cases|rows|records|items)\b.*|records? (?:returned|listed)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_NOTE_LABEL = re.compile(
    r"[*†‡§©]|[._-]{3,}|\(?\d\)|.*:$|(?:notes?|sources?|prepared|produced|printed|generated|extracted|exported"
    r"|report|run|signed|signature|approved|checked|authorised|date|page|end|contact|data|figures"
    r"|provisional|official|confidential)\b",
    re.IGNORECASE,
)
_LINE = re.compile(r"[-=_.*#~ ]{3,}")
_UNIT = re.compile(
    r"[(\[]?(?:dd?[-/ .]mm[-/ .]yy(?:yy)?|yyyy[-/ .]mm[-/ .]dd|(?:free )?text|string|n?varchar.*"
    r"|date(?: ?time)?|number|numeric|integer|decimal|currency|codes?|list|lookup|picklist"
    r"|drop-?down"
    r"|yes ?/ ?no|y ?/ ?n|boolean|£|%|(?:working )?days?|mandatory|optional|required)[)\]]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class DoubtfulRow:
    """A row without the form of a record.

    cells: by position. named: the cells of the columns that are read.
    place: above all records, between them, or below.
    is_apart: whether an empty row, or one that is no record, is above it.
    has_records: whether the file has rows with the form of a record.
    records_above: how many of them are above it.
    is_above_headings: whether the next row with something in it repeats the headings.
    """

    number: int
    cells: Sequence[str]
    named: Mapping[str, str]
    place: Place
    is_apart: bool
    has_records: bool
    records_above: int
    is_above_headings: bool = False

    @property
    def texts(self) -> list[str]:
        """The cells with something in them."""
        return [cell for cell in self.cells if cell]

    @property
    def label(self) -> str:
        """The first of them."""
        return self.texts[0]


class RowJudge:
    """Tells what the rows of one file are that do not look like records.

    heading: the file's.
    """

    def __init__(self, forms: CellForms, heading: Sequence[str], council: Council) -> None:
        self.forms = forms
        self._heading = [normalise_name(cell) for cell in heading]
        self._first = next(position for position, cell in enumerate(heading) if cell)
        self._council = council

    def verdict(self, row: DoubtfulRow) -> str | None:
        """What the row is, IN_DOUBT if that is not certain, and None for a record."""
        fitting = [
            column.name
            for column in (*self.forms.columns, *self.forms.others)
            if self.forms.fits(column, row.named.get(column.name, ""))
        ]
        main = self.forms.main
        if self.repeats_headings(row.cells):
            return REPEATED_HEADINGS
        if not set(self.forms.keys).isdisjoint(fitting):
            return None
        if self._is_drawn(row):
            return OUTSIDE[row.place]
        has_main = main is not None and main.name in fitting
        is_short = len(row.texts) <= MAX_NOTE_CELLS
        if row.is_above_headings and is_short and not has_main:
            return TITLE
        # A code may be called "text", as a unit is.
        if row.place == "above" and self._has_units(row) and not has_main:
            return UNITS_ROW
        if self._is_total(row) or (self._is_count(row) and not has_main):
            return TOTAL
        if not fitting:
            return self._without_form(row)
        count = len(self.forms.columns) + len(self.forms.others)
        if row.place == "below" and len(fitting) == 1 and is_short and count > MAX_NOTE_CELLS:
            is_note = _NOTE_LABEL.match(row.label) is not None
            if is_note or (row.is_apart and not has_main):
                return NOTE
        return None

    def _without_form(self, row: DoubtfulRow) -> str | None:
        """What a row is in which no required column has its form."""
        outside = OUTSIDE[row.place]
        filled = [column for column in self.forms.columns if row.named.get(column.name)]
        others = [column for column in self.forms.others if row.named.get(column.name)]
        checkable = [column for column in (*filled, *others) if self.forms.has_form(column)]
        is_note = _NOTE_LABEL.match(row.label) is not None
        if len(row.texts) == 1:
            is_in_text = bool(filled) and not checkable and not row.cells[self._first]
            return None if is_in_text and not is_note else outside
        if not row.has_records:
            return None
        is_short = len(row.texts) <= MAX_NOTE_CELLS
        has_other_key = any(row.named.get(name) for name in self.forms.keys)
        if row.place == "below" and is_short and (is_note or (row.is_apart and has_other_key)):
            return NOTE
        most = MIN_MISFITS_ABOVE if row.place == "above" else MIN_MISFITS
        if self._has_units(row) or len(checkable) >= most:
            return outside
        is_sparse = len(filled) * 2 <= len(self.forms.columns)
        is_counts = sum(map(is_numeric, row.texts)) * 2 >= len(row.texts)
        if row.place == "below" and (is_sparse or is_counts):
            return NOTE
        return IN_DOUBT if len(self.forms.columns) >= MIN_MISFITS else None

    def repeats_headings(self, cells: Sequence[str]) -> bool:
        """Whether cells are the headings again."""
        same = [
            normalise_name(cell) == heading
            for cell, heading in zip(cells, self._heading, strict=False)
            if cell
        ]
        return len(same) >= min(MIN_HEADINGS, sum(map(bool, self._heading))) and all(same)

    def begins_another_table(self, row: DoubtfulRow) -> bool:
        """Whether a row has the headings of an extract, and other ones than this table."""
        known = KnownHeadings.of_any(self._council)
        return known.count(row.cells) >= MIN_HEADINGS and not any(
            number_in(cell) is not None for cell in row.texts
        )

    @staticmethod
    def _has_units(row: DoubtfulRow) -> bool:
        """Whether half of the cells are units or types, such as "dd/mm/yyyy"."""
        return sum(_UNIT.fullmatch(cell) is not None for cell in row.texts) * 2 >= len(row.texts)

    @staticmethod
    def _is_drawn(row: DoubtfulRow) -> bool:
        """Whether a row is a line, or the numbers of the columns under their headings."""
        if all(_LINE.fullmatch(cell) for cell in row.texts):
            return True
        numbers = [str(number) for number in range(1, len(row.texts) + 1)]
        return row.place == "above" and len(numbers) > 1 and row.texts == numbers

    @staticmethod
    def _is_count(row: DoubtfulRow) -> bool:
        """Whether a row below the records has nothing but their number."""
        numbers = [number_in(cell) for cell in row.texts]
        return row.place == "below" and set(numbers) == {float(row.records_above)}

    @staticmethod
    def _is_total(row: DoubtfulRow) -> bool:
        """Whether a row has a label such as "Total", and else numbers and one more word at most."""
        short = [cell for cell in row.texts if len(cell) <= MAX_LABEL_CHARACTERS]
        labels = [cell for cell in short if TOTAL_LABEL.fullmatch(cell)]
        words = [cell for cell in row.texts if not is_numeric(cell) and cell not in labels]
        return bool(labels) and len(words) <= 1
