"""The relations between numbers, read from the words in which they are published.

This is the attack's own reading. It shares no code with the disclosure control, which takes the
relations from the declarations of the figures.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pipeline.artifacts import STATEMENT_SEPARATOR, NumberKey
from pipeline.year import Year

STATEMENT = re.compile(
    r"(?P<left>.+?) (?P<sign>=|<=) (?P<right>.+?)(?P<cumulative>, over this year and all before)?"
    r"(?: \(not in (?P<exceptions>[^)]*)\))?"
)
TERM = re.compile(
    r"(?P<figure>[\w.]+)(?: \[(?P<category>[^\]]+)\])?(?P<next> of the next year)?(?P<any> if any)?"
)
ALL, EACH, EACH_DETAIL = "all categories", "each category", "each detail"
Names = tuple[str, str]  # a category and a detail
Sum = dict[NumberKey, float]  # numbers with their signs, which add up to 0


@dataclass(frozen=True)
class _Term:
    figure: str
    category: str
    years_later: int
    may_be_missing: bool


class StatedRelations:
    """The equations between the numbers of a report, by what is stated about its figures."""

    def __init__(self, keys: Collection[NumberKey], withheld: Collection[NumberKey] = ()) -> None:
        """keys: of the counts that are published or withheld; withheld: the latter.

        Where texts are withheld, one number without a category stands for all of theirs.
        """
        self.hidden_texts = {
            (key.figure, key.year) for key in withheld if not key.category and not key.detail
        }
        self.numbers: dict[tuple[str, str], list[NumberKey]] = {}
        for key in keys:
            self.numbers.setdefault((key.figure, key.year), []).append(key)
        self.years = sorted({key.year for key in keys})
        self.figures_of_categories: set[str] = set()
        self.rests = 0
        self.is_incomplete = False  # whether texts of the last statement are hidden

    def sums(self, statements: Mapping[str, str]) -> list[Sum]:
        """Every equation; what a smaller side lacks is one more number, without a figure.

        statements: those of each figure.
        """
        sums: list[Sum] = []
        for text in statements.values():
            for statement in filter(None, text.split(STATEMENT_SEPARATOR)):
                sums += self._sums_of(statement)
        return sums

    def stands_for_texts(self, key: NumberKey) -> bool:
        """Whether a number is that of texts that are not published: no number of its own."""
        return not key.category and key.figure in self.figures_of_categories

    def _sums_of(self, statement: str) -> Iterator[Sum]:
        match = STATEMENT.fullmatch(statement)
        if match is None:
            raise AssertionError(f"a relation cannot be read: {statement}")
        left, right = (self._terms(match[side]) for side in ("left", "right"))
        exceptions = (match["exceptions"] or "").split(", ")
        for names in self._names(left):
            known_before: Sum = {}
            for year in self.years:
                self.is_incomplete = False
                smaller = [self._keys(term, names, year) for term in left]
                larger = [self._keys(term, names, year) for term in right]
                if any(keys is None for keys in larger):
                    known_before = {}
                    continue
                total: Sum = {}
                for sign, side in ((1.0, smaller), (-1.0, larger)):
                    for key in (key for keys in side for key in keys or ()):
                        total[key] = total.get(key, 0.0) + sign
                if match["cumulative"]:
                    known_before = {**known_before, **total}
                    total = dict(known_before)
                if year in exceptions or not any(smaller):
                    continue
                is_complete = all(keys is not None for keys in smaller) and not self.is_incomplete
                is_equal = match["sign"] == "=" and is_complete
                if not is_equal and right:
                    self.rests += 1
                    total[NumberKey("", "", "", f"rest {self.rests}")] = 1.0
                yield total

    def _terms(self, text: str) -> list[_Term]:
        terms = []
        for part in text.split(" + "):
            match = TERM.fullmatch(part)
            if match is None:
                raise AssertionError(f"a number cannot be read: {part}")
            if match["category"] in (ALL, EACH, EACH_DETAIL):
                self.figures_of_categories.add(match["figure"])
            if part != "0":
                terms.append(
                    _Term(
                        match["figure"],
                        match["category"] or "",
                        int(bool(match["next"])),
                        bool(match["any"]),
                    )
                )
        return terms

    def _names(self, terms: list[_Term]) -> list[Names]:
        """The categories for which a statement holds, with their details."""
        names: dict[Names, None] = {}
        for term in terms:
            if term.category not in (EACH, EACH_DETAIL):
                continue
            for year in self.years:
                for key in self.numbers.get((term.figure, year), ()):
                    is_detail = term.category == EACH_DETAIL
                    names[(key.detail, "") if is_detail else (key.category, key.detail)] = None
        is_general = all(term.category not in (EACH, EACH_DETAIL) for term in terms)
        return [("", "")] if is_general else list(names)

    def _keys(self, term: _Term, names: Names, year: str) -> list[NumberKey] | None:
        """The numbers that a term stands for; None if they are not known."""
        in_year = str(Year(Year.parse(year).starts + term.years_later))
        keys = self.numbers.get((term.figure, in_year), [])
        if term.category == ALL:
            return keys or None
        hides_texts = (term.figure, in_year) in self.hidden_texts
        if term.category == EACH_DETAIL:
            self.is_incomplete |= hides_texts
            return [key for key in keys if key.detail == names[0]]
        chosen_names = names if term.category == EACH else (term.category, "")
        chosen = [key for key in keys if (key.category, key.detail) == chosen_names]
        lists_texts = any(key.detail for key in keys) and not hides_texts
        return chosen or ([] if term.may_be_missing or lists_texts else None)
