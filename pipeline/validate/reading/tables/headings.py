"""Which row, or which two rows, of a file or sheet have the headings of an extract.

It is the row with most of the headings by which the extract is known. Only the first rows are
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from pipeline.settings import Council
from pipeline.validate.definitions import Extract
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.columns.headings import LETTERED_HEADING
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import HeadRow

MIN_KNOWN = 2
MIN_SHARE_OF_REQUIRED = 0.5
MAX_HEADING_CHARACTERS = 200
MIN_TEXTS = 3  # cells of a first row that may be headings though none is known
_NUMBER = re.compile(r"[£-]?[\d,. /:-]+%?")


@dataclass(frozen=True)
class HeadingRows:
    """The row of the headings, or the two rows that they take, and the headings.

    known: how many of them are known.
    """

    numbers: tuple[int, ...]
    cells: list[str]
    known: int = 0


class KnownHeadings:
    """The headings by which an extract is known: the dictionary's and those of council.yaml.

    required: how many columns a file of it must have.
    """

    def __init__(self, extracts: Iterable[Extract], council: Council) -> None:
        names: set[str] = set()
        self.required = 0
        for extract in extracts:
            names.update(extract.column_names)
            self.required += sum(column.required for column in extract.columns)
            for headings in council.columns.get(extract.name, {}).values():
                names.update(headings)
            for layout in council.tables.get(extract.name, ()):
                names.update(layout.only)
            if extract.name == "complaints":
                for stage in council.stages.mapped.values():
                    names.update((*stage.headings.values(), *stage.reached))
        lettered = [match for name in names if (match := LETTERED_HEADING.fullmatch(name))]
        names.update(match[1] for match in lettered)
        self.names = frozenset(map(normalise_name, names))

    @classmethod
    def of_any(cls, council: Council) -> KnownHeadings:
        """Those of all extracts."""
        return cls(EXTRACTS, council)

    @cached_property
    def is_enough(self) -> int:
        """How many known headings make it certain that a row has the headings."""
        return max(MIN_KNOWN, round(self.required * MIN_SHARE_OF_REQUIRED))

    def includes(self, cell: str) -> bool:
        """Whether a cell is one of them."""
        return len(cell) <= MAX_HEADING_CHARACTERS and normalise_name(cell) in self.names

    def count(self, cells: Sequence[str]) -> int:
        """How many different ones are among these cells."""
        short = (cell for cell in cells if cell and len(cell) <= MAX_HEADING_CHARACTERS)
        return len(self.names.intersection(map(normalise_name, short)))


def candidates(head: Sequence[HeadRow], known: KnownHeadings) -> list[HeadingRows]:
    """The rows with most of the known headings, from the top; several if they have as many.

    Rows that repeat the first of them are no other candidates.
    """
    first = HeadingRows((head[0].number,), head[0].cells, known.count(head[0].cells))
    if known.is_enough <= first.known == len(first.cells):
        return [first]  # no row can have more
    rows = [HeadingRows((row.number,), row.cells, known.count(row.cells)) for row in head]
    most = max((row.known for row in rows), default=0)
    # Rows further down are records, if a row alone has the headings.
    end = next((place + 2 for place, row in enumerate(rows) if row.known == most), 0)
    for upper, lower in pairwise(rows[:end] if most >= known.is_enough else rows.copy()):
        if lower.numbers[0] == upper.numbers[0] + 1:
            cells = join_rows(upper.cells, lower.cells, known)
            rows_of_pair = (*upper.numbers, *lower.numbers)
            pair = HeadingRows(rows_of_pair, cells, known.count(cells))
            if pair.known > max(upper.known, lower.known):
                rows = [*rows, pair]
    most = max((row.known for row in rows), default=0)
    best = [row for row in rows if row.known == most and most > 0]
    return [row for row in best if row is best[0] or row.cells != best[0].cells]


def join_rows(upper: Sequence[str], lower: Sequence[str], known: KnownHeadings) -> list[str]:
    """The headings of two rows as one.

    A heading may be wrapped ("Service" above "area"), stand in one of the rows alone, or be one of
    a group whose name is in the first cell above the group ("Stage 1" above "Due" and "Answered").
    """
    width = max(len(upper), len(lower))
    upper = [*upper, *[""] * (width - len(upper))]
    lower = [*lower, *[""] * (width - len(lower))]
    names = [normalise_name(cell) for cell in lower]
    groups: list[str] = []
    for own, cell in zip(upper, lower, strict=True):
        groups.append(own or (groups[-1] if groups and cell else ""))
    # "Extended" belongs to "Stage 1", too, if another heading of that group is in other groups.
    blocks = {group for group, name in zip(groups, names, strict=True) if names.count(name) > 1}
    joined: list[str] = []
    for own, group, cell in zip(upper, groups, lower, strict=True):
        alone, in_group = f"{own} {cell}".strip(), f"{group} {cell}".strip()
        is_repeated = bool(group) and group in blocks
        forms = [in_group, alone, cell] if is_repeated else [alone, cell, in_group]
        usual = in_group if is_repeated else alone
        joined.append(next((form for form in forms if form and known.includes(form)), usual))
    return joined


def may_be_headings(row: HeadRow, head: Sequence[HeadRow]) -> bool:
    """Whether a row looks like headings, though they are not known.

    Its cells are different short texts, and it has about as many as the widest row.
    """
    texts = [cell for cell in row.cells if cell]
    widest = max(sum(map(bool, other.cells)) for other in head)
    return (
        len(texts) >= min(MIN_TEXTS, widest)
        and len(texts) * 2 >= widest
        and len(set(texts)) == len(texts)
        and not any(_NUMBER.fullmatch(cell) or len(cell) > MAX_HEADING_CHARACTERS for cell in texts)
    )
