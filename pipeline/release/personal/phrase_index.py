"""Where the published texts have which words, dates and numbers.

The records may be many and the files are few, so what the files have is held in memory and what
the records have is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

from pipeline.release.personal.matching import (
    APOSTROPHES,
    normalised_words,
    readings,
    written_words,
)
from pipeline.release.personal.spellings import NAME_PREFIXES, Phrase, ngrams
from pipeline.validate.personal.dates import dates_in
from pipeline.validate.personal.numbers import national_digits

MIN_PLURAL_IN_SMALL_LETTERS = 7  # letters of a surname: many shorter ones are ordinary words
NAME_WORD = rf"[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]{{2,}})*"
# Cells and lines, in which a name, a date or a number is written without a break.
SEGMENT_END = re.compile(r"\n|\s{2,}")
HYPHENATED = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)+")
LETTER_BY_LETTER = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .-]){3,}[^\W\d_](?![^\W_])")
INITIAL_FIRST = re.compile(
    rf"(?<![^\W_])(?:([A-Z])\. ?(?:[A-Z]\. ?)*|([B-HJ-Z]) (?:[A-Z] )?)([A-Z]{NAME_WORD})"
)
INITIAL_LAST = re.compile(rf"(?<![^\W_])([A-Z]{NAME_WORD})(?:, ?([A-Z])\b| ([A-Z])\.)")
CAPITALISED_PART = re.compile(r"[A-Z][a-z]+|[A-Z]+(?![a-z])|[a-z]+|\d+")
LONG_NUMBER = re.compile(r"\d[\d ().\-/]{5,}\d")
REFERENCE_LABELS = {"ref", "reference"}
BARE_REFERENCE_LABELS = {"case", "complaint", "file", "record"}
NUMBER_LABELS = {"no", "num", "number", "numbers", "nr", "id", "ref", "reference"}
MIN_BARE_REFERENCE = 3  # digits: "case 1" may be the first of several examples

Places = Counter[Phrase]  # how often each phrase occurs in one place


class PhraseIndex:
    """Finds the places whose texts have a phrase, a date or a number."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        """texts: each with its place; a place may have many, and what is repeated counts once."""
        self.readings = list(
            dict.fromkeys((place, one) for place, text in texts for one in readings(text))
        )
        written = [(place, written_words(text)) for place, text in self.readings]
        self._written = [(place, words) for place, words in written if words]
        self.words = [
            (place, [word.casefold() for word in words]) for place, words in self._written
        ]
        self._vocabulary = {word for _, words in self.words for word in words}
        self._exact: dict[int, dict[str, Places]] = {}
        self._capitalised: dict[int, dict[str, Places]] = {}

    def count(self, phrase: Phrase) -> dict[str, int]:
        """How often these words follow one another, by place."""
        length = len(phrase)
        if not self._vocabulary.issuperset(phrase):
            return {}
        if length not in self._exact:
            self._exact[length] = _count_phrases(self.words, length)
        return _places_of(phrase, self._exact[length])

    def places_with(self, phrase: Phrase, is_capitalised: bool = False) -> set[str]:
        """The places with these words in a row, in one of the forms that people give to a name.

        is_capitalised: whether all of them must begin with a capital.
        """
        places = set(self._other_forms.get(phrase, ()))
        if is_capitalised and self._vocabulary.issuperset(phrase):
            length = len(phrase)
            if length not in self._capitalised:
                capitals = [
                    (place, [word if word[0].isupper() else "" for word in words])
                    for place, words in self._written
                ]
                folded = [(place, [w.casefold() for w in words]) for place, words in capitals]
                self._capitalised[length] = _count_phrases(folded, length)
            return places.union(_places_of(phrase, self._capitalised[length]))
        return places if is_capitalised else places.union(self.count(phrase))

    @property
    def name_words(self) -> list[list[str]]:
        """Every word of which a name in the texts may be written, for a first choice of names."""
        others = {word for phrase in self._other_forms for word in phrase}
        for word in self._vocabulary | others:
            others.update(
                word.removeprefix(prefix) for prefix in NAME_PREFIXES if word.startswith(prefix)
            )
        return [*(words for _, words in self.words), *([word] for word in sorted(others))]

    @cached_property
    def segments(self) -> dict[str, set[str]]:
        """The places of each different line or cell."""
        places: dict[str, set[str]] = {}
        for place, text in self.readings:
            for segment in SEGMENT_END.split(text):
                places.setdefault(segment, set()).add(place)
        return places

    @cached_property
    def dates(self) -> dict[date, set[str]]:
        """The places of each date."""
        places: dict[date, set[str]] = {}
        for text, text_places in self.segments.items():
            for day in dates_in(text):
                places.setdefault(day, set()).update(text_places)
        return places

    @cached_property
    def numbers(self) -> dict[str, set[str]]:
        """The places of what may be telephone numbers, without the codes before them."""
        places: dict[str, set[str]] = {}
        for text, text_places in self.segments.items():
            for number in LONG_NUMBER.findall(text):
                places.setdefault(national_digits(number), set()).update(text_places)
        return places

    @cached_property
    def reference_numbers(self) -> dict[str, set[str]]:
        """The places of each number behind a word for a reference, such as "case no"."""
        places: dict[str, set[str]] = {}
        for place, words in self.words:
            for number in _reference_numbers(words):
                places.setdefault(number, set()).add(place)
        return places

    @cached_property
    def _other_forms(self) -> dict[Phrase, set[str]]:
        """The places of names that are written in another way than as words in a row."""
        places: dict[Phrase, set[str]] = {}
        forms_of_word: dict[str, list[str]] = {}
        for place, words in self._written:
            for word in set(words):
                if word not in forms_of_word:
                    forms_of_word[word] = list(_word_forms(word))
                for form in forms_of_word[word]:
                    places.setdefault((form,), set()).add(place)
        for place, folded in self.words:
            for joined in _prefixed_names(folded):
                places.setdefault((joined,), set()).add(place)
        for text, text_places in self.segments.items():
            for phrase in _phrase_forms(text):
                places.setdefault(phrase, set()).update(text_places)
        return places


def _count_phrases(
    words_by_place: Sequence[tuple[str, list[str]]], length: int
) -> dict[str, Places]:
    counts: dict[str, Places] = {}
    for place, words in words_by_place:
        counts.setdefault(place, Counter()).update(ngrams(words, length))
    return counts


def _places_of(phrase: Phrase, counts: dict[str, Places]) -> dict[str, int]:
    return {place: phrases[phrase] for place, phrases in counts.items() if phrase in phrases}


def _word_forms(word: str) -> Iterator[str]:
    """What a word may be made of: a plural, a number of a note, several words in one."""
    folded = word.casefold()
    stem = folded.rstrip("0123456789")
    if stem and stem != folded:
        yield stem
    is_plural = word[0].isupper() or len(stem) > MIN_PLURAL_IN_SMALL_LETTERS
    if stem.endswith("s") and is_plural and len(stem) > 2:
        yield stem[:-1]
        if stem.endswith("es"):
            yield stem[:-2]
        if stem.endswith("ies"):
            yield f"{stem[:-3]}y"
    if not word.isupper() and not word[1:].islower():
        parts = CAPITALISED_PART.findall(word)
        if len(parts) > 1:
            yield from (part.casefold() for part in parts)


def _prefixed_names(words: Sequence[str]) -> Iterator[str]:
    """The names in a text of which one or two prefixes are a word of their own, as one word."""
    for position, word in enumerate(words[:-1]):
        if word in NAME_PREFIXES:
            joined = word + words[position + 1]
            yield joined
            if words[position + 1] in NAME_PREFIXES and position + 2 < len(words):
                yield joined + words[position + 2]


def _phrase_forms(text: str) -> Iterator[Phrase]:
    """The names in a text that are hyphenated, spelt letter by letter, or have an initial."""
    for pattern in (HYPHENATED, LETTER_BY_LETTER):
        for name in pattern.findall(text):
            yield ("".join(normalised_words(name)),)
    for dotted, plain, name in INITIAL_FIRST.findall(text):
        initial = (dotted or plain).casefold()
        yield (f"{initial}.", *normalised_words(name)[:1])
    for name, after_comma, dotted in INITIAL_LAST.findall(text):
        initial = (after_comma or dotted).casefold()
        yield (*normalised_words(name)[:1], f"{initial}.")


def _reference_numbers(words: Sequence[str]) -> Iterator[str]:
    for position, word in enumerate(words):
        if word in REFERENCE_LABELS or word in BARE_REFERENCE_LABELS:
            rest = list(words[position + 1 : position + 6])
            is_bare = word in BARE_REFERENCE_LABELS
            while rest and rest[0] in NUMBER_LABELS:
                is_bare = False
                rest.pop(0)
            if rest and rest[0].isalpha() and len(rest) > 1 and not is_bare:
                rest.pop(0)  # the letters of a reference, such as CYP
            for number in rest:
                if not number.isdigit():
                    break
                if not is_bare or len(number) >= MIN_BARE_REFERENCE:
                    yield number.lstrip("0")
