"""The ways in which a value of an extract may be written in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from pipeline.release.matching import normalised_words, readings
from pipeline.validate.dictionary import REFERENCE_COLUMNS

Phrase = tuple[str, ...]  # normalised words in a row
NAME_COLUMNS = {"complainant_name", "child_name"}
MIN_NAME_PART = 3  # letters: a shorter part of a name identifies nobody
# A reference that could as well be a count, unless a label before it tells what it is.
COUNT_LIKE_REFERENCE = re.compile(r"[1-9]\d{0,3}")
# fmt: off
REFERENCE_LABELS = (
    "ref", "ref no", "ref number", "reference", "reference no", "reference number",
    "case no", "case number", "complaint no", "complaint number",
)
# fmt: on
NOTE_NGRAM = 6  # consecutive words of a note or a letter that nobody else would write
# The fewest consecutive words by which `spellings` knows a value of a column; else NOTE_NGRAM.
MIN_RUN = dict.fromkeys(NAME_COLUMNS, 1) | {"address": 2}


def spellings(column: str, value: object) -> Iterator[tuple[Phrase, str]]:
    """The ways in which a value may be written, each as a phrase with its kind of personal data.

    Of a damaged or escaped text also those of what it was meant to be.
    """
    for reading in readings(value) if isinstance(value, str) else [value]:
        yield from _spellings_of_reading(column, reading)


def _spellings_of_reading(column: str, value: object) -> Iterator[tuple[Phrase, str]]:
    if column == "date_of_birth":
        for text in _date_spellings(value):
            yield tuple(normalised_words(text)), "a date of birth"
        return
    words = normalised_words(str(value))
    if column in REFERENCE_COLUMNS:
        if COUNT_LIKE_REFERENCE.fullmatch(" ".join(words)):
            for label in REFERENCE_LABELS:
                yield (*label.split(), *words), "a reference"
        else:
            yield tuple(words), "a reference"
    elif column in NAME_COLUMNS:
        yield tuple(words), "a name"
        yield tuple(reversed(words)), "a name"
        for part in words:
            if len(part) >= MIN_NAME_PART:
                yield (part,), "a part of a name"
    elif column == "address":
        yield tuple(words), "an address"
        first_line = normalised_words(str(value).partition(",")[0])
        if len(first_line) > 1:
            yield tuple(first_line), "an address"
    elif column == "email":
        yield tuple(words), "an e-mail address"
    elif column == "telephone":
        yield tuple(words), "a telephone number"
    else:
        for phrase in ngrams(words, NOTE_NGRAM):
            yield phrase, "words of a note or letter"


def _date_spellings(value: object) -> tuple[str, ...]:
    """2007-09-28, 28/09/2007, 28/9/2007 and 28 September 2007."""
    day = pd.Timestamp(value).date()
    return (
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day} {pd.Timestamp(day).month_name()} {day.year}",
    )


def ngrams(words: Sequence[str], length: int) -> Iterator[Phrase]:
    """Each run of `length` consecutive words; none if there are fewer words."""
    return zip(*(words[start:] for start in range(length)), strict=False)
