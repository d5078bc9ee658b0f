"""Claims in the writer's own words that the figure next to them contradicts.

`{{ … | claim("…") }}` makes a claim that is checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.prose.claim_rules import CLAIMS, true_phrases
from pipeline.report.narrative.prose.comparisons import (
    CannotTell,
    Claim,
    judge,
    numbers_in_words,
)
from pipeline.report.narrative.prose.text import REFERENCE, plain_prose
from pipeline.report.number import Number

# A blank line, or the line break before a list item, a heading or a row of a table.
BLOCK_BREAK = re.compile(r"(\n\s*\n|\n(?=\s*(?:[-*#|]|\d+[.)])))")
# References that print no figure.
NAME_REFERENCE = re.compile(
    r"\s*(?:council|report|contact|limits|disclosure|year|previous_year|first_year)\."
)
NOT_CLAIMED = re.compile(
    r"(?:\b(?:not|no|never|neither|nor|without|whether|if|should|would|could|may|might|will|must|to)"
    r"|n.t)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


def _named(*phrases: str) -> tuple[Claim, ...]:
    return tuple(CLAIMS[phrase] for phrase in phrases)


MULTIPLES = tuple(
    (rf"{words}{verb}", _named(f"{phrase}{verb}"))
    for verb in ("doubled", "trebled", "tripled", "quadrupled", "halved")
    for words, phrase in (
        (r"(?<!than\s)(?<!almost\s)(?<!nearly\s)", ""),
        (r"more\s+than\s+", "more than "),
        (r"(?:almost|nearly)\s+", "almost "),
    )
)
# What a writer's words claim of the figure next to them: one of these claims.
# fmt: off
TYPED_CLAIMS = (
    (r"rose|risen|increased|grew|grown|climbed|soared|surged|jumped|leapt|rocketed|(?:went|gone)\s+up|up\s+(?:from|on|by)"
     r"|(?:an?|the)\s+(?:\w+\s+)?(?:rise|increase)", _named("rose")),
    (r"fell|fallen|decreased|dropped|declined|shrank|plummeted|slumped|tumbled|dipped|(?:went|gone)\s+down"
     r"|down\s+(?:from|on|by)|(?:an?|the)\s+(?:\w+\s+)?(?:fall|drop|decrease|reduction|decline)",
     _named("fell")),
    *MULTIPLES,
    (r"highest|peak(?:ed)?|largest|biggest|greatest|record[\s-]+high",
     _named("highest of the years compared", "joint highest of the years compared")),
    (r"lowest|fewest|smallest|record[\s-]+low",
     _named("lowest of the years compared", "joint lowest of the years compared")),
    (r"unchanged|the\s+same\s+as|(?:stayed|remained)\s+the\s+same", _named("unchanged")),
    (r"steadily|(?:rose|fell|risen|fallen)\s+every\s+year",
     _named("rose steadily", "fell steadily")),
    (r"for\s+the\s+first\s+time", _named("for the first time in the years compared")),
    (r"significant(?:ly)?", _named("rose significantly", "fell significantly")),
)
# The same of a share, `{{ … | share }}`.
TYPED_SHARES = (
    (r"all|every|each", _named("all")), (r"none", _named("none")),
    (r"most|the\s+majority|a\s+majority", _named("most")), (r"minority", _named("minority")),
)
# fmt: on


class Sentence(NamedTuple):
    """start: its position in the prose. references: the text of those in it, by position."""

    start: int
    text: str
    references: dict[int, str]


def contradictions(
    environment: SandboxedEnvironment, template: str, locate_line: Callable[[int], str]
) -> list[Problem]:
    """A Problem for each claim in the writer's words that the figure next to it contradicts.

    environment: with the figures. The figure next to a claim is that of the nearest reference in
    its sentence; a claim is contradicted if it is true of none of that figure's numbers there.
    """
    problems = []
    prose, references = plain_prose(environment, template)
    for sentence in split_prose(prose, references) if references else ():
        numbers = _numbers_by_position(environment, sentence)
        for position, words, claims in _typed_claims(sentence, numbers):
            nearest = min(numbers, key=lambda place: abs(place - position))
            compared = _numbers_alike(numbers, nearest)
            if any(_verdict(claim, number) for claim in claims for number in compared):
                continue
            false_of = [one for one in compared if _verdict(claims[0], one) is False]
            if false_of:
                problems.append(
                    Problem(
                        kind=Kind.NOTEBOOK,
                        where=locate_line(line_at(prose, sentence.start + position)),
                        what=f'"{words}" is contradicted by the figure next to it: '
                        f"{numbers_in_words(claims[0], false_of[0])}",
                        remedy=f"{true_phrases(claims[0], false_of[0])} A claim is checked in "
                        '{{ … | claim("…") }}.',
                    )
                )
    return problems


def _typed_claims(
    sentence: Sentence, numbers: dict[int, tuple[Number, str]]
) -> Iterator[tuple[int, str, tuple[Claim, ...]]]:
    """Position, words and meaning of each claim in a sentence with numbers."""
    if not numbers:
        return
    has_share = any("share" in text for _, text in numbers.values())
    for pattern, claims in (*TYPED_CLAIMS, *(TYPED_SHARES if has_share else ())):
        for match in re.finditer(rf"\b(?:{pattern})\b", sentence.text, re.IGNORECASE):
            if not NOT_CLAIMED.search(sentence.text[: match.start()]):
                yield match.start(), " ".join(match[0].split()), claims


def _numbers_by_position(
    environment: SandboxedEnvironment, sentence: Sentence
) -> dict[int, tuple[Number, str]]:
    """The number that each reference of a sentence names, with its filters; without the others."""
    numbers = {}
    for position, text in sentence.references.items():
        expression, _, filters = text.partition("|")
        if "claim(" not in filters and names_figure(expression):
            with suppress(TemplateError, Problem, TypeError, ValueError, LookupError):
                value = environment.compile_expression(expression)()
                value = value.number() if isinstance(value, PublishedFigure) else value
                if isinstance(value, Number):
                    numbers[position] = (value, filters)
    return numbers


def _numbers_alike(numbers: dict[int, tuple[Number, str]], nearest: int) -> list[Number]:
    """The numbers of the same figure and category as one, and that of the reported year."""
    number, _ = numbers[nearest]
    alike = [
        other
        for other, _ in numbers.values()
        if (other.figure.id, other.category) == (number.figure.id, number.category)
    ]
    return [*alike, number.figure.number(None, number.category, number.detail)]


def _verdict(claim: Claim, number: Number) -> bool | None:
    """Whether a claim is true of a number; None if that cannot be told."""
    try:
        return judge(claim, number)
    except (CannotTell, Problem):
        return None


def names_figure(reference: str) -> bool:
    return "." in reference and not NAME_REFERENCE.match(reference)


def split_prose(prose: str, references: list[str]) -> Iterator[Sentence]:
    """Each sentence, list item, heading or row of a table, with its references."""
    reference_texts = iter(references)
    block_start = 0
    for block in BLOCK_BREAK.split(prose):
        for start, text in wording.split_sentences(block):
            places = [place for place, sign in enumerate(text) if sign == REFERENCE]
            yield Sentence(
                block_start + start, text, {place: next(reference_texts) for place in places}
            )
        block_start += len(block)


def line_at(prose: str, position: int) -> int:
    return 1 + prose[:position].count("\n")
