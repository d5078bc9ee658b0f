"""What a finished report says in words and what its charts show, and in which words two texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from pipeline.audit.diff.changes import Change
from pipeline.audit.uses import SENTENCE_ENDS, number_of, said

BLOCKS = ["h2", "h3", "p", "li", "dt", "dd", "caption", "figcaption", "img"]
ALIKE = 0.5  # of the words of two sentences, from which one is taken for the other, reworded
WORD = re.compile(r"\s+|£?\w+(?:[.,'\u2019-]\w+)*%?|.")


class Sentence(NamedTuple):
    """A sentence, and the heading that it stands below."""

    section: str
    text: str


class Piece(NamedTuple):
    """Words in a row that stand in both texts, or in one of them."""

    before: str
    now: str

    @property
    def same(self) -> bool:
        return self.before == self.now


def sentences_in(page: BeautifulSoup) -> list[Sentence]:
    """Every sentence of a report in the order of reading, headings, captions and alternative texts too; no cells of tables."""
    found, section = [], ""
    for block in page.main.find_all(BLOCKS):
        if block.find(BLOCKS):
            continue
        if block.name in ("h2", "h3"):
            section = said(block)
            texts = [
                section.removeprefix(number_of(section)).strip()
            ]  # a further section numbers those after it anew
        else:
            texts = SENTENCE_ENDS.split(" ".join((block.get("alt") or block.get_text("")).split()))
        found += [Sentence(section, text) for text in texts if text]
    return found


def changed_sentences(before: list[Sentence], now: list[Sentence]) -> list[Change]:
    """Sentences that are new, gone or reworded, in the order of reading."""
    found: list[Change] = []
    matcher = SequenceMatcher(
        None, [one.text for one in before], [one.text for one in now], autojunk=False
    )
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind != "equal":
            found += _paired(before[first:last], now[start:end])
    return found


def _paired(before: list[Sentence], now: list[Sentence]) -> Iterator[Change]:
    """Sentences in place of others: each new one with the first of those left that is much like it."""
    left = list(before)
    for one in now:
        place = next(
            (n for n, old in enumerate(left) if _likeness(old.text, one.text) >= ALIKE), None
        )
        if place is None:
            yield Change(one.section, None, one.text)
            continue
        yield from (Change(old.section, old.text, None) for old in left[:place])
        yield Change(one.section, left[place].text, one.text)
        left = left[place + 1 :]
    yield from (Change(old.section, old.text, None) for old in left)


def _likeness(before: str, now: str) -> float:
    return SequenceMatcher(None, before.split(), now.split(), autojunk=False).ratio()


def pieces(before: str, now: str) -> list[Piece]:
    """Two texts word by word; changed words with nothing but a space between them are one piece, to be read in one go."""
    old, new = WORD.findall(before), WORD.findall(now)
    found: list[Piece] = []
    for kind, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        piece = Piece("".join(old[first:last]), "".join(new[start:end]))
        space = kind == "equal" and not piece.now.strip()
        if found and (space or (kind != "equal" and not found[-1].same)):
            found[-1] = Piece(found[-1].before + piece.before, found[-1].now + piece.now)
        else:
            found.append(piece)
    return found


def charts_in(page: BeautifulSoup) -> dict[str, str]:
    """What each chart shows: each number of the table behind it, by its row and column."""
    return {
        place: number
        for table in page.main.select("figure.chart table")
        for place, number in _cells(table)
    }


def _cells(table: Tag) -> Iterator[tuple[str, str]]:
    name, columns = said(table.caption), [said(one) for one in table.thead.find_all("th")]
    for row in table.select("tbody tr, tfoot tr"):
        first, *cells = (said(cell) for cell in row.find_all(["th", "td"]))
        yield from (
            (f"{name}: {first}, {column}", cell)
            for column, cell in zip(columns[1:], cells, strict=True)
        )
