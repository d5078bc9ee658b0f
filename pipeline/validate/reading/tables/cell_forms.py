"""The form of a column's cells, which distinguishes a record from a total, a note or a title."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.settings import Council
from pipeline.validate.definitions import CODED_TYPES, NUMERIC_TYPES, Column, Extract
from pipeline.validate.dictionary import REFERENCE_COLUMNS
from pipeline.validate.reading.mapping import code_translation

# 2021-04-30, 30/04/21, 44316, 20210430, 30 April 2021, Fri 30 Apr 2021 10:15, April 30, 2021.
DATE_FORM = (
    r"^\s*(?:[A-Za-z]+,? )?(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}|\d{5}(?:\.\d+)?|\d{8}"
    r"|\d{1,2}(?:st|nd|rd|th)?[-/ ][A-Za-z]{3,9}[-/, ]+'?\d{2,4}"
    r"|[A-Za-z]{3,9} \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?:[T ,].*)?$"
)
NUMBER_FORM = re.compile(r"[-(]?£?-?\d[\d,]*(?:\.\d+)?\)?")
PERCENTAGE_FORM = re.compile(r"-?\d[\d,.]*\s?%")
YES_NO = {"yes", "no", "y", "n", "true", "false"}
MAX_SHAPES_FROM = 5_000  # references, from which the shapes are taken


def number_in(cell: str) -> float | None:
    """The number that a cell is; None if it is none. A percentage is none."""
    if not NUMBER_FORM.fullmatch(cell):
        return None
    is_negative = cell.startswith(("-", "(")) or "-" in cell
    number = float(re.sub(r"[^\d.]", "", cell))
    return -number if is_negative else number


def is_numeric(cell: str) -> bool:
    """Whether a cell is a number or a percentage, or what a formula left in their place."""
    is_number = bool(NUMBER_FORM.fullmatch(cell) or PERCENTAGE_FORM.fullmatch(cell))
    return is_number or cell.startswith("#")


def shape(text: str) -> str:
    """The shape of a reference: "A-9-9" of "CYP-21-001"."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", text.strip()))


class CellForms:
    """What the cells of an extract's columns look like.

    columns: the required ones that a file has, by which records are recognised.
    others: its other columns that have a form.
    """

    def __init__(self, extract: Extract, names: Iterable[str], council: Council) -> None:
        present = set(names)
        self.columns = [
            column for column in extract.columns if column.required and column.name in present
        ]
        self.others = [
            column
            for column in extract.columns
            if not column.required and column.name in present and column.type != "text"
        ]
        self._codes = {
            column.name: self._known_codes(extract, column, council)
            for column in (*self.columns, *self.others)
            if column.type in CODED_TYPES
        }
        self._shapes: dict[str, set[str]] = {}

    @property
    def main(self) -> Column | None:
        """The column in which every record has a date or, without dates, a code."""
        for types in (("date",), CODED_TYPES):
            for column in self.columns:
                if column.type in types:
                    return column
        return None

    @property
    def keys(self) -> list[str]:
        """The columns with references."""
        return [column.name for column in self.columns if column.name in REFERENCE_COLUMNS]

    def has_form(self, column: Column) -> bool:
        """Whether a column's cells have a form at all: free text has none."""
        return column.name in self._shapes or column.type != "text"

    def key(self, name: str) -> Column:
        """The column with this name."""
        return next(column for column in self.columns if column.name == name)

    @staticmethod
    def _known_codes(extract: Extract, column: Column, council: Council) -> set[str]:
        allowed = {code.casefold() for code in column.allowed_values(council) or ()}
        return (
            allowed
            | set(code_translation(council, extract.name, column.name))
            | (YES_NO if column.type == "yes/no" else set())
        )

    def learn_shapes(self, name: str, references: pa.ChunkedArray) -> None:
        """Note the shapes of a column's references, by those of records."""
        first = references.slice(0, MAX_SHAPES_FROM)
        # References that differ in their digits only have one shape, and few do not.
        texts = pc.replace_substring_regex(first, r"\p{Nd}+", "9").unique().to_pylist()
        self._shapes[name] = {shape(text) for text in texts if text and text.strip()}

    def in_main_form(self, cells: pa.ChunkedArray) -> np.ndarray:
        """For each cell of the main column whether it has its form."""
        main = self.main
        assert main is not None
        encoded = cells.combine_chunks().dictionary_encode()
        if main.type == "date":
            fits = pc.match_substring_regex(encoded.dictionary, DATE_FORM)
        else:
            texts = encoded.dictionary.to_pylist()
            fits = pa.array([self.fits(main, text) for text in texts], pa.bool_())
        mask: np.ndarray = np.asarray(fits)[np.asarray(encoded.indices)]
        return mask

    def fits(self, column: Column, cell: str) -> bool:
        """Whether a cell has the form of its column; a column of free text has none."""
        if not cell.strip():
            return False
        if column.name in self._shapes:
            return shape(cell) in self._shapes[column.name]
        if column.type == "date":
            return re.match(DATE_FORM, cell) is not None
        if column.type in CODED_TYPES:
            parts = re.split(r"[;,|/\n]", cell.casefold())
            return any(
                part.strip() in self._codes[column.name] for part in (cell.casefold(), *parts)
            )
        if column.type in NUMERIC_TYPES:
            return number_in(cell) is not None
        return False
