"""One complaint that takes several rows, one per allegation: its rows as one.

Rows of one reference are combined if they differ in columns of codes alone, such as themes, or one
of them is empty where another is not. Other rows of one reference are left as they are, and are
findings of the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.definitions import Extract
from pipeline.validate.findings import Finding, format_row_numbers
from pipeline.validate.reading.mapping import code_translation
from pipeline.validate.reading.table_source import TableRows

COMBINED = "combined with an earlier row of the same case"
JOINED_TEXT = "notes"  # a text of which each row may have a part


@dataclass(frozen=True)
class Combination:
    """The rows of one file with the allegations of each case as one row.

    left_out: the other rows of a case. mixed: rows of cases whose allegations have different
    outcomes, for which council.yaml has no rule.
    """

    rows: TableRows
    left_out: list[int]
    mixed: list[int]

    def findings(self, extract: str, file: str) -> list[Finding]:
        """What was combined, and what is asked of different outcomes."""
        findings: list[Finding] = []
        if self.left_out:
            count = len(self.left_out)
            were = "rows were" if count > 1 else "row was"
            findings.append(
                Finding(
                    severity="info",
                    rule=f"{extract}.rows.combined",
                    extract=extract,
                    file=file,
                    what=(
                        f"{count:,} {were} combined with an earlier row of the same reference, "
                        "because each has an allegation of that case: "
                        f"{format_row_numbers(self.left_out)}"
                    ),
                    remedy="Nothing to do if the rows of one reference are one case.",
                    stands_for=count,
                )
            )
        if self.mixed:
            findings.append(
                Finding(
                    severity="critical",
                    rule=f"{extract}.rows.outcome",
                    extract=extract,
                    file=file,
                    what=(
                        "the allegations of one case have different outcomes in "
                        f"{format_row_numbers(self.mixed)}"
                    ),
                    remedy=(
                        "Say in council.yaml which outcome the whole case then has, such as "
                        "`mixed_outcome: partially upheld`."
                    ),
                    stands_for=len(self.mixed),
                )
            )
        return findings


def combine_allegations(
    extract: Extract,
    rows: TableRows,
    positions: Sequence[int],
    matched: Mapping[str, Sequence[int]],
    council: Council,
) -> Combination:
    """The rows with those of one reference as one.

    positions: of the columns of the rows. matched: the positions of each column of the extract.
    """
    unchanged = Combination(rows, [], [])
    if extract.name != "complaints" or "reference" not in matched or not len(rows.row_numbers):
        return unchanged
    references = rows.columns[positions.index(matched["reference"][0])]
    encoded = references.combine_chunks().dictionary_encode()
    if len(encoded.dictionary) == len(references):
        return unchanged
    keys = pd.Series(references.to_pandas()).str.strip().str.casefold()
    repeated = keys[(keys != "") & keys.duplicated(keep=False)]
    if repeated.empty:
        return unchanged
    combiner = _Combiner(extract, positions, matched, council)
    table = pd.DataFrame(
        {
            position: column.take(pa.array(repeated.index)).to_pandas().str.strip()
            for position, column in zip(positions, rows.columns, strict=True)
        }
    ).set_axis(repeated.index)
    changed: dict[int, dict[int, str]] = {}
    left_out: list[int] = []
    mixed: list[int] = []
    for _, group in table.groupby(repeated, sort=False):
        combined = combiner.combine(group)
        if combined is None:
            continue
        changed[group.index[0]] = combined
        left_out += group.index[1:].tolist()
        if combiner.is_mixed(group) and not council.mixed_outcome:
            mixed += group.index.tolist()
    if not left_out:
        return unchanged
    remains = np.ones(len(keys), dtype=bool)
    remains[left_out] = False
    columns = [
        _with_cells(column, position, changed).filter(pa.array(remains))
        for position, column in zip(positions, rows.columns, strict=True)
    ]
    numbers = rows.row_numbers
    return Combination(
        rows=replace(rows, columns=columns, row_numbers=numbers[remains]),
        left_out=sorted(numbers[left_out].tolist()),
        mixed=sorted(numbers[mixed].tolist()),
    )


def _with_cells(
    column: pa.ChunkedArray, position: int, changed: Mapping[int, Mapping[int, str]]
) -> pa.ChunkedArray:
    """The column with the changed cells of some rows."""
    texts = {row: cells[position] for row, cells in changed.items() if position in cells}
    mask = np.zeros(len(column), dtype=bool)
    mask[list(texts)] = True
    in_order = pa.array([texts[row] for row in sorted(texts)], column.type)
    array = column.combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(array, pa.array(mask), in_order)])


class _Combiner:
    """Combines the rows of one reference."""

    def __init__(
        self,
        extract: Extract,
        positions: Sequence[int],
        matched: Mapping[str, Sequence[int]],
        council: Council,
    ) -> None:
        names = {place: name for name, places in matched.items() for place in places}
        types = {column.name: column.type for column in extract.columns}
        self._lists = [place for place in positions if types.get(names.get(place, "")) == "codes"]
        self._texts = [place for place in positions if names.get(place) == JOINED_TEXT]
        self._outcomes = [place for place in positions if names.get(place) == "outcome"]
        others = {*self._lists, *self._texts, *self._outcomes}
        self._same = [place for place in positions if place not in others]
        self._translation = code_translation(council, extract.name, "outcome")
        self._mixed_outcome = council.mixed_outcome

    def combine(self, group: pd.DataFrame) -> dict[int, str] | None:
        """By position the cells of the case; None if its rows are not those of allegations."""
        if len(group.drop_duplicates()) == 1:
            return None  # exact duplicates are dropped, and counted, by the next step
        cells: dict[int, str] = {}
        for place in self._same:
            values = _different(group[place])
            if len(values) > 1:
                return None
            cells[place] = values[0] if values else ""
        for place in self._lists:
            cells[place] = "; ".join(_different(group[place]))
        for place in self._texts:
            cells[place] = "\n".join(_different(group[place]))
        for place in self._outcomes:
            values = _different(group[place])
            cells[place] = values[0] if values else ""
            if self.is_mixed(group):
                cells[place] = self._mixed_outcome or cells[place]
        return cells

    def is_mixed(self, group: pd.DataFrame) -> bool:
        """Whether the allegations have different outcomes."""
        for place in self._outcomes:
            texts = [text.casefold() for text in _different(group[place])]
            if len({self._translation.get(text, text).casefold() for text in texts}) > 1:
                return True
        return False


def _different(cells: pd.Series) -> list[str]:
    """The different texts of cells that are not empty, without regard to case."""
    texts = {text.casefold(): text for text in reversed(cells.tolist()) if text}
    order = dict.fromkeys(text.casefold() for text in cells.tolist() if text)
    return [texts[text] for text in order]
