"""The claims that a narrative may make of a figure, and whether its numbers bear them out.

A claim is judged by published numbers alone, so it tells nothing that they do not. Of rounded
numbers it has to be true whatever they were before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise, product

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.narrative.chance import SIGNIFICANCE_LEVEL
from pipeline.report.number import Number
from pipeline.significance import two_count_p_value
from pipeline.year import Year

Test = Callable[..., bool]
MAX_PRODUCT = 10  # numbers of which every combination of least and greatest value is tried
NEARLY = 0.9  # "almost doubled" is from 1.8 times; "almost all" from nine in ten
STEADY_YEARS = 3  # in fewer years nothing is steady
BEFORE_PHRASE = re.compile(r"^(?:(?:it|the|a|an|was|were|is|are|has|have|had|been|by)\s+)+")


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


def _with_year_before(number: Number, other: Number | None) -> list[Number]:
    if number.year.previous not in number.figure.published.window:
        raise CannotTell(f"there is no year before {number.year} to compare")
    if number.series_break:
        raise CannotTell(f"the series has a break in {number.year}")
    return [number, number.previous]


def _with_years(number: Number, other: Number | None) -> list[Number]:
    """The number, and those of the other years since the last break in the series."""
    years = number.figure.comparable_years
    if number.year not in years or len(years) < 2:
        raise CannotTell("there are no years to compare")
    return [number, *(_same(number, year) for year in years if year != number.year)]


def _years_in_order(number: Number, other: Number | None) -> list[Number]:
    """The numbers of the years compared up to that of the claim, oldest first."""
    numbers = _with_years(number, other)
    return sorted((one for one in numbers if one.year <= number.year), key=lambda one: one.year)


def _with_base(number: Number, other: Number | None) -> list[Number]:
    if not number.figure.base:
        raise CannotTell("the figure has no base of which it could be a share")
    return [number, number.base]


def _with_categories(number: Number, other: Number | None) -> list[Number]:
    rest = [
        one for one in number.figure.numbers(number.year) if one.category and one.key != number.key
    ]
    if not (number.category and rest):
        raise CannotTell("the figure has no other categories to compare")
    return [number, *rest]


def _with_other(number: Number, other: Number | None) -> list[Number]:
    if other is None:
        raise CannotTell(
            'it needs the other figure, as in claim("more than", compliments.received)'
        )
    return [number, other]


def _alone(number: Number, other: Number | None) -> list[Number]:
    return [number]


def _counts_with_year_before(number: Number, other: Number | None) -> list[Number]:
    if number.figure.measure != "count":
        raise CannotTell("only a change between two counts is tested for significance")
    return _with_year_before(number, other)


def _same(number: Number, year: Year) -> Number:
    return number.figure.number(year, number.category, number.detail)


def _is_significant(value: float, earlier: float) -> bool:
    return two_count_p_value(int(value), int(earlier)) < SIGNIFICANCE_LEVEL


def _is_steady(*values: float, sign: int) -> bool:
    steps = [sign * (after - before) for before, after in pairwise(values)]
    return len(values) >= STEADY_YEARS and min(steps) > 0


def _ratio(text: str, multiple: float) -> dict[str, Claim]:
    """The claims of a change by a multiple: "doubled", "more than doubled", "almost doubled"."""
    is_rise = multiple > 1
    near = NEARLY * multiple if is_rise else multiple / NEARLY

    def beyond(now: float, before: float) -> bool:
        return before > 0 and (now > multiple * before if is_rise else now < multiple * before)

    def nearly(now: float, before: float) -> bool:
        if is_rise:
            return near * before <= now < multiple * before
        return multiple * before < now <= near * before

    exactly = Claim(
        _with_year_before, lambda now, before: now == multiple * before > 0, is_exact=True
    )
    almost = Claim(_with_year_before, nearly)
    return {
        text: exactly,
        f"more than {text}": Claim(_with_year_before, beyond),
        f"almost {text}": almost,
        f"nearly {text}": almost,
    }


def _fraction(text: str, fraction: float) -> dict[str, Claim]:
    more = Claim(_with_base, lambda part, base: part > fraction * base)
    less = Claim(_with_base, lambda part, base: part < fraction * base)
    return {
        text: Claim(
            _with_base, lambda part, base: abs(part - fraction * base) < 1e-9 < base, is_exact=True
        ),
        f"more than {text}": more,
        f"over {text}": more,
        f"less than {text}": less,
        f"fewer than {text}": less,
        f"under {text}": less,
    }


ROSE = Claim(_with_year_before, lambda now, before: now > before)
FELL = Claim(_with_year_before, lambda now, before: now < before)
UNCHANGED = Claim(_with_year_before, lambda now, before: now == before, is_exact=True)
ROSE_SIGNIFICANTLY = Claim(
    _counts_with_year_before, lambda now, before: now > before and _is_significant(now, before)
)
FELL_SIGNIFICANTLY = Claim(
    _counts_with_year_before, lambda now, before: now < before and _is_significant(now, before)
)
HIGHEST = Claim(_with_years, lambda value, *others: value > max(others))
LOWEST = Claim(_with_years, lambda value, *others: value < min(others))
JOINT_HIGHEST = Claim(_with_years, lambda value, *others: value == max(others), is_exact=True)
JOINT_LOWEST = Claim(_with_years, lambda value, *others: value == min(others), is_exact=True)
ROSE_STEADILY = Claim(_years_in_order, lambda *values: _is_steady(*values, sign=1))
FELL_STEADILY = Claim(_years_in_order, lambda *values: _is_steady(*values, sign=-1))
FIRST_TIME = Claim(_years_in_order, lambda *values: values[-1] > 0 and not any(values[:-1]))
NEVER = Claim(_with_years, lambda *values: not any(values))
ALL = Claim(_with_base, lambda part, base: part == base > 0, is_exact=True)
NONE = Claim(_alone, lambda value: value == 0)
ALMOST_ALL = Claim(_with_base, lambda part, base: NEARLY * base <= part < base)
MOST = Claim(_with_base, lambda part, base: 2 * part > base)
MINORITY = Claim(_with_base, lambda part, base: 0 < 2 * part < base)
COMMONEST = Claim(_with_categories, lambda value, *others: value > max(others))
MORE = Claim(_with_other, lambda value, other: value > other)
FEWER = Claim(_with_other, lambda value, other: value < other)
AS_MANY = Claim(_with_other, lambda value, other: value == other, is_exact=True)
TWICE = Claim(_with_other, lambda value, other: value == 2 * other > 0, is_exact=True)

_UP = ("rose", "risen", "increased", "grew", "grown", "went up", "gone up", "up")
_DOWN = ("fell", "fallen", "decreased", "dropped", "declined", "went down", "gone down", "down")
CLAIMS: dict[str, Claim] = {
    **dict.fromkeys(_UP, ROSE),
    **dict.fromkeys(("higher than the year before", "more than the year before"), ROSE),
    **dict.fromkeys(_DOWN, FELL),
    **dict.fromkeys(
        ("lower than the year before", "fewer than the year before", "less than the year before"),
        FELL,
    ),
    **dict.fromkeys(("unchanged", "stayed the same", "same as the year before"), UNCHANGED),
    **dict.fromkeys((f"{verb} significantly" for verb in _UP[:-1]), ROSE_SIGNIFICANTLY),
    **dict.fromkeys((f"{verb} significantly" for verb in _DOWN[:-1]), FELL_SIGNIFICANTLY),
    **dict.fromkeys(("significantly higher", "significantly more"), ROSE_SIGNIFICANTLY),
    **dict.fromkeys(("significantly lower", "significantly fewer"), FELL_SIGNIFICANTLY),
    **_ratio("doubled", 2),
    **_ratio("trebled", 3),
    **_ratio("tripled", 3),
    **_ratio("quadrupled", 4),
    **_ratio("halved", 1 / 2),
    "highest of the years compared": HIGHEST,
    "peak of the years compared": HIGHEST,
    "lowest of the years compared": LOWEST,
    "joint highest of the years compared": JOINT_HIGHEST,
    "joint lowest of the years compared": JOINT_LOWEST,
    **dict.fromkeys(("rose steadily", "rose every year", "risen every year"), ROSE_STEADILY),
    **dict.fromkeys(("fell steadily", "fell every year", "fallen every year"), FELL_STEADILY),
    "for the first time in the years compared": FIRST_TIME,
    "never in the years compared": NEVER,
    "none in any of the years compared": NEVER,
    **dict.fromkeys(("all", "every", "each"), ALL),
    **dict.fromkeys(("none", "no", "not any"), NONE),
    **dict.fromkeys(("almost all", "nearly all"), ALMOST_ALL),
    **dict.fromkeys(("most", "majority"), MOST),
    "minority": MINORITY,
    **_fraction("half", 1 / 2),
    **_fraction("one third", 1 / 3),
    **_fraction("a third", 1 / 3),
    **_fraction("two thirds", 2 / 3),
    **_fraction("a quarter", 1 / 4),
    **_fraction("three quarters", 3 / 4),
    "most common": COMMONEST,
    "commonest": COMMONEST,
    **dict.fromkeys(("more than", "higher than"), MORE),
    **dict.fromkeys(("fewer than", "less than", "lower than"), FEWER),
    "as many as": AS_MANY,
    "twice as many as": TWICE,
}


def find_claim(phrase: str, figure_id: str) -> Claim:
    """The claim that a phrase makes; a Problem that lists the phrases if there is none."""
    words = " ".join(phrase.lower().replace("-", " ").split())
    for name in (words, BEFORE_PHRASE.sub("", words)):
        if name in CLAIMS:
            return CLAIMS[name]
    raise Problem(
        kind=Kind.NOTEBOOK,
        where=figure_id,
        what=f'"{wording.single_line(phrase)}" is not a claim that can be checked.'
        f"{did_you_mean(words, list(CLAIMS))}",
        remedy=f"Use one of: {'; '.join(CLAIMS)}. docs/narrative.md says when each is true.",
    )


def judge(claim: Claim, number: Number, other: Number | None = None) -> bool:
    """Whether a claim about a number is true.

    Raises CannotTell if a number that it compares is missing, or is rounded too much to tell.
    """
    compared = claim.compares(number, other)
    for one in compared:
        if one.withheld:
            raise CannotTell(f"the number of {_described(one)} is withheld to protect people")
        if not one.known:
            raise CannotTell(f"there is no number of {_described(one)}")
    ranges = [sorted(set(one.possible_values)) for one in compared]
    if claim.is_exact and any(len(values) > 1 for values in ranges):
        raise CannotTell("the numbers are rounded")
    combinations = product(*ranges)
    if len(compared) > MAX_PRODUCT:
        highs = [values[-1] for values in ranges]
        lows = [values[0] for values in ranges]
        combinations = iter([(lows[0], *highs[1:]), (highs[0], *lows[1:])])
    verdicts = {claim.test(*values) for values in combinations}
    if len(verdicts) > 1:
        raise CannotTell("the numbers are rounded, and it may be true or not")
    return verdicts.pop()


def check_claim(phrase: str, number: Number, other: Number | None = None) -> None:
    """Raise a Problem if a claim is not true, or if the published numbers do not tell."""
    claim = find_claim(phrase, number.figure.id)
    try:
        is_true = judge(claim, number, other)
    except CannotTell as reason:
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=number.figure.id,
            what=f'"{phrase}" cannot be claimed: {reason}',
            remedy="Leave the claim out, or let a filter such as change, rank or share choose the "
            "words, such as {{ complaints.received | change }}.",
        ) from None
    if not is_true:
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=number.figure.id,
            what=f'"{phrase}" is not true: {numbers_in_words(claim, number, other)}',
            remedy=true_phrases(claim, number, other),
        )


def numbers_in_words(claim: Claim, number: Number, other: Number | None = None) -> str:
    """The numbers that a claim compares, for a message."""
    return wording.listing(
        f"{wording.numeral(one.known_value)} {_described(one)}"
        for one in claim.compares(number, other)
    )


def _described(number: Number) -> str:
    category = f' "{number.category}"' if number.category else ""
    return f"{number.figure.id}{category} in {number.year}"


def true_phrases(untrue: Claim, number: Number, other: Number | None = None) -> str:
    """A remedy: what may be claimed instead, of the same numbers."""
    phrases = []
    for phrase, claim in CLAIMS.items():
        with suppress(CannotTell):
            if claim.compares is untrue.compares and judge(claim, number, other):
                phrases.append(f'"{phrase}"')
    if not phrases:
        return "Leave the claim out."
    return f"Write what the numbers say. True of it: {', '.join(phrases)}."
