"""Relations between the numbers of figures, as the figures declare them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

EACH = "each category"  # a relation for each category of the figure
EVERY = "all categories"  # their sum
EACH_DETAIL = "each detail"  # a relation for each detail of the figure, for all its categories


class Term(NamedTuple):
    """A number in a relation, in every year: its figure and, if that has any, its category.

    category: EACH, EVERY and EACH_DETAIL stand for those that the figure has.
    years_later: how many years after the other numbers of the relation.
    is_optional: whether it counts nothing in a year in which it is not available.
    """

    figure: str
    category: str = ""
    years_later: int = 0
    is_optional: bool = False

    def __str__(self) -> str:
        category = f" [{self.category}]" if self.category else ""
        year = " of the next year" if self.years_later else ""
        return f"{self.figure}{category}{year}{' if any' if self.is_optional else ''}"


@dataclass(frozen=True)
class Sum:
    """Numbers of a year that add up to another by the definitions of their figures.

    whole: the number to which they add up.
    category: the category of the declaring figure that is one of them; none if it has no
        categories.
    others: the rest of them.
    years_later: how many years after theirs the number is to which they add up.
    """

    whole: Term
    category: str = ""
    others: tuple[Term, ...] = ()
    years_later: int = 0


@dataclass(frozen=True)
class Part:
    """Numbers that are disjoint parts of another by the definitions of their figures.

    whole: the number of which they are parts.
    categories: the categories of the declaring figure that are parts; none if it has no
        categories.
    others: the parts that other figures give.
    years_later: how many years after theirs the number is of which they are parts.
    """

    whole: Term
    categories: tuple[str, ...] = ("",)
    others: tuple[Term, ...] = ()
    years_later: int = 0


@dataclass(frozen=True)
class Limit:
    """Numbers that together cannot exceed others, by a definition or a rule of the data.

    They need not share rows, and the data may break the rule with a warning. So a reader can use
    the limit, and `published.csv` need not satisfy it.

    numbers: those that are limited; `at_most`: those that limit them, none for 0.
    is_equal: whether both add up to the same.
    is_cumulative: whether it holds for the sums over a year and all before, not for each year.
    """

    numbers: tuple[Term, ...]
    at_most: tuple[Term, ...] = ()
    is_equal: bool = False
    is_cumulative: bool = False


@dataclass(frozen=True)
class Relation:
    """Any of these in one form: the sum of some numbers is, or is at most, the sum of others."""

    numbers: tuple[Term, ...]
    others: tuple[Term, ...]
    is_equal: bool = False
    is_cumulative: bool = False

    @classmethod
    def from_limit(cls, limit: Limit) -> Relation:
        return cls(limit.numbers, limit.at_most, limit.is_equal, limit.is_cumulative)

    @classmethod
    def from_sum(cls, figure: str, total: Sum) -> Relation:
        whole = total.whole._replace(years_later=total.years_later)
        return cls((Term(figure, total.category), *total.others), (whole,), is_equal=True)

    @classmethod
    def from_part(cls, figure: str, part: Part) -> Relation:
        whole = part.whole._replace(years_later=part.years_later)
        terms = (Term(figure, category) for category in part.categories)
        return cls((*terms, *part.others), (whole,))

    def __str__(self) -> str:
        sign = "=" if self.is_equal else "<="
        years = ", over this year and all before" if self.is_cumulative else ""
        return f"{_sum_text(self.numbers)} {sign} {_sum_text(self.others)}{years}"


def _sum_text(terms: Iterable[Term]) -> str:
    return " + ".join(map(str, terms)) or "0"
