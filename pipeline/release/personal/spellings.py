"""The ways in which a value of an extract may be written in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from pipeline.release.personal.matching import normalised_words, readings
from pipeline.validate.dictionary import NAME_COLUMNS, REFERENCE_COLUMNS
from pipeline.validate.personal.shapes import STREETS, TITLES

Phrase = tuple[str, ...]  # normalised words in a row
MIN_NAME_PART = 3  # letters: a shorter part of a name identifies nobody
# fmt: off
# Words in a column of names that are no names.
NO_NAMES = {
    *TITLES.casefold().split("|"), "and", "the", "not", "known", "unknown", "anonymous", "name",
    "withheld", "none", "family", "parent", "parents", "mother", "father", "child", "children",
    "baby", "aka", "nee", "formerly", "foster", "carer", "carers", "for", "junior", "senior",
    "jnr", "snr", "via", "advocate", "solicitor",
}
# Before a name that begins in another word: O Neill, Mac Donald, De Souza.
NAME_PREFIXES = {
    "o", "d", "mc", "mac", "fitz", "de", "di", "da", "del", "du", "la", "le", "van", "von", "al",
    "el", "ap", "st", "abd", "abu", "ben", "bin",
}
TITLE_WORDS = ("mr", "mrs", "ms", "mx", "dr", "prof")
TITLES_THAT_ARE_WORDS = ("miss", "sir", "dame", "master", "nurse", "lady", "lord")
# fmt: on
# A reference that could as well be a count, unless a label before it tells what it is.
COUNT_LIKE_REFERENCE = re.compile(r"[1-9]\d{0,3}")
LAST_NUMBER = re.compile(r"(\d+)\W*$")
NOTE_NGRAM = 6  # consecutive words of a note or a letter that nobody else would write
# The fewest consecutive words by which `spellings` knows a value of a column; else NOTE_NGRAM.
MIN_RUN = dict.fromkeys(NAME_COLUMNS, 1) | {"address": 2}
ABBREVIATIONS = {form: name for name, forms in STREETS.items() for form in forms}
ADDRESS_PART = re.compile(r"[,;\n]")


class Spelling(NamedTuple):
    """One way to write a value.

    is_part: whether it is one word of a name, which may be an ordinary word.
    is_capitalised: whether its words begin with capitals, since they may be ordinary words.
    """

    phrase: Phrase
    kind: str
    is_part: bool = False
    is_capitalised: bool = False


def spellings(column: str, value: object) -> Iterator[Spelling]:
    """The ways in which a value may be written; dates and telephone numbers have others as well.

    Of a damaged or escaped text also those of what it was meant to be.
    """
    for reading in readings(value) if isinstance(value, str) else [str(value)]:
        words = normalised_words(reading)
        if column in REFERENCE_COLUMNS:
            yield from _reference_spellings(words)
        elif column in NAME_COLUMNS:
            yield from _name_spellings(words)
        elif column == "address":
            yield from _address_spellings(reading)
        elif column == "email":
            yield Spelling(tuple(words), "an e-mail address")
        elif column == "telephone":
            yield Spelling(tuple(words), "a telephone number")
        elif column != "date_of_birth":
            for phrase in ngrams(words, NOTE_NGRAM):
                yield Spelling(phrase, "words of a note or letter")


def _name_spellings(words: Sequence[str]) -> Iterator[Spelling]:
    names = [word for word in words if word not in NO_NAMES and not word.isdigit()]
    if not names:
        return
    joined = list(_join_prefixes(names))
    for parts in dict.fromkeys((tuple(names), tuple(joined))):
        yield from _full_name_spellings(parts)
        for part in parts:
            if len(part) >= MIN_NAME_PART:
                yield Spelling((part,), "a part of a name", is_part=True)
    # In one word: AdaSmithJones, and Smith-Jones as Smithjones. Not An Other as another.
    for group in (joined, *pairwise(joined[1:])):
        if len(group) > 1 and all(len(part) >= MIN_NAME_PART for part in group):
            yield Spelling(("".join(group),), "a name")


def _full_name_spellings(parts: Phrase) -> Iterator[Spelling]:
    """A name in full, and its surname with a first name, an initial or a title."""
    *first_names, surname = parts
    is_short = all(len(part) < MIN_NAME_PART for part in parts)  # as in: to do
    for phrase in {parts, parts[::-1], (surname, *first_names), (parts[0], surname)}:
        if len(phrase) > 1:
            yield Spelling(phrase, "a name", is_capitalised=is_short)
    if len(surname) > 1:
        for title in (*TITLE_WORDS, *TITLES_THAT_ARE_WORDS):
            is_word = title in TITLES_THAT_ARE_WORDS
            yield Spelling((title, surname), "a name", is_capitalised=is_word)
        if first_names and first_names[0]:
            initial = f"{first_names[0][0]}."
            yield Spelling((initial, surname), "a name")
            yield Spelling((surname, initial), "a name")
        if len(surname) < MIN_NAME_PART:
            yield Spelling((surname, "family"), "a name")


def _join_prefixes(words: Sequence[str]) -> Iterator[str]:
    """The words, each prefix of a name with the word behind it."""
    prefix = ""
    for word in words:
        if word in NAME_PREFIXES:
            prefix += word
        else:
            yield prefix + word
            prefix = ""
    if prefix:
        yield prefix


def _reference_spellings(words: Sequence[str]) -> Iterator[Spelling]:
    if words and not COUNT_LIKE_REFERENCE.fullmatch(" ".join(words)):
        joined = "".join(words)
        for phrase in {tuple(words), (joined,)}:
            if len(words) == 1 or not joined.isdigit() or phrase != (joined,):
                yield Spelling(phrase, "a reference")


def reference_number(reference: str) -> str:
    """The number at the end of a reference, as people cite it after "case no"."""
    match = LAST_NUMBER.search(reference)
    return match[1].lstrip("0") if match else ""


def _address_spellings(text: str) -> Iterator[Spelling]:
    """The whole address, its first line, and each line with a number, with short forms."""
    kind = "an address"
    lines = [tuple(normalised_words(part)) for part in ADDRESS_PART.split(text)]
    lines = [line for line in lines if line]
    yield Spelling(tuple(word for line in lines for word in line), kind)
    for position, line in enumerate(lines):
        if position and line[-1].isdigit() and len(line) == 1:
            continue  # a number on a line of its own goes with the next
        if len(line) > 1 and (position == 0 or any(character.isdigit() for character in line[0])):
            for phrase in _street_forms(line):
                yield Spelling(phrase, kind)
        if position + 1 < len(lines) and len(line) == 1 and line[0][0].isdigit():
            for phrase in _street_forms(line + lines[position + 1]):
                yield Spelling(phrase, kind)


def _street_forms(line: Phrase) -> Iterator[Phrase]:
    """A line of an address, its last word of a street also as it is shortened."""
    yield line
    for position, word in enumerate(line[1:], 1):
        name = ABBREVIATIONS.get(word, word)
        for form in (name, *STREETS.get(name, ())):
            if form != word:
                yield (*line[:position], form, *line[position + 1 :])


def ngrams(words: Sequence[str], length: int) -> Iterator[Phrase]:
    """Each run of `length` consecutive words; none if there are fewer words."""
    return zip(*(words[start:] for start in range(length)), strict=False)
