"""The claims that a narrative may make of a figure: their phrases, and when each is true."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.report import wording
from pipeline.report.narrative.filters.chance import SIGNIFICANCE_LEVEL
from pipeline.report.narrative.prose.comparisons import (
    CannotTell,
    Claim,
    alone,
    counts_with_year_before,
    judge,
    numbers_in_words,
    with_base,
    with_categories,
    with_other,
    with_year_before,
    with_years,
    years_in_order,
)
from pipeline.report.number import Number
from pipeline.significance import count_p_value

NEARLY = 0.9  # "almost doubled" is from 1.8 times; "almost all" from nine in ten
STEADY_YEARS = 3  # in fewer years nothing is steady
BEFORE_PHRASE = re.compile(r"^(?:(?:it|the|a|an|was|were|is|are|has|have|had|been|by)\s+)+")


def _is_significant(value: float, earlier: float) -> bool:
    return count_p_value(int(value), int(earlier)) < SIGNIFICANCE_LEVEL


def _is_steady(*values: float, sign: int) -> bool:
    steps = [sign * (later - earlier) for earlier, later in pairwise(values)]
    return len(values) >= STEADY_YEARS and min(steps) > 0


def _ratio(text: str, multiple: float) -> dict[str, Claim]:
    """The claims of a change by a multiple: "doubled", "more than doubled", "almost doubled"."""
    is_rise = multiple > 1
    near = NEARLY * multiple if is_rise else multiple / NEARLY

    def beyond(value: float, earlier: float) -> bool:
        return earlier > 0 and (
            value > multiple * earlier if is_rise else value < multiple * earlier
        )

    def nearly(value: float, earlier: float) -> bool:
        if is_rise:
            return near * earlier <= value < multiple * earlier
        return multiple * earlier < value <= near * earlier

    exactly = Claim(
        with_year_before, lambda value, earlier: value == multiple * earlier > 0, is_exact=True
    )
    almost = Claim(with_year_before, nearly)
    return {
        text: exactly,
        f"more than {text}": Claim(with_year_before, beyond),
        f"almost {text}": almost,
        f"nearly {text}": almost,
    }


def _fraction(text: str, fraction: float) -> dict[str, Claim]:
    more = Claim(with_base, lambda part, base: part > fraction * base)
    less = Claim(with_base, lambda part, base: part < fraction * base)
    return {
        text: Claim(
            with_base, lambda part, base: abs(part - fraction * base) < 1e-9 < base, is_exact=True
        ),
        f"more than {text}": more,
        f"over {text}": more,
        f"less than {text}": less,
        f"fewer than {text}": less,
        f"under {text}": less,
    }


ROSE = Claim(with_year_before, lambda value, earlier: value > earlier)
FELL = Claim(with_year_before, lambda value, earlier: value < earlier)
UNCHANGED = Claim(with_year_before, lambda value, earlier: value == earlier, is_exact=True)
ROSE_SIGNIFICANTLY = Claim(
    counts_with_year_before,
    lambda value, earlier: value > earlier and _is_significant(value, earlier),
)
FELL_SIGNIFICANTLY = Claim(
    counts_with_year_before,
    lambda value, earlier: value < earlier and _is_significant(value, earlier),
)
HIGHEST = Claim(with_years, lambda value, *others: value > max(others))
LOWEST = Claim(with_years, lambda value, *others: value < min(others))
JOINT_HIGHEST = Claim(with_years, lambda value, *others: value == max(others), is_exact=True)
JOINT_LOWEST = Claim(with_years, lambda value, *others: value == min(others), is_exact=True)
ROSE_STEADILY = Claim(years_in_order, lambda *values: _is_steady(*values, sign=1))
FELL_STEADILY = Claim(years_in_order, lambda *values: _is_steady(*values, sign=-1))
FIRST_TIME = Claim(years_in_order, lambda *values: values[-1] > 0 and not any(values[:-1]))
NEVER = Claim(with_years, lambda *values: not any(values))
ALL = Claim(with_base, lambda part, base: part == base > 0, is_exact=True)
NONE = Claim(alone, lambda value: value == 0)
ALMOST_ALL = Claim(with_base, lambda part, base: NEARLY * base <= part < base)
MOST = Claim(with_base, lambda part, base: 2 * part > base)
MINORITY = Claim(with_base, lambda part, base: 0 < 2 * part < base)
COMMONEST = Claim(with_categories, lambda value, *others: value > max(others))
MORE = Claim(with_other, lambda value, other: value > other)
FEWER = Claim(with_other, lambda value, other: value < other)
AS_MANY = Claim(with_other, lambda value, other: value == other, is_exact=True)
TWICE = Claim(with_other, lambda value, other: value == 2 * other > 0, is_exact=True)

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
