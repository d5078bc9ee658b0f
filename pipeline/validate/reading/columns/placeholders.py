"""Texts that stand for an empty cell: `placeholders:` in council.yaml, and what looks like one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.definitions import Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.encoding.damage import repaired
from pipeline.validate.reading.mapping import code_translation
from pipeline.validate.reading.table_source import TableRows

# A cell in which nothing can be seen: spaces, invisible characters, or a web page's for them.
INVISIBLE = r"[\s\x{00a0}\x{00ad}\x{2000}-\x{200f}\x{2028}-\x{202f}\x{2060}\x{3000}\x{feff}]"
BLANK_PATTERN = rf"^(?:{INVISIBLE}|&(?:nbsp|#160|#[xX][aA]0);|</?(?:br|p)\s*/?>)*$"
DASHES = r"[\x{2010}-\x{2015}\x{2212}]"


def normalise_placeholder(text: str) -> str:
    """A placeholder as it is compared: without case, outer spaces, or kinds of space and dash."""
    composed = unicodedata.normalize("NFKC", repaired(text))
    spaced = re.sub(r"\s+", " ", composed).strip().lower()
    return re.sub("[\u2010-\u2015\u2212]", "-", spaced)


def _normalised(texts: pa.Array) -> pa.Array:
    """The same for many texts at once, which are not repaired."""
    texts = pc.utf8_normalize(texts, form="NFKC")
    texts = pc.utf8_trim_whitespace(pc.replace_substring_regex(texts, rf"{INVISIBLE}+", " "))
    return pc.replace_substring_regex(pc.utf8_lower(texts), DASHES, "-")


def is_blank(cells: pa.ChunkedArray) -> np.ndarray:
    """For each cell whether nothing can be seen in it."""
    encoded = cells.combine_chunks().dictionary_encode()
    blank = pc.match_substring_regex(encoded.dictionary, BLANK_PATTERN)
    mask: np.ndarray = np.asarray(blank)[np.asarray(encoded.indices)]
    return mask


def _has_content(columns: Sequence[pa.ChunkedArray]) -> np.ndarray:
    """For each row whether something can be seen in one of its cells."""
    has_content = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        if has_content.all():
            break
        has_content |= ~is_blank(column)
    return has_content


@dataclass(frozen=True)
class _EmptyTexts:
    """Which texts of a column stand for an empty cell.

    declared: under `placeholders:`; mapped: under `values:`, to "".
    """

    declared: frozenset[str]
    mapped: frozenset[str]


class EmptyCells:
    """Empties the cells of a file that only hold a placeholder, and counts them.

    A text that `values:` maps for a column keeps that meaning there.
    """

    def __init__(self, council: Council) -> None:
        self.council = council
        self.declared = frozenset(map(normalise_placeholder, council.placeholders))
        self._texts: dict[int, _EmptyTexts] = {}
        self._counts: dict[int, int] = {}
        self._rows_left_out = 0

    def add_columns(self, extract: str, positions: Mapping[str, Sequence[int]]) -> None:
        """Note which columns of an extract are read from which positions of the file."""
        for name, column_positions in positions.items():
            translation = {
                normalise_placeholder(theirs): ours
                for theirs, ours in code_translation(self.council, extract, name).items()
            }
            mapped = frozenset(theirs for theirs, ours in translation.items() if not ours)
            for position in column_positions:
                others = self._texts.get(position, _EmptyTexts(self.declared, mapped))
                self._texts[position] = _EmptyTexts(
                    others.declared - translation.keys(), others.mapped & mapped
                )

    def empty(self, rows: TableRows, positions: Sequence[int]) -> TableRows:
        """The rows with placeholders as empty cells, without rows in which nothing else is."""
        columns = [
            self._empty_column(cells, position)
            for cells, position in zip(rows.columns, positions, strict=True)
        ]
        if not self._counts:
            return replace(rows, columns=columns)
        is_emptied = _has_content(rows.columns) & ~_has_content(columns)
        self._rows_left_out = int(is_emptied.sum())
        if self._rows_left_out:
            columns = [column.filter(pa.array(~is_emptied)) for column in columns]
        return replace(rows, columns=columns, row_numbers=rows.row_numbers[~is_emptied])

    def _empty_column(self, cells: pa.ChunkedArray, position: int) -> pa.ChunkedArray:
        texts = self._texts.get(position, _EmptyTexts(self.declared, frozenset()))
        if not (texts.declared or texts.mapped) or not len(cells):
            return cells
        encoded = cells.combine_chunks().dictionary_encode()
        normalised = _normalised(encoded.dictionary)
        is_declared = _is_among(normalised, texts.declared)
        is_empty = is_declared | _is_among(normalised, texts.mapped)
        if not is_empty.any():
            return cells
        count = int(is_declared[np.asarray(encoded.indices)].sum())
        if count:
            self._counts[position] = count
        emptied = pc.if_else(pa.array(is_empty), "", encoded.dictionary)
        return pa.chunked_array([emptied.take(encoded.indices)], pa.string())

    def findings(self, extract: Extract, file: str, heading: Sequence[str]) -> list[Finding]:
        """How many cells were read as empty by `placeholders:`; nothing if there are none."""
        if not self._counts:
            return []
        total = sum(self._counts.values())
        columns = ", ".join(
            f"{heading[position]} {count:,}" for position, count in sorted(self._counts.items())
        )
        cells = f"{total:,} cells were" if total > 1 else "1 cell was"
        rows = ""
        if self._rows_left_out:
            noun, verb = ("rows", "were") if self._rows_left_out > 1 else ("row", "was")
            rows = f". {self._rows_left_out:,} {noun} with nothing else {verb} left out"
        return [
            Finding(
                severity="info",
                rule=f"{extract.name}.placeholders",
                extract=extract.name,
                file=file,
                what=f"{cells} read as empty, as `placeholders:` says: {columns}{rows}",
                remedy="No action is needed if each of these texts means an empty cell.",
                stands_for=total,
            )
        ]


def _is_among(values: pa.Array, texts: frozenset[str]) -> np.ndarray:
    return np.asarray(pc.is_in(values, pa.array(sorted(texts), values.type)))
