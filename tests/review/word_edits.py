"""Edits of a Word file as readers make them: tracked or not, of words, paragraphs and rows."""

from __future__ import annotations

import copy
from collections.abc import Iterator

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.run import Run

DATE = "2022-10-05T09:00:00Z"
PARAGRAPH, RUN, TEXT = qn("w:p"), qn("w:r"), qn("w:t")
PROPERTIES = qn("w:pPr")


def paragraphs(word: Document) -> Iterator[BaseOxmlElement]:
    """The paragraphs of the body, those in tables included."""
    return word.element.body.iter(PARAGRAPH)


def text_of(paragraph: BaseOxmlElement) -> str:
    return "".join(node.text or "" for node in paragraph.iter(TEXT))


def find(word: Document, words: str) -> BaseOxmlElement:
    """The first paragraph that contains words, outside the contents."""
    return next(
        each for each in paragraphs(word) if words in text_of(each) and not is_contents(each)
    )


def is_contents(paragraph: BaseOxmlElement) -> bool:
    style = paragraph.find(f"{PROPERTIES}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val"), "").startswith("TOC")


def replace_words(
    paragraph: BaseOxmlElement, start: int, end: int, new: str, author: str = ""
) -> None:
    """Replace letters of a paragraph; with tracking if there is an author."""
    position = 0
    inserted = False
    for run in list(paragraph.iter(RUN)):
        node = run.find(TEXT)
        if node is None:
            continue
        text = node.text or ""
        first, last = max(start - position, 0), min(end - position, len(text))
        is_here = first < last or (start == end and 0 <= start - position <= len(text))
        position += len(text)
        if not is_here or (start == end and inserted):
            continue
        last = max(first, last)
        pieces = [_run_like(run, text[:first])]
        if author and text[first:last]:
            pieces.append(tracked("w:del", author, _run_like(run, text[first:last], "w:delText")))
        if new and not inserted:
            added = _run_like(run, new)
            pieces.append(tracked("w:ins", author, added) if author else added)
        pieces.append(_run_like(run, text[last:]))
        inserted = True
        for piece in pieces:
            run.addprevious(piece)
        run.getparent().remove(run)


def replace(paragraph: BaseOxmlElement, old: str, new: str, author: str = "") -> None:
    """Replace words of a paragraph."""
    start = text_of(paragraph).index(old)
    replace_words(paragraph, start, start + len(old), new, author)


def delete_paragraph(paragraph: BaseOxmlElement, author: str = "") -> None:
    if not author:
        paragraph.getparent().remove(paragraph)
        return
    replace_words(paragraph, 0, len(text_of(paragraph)), "", author)
    mark_end(paragraph, "w:del", author)


def add_after(paragraph: BaseOxmlElement, text: str, author: str = "") -> BaseOxmlElement:
    """A new paragraph of the same style after another one."""
    new = OxmlElement("w:p")
    properties = paragraph.find(PROPERTIES)
    if properties is not None:
        new.append(copy.deepcopy(properties))
    run = OxmlElement("w:r")
    run.append(_text_node(text, "w:t"))
    new.append(tracked("w:ins", author, run) if author else run)
    paragraph.addnext(new)
    if author:
        mark_end(new, "w:ins", author)
    return new


def move_after(paragraph: BaseOxmlElement, other: BaseOxmlElement) -> None:
    other.addnext(paragraph)


def move_with_tracking(paragraph: BaseOxmlElement, other: BaseOxmlElement, author: str) -> None:
    """Move a paragraph as Word does with tracking: it stays where it was, marked as moved away."""
    target = copy.deepcopy(paragraph)
    for mark in [*target.iter(qn("w:bookmarkStart")), *target.iter(qn("w:bookmarkEnd"))]:
        mark.getparent().remove(mark)
    for copied, tag in ((paragraph, "w:moveFrom"), (target, "w:moveTo")):
        for run in list(copied.iter(RUN)):
            change = tracked(tag, author, OxmlElement("w:r"))
            change.remove(change[0])
            run.addprevious(change)
            change.append(run)
        mark_end(copied, tag, author)
    other.addnext(target)


def retype(paragraph: BaseOxmlElement, text: str) -> None:
    """Replace a paragraph by another one without its bookmark."""
    add_after(paragraph, text)
    delete_paragraph(paragraph)


def split(paragraph: BaseOxmlElement, place: int) -> None:
    """Press Return at a letter of a paragraph without formatting."""
    text = text_of(paragraph)
    add_after(paragraph, text[place:].lstrip())
    replace_words(paragraph, place, len(text), "")


def comment(word: Document, paragraph: BaseOxmlElement, text: str, author: str) -> None:
    runs = [Run(run, None) for run in paragraph.iter(RUN) if run.find(TEXT) is not None]
    added = word.add_comment([runs[0], runs[-1]], text=text, author=author, initials=author[:1])
    part = next(
        each for each in word.part.package.iter_parts() if each.partname == "/word/comments.xml"
    )
    for element in part.element.iter(qn("w:comment")):
        if element.get(qn("w:id")) == str(added.comment_id):
            element.set(qn("w:date"), DATE)


def tracked(tag: str, author: str, run: BaseOxmlElement) -> BaseOxmlElement:
    """A run in an element of a tracked change."""
    change = OxmlElement(tag)
    change.set(qn("w:id"), "900")
    change.set(qn("w:author"), author)
    change.set(qn("w:date"), DATE)
    change.append(run)
    return change


def mark_end(paragraph: BaseOxmlElement, tag: str, author: str) -> None:
    """Say that the end of a paragraph was inserted or deleted."""
    mark = tracked(tag, author, OxmlElement("w:r"))
    mark.remove(mark[0])
    properties = paragraph.get_or_add_pPr()
    run_properties = properties.find(qn("w:rPr"))
    if run_properties is None:
        run_properties = OxmlElement("w:rPr")
        properties.append(run_properties)
    run_properties.insert(0, mark)


def _run_like(run: BaseOxmlElement, text: str, tag: str = "w:t") -> BaseOxmlElement:
    twin = copy.deepcopy(run)
    for node in list(twin):
        if node.tag != qn("w:rPr"):
            twin.remove(node)
    twin.append(_text_node(text, tag))
    return twin


def _text_node(text: str, tag: str) -> BaseOxmlElement:
    node = OxmlElement(tag)
    node.text = text
    node.set(qn("xml:space"), "preserve")
    return node
