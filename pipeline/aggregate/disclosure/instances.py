"""The relations of figures between the numbers of certain years and categories."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from pipeline.aggregate.catalogue import Catalogue
from pipeline.aggregate.terms import EACH, EACH_DETAIL, EVERY, Relation, Term
from pipeline.artifacts import NumberKey
from pipeline.year import Year

Equation = dict[NumberKey, float]
TOLERANCE = 1e-6


class Instance(NamedTuple):
    """A relation in one year: signed numbers whose sum is 0 or, if it is not equal, 0 or less."""

    year: str
    terms: Equation
    is_equal: bool

    def holds(self, values: Mapping[NumberKey, float]) -> bool:
        """Whether it is true of some values."""
        total = sum(sign * values[key] for key, sign in self.terms.items())
        return abs(total) < TOLERANCE if self.is_equal else total < TOLERANCE


class KnownKeys:
    """The numbers that are known, by figure and year."""

    def __init__(self, keys: Collection[NumberKey], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.years = sorted({key.year for key in keys})
        self.by_figure: dict[tuple[str, str], list[NumberKey]] = {}
        for key in keys:
            self.by_figure.setdefault((key.figure, key.year), []).append(key)

    def instances(self, relation: Relation) -> Iterator[Instance]:
        """A relation for each year and category.

        A number that is not known drops out of those that are limited. Among the others it leaves
        the relation unknown.
        """
        for category in self._categories_of(relation):
            yield from self._instances_by_year(relation, category)

    def _categories_of(self, relation: Relation) -> list[tuple[str, str]]:
        """The categories, with their details, for which a relation holds; one without if none."""
        names: dict[tuple[str, str], None] = {}
        for term in relation.numbers:
            for year in self.years:
                known = self.by_figure.get((term.figure, year), [])
                if term.category == EACH:
                    names |= dict.fromkeys((key.category, key.detail) for key in known)
                if term.category == EACH_DETAIL:
                    names |= dict.fromkeys((key.detail, "") for key in known)
        is_general = not any(term.category in (EACH, EACH_DETAIL) for term in relation.numbers)
        return [("", "")] if is_general else list(names)

    def _find(self, term: Term, category: tuple[str, str], year: str) -> list[NumberKey] | None:
        """The numbers of a term in the year of a relation; None if it is not known."""
        year = str(Year(Year.parse(year).starts + term.years_later))
        known = self.by_figure.get((term.figure, year), [])
        if term.category == EVERY:
            return known or None
        if term.category == EACH_DETAIL:
            return [key for key in known if key.detail == category[0]]
        wanted_key = category if term.category == EACH else (term.category, "")
        chosen = [key for key in known if (key.category, key.detail) == wanted_key]
        figure = self._catalogue[term.figure]
        # A text that does not occur counts nothing.
        counts_nothing = term.is_optional or (known and figure.by and not figure.categories)
        return chosen or ([] if counts_nothing else None)

    def _instances_by_year(
        self, relation: Relation, category: tuple[str, str]
    ) -> Iterator[Instance]:
        """The relation in each year or, if it is cumulative, over that year and all before."""
        earlier: Equation = {}
        for year in self.years:
            terms: Equation = {}
            is_complete = True
            for term in relation.numbers:
                numbers = self._find(term, category, year)
                is_complete &= numbers is not None
                terms |= dict.fromkeys(numbers or [], 1.0)
            has_numbers = bool(terms)
            others = [self._find(term, category, year) for term in relation.others]
            if None in others:
                # Of the years before, nothing is known that could limit those after.
                earlier = {}
                continue
            for key in (key for numbers in others for key in numbers or []):
                terms[key] = terms.get(key, 0.0) - 1.0  # it may be on both sides
            if relation.is_cumulative:
                terms = earlier = earlier | terms
            if has_numbers:
                is_equal = (relation.is_equal and is_complete) or not relation.others
                yield Instance(year, terms, is_equal)
