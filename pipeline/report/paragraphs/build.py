"""The record of the paragraphs of a Word file that is being made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import nbformat
from bs4 import Tag

from pipeline.artifacts import NumberKey
from pipeline.report.documents.page import attribute_text
from pipeline.report.figures import Published
from pipeline.report.narrative.commentary import read_sections
from pipeline.report.narrative.notebook_cells import Cell
from pipeline.report.paragraphs.marks import CONTENTS, FRONT, MarkedParagraph
from pipeline.report.paragraphs.origins import CELL, COMMENTARY, Characters, Definitions
from pipeline.report.paragraphs.record import (
    REFERENCE,
    SETTING,
    TEXT,
    Paragraph,
    ParagraphRecord,
    PrintedNumber,
    SourceText,
    Span,
)
from pipeline.report.paragraphs.text import (
    PICTURE,
    element_around,
    joined_text,
    printed_characters,
)
from pipeline.report.wording import single_line
from pipeline.settings import Settings

# fmt: off
# Class of a paragraph at the head of the page → the setting that it prints.
HEAD_SETTINGS = {
    "authority": "council.authority", "period": "council.service", "notice": "council.notice",
}
# Row of the cover → the setting that it prints.
COVER_SETTINGS = {
    "Subject": "report.subject", "Wards affected": "report.wards", "Author": "report.author",
    "Report of": "council.report_of", "Directorate": "council.directorate",
    "Contact": "council.contact.role", "Exempt": "report.exempt_reason",
    "Meeting date": "report.meeting_date", "Type of item": "report.item_type",
}
ROLES = {
    "h1": "heading", "h2": "heading", "h3": "heading", "li": "item", "caption": "caption",
    "th": "cell", "td": "cell",
}
# fmt: on
FIRST_LINE_OF_CELL = 2  # its first line names the section


def paragraph_record(
    marked: Sequence[MarkedParagraph],
    notebook: nbformat.NotebookNode,
    settings: Settings,
    figures: Published,
) -> ParagraphRecord:
    """The text of each paragraph, its numbers, and where each part of it is defined.

    marked: those of the simplified page. notebook: the executed report notebook.
    """
    definitions = Definitions(notebook, settings, figures)
    paragraphs = tuple(_paragraph(each, definitions, settings) for each in marked)
    return ParagraphRecord(str(settings.year), paragraphs, _sources(notebook, settings))


def _sources(notebook: nbformat.NotebookNode, settings: Settings) -> dict[str, SourceText]:
    sources = {
        f"{COMMENTARY}:{name}": SourceText(section.template, section.first_line)
        for name, section in read_sections(settings).items()
    }
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            each = Cell(number, cell.source)
            is_narrative = bool(each.section)
            text = each.narrative if is_narrative else each.source
            first_line = FIRST_LINE_OF_CELL if is_narrative else 1
            sources[f"{CELL}:{number}"] = SourceText(text, first_line)
    return sources


def _paragraph(marked: MarkedParagraph, definitions: Definitions, settings: Settings) -> Paragraph:
    characters = printed_characters(marked.element)
    text = joined_text(characters)
    block = marked.block
    spans: tuple[Span, ...] = ()
    cell = 0
    setting = _head_setting(block)
    if setting:
        spans = tuple(_setting_spans(text, setting, settings))
    elif marked.section != CONTENTS:
        number = marked.element.find("span", class_="number")
        skipped = len(number.get_text()) + 1 if number else 0
        definition = definitions.find(marked.section.replace("-", "_"), text[skipped:])
        if definition:
            cell = definition.cell
            unprinted: Characters = [("", None)] * skipped
            spans = tuple(_spans([*unprinted, *definition.characters], settings))
    return Paragraph(
        id=marked.id,
        section=marked.section,
        heading=marked.heading,
        role=_role(marked, text),
        text=text,
        cell=cell,
        row=marked.row,
        spans=spans,
        numbers=tuple(_numbers(characters)),
    )


def _role(marked: MarkedParagraph, text: str) -> str:
    if marked.section == CONTENTS:
        return CONTENTS
    if text == PICTURE:
        return "picture"
    names = [marked.block.name, *(parent.name for parent in marked.block.parents)]
    return next((ROLES[name] for name in names if name in ROLES), "paragraph")


def _head_setting(block: Tag) -> str:
    """The key of the setting that a paragraph at the head of the page prints; empty if none."""
    if block.name == "h1":
        return "report.subject"
    classes = attribute_text(block, "class").split()
    setting = next((HEAD_SETTINGS[name] for name in classes if name in HEAD_SETTINGS), "")
    if setting:
        return setting
    section = element_around(block, ["section"])
    if section is None or attribute_text(section, "aria-labelledby") != FRONT:
        return ""
    if block.name == "caption":
        return "council.panel"
    row = element_around(block, ["tr"])
    name = row.find("th") if row else None
    cell = block if block.name == "td" else element_around(block, ["td"])
    return COVER_SETTINGS.get(name.get_text(), "") if name and cell else ""


def setting_text(settings: Settings, key: str) -> str:
    """The value of a setting that is one text, on one line; empty if it is none."""
    value: object = settings
    for name in key.split("."):
        value = getattr(value, name, None)
    return single_line(value) if isinstance(value, str) else ""


def _setting_spans(text: str, key: str, settings: Settings) -> Iterator[Span]:
    value = setting_text(settings, key)
    start = text.find(value) if value else -1
    if start >= 0:
        yield Span(start, start + len(value), SETTING, key, 0)
    else:
        yield Span(0, len(text), REFERENCE, key, 0, key)


def _spans(characters: Characters, settings: Settings) -> Iterator[Span]:
    """The characters in runs of one origin each; a reference to a setting becomes its value."""
    start = 0
    while start < len(characters):
        origin = characters[start][1]
        end = start + 1
        if origin is None:
            start = end
            continue
        while end < len(characters):
            following = characters[end][1]
            step = end - start if origin.kind == TEXT else 0
            if (
                following is None
                or following.kind != origin.kind
                or following.source is not origin.source
                or following.offset != origin.offset + step
            ):
                break
            end += 1
        printed = joined_text(characters[start:end])
        place = origin.source.place
        key = origin.reference.strip("{} -")
        value = setting_text(settings, _full_key(key)) if origin.kind == REFERENCE else ""
        if value and printed.strip() == value:
            first = start + len(printed) - len(printed.lstrip())
            yield Span(first, first + len(value), SETTING, _full_key(key), 0, origin.reference)
        else:
            yield Span(start, end, origin.kind, place, origin.offset, origin.reference)
        start = end


def _full_key(key: str) -> str:
    return f"council.{key}" if key.startswith("contact.") else key


def _numbers(characters: Sequence[tuple[str, Tag | None]]) -> Iterator[PrintedNumber]:
    start = 0
    while start < len(characters):
        element = characters[start][1]
        end = start + 1
        while end < len(characters) and characters[end][1] is element:
            end += 1
        if element is not None:
            yield _number(element, start, end)
        start = end


def _number(element: Tag, start: int, end: int) -> PrintedNumber:
    key = None
    if element.has_attr("data-figure"):
        names = ("figure", "year", "category", "detail")
        key = NumberKey(*(attribute_text(element, f"data-{name}") for name in names))
    setting = attribute_text(element, "data-setting")
    return PrintedNumber(start, end, key, setting, attribute_text(element, "data-stated"))
