"""Whether what stands under a heading can be a column's: dates, codes, numbers, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pipeline.start.mapping.codes import SEPARATORS, code_list, split_list
from pipeline.start.mapping.exports import ExportColumn
from pipeline.start.mapping.words import read_data
from pipeline.validate.definitions import CODED_TYPES, NUMERIC_TYPES, YES_NO, Column
from pipeline.validate.personal.shapes import EMAILS, POSTCODE
from pipeline.validate.reading.convert import YES_NO_SYNONYMS
from pipeline.validate.reading.dates import MONTH_NAMES, TWO_DIGIT_YEAR, DateOrder, parse_dates
from pipeline.year import Year

MOST = 0.9  # of the cells
MANY = 0.5
FEW = 0.2
MAX_TEXTS = 2_000  # different ones that are examined
FEW_CODES = 15  # that a column of few rows may have without repeating any
MAX_CODES = 40  # different ones that a coded column has
SHORT_CHARACTERS = 60
PLAUSIBLE_YEARS = 12  # before the reported year, for a number that may be a spreadsheet's date
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
COMPACT = re.compile(r"\d{8}")
UNORDERED = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})\b.*")
SHORT_YEAR = re.compile(
    rf"\d{{1,2}}\W(?:\d{{1,2}}|{'|'.join(name[:3] for name in MONTH_NAMES)})\w*\W'?\d{{2}}\b.*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"-?£?-?\d[\d,]*(?:\.\d+)?")
TELEPHONE = re.compile(r"(?:\+44|0)[\d ()-]{9,14}")
YES_NO_TEXTS = {*YES_NO, *YES_NO_SYNONYMS, "1", "0"}
LONG_AGO = timedelta(days=730)


class Verdict(Enum):
    """What the cells say of a column: how the confidence in its name changes."""

    PROOF = "proof"
    FOR = "for"
    OPEN = "open"
    AGAINST = "against"
    NEVER = "never"


class Evidence(NamedTuple):
    """A verdict, and what it rests on, in words."""

    verdict: Verdict
    reason: str


OPEN = Evidence(Verdict.OPEN, "")


@dataclass(frozen=True)
class Surroundings:
    """What a column is compared with.

    codes: by "extract.column", the codes of the council. references: of the complaints, from all
    files.
    """

    year: Year
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    references: frozenset[str] = frozenset()


class Content:
    """What stands under one heading, counted once for all columns that it may be."""

    def __init__(self, column: ExportColumn, row_count: int, year: Year) -> None:
        self.column = column
        self.row_count = row_count
        self.year = year
        empty = {str(one).casefold() for one in read_data("codes.yaml")["empty"]}
        filled = {
            text: count for text, count in column.counts.items() if text.casefold() not in empty
        }
        self.placeholders = [text for text in column.counts if text not in filled]
        self.counts = dict(list(filled.items())[:MAX_TEXTS])
        self.total = sum(self.counts.values())

    def share(self, condition: re.Pattern[str]) -> float:
        """The share of the cells that have this form."""
        return self._share({text for text in self.counts if condition.fullmatch(text)})

    def _share(self, texts: set[str]) -> float:
        return sum(self.counts[text] for text in texts) / self.total if self.total else 0.0

    @cached_property
    def days(self) -> dict[str, date]:
        """The day of each text that is a date, with the day first where that is not certain."""
        texts = list(self.counts)
        days, faults, _ = parse_dates([*texts], self.order or "day first")
        dated: dict[str, date] = {}
        for position, text in enumerate(texts):
            if not np.isnat(days[position]) and self._is_plausible(text, days[position].item()):
                dated[text] = days[position].item()
            elif faults.get(position) is TWO_DIGIT_YEAR and SHORT_YEAR.fullmatch(text):
                dated[text] = self.year.first_day
        return dated

    def _is_plausible(self, text: str, day: date) -> bool:
        if not (SERIAL.fullmatch(text) or COMPACT.fullmatch(text)):
            return True
        return self.year.starts - PLAUSIBLE_YEARS <= day.year <= self.year.starts + 2

    @cached_property
    def order(self) -> DateOrder | None:
        """Which comes first in its dates, as far as numbers above 12 show."""
        matches = [match for text in self.counts if (match := UNORDERED.fullmatch(text))]
        is_day_first = any(int(match[1]) > 12 for match in matches)
        is_month_first = any(int(match[2]) > 12 for match in matches)
        if is_day_first == is_month_first:
            return None
        return "day first" if is_day_first else "month first"

    @property
    def unordered(self) -> list[re.Match[str]]:
        """Its dates whose first two numbers may be day and month or the reverse."""
        return [match for text in self.counts if (match := UNORDERED.fullmatch(text))]

    @cached_property
    def date_share(self) -> float:
        return self._share(set(self.days))

    @cached_property
    def share_in_year(self) -> float:
        """The share of its dates that lie in the reported year."""
        first, last = self.year.first_day, self.year.last_day
        total = sum(self.counts[text] for text in self.days)
        inside = sum(self.counts[text] for text, day in self.days.items() if first <= day <= last)
        return inside / total if total else 0.0

    @cached_property
    def separator(self) -> str:
        """What separates the codes in a cell: a semicolon, unless another sign makes them fewer."""
        if any(SEPARATORS[0] in text for text in self.counts):
            return SEPARATORS[0]
        for separator in SEPARATORS[1:]:
            lists = [split_list(text, separator) for text in self.counts]
            occurrences = Counter(part for parts in lists for part in dict.fromkeys(parts))
            several = [parts for parts in lists if len(parts) > 1]
            # A comma inside a name, as in "Assessment, Planning and Review", separates nothing
            # that occurs elsewhere.
            again = sum(any(occurrences[part] > 1 for part in parts) for parts in several)
            is_fewer = len(occurrences) < max(len(self.counts), FEW_CODES)
            if several and is_fewer and again > MANY * len(several):
                return separator
        return SEPARATORS[0]

    @cached_property
    def is_personal(self) -> bool:
        """Whether most cells hold an address, or a telephone number."""
        personal = {
            text
            for text in self.counts
            if EMAILS[0].fullmatch(text) or POSTCODE.search(text) or TELEPHONE.fullmatch(text)
        }
        return self._share(personal) >= MANY

    def evidence(self, extract: str, column: Column, surroundings: Surroundings) -> Evidence:
        """What the cells say of a column."""
        if not self.total:
            return Evidence(Verdict.OPEN, "no cell is filled")
        if column.type == "date":
            return self._date_evidence(column)
        if self.date_share >= MOST and column.type != "number":
            return Evidence(Verdict.NEVER, "dates")
        if self.is_personal and not column.personal:
            return Evidence(Verdict.NEVER, "addresses or telephone numbers")
        if column.type in CODED_TYPES:
            return self._code_evidence(extract, column, surroundings)
        if column.type in NUMERIC_TYPES:
            return self._number_evidence()
        return self._text_evidence(column, surroundings)

    def _date_evidence(self, column: Column) -> Evidence:
        if self.date_share < MANY:
            return Evidence(Verdict.NEVER, "no dates")
        if column.name == "date_of_birth":
            is_old = all(day < self.year.first_day - LONG_AGO for day in self.days.values())
            return Evidence(Verdict.FOR if is_old else Verdict.AGAINST, "dates")
        last_day = max(self.days.values())
        if last_day < self.year.first_day - LONG_AGO:
            return Evidence(Verdict.AGAINST, "dates of long ago")
        if column.within_year:
            if self.share_in_year >= MANY:
                return Evidence(Verdict.FOR, f"dates of {self.year}")
            return Evidence(Verdict.OPEN, f"few dates of {self.year}")
        return Evidence(Verdict.FOR, "dates")

    def _code_evidence(self, extract: str, column: Column, surroundings: Surroundings) -> Evidence:
        codes = surroundings.codes.get(f"{extract}.{column.name}", ())
        counts = self.code_counts(column)
        total = sum(counts.values())
        is_free_text = len(counts) > MAX_CODES and len(counts) > total * MANY
        if total == 0:
            return OPEN
        if is_free_text or (column.type == "codes" and self.share(NUMBER) >= MOST):
            return Evidence(Verdict.NEVER, "too many different texts for codes")
        if not codes:
            is_short = all(len(text) <= SHORT_CHARACTERS for text in counts)
            repeats = len(counts) <= max(MANY * total, FEW_CODES)
            return OPEN if is_short and repeats else Evidence(Verdict.AGAINST, "no codes")
        listed = code_list(extract, column, tuple(codes))
        meanings: set[str] = set()
        known = 0
        for text, count in counts.items():
            meant = listed.certain(text) if len(text) <= SHORT_CHARACTERS else None
            if meant:
                meanings.add(meant.code)
                known += count
        share = known / total
        if share >= MOST and len(meanings) > 1:
            return Evidence(Verdict.PROOF, "its codes")
        if share >= MANY:
            return Evidence(Verdict.FOR, "most of its codes")
        if column.type == "yes/no":
            return Evidence(Verdict.NEVER, "neither yes nor no")
        if share < FEW:
            return Evidence(Verdict.AGAINST, "none of its codes" if not share else "few codes")
        return Evidence(Verdict.OPEN, "some of its codes")

    def code_counts(self, column: Column) -> dict[str, int]:
        """How often each code occurs; a cell of a column of codes may hold several."""
        if column.type != "codes":
            return self.counts
        counts: dict[str, int] = {}
        for text, count in self.counts.items():
            for part in split_list(text, self.separator):
                counts[part] = counts.get(part, 0) + count
        return counts

    def _number_evidence(self) -> Evidence:
        if self.share(NUMBER) >= MOST:
            return Evidence(Verdict.FOR, "numbers")
        return Evidence(Verdict.NEVER, "no numbers")

    def _text_evidence(self, column: Column, surroundings: Surroundings) -> Evidence:
        characters = sum(len(text) * count for text, count in self.counts.items()) / self.total
        is_reference = column.refers_to or column.unique
        if is_reference and all(text.casefold() in YES_NO_TEXTS for text in self.counts):
            return Evidence(Verdict.NEVER, "yes and no")
        if column.refers_to:
            return self._reference_evidence(surroundings)
        if column.unique:
            if len(self.counts) == self.total == self.row_count and characters < SHORT_CHARACTERS:
                return Evidence(Verdict.FOR, "a different text in every row")
            if len(self.counts) < self.total * MANY or characters > SHORT_CHARACTERS:
                return Evidence(Verdict.AGAINST, "the same text in many rows")
            return OPEN
        if column.name in ("team", "owner", "audience") and characters > SHORT_CHARACTERS:
            return Evidence(Verdict.AGAINST, "long texts")
        if not column.personal and self.share(NUMBER) >= MOST:
            return Evidence(Verdict.AGAINST, "numbers")
        return OPEN

    def _reference_evidence(self, surroundings: Surroundings) -> Evidence:
        if not surroundings.references:
            return OPEN
        joined = {text for text in self.counts if text in surroundings.references}
        if self._share(joined) >= MANY:
            return Evidence(Verdict.PROOF, "references of complaints")
        if not joined:
            return Evidence(Verdict.AGAINST, "no reference of a complaint")
        return Evidence(Verdict.FOR, "some references of complaints")
