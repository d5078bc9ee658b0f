"""The filter that names how many cases are in each category, in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from markupsafe import Markup

from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import (
    data_element,
    inert_text,
    numeral_element,
    require_figure,
    words_html,
)
from pipeline.report.narrative.filters.category_words import category_words
from pipeline.report.narrative.filters.sentences import NOT_PUBLISHED, THEY, only_case, whole
from pipeline.report.number import LAST_CATEGORIES, NOT_RECORDED, Number
from pipeline.settings import Council

MAX_LISTED_CATEGORIES = 4  # in one sentence about many cases; a table has the others
AUXILIARIES = {"was", "were", "is", "are", "had", "has", "have"}
PREPOSITION = re.compile(r"\b(?:because of|about|from|to|by|of|with|under|for|in)$")


class Words(NamedTuple):
    """The verb and the noun of a sentence, as `Distribution.sentence` takes them."""

    singular: str
    plural: str
    noun: str
    nouns: str


class Distribution:
    """The filter `distribution`, bound to one council's settings."""

    def __init__(self, council: Council) -> None:
        self._council = council
        self._list_all_below = council.statistics.table_from

    def sentence(
        self,
        figure: PublishedFigure,
        singular: str,
        plural: str,
        noun: str = "",
        nouns: str = "",
    ) -> Markup:
        """`{{ complaints.by_theme | distribution("was about", "were about") }}`: a sentence.

        "Of the 4 complaints, 2 were about delay and 1 about placement." "Both complaints were about
        delay; 1 was also about placement." "The only complaint was about delay." Of many cases in
        many categories it names the most frequent: "The 71 complaints were most often about delay
        (30), placement (20) and cost (9)." noun: in place of the unit of the base; "they" of the
        cases that the sentence before is about: "Of the 4, 2 were about delay and 1 about
        placement." nouns: its plural, if it does not end in s. "For 2 this is not recorded." comes
        as a sentence of its own.
        """
        parts = require_figure(figure).disclosed
        unrecorded = [part for part in parts if self._words(part, False) == NOT_RECORDED]
        recorded = [part for part in parts if part not in unrecorded]
        sentence = self._sentence(figure, recorded, Words(singular, plural, noun, nouns))
        if not sentence:  # there would be nothing that "this" could mean
            return sentence
        also = [f"For {numeral_element(part)} this is not recorded." for part in unrecorded]
        return Markup(" ".join([sentence, *also]))

    def _sentence(self, figure: PublishedFigure, parts: list[Number], words: Words) -> Markup:
        """The sentence on these categories of a figure."""
        singular, plural, noun, nouns = words
        again = noun == THEY
        unit = figure.unit if again else noun or figure.unit
        cases = words_html(wording.plural(unit, 0, nouns or None))
        if not parts:
            if figure.undisclosed:
                subject = data_element(figure.undisclosed[0], f"what the {cases}")
                return Markup(f"We do not publish {subject} {words_html(plural)}, {NOT_PUBLISHED}.")
            return Markup("")
        base = parts[0].base if figure.base else None
        total = base.known_value if base and base.known else None
        if base and total == 1:
            named = wording.listing(self._words(part, is_single=True) for part in parts)
            case = only_case(parts[0], words_html(unit), again)
            return Markup(f"{case} {words_html(singular)} {named}.")
        most = self._most_frequent(figure, parts, total)
        if most:
            whose = f"The {numeral_element(base)} {cases}" if base and not again else "They"
            return Markup(f"{whose} {self._named_most_often(most, plural)}.")
        ordered = _others_last(parts)
        ending = "; we do not publish the other numbers" if figure.undisclosed else ""
        if ordered[0].value == total:
            whose = whole(ordered[0]) if again else f"{whole(ordered[0])} {cases}"
            named = self._words(ordered[0], is_single=False)
            also = self._counts(ordered[1:], total, (_with_also(singular), _with_also(plural)))
            clauses = [f"{whose} {words_html(plural)} {named}", wording.listing(also)]
            return Markup(f"{'; '.join(filter(None, clauses))}{ending}.")
        whose = f"the {numeral_element(base)}" if base and total else "these"
        if base and total and not again:
            whose += f" {cases}"
        counts = wording.listing(self._counts(ordered, total, (singular, plural)))
        return Markup(f"Of {whose}, {counts}{ending}.")

    def _most_frequent(
        self, figure: PublishedFigure, parts: list[Number], total: float | None
    ) -> list[Number]:
        """The largest categories of many cases; empty if a sentence can name them all."""
        is_few = total is None or total < self._list_all_below
        # A withheld number may be larger than those that are published.
        if is_few or figure.undisclosed or len(parts) <= MAX_LISTED_CATEGORIES:
            return []
        least = parts[MAX_LISTED_CATEGORIES - 2].known_value
        return _others_last(part for part in parts if part.known_value >= least)

    def _named_most_often(self, parts: list[Number], verb: str) -> str:
        """ "were most often about delay (30) and placement (20)"."""
        first, _, rest = words_html(verb).partition(" ")
        phrases = wording.listing(self._with_number_in_brackets(part) for part in parts)
        return " ".join(filter(None, (first, "most often", rest, phrases)))

    def _counts(
        self, parts: list[Number], total: float | None, verbs: tuple[str, str]
    ) -> Iterator[str]:
        """ "2 were about delay", then "1 about placement": only the first has the whole verb."""
        for place, part in enumerate(parts):
            is_single = wording.is_one(part.value)
            verb = verbs[0] if is_single else verbs[1]
            link = verb if not place else _preposition(verb)
            count = numeral_element(part)
            if part.value == total:
                count = data_element(part, "both" if total == 2 else "all")
            words = (count, words_html(link), self._words(part, is_single))
            yield " ".join(filter(None, words))

    def _with_number_in_brackets(self, part: Number) -> str:
        """ "delay (2)"; "special educational needs (SEND, 2)" of words that end in brackets."""
        words = category_words(part, self._council, wording.is_one(part.value))
        number = numeral_element(part)
        if words.endswith(")"):
            return f"{inert_text(words[:-1])}, {number})"
        return f"{inert_text(words)} ({number})"

    def _words(self, part: Number, is_single: bool) -> str:
        return inert_text(category_words(part, self._council, is_single))


def _others_last(parts: Iterable[Number]) -> list[Number]:
    return sorted(parts, key=lambda part: part.category in LAST_CATEGORIES)


def _with_also(verb: str) -> str:
    """The verb of what is true besides: "was about" → "was also about"."""
    first, _, rest = verb.partition(" ")
    return f"{first} also {rest}".rstrip() if first in AUXILIARIES else f"also {verb}"


def _preposition(verb: str) -> str:
    """What a second category needs of a verb: "was not accepted because of" → "because of"."""
    preposition = PREPOSITION.search(verb)
    return preposition[0] if preposition else ""
