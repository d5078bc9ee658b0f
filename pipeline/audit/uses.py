"""Where a finished report says each number: the section, and the sentence, table or chart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from bs4 import BeautifulSoup, NavigableString, Tag

from pipeline.artifacts import NumberKey

SPACE_BEFORE_PUNCTUATION = re.compile(r" (?=[,.;:)])")
SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+(?=\S)")


@dataclass(frozen=True)
class NumberUse:
    """A number where a reader meets it.

    cell: figure, year, category and detail. section: as printed, such as "2.5 Outcomes". words: the sentence, or the caption of
    the table or chart. printed: the number as it stands there.
    """

    key: NumberKey
    section: str
    kind: Literal["sentence", "table", "chart", "quotation"]
    context: str
    printed: str


def uses_in(page: BeautifulSoup) -> list[NumberUse]:
    """Every number of a figure in the report, in the order of reading."""
    found, section = [], ""
    for element in page.main.find_all(["h2", "h3", "data"]):
        if element.name != "data":
            section = element_text(element)
        elif element.has_attr("data-figure"):
            cell = (
                element["data-figure"],
                element["data-year"],
                element.get("data-category", ""),
                element.get("data-detail", ""),
            )
            found.append(NumberUse(cell, section, *_context_of(element), element_text(element)))
    return found


def section_number(section: str) -> str:
    """The number of a section, 2.5 of "2.5 Outcomes"; empty where it has none."""
    return section.partition(" ")[0] if section[:1].isdigit() else ""


def _context_of(tag: Tag) -> tuple[str, str]:
    """What kind of thing the number stands in, and the words by which a reader knows it."""
    table, chart = tag.find_parent("table"), tag.find_parent("figure", class_="chart")
    if chart:
        return "chart", element_text(chart.find(class_="headline"))
    if table:
        return "table", element_text(table.caption)
    if tag.find_parent("blockquote"):
        return "quotation", element_text(tag)
    return "sentence", _surrounding_sentence(tag)


def _surrounding_sentence(tag: Tag) -> str:
    """The sentence in which a number stands; of a list, its entry."""
    block = tag.find_parent(["p", "li", "dd"])
    text, at = "", 0
    for one in block.descendants:
        if one is tag:
            at = len(text)
        elif isinstance(one, NavigableString):
            text += one
    start = 0
    for end in [found.start() for found in SENTENCE_ENDS.finditer(text)] + [len(text)]:
        if at <= end:
            return " ".join(text[start:end].split())
        start = end
    return " ".join(text.split())


def element_text(element: Tag) -> str:
    """The words of an element on one line, as a reader hears them."""
    return SPACE_BEFORE_PUNCTUATION.sub("", " ".join(element.get_text(" ").split()))
