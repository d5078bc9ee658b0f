"""Where the text of each paragraph of the report is defined: notebook, commentary or settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher

import nbformat
from bs4 import BeautifulSoup, Tag
from markupsafe import Markup

from pipeline.problem import Problem
from pipeline.report.figures import Published
from pipeline.report.narrative.commentary import read_sections
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.narrative.notebook_cells import Cell
from pipeline.report.narrative.withheld import without_withheld_sentences
from pipeline.report.outputs import published_outputs
from pipeline.report.paragraphs.marks import BLOCKS
from pipeline.report.paragraphs.tags import Marks, Origin, Source
from pipeline.report.paragraphs.text import (
    element_around,
    joined_text,
    printed_characters,
    single_spaced,
)
from pipeline.settings import Settings

COMMENTARY, CELL = "commentary", "cell"  # the places of sources, before a colon
PICTURE_HTML = re.compile(r"<picture>.*?</picture>|<img\b[^>]*>", re.DOTALL)
MIN_SIMILARITY = 0.6  # of a paragraph that disclosure control has shortened

Characters = list[tuple[str, Origin | None]]


@dataclass(frozen=True)
class DefinedBlock:
    """A block that a cell publishes: the number of the cell, its text, and their origins."""

    cell: int
    text: str
    characters: Characters


class Definitions:
    """What the cells of one report publish in each section, with where each word is typed."""

    def __init__(
        self, notebook: nbformat.NotebookNode, settings: Settings, figures: Published
    ) -> None:
        self._settings = settings
        self._language = Language(figures, settings.council, settings.report)
        self._marks = Marks()
        self._commentary = self._marked_commentary()
        self._blocks = self._published_blocks(notebook)

    def find(self, section: str, text: str) -> DefinedBlock | None:
        """The next block of a section with this text, or the next that is most like it.

        A block that is found is not found again.
        """
        blocks = self._blocks.get(section, [])
        same = next((block for block in blocks if block.text == text), None)
        if same is None:
            matcher = SequenceMatcher(None, b=text, autojunk=False)
            for block in blocks:
                matcher.set_seq1(block.text)
                if matcher.quick_ratio() > MIN_SIMILARITY and matcher.ratio() > MIN_SIMILARITY:
                    blocks.remove(block)
                    shared = _carried_over(block.characters, text, matcher)
                    return DefinedBlock(block.cell, text, shared)
            return None
        blocks.remove(same)
        return same

    def section_texts(self, section: str) -> list[str]:
        """What the cells publish in a section, block by block, but for the blocks found so far."""
        return [block.text for block in self._blocks.get(section, [])]

    def _marked_commentary(self) -> dict[str, Markup]:
        rendered = {}
        for name, section in read_sections(self._settings).items():
            source = Source(f"{COMMENTARY}:{name}", section.template)
            template = self._marks.mark(source)
            with suppress(Problem):  # a mark in the middle of what the language checks
                rendered[name] = self._language.fill_in(template, str)
        return rendered

    def _published_blocks(self, notebook: nbformat.NotebookNode) -> dict[str, list[DefinedBlock]]:
        """The blocks of each section in the order in which they are printed."""
        blocks: dict[str, list[DefinedBlock]] = {}
        for output in published_outputs(notebook):
            source = notebook.cells[output.cell - 1].source
            html = self._marked_html(Cell(output.cell, source)) or output.html
            blocks.setdefault(output.place["section"], []).extend(
                DefinedBlock(output.cell, joined_text(characters), characters)
                for characters in self._characters(html)
            )
        return blocks

    def _marked_html(self, cell: Cell) -> str:
        """What a cell of narrative publishes, with marks; empty for another cell."""
        section = cell.section
        if not section:
            return ""
        template = self._marks.mark(Source(f"{CELL}:{cell.number}", cell.narrative))
        words = self._commentary.get(section) or self._settings.council.empty_commentary or ""
        with suppress(Problem):
            rendered = self._language.fill_in(template, str, commentary=words)
            return markdown_to_html(without_withheld_sentences(rendered)[0])
        return ""

    def _characters(self, html: str) -> Iterator[Characters]:
        page = BeautifulSoup(PICTURE_HTML.sub("", html), "html.parser")
        for block in page.find_all(BLOCKS):
            has_blocks = any(isinstance(node, Tag) and node.name in BLOCKS for node in block)
            if not has_blocks and not element_around(block, ["summary"]):
                text = joined_text(printed_characters(block))
                yield single_spaced(self._marks.read(text))


def _carried_over(characters: Characters, text: str, matcher: SequenceMatcher[str]) -> Characters:
    """The characters of the printed text with the origins of those that it shares."""
    printed: Characters = [(sign, None) for sign in text]
    for match in matcher.get_matching_blocks():
        shared = characters[match.a : match.a + match.size]
        printed[match.b : match.b + match.size] = shared
    return printed
