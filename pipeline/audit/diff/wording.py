"""The sentences and charts of a finished report, and the words in which two texts differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag

from pipeline.audit.diff.changes import Change
from pipeline.audit.elements import attribute, element_text, main_element
from pipeline.audit.uses import section_number
from pipeline.report.wording import split_sentences

HEADINGS = ["h2", "h3"]
TEXT_BLOCKS = [*HEADINGS, "p", "li", "dt", "dd", "caption", "figcaption", "img"]
# From this share of common words one sentence counts as the other, reworded.
MIN_SIMILARITY = 0.5
WORD = re.compile(r"\s+|£?\w+(?:[.,'\u2019-]\w+)*%?|.")


class Sentence(NamedTuple):
    """A sentence, and the heading above it."""

    section: str
    text: str


class TextPiece(NamedTuple):
    """A run of words that is the same in both texts, or that one has in place of the other's."""

    old: str
    new: str

    @property
    def is_unchanged(self) -> bool:
        return self.old == self.new


def sentences_in(page: BeautifulSoup) -> list[Sentence]:
    """Every sentence of a report in reading order.

    Includes headings, captions and alternative texts, and leaves out the cells of tables.
    """
    sentences = []
    section = ""
    for block in main_element(page).find_all(TEXT_BLOCKS):
        if block.find(TEXT_BLOCKS):
            continue  # its sentences are in the inner blocks
        if block.name in HEADINGS:
            section = element_text(block)
            # Without its number, which changes if a section is added above.
            texts = [section.removeprefix(section_number(section)).strip()]
        else:
            text = attribute(block, "alt") or block.get_text("")
            texts = [sentence for _, sentence in split_sentences(" ".join(text.split()))]
        sentences += [Sentence(section, text) for text in texts if text]
    return sentences


def diff_sentences(old: list[Sentence], new: list[Sentence]) -> list[Change]:
    """The sentences that are new, gone or reworded, in reading order."""
    changes: list[Change] = []
    matcher = SequenceMatcher(
        None,
        [sentence.text for sentence in old],
        [sentence.text for sentence in new],
        autojunk=False,
    )
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if operation != "equal":
            changes += _pair_sentences(old[old_start:old_end], new[new_start:new_end])
    return changes


def _pair_sentences(old: list[Sentence], new: list[Sentence]) -> Iterator[Change]:
    """The changes between two runs of sentences.

    Each new sentence is paired with the first similar one among those that remain; the old ones
    before that are gone.
    """
    remaining = list(old)
    for sentence in new:
        position = _first_similar(remaining, sentence.text)
        if position is None:
            yield Change(sentence.section, None, sentence.text)
            continue
        yield from _gone(remaining[:position])
        yield Change(sentence.section, remaining[position].text, sentence.text)
        remaining = remaining[position + 1 :]
    yield from _gone(remaining)


def _gone(sentences: list[Sentence]) -> Iterator[Change]:
    for sentence in sentences:
        yield Change(sentence.section, sentence.text, None)


def _first_similar(sentences: list[Sentence], text: str) -> int | None:
    """The position of the first sentence that may be the text before it was reworded."""
    for position, sentence in enumerate(sentences):
        if _similarity(sentence.text, text) >= MIN_SIMILARITY:
            return position
    return None


def _similarity(old: str, new: str) -> float:
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False).ratio()


def diff_words(old: str, new: str) -> list[TextPiece]:
    """Two texts compared word by word.

    Changed words with only a space between them are one piece, which is easier to read.
    """
    old_words = WORD.findall(old)
    new_words = WORD.findall(new)
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    pieces: list[TextPiece] = []
    for operation, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        piece = TextPiece(
            "".join(old_words[old_start:old_end]), "".join(new_words[new_start:new_end])
        )
        is_space = operation == "equal" and not piece.new.strip()
        continues_change = operation != "equal" and pieces and not pieces[-1].is_unchanged
        if (pieces and is_space) or continues_change:
            last = pieces[-1]
            pieces[-1] = TextPiece(last.old + piece.old, last.new + piece.new)
        else:
            pieces.append(piece)
    return pieces


def charts_in(page: BeautifulSoup) -> dict[str, str]:
    """What each chart shows: each number of its table, or the parts of its description.

    By the table's caption, row and column, or by the chart's subtitle and the part's name.
    """
    contents: dict[str, str] = {}
    for chart in main_element(page).select("figure.chart"):
        tables = chart.select("table")
        for table in tables:
            contents.update(_table_numbers(table))
        image = chart.find("img")
        if image and not tables:
            contents.update(_description_parts(chart, attribute(image, "alt")))
    return contents


def _description_parts(chart: Tag, description: str) -> Iterator[tuple[str, str]]:
    """ "In 2021-22: 1 late" by its year; the sentences without such a name together."""
    name = element_text(chart.find(class_="subtitle"))
    unnamed = []
    for _, sentence in split_sentences(description):
        part, colon, text = sentence.partition(": ")
        if colon:
            yield f"{name}: {part}", text
        else:
            unnamed.append(sentence)
    yield name, " ".join(unnamed)


def _table_numbers(table: Tag) -> Iterator[tuple[str, str]]:
    name = element_text(table.caption)
    _, *columns = (element_text(heading) for heading in table.select("thead th"))
    for row in table.select("tbody tr, tfoot tr"):
        label, *numbers = (element_text(cell) for cell in row.find_all(["th", "td"]))
        for column, number in zip(columns, numbers, strict=True):
            yield f"{name}: {label}, {column}", number
