"""Every use of a number in a finished report: the section, and the sentence, table or chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from pipeline.artifacts import NumberKey
from pipeline.audit.elements import attribute, element_text, main_element
from pipeline.report.wording import split_sentences

UseKind = Literal["sentence", "table", "chart", "quotation"]


@dataclass(frozen=True)
class NumberUse:
    """One place where a reader sees a number.

    section: as printed, such as "2.5 Outcomes".
    context: the sentence, or the caption of the table or chart.
    printed: the number as it appears there.
    """

    key: NumberKey
    section: str
    kind: UseKind
    context: str
    printed: str


def uses_in(page: BeautifulSoup) -> list[NumberUse]:
    """Every use of a figure's number in the report, in reading order."""
    uses = []
    section = ""
    for element in main_element(page).find_all(["h2", "h3", "data"]):
        if element.name != "data":
            section = element_text(element)
        elif element.has_attr("data-figure"):
            kind, context = _context_of(element)
            printed = element_text(element)
            uses.append(NumberUse(_number_key(element), section, kind, context, printed))
    return uses


def section_number(section: str) -> str:
    """The number of a section, such as 2.5 for "2.5 Outcomes"; empty if it has none."""
    return section.partition(" ")[0] if section[:1].isdigit() else ""


def _number_key(element: Tag) -> NumberKey:
    return NumberKey(
        figure=attribute(element, "data-figure"),
        year=attribute(element, "data-year"),
        category=attribute(element, "data-category"),
        detail=attribute(element, "data-detail"),
    )


def _context_of(element: Tag) -> tuple[UseKind, str]:
    """What kind of context a number has, and the words that identify it to a reader."""
    chart = element.find_parent("figure", class_="chart")
    if chart:
        return "chart", element_text(chart.find(class_="headline"))
    table = element.find_parent("table")
    if table:
        return "table", element_text(table.caption)
    if element.find_parent("blockquote"):
        return "quotation", element_text(element)
    return "sentence", _surrounding_sentence(element)


def _surrounding_sentence(element: Tag) -> str:
    """The sentence that contains a number; in a list, the sentence of its entry."""
    block = element.find_parent(["p", "li", "dd"])
    if block is None:
        return ""
    text = ""
    position = 0
    for node in block.descendants:
        if node is element:
            position = len(text)
        elif isinstance(node, NavigableString):
            text += node
    # The first sentence that ends after the number.
    sentence = next(
        sentence for start, sentence in split_sentences(text) if position <= start + len(sentence)
    )
    return " ".join(sentence.split())
