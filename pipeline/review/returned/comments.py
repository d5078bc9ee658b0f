"""The comments in a returned file, with replies, and whether Word says that they are resolved."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.report.comments import NO, YES, ReaderComment
from pipeline.report.paragraphs.record import Paragraph
from pipeline.review.changes import Edit
from pipeline.review.location import Locator
from pipeline.review.returned.reading import ReturnedText

WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
WORD_2012 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
MAX_QUOTED_LETTERS = 120


def read_comments(
    document: Document,
    returned: ReturnedText,
    paragraphs: Sequence[Paragraph],
    locator: Locator,
    file: str,
) -> list[ReaderComment]:
    """Every thread of comments, in the order of the file.

    paragraphs: those of the report. file: the name of the returned one.
    """
    elements = _part_root(document, "comments.xml")
    if elements is None:
        return []
    threads = _threads(document, list(elements.iter(qn("w:comment"))))
    by_id = {paragraph.id: paragraph for paragraph in paragraphs}
    comments = []
    for number, (root, replies, is_resolved) in threads.items():
        paragraph = _paragraph_of(number, returned, by_id)
        where = ""
        if paragraph:
            quoted_place = max(paragraph.text.find(returned.quoted.get(number, "").strip()), 0)
            edit = Edit(quoted_place, quoted_place + 1, "")
            where = locator.definition(paragraph, edit).where
        quoted = " ".join(returned.quoted.get(number, "").split())
        lines = [_text_of(root), *(f"{_author(each)}: {_text_of(each)}" for each in replies)]
        comments.append(
            ReaderComment(
                author=_author(root),
                date=root.get(qn("w:date"), ""),
                section=paragraph.heading if paragraph else "",
                quoted=shorten(
                    quoted or (paragraph.text if paragraph else ""),
                    MAX_QUOTED_LETTERS,
                    placeholder=" …",
                ),
                text="\n".join(lines),
                where=where,
                file=file,
                resolved=YES if is_resolved else NO,
            )
        )
    return comments


def _threads(
    document: Document, elements: list[etree._Element]
) -> dict[str, tuple[etree._Element, list[etree._Element], bool]]:
    """First comment, replies and whether it is resolved, by the number of the first comment."""
    extended = _part_root(document, "commentsExtended.xml")
    entries = (
        {} if extended is None else {entry.get(f"{WORD_2012}paraId"): entry for entry in extended}
    )
    by_paragraph = {id: element for element in elements for id in _paragraph_ids(element)}
    threads: dict[str, tuple[etree._Element, list[etree._Element], bool]] = {}
    replies: list[tuple[str, etree._Element]] = []
    for element in elements:
        own = [entries[id] for id in _paragraph_ids(element) if id in entries]
        parent = next((entry.get(f"{WORD_2012}paraIdParent") for entry in own), None)
        number = element.get(qn("w:id"), "")
        if parent in by_paragraph and by_paragraph[parent] is not element:
            replies.append((by_paragraph[parent].get(qn("w:id"), ""), element))
        else:
            is_resolved = any(entry.get(f"{WORD_2012}done") in ("1", "true") for entry in own)
            threads[number] = (element, [], is_resolved)
    for number, element in replies:
        if number in threads:
            threads[number][1].append(element)
        else:
            threads[element.get(qn("w:id"), "")] = (element, [], False)
    return threads


def _part_root(document: Document, name: str) -> etree._Element | None:
    for part in document.part.package.iter_parts():
        if str(part.partname).endswith(f"/{name}"):
            return etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False))
    return None


def _paragraph_ids(comment: etree._Element) -> list[str]:
    ids = (paragraph.get(f"{WORD_2010}paraId") for paragraph in comment.iter(qn("w:p")))
    return [id for id in ids if id]


def _paragraph_of(
    number: str, returned: ReturnedText, by_id: dict[str, Paragraph]
) -> Paragraph | None:
    """The paragraph of the report on which a comment is, or the one before it."""
    for id in returned.deleted_places.get(number, []):
        if id in by_id:
            return by_id[id]
    previous: Paragraph | None = None
    for paragraph in returned.paragraphs:
        previous = next((by_id[id] for id in paragraph.ids if id in by_id), previous)
        if number in paragraph.comments:
            return previous
    return None


def _author(comment: etree._Element) -> str:
    return comment.get(qn("w:author"), "") or "somebody"


def _text_of(comment: etree._Element) -> str:
    paragraphs = (
        "".join(each.text or "" for each in line.iter(qn("w:t")))
        for line in comment.iter(qn("w:p"))
    )
    return " ".join(" ".join(paragraphs).split())
