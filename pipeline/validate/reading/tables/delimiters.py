"""What separates the cells of a text file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator
from itertools import islice

from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.table_source import MAX_HEAD_ROWS

DELIMITERS = ",;\t|"
DECLARED_DELIMITER = re.compile(r"\"?sep=(.)\"?[ ,;\t|]*(?:\r\n?|\n)", re.IGNORECASE)
MIN_KNOWN = 2  # headings that show which delimiter is the right one


def detect_delimiter(start: str, known: Container[str]) -> str:
    """The delimiter between the headings.

    That is the one that occurs most in the first line or, where titles stand above the headings,
    the one that gives a line the most known headings, or else that most lines have.
    start: of the text. known: normalised headings.
    """
    lines = _unquoted_lines(start)
    first = next(lines, "")
    in_first = max(DELIMITERS, key=first.count)
    if _count_known(first, in_first, known) >= MIN_KNOWN:
        return in_first
    head = [first, *islice(lines, MAX_HEAD_ROWS)]
    known_counts = {
        delimiter: max(_count_known(line, delimiter, known) for line in head)
        for delimiter in DELIMITERS
    }
    best = max(DELIMITERS, key=lambda delimiter: known_counts[delimiter])
    if known_counts[best] >= MIN_KNOWN:
        return best
    if in_first in first:
        return in_first
    usual = Counter(delimiter for line in head for delimiter in DELIMITERS if delimiter in line)
    return max(DELIMITERS, key=lambda delimiter: usual[delimiter])


def _count_known(line: str, delimiter: str, known: Container[str]) -> int:
    return sum(normalise_name(cell) in known for cell in line.split(delimiter))


def _unquoted_lines(start: str) -> Iterator[str]:
    """The lines with something in them, without what is in quotation marks."""
    unquoted: list[str] = []
    is_quoted = False
    for character in start:
        if character == '"':
            is_quoted = not is_quoted
        elif is_quoted:
            continue
        elif character not in "\r\n":
            unquoted.append(character)
        elif unquoted:
            yield "".join(unquoted)
            unquoted = []
    if unquoted:
        yield "".join(unquoted)
