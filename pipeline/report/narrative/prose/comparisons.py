"""What a claim compares, and whether the published numbers bear it out.

A claim is judged by published numbers alone, so it tells nothing that they do not. Of rounded
numbers it has to be true whatever they were before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from pipeline.report import wording
from pipeline.report.number import Number

Test = Callable[..., bool]
MAX_PRODUCT = 10  # numbers of which every combination of least and greatest value is tried


class CannotTell(Exception):
    """The published numbers do not tell whether a claim is true; the message says why."""


@dataclass(frozen=True)
class Claim:
    """What a claim compares, and the test of the values.

    compares: the numbers that the test takes, from the number of the claim and the other one.
    is_exact: whether the test needs exact numbers, not rounded ones.
    """

    compares: Callable[[Number, Number | None], list[Number]]
    test: Test
    is_exact: bool = False


def with_year_before(number: Number, other: Number | None) -> list[Number]:
    if number.year.previous not in number.figure.published.window:
        raise CannotTell(f"there is no year before {number.year} to compare")
    if number.series_break:
        raise CannotTell(f"the series has a break in {number.year}")
    return [number, number.previous]


def with_years(number: Number, other: Number | None) -> list[Number]:
    """The number, and those of the other years since the last break in the series."""
    years = number.figure.comparable_years
    if number.year not in years or len(years) < 2:
        raise CannotTell("there are no years to compare")
    return [number, *(number.in_year(year) for year in years if year != number.year)]


def years_in_order(number: Number, other: Number | None) -> list[Number]:
    """The numbers of the years compared up to that of the claim, oldest first."""
    numbers = with_years(number, other)
    return sorted((one for one in numbers if one.year <= number.year), key=lambda one: one.year)


def with_base(number: Number, other: Number | None) -> list[Number]:
    if not number.figure.base:
        raise CannotTell("the figure has no base of which it could be a share")
    return [number, number.base]


def with_categories(number: Number, other: Number | None) -> list[Number]:
    rest = [
        one for one in number.figure.numbers(number.year) if one.category and one.key != number.key
    ]
    if not (number.category and rest):
        raise CannotTell("the figure has no other categories to compare")
    return [number, *rest]


def with_other(number: Number, other: Number | None) -> list[Number]:
    if other is None:
        raise CannotTell(
            'it needs the other figure, as in claim("more than", compliments.received)'
        )
    return [number, other]


def alone(number: Number, other: Number | None) -> list[Number]:
    return [number]


def counts_with_year_before(number: Number, other: Number | None) -> list[Number]:
    if number.figure.measure != "count":
        raise CannotTell("only a change between two counts is tested for significance")
    return with_year_before(number, other)


def judge(claim: Claim, number: Number, other: Number | None = None) -> bool:
    """Whether a claim about a number is true.

    Raises CannotTell if a number that it compares is missing, or is rounded too much to tell.
    """
    compared = claim.compares(number, other)
    for part in compared:
        if part.withheld:
            raise CannotTell(f"the number of {_described(part)} is withheld to protect people")
        if not part.known:
            raise CannotTell(f"there is no number of {_described(part)}")
    ranges = [sorted(set(one.possible_values)) for one in compared]
    if claim.is_exact and any(len(values) > 1 for values in ranges):
        raise CannotTell("the numbers are rounded")
    if len(compared) <= MAX_PRODUCT:
        combinations = list(product(*ranges))
    else:
        highs = [values[-1] for values in ranges]
        lows = [values[0] for values in ranges]
        combinations = [(lows[0], *highs[1:]), (highs[0], *lows[1:])]
    verdicts = {claim.test(*values) for values in combinations}
    if len(verdicts) > 1:
        raise CannotTell("the numbers are rounded, and it may be true or not")
    return verdicts.pop()


def numbers_in_words(claim: Claim, number: Number, other: Number | None = None) -> str:
    """The numbers that a claim compares, for a message."""
    return wording.listing(
        f"{wording.numeral(one.known_value)} {_described(one)}"
        for one in claim.compares(number, other)
    )


def _described(number: Number) -> str:
    category = f' "{number.category}"' if number.category else ""
    return f"{number.figure.id}{category} in {number.year}"
