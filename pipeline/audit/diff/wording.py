"""What a finished report says in words and what its charts show, and in which words two texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from pipeline.audit.diff.changes import Change
from pipeline.audit.uses import SENTENCE_ENDS, element_text, section_number

TEXT_BLOCKS = ["h2", "h3", "p", "li", "dt", "dd", "caption", "figcaption", "img"]
MIN_SIMILARITY = (
    0.5  # of the words of two sentences, from which one is taken for the other, reworded
)
WORD = re.compile(r"\s+|£?\w+(?:[.,'\u2019-]\w+)*%?|.")


class Sentence(NamedTuple):
    """A sentence, and the heading that it stands below."""

    section: str
    text: str


class TextPiece(NamedTuple):
    """Words in a row that stand in both texts, or in one of them."""

    old: str
    new: str

    @property
    def is_unchanged(self) -> bool:
        return self.old == self.new


def sentences_in(page: BeautifulSoup) -> list[Sentence]:
    """Every sentence of a report in the order of reading, headings, captions and alternative texts too; no cells of tables."""
    found, section = [], ""
    for block in page.main.find_all(TEXT_BLOCKS):
        if block.find(TEXT_BLOCKS):
            continue
        if block.name in ("h2", "h3"):
            section = element_text(block)
            texts = [
                section.removeprefix(section_number(section)).strip()
            ]  # a further section numbers those after it anew
        else:
            texts = SENTENCE_ENDS.split(" ".join((block.get("alt") or block.get_text("")).split()))
        found += [Sentence(section, text) for text in texts if text]
    return found


def diff_sentences(old: list[Sentence], new: list[Sentence]) -> list[Change]:
    """Sentences that are new, gone or reworded, in the order of reading."""
    found: list[Change] = []
    matcher = SequenceMatcher(
        None, [one.text for one in old], [one.text for one in new], autojunk=False
    )
    for kind, first, last, start, end in matcher.get_opcodes():
        if kind != "equal":
            found += _pair_sentences(old[first:last], new[start:end])
    return found


def _pair_sentences(before: list[Sentence], now: list[Sentence]) -> Iterator[Change]:
    """Sentences in place of others: each new one with the first of those left that is much like it."""
    left = list(before)
    for one in now:
        place = next(
            (n for n, old in enumerate(left) if _similarity(old.text, one.text) >= MIN_SIMILARITY),
            None,
        )
        if place is None:
            yield Change(one.section, None, one.text)
            continue
        yield from (Change(old.section, old.text, None) for old in left[:place])
        yield Change(one.section, left[place].text, one.text)
        left = left[place + 1 :]
    yield from (Change(old.section, old.text, None) for old in left)


def _similarity(before: str, now: str) -> float:
    return SequenceMatcher(None, before.split(), now.split(), autojunk=False).ratio()


def diff_words(old: str, new: str) -> list[TextPiece]:
    """Two texts word by word; changed words with nothing but a space between them are one piece, to be read in one go."""
    old, new = WORD.findall(old), WORD.findall(new)
    found: list[TextPiece] = []
    for kind, first, last, start, end in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        piece = TextPiece("".join(old[first:last]), "".join(new[start:end]))
        space = kind == "equal" and not piece.new.strip()
        if found and (space or (kind != "equal" and not found[-1].is_unchanged)):
            found[-1] = TextPiece(found[-1].old + piece.old, found[-1].new + piece.new)
        else:
            found.append(piece)
    return found


def charts_in(page: BeautifulSoup) -> dict[str, str]:
    """What each chart shows: each number of the table behind it, by its row and column."""
    return {
        place: number
        for table in page.main.select("figure.chart table")
        for place, number in _table_numbers(table)
    }


def _table_numbers(table: Tag) -> Iterator[tuple[str, str]]:
    name, columns = (
        element_text(table.caption),
        [element_text(one) for one in table.thead.find_all("th")],
    )
    for row in table.select("tbody tr, tfoot tr"):
        first, *cells = (element_text(cell) for cell in row.find_all(["th", "td"]))
        yield from (
            (f"{name}: {first}, {column}", cell)
            for column, cell in zip(columns[1:], cells, strict=True)
        )
