"""A data file with its metadata file, as the rules of the screener read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Dataset:
    """Two CSV files by name: rows of text, the headings first.

    data, meta: the cells of each file.
    """

    data_name: str
    meta_name: str
    data: list[list[str]]
    meta: list[list[str]]

    @classmethod
    def parse(cls, data_name: str, meta_name: str, files: Mapping[str, bytes]) -> Dataset:
        """Raises UnicodeDecodeError or csv.Error if one is no CSV file in UTF-8."""
        data, meta = (_cells(files[name]) for name in (data_name, meta_name))
        return cls(data_name, meta_name, data, meta)

    @property
    def columns(self) -> list[str]:
        return self.data[0] if self.data else []

    @property
    def meta_columns(self) -> list[str]:
        return self.meta[0] if self.meta else []

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        return [dict(zip(self.columns, row, strict=False)) for row in self.data[1:]]

    @cached_property
    def meta_rows(self) -> list[dict[str, str]]:
        return [dict(zip(self.meta_columns, row, strict=False)) for row in self.meta[1:]]

    @property
    def filters(self) -> list[dict[str, str]]:
        return self._meta_of("Filter")

    @property
    def indicators(self) -> list[dict[str, str]]:
        return self._meta_of("Indicator")

    def _meta_of(self, kind: str) -> list[dict[str, str]]:
        """The metadata of the columns of a kind that the data file has."""
        return [
            row
            for row in self.meta_rows
            if row.get("col_type") == kind and row.get("col_name") in self.columns
        ]

    def values(self, column: str) -> Iterator[tuple[int, str]]:
        """The number of each row, as a spreadsheet counts, and its cell in a column."""
        return ((number, row.get(column, "")) for number, row in enumerate(self.rows, 2))


def _cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


Check = Callable[[Dataset], Iterable[str]]


@dataclass(frozen=True)
class ScreenerRule:
    """A rule of the standard: its name, what it asks, and a check that yields what breaks it."""

    name: str
    asks: str
    check: Check


RULES: dict[str, ScreenerRule] = {}


def rule(asks: str) -> Callable[[Check], Check]:
    """Declare a function as the rule of its name."""

    def declare(check: Check) -> Check:
        RULES[check.__name__] = ScreenerRule(check.__name__, asks, check)
        return check

    return declare
