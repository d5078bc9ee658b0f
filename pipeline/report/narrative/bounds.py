"""How much a narrative may contain, so that the work that it makes is bounded by its size."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MAX_CHARACTERS = 100_000  # of one commentary; a long one has 20,000
MAX_WORD_CHARACTERS = 1_000  # without a space; the longest address has a few hundred
MAX_MARKS = 80  # of quotation, lists and indentation at the beginning of a line
MAX_RENDERED_CHARACTERS = 1_000_000  # of one text once its references are filled in
MAX_LIST_ITEMS = 100  # of a list that is written in a reference or a loop
LONG_WORD = re.compile(rf"\S{{{MAX_WORD_CHARACTERS + 1}}}")
DEEP_LINE = re.compile(rf"[\s>*+-]{{{MAX_MARKS + 1}}}")


def size_faults(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, what and remedy of each way in which a text is larger than anybody writes."""
    if len(text) > MAX_CHARACTERS:
        what = f"the text has more than {MAX_CHARACTERS:,} characters"
        yield 1, what, "Shorten it; a commentary explains the figures in a few paragraphs."
        return
    for number, line in enumerate(text.splitlines(), 1):
        if LONG_WORD.search(line):
            what = f"a word has more than {MAX_WORD_CHARACTERS:,} characters"
            yield number, what, "Put spaces between the words."
        elif DEEP_LINE.match(line) and line.strip():
            what = f"the line begins with more than {MAX_MARKS} marks or spaces"
            yield number, what, "Use fewer levels of lists and quotations."


def joined_within_limit(pieces: Iterable[str]) -> str:
    """The pieces of a rendered text as one; raises ValueError as soon as they are too many."""
    parts: list[str] = []
    size = 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > MAX_RENDERED_CHARACTERS:
            raise ValueError(
                f"this prints more than {MAX_RENDERED_CHARACTERS:,} characters; shorten its loops"
            )
    return "".join(parts)
