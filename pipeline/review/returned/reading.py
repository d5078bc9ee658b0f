"""The paragraphs of a returned Word file: what each says now, who changed it, and its comments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.report.paragraphs.marks import BOOKMARK_PREFIX
from pipeline.report.paragraphs.text import Source, single_spaced
from pipeline.review.returned.formats import Format, Formats
from pipeline.review.returned.runs import NOTE_KINDS, bracketed, note_texts, object_text, run_text

SAME, INSERTED, DELETED, UNDONE = "same", "inserted", "deleted", "undone"
# fmt: off
STATE_OF_TAG = {
    qn("w:ins"): INSERTED, qn("w:moveTo"): INSERTED,
    qn("w:del"): DELETED, qn("w:moveFrom"): DELETED,
    qn("w:cellIns"): INSERTED, qn("w:cellDel"): DELETED,
}
AROUND_RUNS = {
    qn("w:hyperlink"), qn("w:smartTag"), qn("w:sdt"), qn("w:sdtContent"), qn("w:fldSimple"),
    qn("w:customXml"), qn("w:bdo"), qn("w:dir"),
}
# fmt: on


class Author(NamedTuple):
    """Who made a tracked change, and when, as the file says."""

    name: str = ""
    date: str = ""


NOBODY = Author()


@dataclass(frozen=True)
class Segment:
    """A piece of text that is unchanged, or was inserted or deleted with tracking."""

    text: str
    state: str
    author: Author = NOBODY
    format: Format = frozenset()


@dataclass
class ReturnedParagraph:
    """A paragraph as it reads once all changes are accepted.

    ids: its bookmarks of ours. segments: of its text, deleted ones included. style: its name in
    the file. kind: a heading, an item of a list, or nothing. row: the number of its row among all
    rows of tables; 0 outside tables. comments: the numbers of those that begin in it. mark:
    whether its end was inserted or deleted. follows_deleted: whether the one before was deleted
    with tracking: LibreOffice then gives this one the format of that one.
    """

    style: str = ""
    kind: str = ""
    row: int = 0
    mark: str = SAME
    mark_author: Author = NOBODY
    follows_deleted: bool = False
    ids: list[str] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def characters(self) -> list[tuple[str, Author | None]]:
        """Each character that remains, with who inserted it; None if it was there."""
        return self._spaced(lambda segment: segment.author if segment.state == INSERTED else None)

    @property
    def formats(self) -> list[Format]:
        """The format of each character that remains."""
        return [format for _, format in self._spaced(lambda segment: segment.format)]

    def _spaced(self, of_segment: Callable[[Segment], Source]) -> list[tuple[str, Source]]:
        return single_spaced(
            [
                (sign, of_segment(segment))
                for segment in self.segments
                if segment.state in (SAME, INSERTED)
                for sign in segment.text
            ]
        )

    @property
    def text(self) -> str:
        return "".join(sign for sign, _ in self.characters)

    @property
    def deletions(self) -> list[Segment]:
        return [segment for segment in self.segments if segment.state == DELETED]


@dataclass
class ReturnedText:
    """What a returned file contains.

    deleted_by: who deleted a paragraph with tracking, by the bookmark of the paragraph.
    quoted: the text that each comment is about, by the number of the comment. deleted_places: the
    bookmarks of the deleted paragraph that a comment is on.
    """

    paragraphs: list[ReturnedParagraph] = field(default_factory=list)
    deleted_by: dict[str, Author] = field(default_factory=dict)
    quoted: dict[str, str] = field(default_factory=dict)
    deleted_places: dict[str, list[str]] = field(default_factory=dict)


def read_text(document: Document) -> ReturnedText:
    """The paragraphs of a document's body, tables included, in order."""
    reader = _Reader(note_texts(document), Formats(document))
    reader.read_blocks(document.element.body, SAME, NOBODY)
    reader.join_pending()
    return reader.result


class _Reader:
    def __init__(self, notes: dict[tuple[str, str], str], formats: Formats) -> None:
        self._notes = notes
        self._formats = formats
        self.result = ReturnedText()
        self._row = 0
        self._in_row = False
        self._open_comments: list[str] = []
        self._waiting_ids: list[str] = []
        self._waiting_comments: list[str] = []
        self._pending: ReturnedParagraph | None = None  # its end was deleted
        self._follows_deleted = False

    def read_blocks(self, container: etree._Element, state: str, author: Author) -> None:
        for block in container:
            tag = block.tag
            if tag == qn("w:p"):
                self._read_paragraph(block, state, author)
            elif tag == qn("w:tbl"):
                self.join_pending()
                self._read_rows(block, state, author)
            elif tag in STATE_OF_TAG:
                self.read_blocks(block, *_entered(block, state, author))
            elif tag in AROUND_RUNS:
                self.read_blocks(block, state, author)
            elif text := object_text(block):
                self._add(ReturnedParagraph(segments=[Segment(text, state, author)]))
            else:
                self._read_range(block, None)

    def join_pending(self) -> None:
        """Add a paragraph whose deleted end has no paragraph after it to join."""
        if self._pending:
            self._add(self._pending)
            self._pending = None

    def _read_rows(self, table: etree._Element, state: str, author: Author) -> None:
        for row in table.iter(qn("w:tr")):
            if row.getparent() is not table and row.getparent().tag == qn("w:tbl"):
                continue  # of a table within this one, which is read with its cell
            self._row += 1
            properties = row.find(qn("w:trPr"))
            row_change = _changed(properties, state, author)
            self._in_row = True
            for cell in row.iter(qn("w:tc")):
                if next(cell.iterancestors(qn("w:tr"))) is row:
                    self.read_blocks(cell, *_changed(cell.find(qn("w:tcPr")), *row_change))
                    self.join_pending()
            self._in_row = False

    def _read_paragraph(self, element: etree._Element, state: str, author: Author) -> None:
        paragraph = ReturnedParagraph(row=self._row if self._in_row else 0)
        paragraph.ids, self._waiting_ids = self._waiting_ids, []
        paragraph.comments, self._waiting_comments = self._waiting_comments, []
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        paragraph.style = style.get(qn("w:val"), "") if style is not None else ""
        paragraph.kind = self._formats.kind_of(element)
        paragraph.follows_deleted, self._follows_deleted = self._follows_deleted, False
        paragraph.mark, paragraph.mark_author = _mark_of(element, state, author)
        self._read_runs(element, paragraph, (state, author))
        if self._pending:
            paragraph = _joined(self._pending, paragraph)
            self._pending = None
        if paragraph.mark != DELETED:
            self._add(paragraph)
        elif paragraph.text or not paragraph.segments:
            self._pending = paragraph
        else:  # nothing of it remains
            self._remove(paragraph, paragraph.mark_author)

    def _add(self, paragraph: ReturnedParagraph) -> None:
        if not paragraph.text:
            deleted = paragraph.deletions
            self._remove(paragraph, deleted[0].author if deleted else NOBODY)
        else:
            self.result.paragraphs.append(paragraph)

    def _remove(self, paragraph: ReturnedParagraph, author: Author) -> None:
        """Note who deleted a paragraph; its comments go on to the next one, which remains."""
        for id in paragraph.ids:
            self.result.deleted_by[id] = author
        for number in paragraph.comments:
            self.result.deleted_places[number] = paragraph.ids
        self._follows_deleted = bool(paragraph.deletions)
        self._waiting_comments += paragraph.comments

    def _read_runs(
        self, container: etree._Element, paragraph: ReturnedParagraph, change: tuple[str, Author]
    ) -> None:
        for node in container:
            tag = node.tag
            if tag == qn("w:r"):
                self._read_run(node, paragraph, change)
            elif tag in STATE_OF_TAG:
                self._read_runs(node, paragraph, _entered(node, *change))
            elif tag in AROUND_RUNS:
                self._read_runs(node, paragraph, change)
            elif text := object_text(node):
                paragraph.segments.append(Segment(text, *change))
            else:
                self._read_range(node, paragraph)

    def _read_range(self, node: etree._Element, paragraph: ReturnedParagraph | None) -> None:
        """Note where one of our bookmarks, or a comment, begins or ends."""
        ids = paragraph.ids if paragraph else self._waiting_ids
        comments = paragraph.comments if paragraph else self._waiting_comments
        if node.tag == qn("w:bookmarkStart"):
            name = node.get(qn("w:name"), "")
            if name.startswith(BOOKMARK_PREFIX):
                ids.append(name)
        elif node.tag == qn("w:commentRangeStart"):
            comments.append(node.get(qn("w:id"), ""))
            self._open_comments.append(comments[-1])
        elif node.tag == qn("w:commentRangeEnd"):
            number = node.get(qn("w:id"), "")
            self._open_comments = [each for each in self._open_comments if each != number]

    def _read_run(
        self, run: etree._Element, paragraph: ReturnedParagraph, change: tuple[str, Author]
    ) -> None:
        text = run_text(run)
        for kind in NOTE_KINDS:
            for mark in run.iter(qn(f"w:{kind}Reference")):
                note = self._notes.get((kind, mark.get(qn("w:id"), "")), "")
                text += bracketed(kind, note) if note else ""
        if text:
            paragraph.segments.append(Segment(text, *change, self._formats.of_run(run)))
            for number in self._open_comments:
                self.result.quoted[number] = self.result.quoted.get(number, "") + text
        for reference in run.iter(qn("w:commentReference")):
            number = reference.get(qn("w:id"), "")
            if number not in self.result.quoted and number not in paragraph.comments:
                paragraph.comments.append(number)


def _entered(node: etree._Element, state: str, author: Author) -> tuple[str, Author]:
    """The state and author of what lies in a tracked change within another."""
    inner = STATE_OF_TAG[node.tag]
    inner_author = Author(node.get(qn("w:author"), ""), node.get(qn("w:date"), ""))
    if state == INSERTED and inner == DELETED:
        return UNDONE, inner_author
    if state in (DELETED, UNDONE):
        return state, author
    return inner, inner_author


def _changed(properties: etree._Element | None, state: str, author: Author) -> tuple[str, Author]:
    """The state and author of a row or a cell with these properties."""
    change = state, author
    for node in properties if properties is not None else []:
        if node.tag in STATE_OF_TAG:
            change = _entered(node, state, author)
    return change


def _mark_of(element: etree._Element, state: str, author: Author) -> tuple[str, Author]:
    """Whether the end of a paragraph was inserted or deleted, and by whom."""
    properties = element.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
    for node in properties if properties is not None else []:
        if node.tag in STATE_OF_TAG:
            inner = STATE_OF_TAG[node.tag]
            return inner, Author(node.get(qn("w:author"), ""), node.get(qn("w:date"), ""))
    return state, author


def _joined(first: ReturnedParagraph, second: ReturnedParagraph) -> ReturnedParagraph:
    second.ids = first.ids + second.ids
    second.segments = first.segments + second.segments
    second.comments = first.comments + second.comments
    second.style = first.style or second.style
    second.kind = first.kind or second.kind
    return second
