"""A bookmark for each paragraph of the Word file, so that it is known again when it comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from pipeline.report.documents.page import attribute_text
from pipeline.report.paragraphs.text import element_around

BOOKMARK_PREFIX = "report_"
MAX_SECTION_LETTERS = 24  # a bookmark's name has at most 40
BLOCKS = ("h1", "h2", "h3", "p", "li", "caption", "th", "td", "dd", "dt", "figcaption", "picture")
CONTAINERS = (*BLOCKS, "ul", "ol", "table", "div", "blockquote", "details", "figure")
FRONT = "cover"  # in place of a section for what stands before the first
CONTENTS = "contents"


@dataclass(frozen=True)
class MarkedParagraph:
    """A paragraph of the Word file.

    id: the name of its bookmark. section: the anchor of its section. heading: the last heading
    before it, with its number. element: what its bookmark encloses. block: the element that is the
    paragraph. row: the number of its row among all rows of tables; 0 outside tables.
    """

    id: str
    section: str
    heading: str
    element: Tag
    block: Tag
    row: int = 0


def mark_paragraphs(page: BeautifulSoup) -> list[MarkedParagraph]:
    """Enclose the content of each paragraph in a `<span>`, of which pandoc makes a bookmark.

    Its name has the section and the number of the paragraph in it.
    """
    marked: list[MarkedParagraph] = []
    counts: dict[str, int] = {}
    rows: dict[int, int] = {}
    heading = ""
    for block in page.find_all(BLOCKS):
        if element_around(block, ["summary"]):
            continue
        section = _section_of(block)
        around = element_around(block, ["tr"])
        row = rows.setdefault(id(around), len(rows) + 1) if around else 0
        for run in _inline_runs(block):
            letters = re.sub(r"\W", "_", section)[:MAX_SECTION_LETTERS]
            counts[letters] = counts.get(letters, 0) + 1
            name = f"{BOOKMARK_PREFIX}{letters}_{counts[letters]}"
            span = page.new_tag("span", attrs={"id": name})
            run[0].insert_before(span)
            span.extend([node.extract() for node in run])
            if block.name in ("h2", "h3"):
                heading = " ".join(block.get_text().split())
            marked.append(MarkedParagraph(name, section, heading, span, block, row))
    return marked


def _section_of(block: Tag) -> str:
    if element_around(block, ["nav"]):
        return CONTENTS
    section = element_around(block, ["section"])
    return attribute_text(section, "aria-labelledby") if section else FRONT


def _inline_runs(block: Tag) -> list[list[PageElement]]:
    """The runs of a block's children that are text, and not blocks themselves."""
    runs: list[list[PageElement]] = [[]]
    for child in block.contents:
        if isinstance(child, Tag) and (child.name in CONTAINERS or child.find(CONTAINERS)):
            runs.append([])
        else:
            runs[-1].append(child)
    return [run for run in runs if any(_is_printed(node) for node in run)]


def _is_printed(node: PageElement) -> bool:
    if isinstance(node, NavigableString):
        return bool(node.strip())
    if not isinstance(node, Tag):
        return False
    return bool(node.get_text().strip()) or node.name == "img" or node.find("img") is not None
