"""Relations between numbers: the equations that let an intruder work out one from others.

The figures declare them: a breakdown adds up to its base, `sums_to` and `part_of` say what else
holds by definition, and `limits` what holds by the rules of the data. Where parts do not fill their
whole, the remainder is one more number in the equation, published nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.aggregate.catalogue import Catalogue
from pipeline.aggregate.disclosure.instances import Equation, KnownKeys
from pipeline.aggregate.terms import Part, Relation, Sum, Term
from pipeline.artifacts import NumberKey
from pipeline.year import Year

TOLERANCE = 1e-6


@dataclass(frozen=True)
class Relations:
    """The equations between numbers, and the remainders in them.

    equations: the coefficient of each number; the products with the true values add up to 0.
    remainders: the value of each number that is published nowhere. Its key has no figure.
    """

    equations: list[Equation] = field(default_factory=list)
    remainders: dict[NumberKey, float] = field(default_factory=dict)

    def add(
        self, terms: Equation, values: Mapping[NumberKey, float], is_equal: bool = False
    ) -> None:
        """Add that the sum of some numbers, with their signs, is 0 or less.

        It is left out if the values contradict it. Numbers of published.csv may: an earlier report
        may have counted by other rules.
        is_equal: whether a reader knows that it is 0, if it is.
        """
        remainder = -sum(sign * values[key] for key, sign in terms.items())
        if remainder < -TOLERANCE:
            return
        equation = dict(terms)
        # A reader knows that exhaustive parts leave no remainder, but not that others happen to.
        if remainder > TOLERANCE or not is_equal:
            key = NumberKey("", "", "", str(len(self.equations)))
            self.remainders[key] = max(remainder, 0.0)
            equation[key] = 1.0
        self.equations.append(equation)


class Declaration(NamedTuple):
    """Numbers that are parts of another; `exhaustive` if they are all of it, as far as recorded."""

    parts: list[NumberKey]
    whole: NumberKey
    exhaustive: bool


def build_relations(
    values: Mapping[NumberKey, float], catalogue: Catalogue, further: Iterable[Equation] = ()
) -> Relations:
    """Every relation that the figures declare between these numbers and that their values satisfy.

    values: the true value of each count of people.
    further: signed terms whose sum is at most 0 as well, by what else is published.
    """
    relations = Relations()
    for declaration in declarations(values, catalogue):
        # Parts that are not known tell nothing.
        parts = [part for part in declaration.parts if part in values]
        if parts and declaration.whole in values:
            terms = dict.fromkeys(parts, 1.0) | {declaration.whole: -1.0}
            relations.add(terms, values, is_equal=declaration.exhaustive)
    keys = KnownKeys(values, catalogue)
    for figure in catalogue.values():
        for relation in map(Relation.from_limit, figure.limits):
            for instance in keys.instances(relation):
                relations.add(instance.terms, values, instance.is_equal)
    for terms in further:
        if terms.keys() <= values.keys():
            relations.add(terms, values)
    return relations


def declarations(keys: Collection[NumberKey], catalogue: Catalogue) -> Iterator[Declaration]:
    """Every relation that the figures declare between numbers with these keys."""
    years = list(dict.fromkeys(key.year for key in keys))
    yield from _breakdowns(keys, catalogue)
    yield from _sums(years, keys, catalogue)
    yield from _inclusions(years, catalogue)


def _breakdowns(numbers: Collection[NumberKey], catalogue: Catalogue) -> Iterator[Declaration]:
    """What each figure is of its base, and the details of its categories of their column totals."""
    keys_by_figure: dict[tuple[str, str], list[NumberKey]] = {}
    for key in numbers:
        keys_by_figure.setdefault((key.figure, key.year), []).append(key)
    for (figure_id, year), keys in keys_by_figure.items():
        figure = catalogue[figure_id]
        if figure.base:
            base = NumberKey(figure.base, year, "", "")
            if figure.by and not figure.overlaps_in(year):
                yield Declaration(keys, base, exhaustive=True)
            else:
                for key in keys:
                    yield Declaration([key], base, exhaustive=False)
        if figure.categories_of:
            for key in keys:
                whole = NumberKey(figure.categories_of, year, key.category, "")
                yield Declaration([key], whole, exhaustive=False)
        if figure.sum_of_categories:
            total = NumberKey(figure.sum_of_categories, year, "", "")
            yield Declaration(keys, total, exhaustive=True)
        if figure.column_totals:
            for detail in dict.fromkeys(key.detail for key in keys):
                parts = [key for key in keys if key.detail == detail]
                total = NumberKey(figure.column_totals, year, detail, "")
                yield Declaration(parts, total, exhaustive=True)


def _sums(
    years: Iterable[str], keys: Collection[NumberKey], catalogue: Catalogue
) -> Iterator[Declaration]:
    """What the figures declare in `sums_to`, where every part is among the keys."""
    for year in years:
        for figure in catalogue.values():
            for relation in figure.sums_to:
                parts = [_key(Term(figure.id, relation.category), year)]
                parts += [_key(term, year) for term in relation.others]
                # A sum of which a part is not known tells nothing that the bases do not.
                if all(part in keys for part in parts):
                    yield Declaration(parts, _whole(relation, year), exhaustive=True)


def _inclusions(years: Iterable[str], catalogue: Catalogue) -> Iterator[Declaration]:
    """What the figures declare in `part_of`."""
    for year in years:
        for figure in catalogue.values():
            for relation in figure.part_of:
                parts = [_key(Term(figure.id, category), year) for category in relation.categories]
                parts += [_key(term, year) for term in relation.others]
                yield Declaration(parts, _whole(relation, year), exhaustive=False)


def _whole(relation: Sum | Part, year: str) -> NumberKey:
    """The whole of a relation between numbers of a year, which may be in a later one."""
    if relation.years_later:
        year = str(Year(Year.parse(year).starts + relation.years_later))
    return _key(relation.whole, year)


def _key(term: Term, year: str) -> NumberKey:
    return NumberKey(term.figure, year, term.category, "")
