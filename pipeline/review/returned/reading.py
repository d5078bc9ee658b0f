"""The paragraphs of a returned Word file: what each says now, who changed it, and its comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.report.paragraphs.marks import BOOKMARK_PREFIX
from pipeline.report.paragraphs.text import PICTURE, single_spaced

SAME, INSERTED, DELETED, UNDONE = "same", "inserted", "deleted", "undone"
# fmt: off
STATE_OF_TAG = {
    qn("w:ins"): INSERTED, qn("w:moveTo"): INSERTED,
    qn("w:del"): DELETED, qn("w:moveFrom"): DELETED,
}
AROUND_RUNS = {
    qn("w:hyperlink"), qn("w:smartTag"), qn("w:sdt"), qn("w:sdtContent"), qn("w:fldSimple"),
    qn("w:customXml"), qn("w:bdo"), qn("w:dir"),
}
# fmt: on
TEXT_TAGS = {qn("w:t"), qn("w:delText")}
SPACE_TAGS = {qn("w:tab"), qn("w:br"), qn("w:cr"), qn("w:ptab")}
HYPHEN_TAGS = {qn("w:noBreakHyphen"): "-", qn("w:softHyphen"): ""}
PICTURE_TAGS = {qn("w:drawing"), qn("w:pict"), qn("w:object")}
NOTE_KINDS = ("footnote", "endnote")
ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


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


@dataclass
class ReturnedParagraph:
    """A paragraph as it reads once all changes are accepted.

    ids: its bookmarks of ours. segments: of its text, deleted ones included. style: its name in
    the file. row: the number of its row among all rows of tables; 0 outside tables.
    comments: the numbers of those that begin in it. mark: whether its end was inserted or deleted.
    """

    style: str = ""
    row: int = 0
    mark: str = SAME
    mark_author: Author = NOBODY
    ids: list[str] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def characters(self) -> list[tuple[str, Author | None]]:
        """Each character that remains, with who inserted it; None if it was there."""
        return single_spaced(
            [
                (sign, segment.author if segment.state == INSERTED else None)
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
    quoted: the text that each comment is about, by the number of the comment.
    """

    paragraphs: list[ReturnedParagraph] = field(default_factory=list)
    deleted_by: dict[str, Author] = field(default_factory=dict)
    quoted: dict[str, str] = field(default_factory=dict)


def read_text(document: Document) -> ReturnedText:
    """The paragraphs of a document's body, tables included, in order."""
    reader = _Reader(_notes(document))
    reader.read_blocks(document.element.body, SAME, NOBODY)
    reader.join_pending()
    return reader.result


def _notes(document: Document) -> dict[tuple[str, str], str]:
    """The text of each footnote and endnote, by its kind and number: our file has none."""
    notes: dict[tuple[str, str], str] = {}
    for part in document.part.package.iter_parts():
        for kind in NOTE_KINDS:
            if str(part.partname).endswith(f"/{kind}s.xml"):
                parser = etree.XMLParser(resolve_entities=False)
                for note in etree.fromstring(part.blob, parser).iter(qn(f"w:{kind}")):
                    text = "".join(node.text or "" for node in note.iter(qn("w:t")))
                    notes[kind, note.get(qn("w:id"), "")] = " ".join(text.split())
    return notes


class _Reader:
    def __init__(self, notes: dict[tuple[str, str], str]) -> None:
        self._notes = notes
        self.result = ReturnedText()
        self._row = 0
        self._in_row = False
        self._open_comments: list[str] = []
        self._waiting_ids: list[str] = []
        self._waiting_comments: list[str] = []
        self._pending: ReturnedParagraph | None = None  # its end was deleted

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
            row_state, row_author = state, author
            for change in properties if properties is not None else []:
                if change.tag in STATE_OF_TAG:
                    row_state, row_author = _entered(change, state, author)
            self._in_row = True
            for cell in row.iter(qn("w:tc")):
                if next(cell.iterancestors(qn("w:tr"))) is row:
                    self.read_blocks(cell, row_state, row_author)
                    self.join_pending()
            self._in_row = False

    def _read_paragraph(self, element: etree._Element, state: str, author: Author) -> None:
        paragraph = ReturnedParagraph(row=self._row if self._in_row else 0)
        paragraph.ids, self._waiting_ids = self._waiting_ids, []
        paragraph.comments, self._waiting_comments = self._waiting_comments, []
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        paragraph.style = style.get(qn("w:val"), "") if style is not None else ""
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
            for id in paragraph.ids:
                self.result.deleted_by[id] = paragraph.mark_author
            self._waiting_comments += paragraph.comments

    def _add(self, paragraph: ReturnedParagraph) -> None:
        if not paragraph.text:
            deleted = paragraph.deletions
            for id in paragraph.ids:
                self.result.deleted_by[id] = deleted[0].author if deleted else NOBODY
            self._waiting_comments += paragraph.comments
        else:
            self.result.paragraphs.append(paragraph)

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
        text = "".join(_run_texts(run))
        for kind in NOTE_KINDS:
            for mark in run.iter(qn(f"w:{kind}Reference")):
                note = self._notes.get((kind, mark.get(qn("w:id"), "")), "")
                text += f" [{kind}: {note}]" if note else ""
        if text:
            paragraph.segments.append(Segment(text, *change))
            for number in self._open_comments:
                self.result.quoted[number] = self.result.quoted.get(number, "") + text
        for reference in run.iter(qn("w:commentReference")):
            number = reference.get(qn("w:id"), "")
            if number not in self.result.quoted and number not in paragraph.comments:
                paragraph.comments.append(number)


def _run_texts(run: etree._Element) -> Iterator[str]:
    for node in run:
        tag = node.tag
        if tag in TEXT_TAGS:
            yield node.text or ""
        elif tag in SPACE_TAGS:
            yield " "
        elif tag in HYPHEN_TAGS:
            yield HYPHEN_TAGS[tag]
        elif tag in PICTURE_TAGS or tag == ALTERNATIVES:
            words = [text.text or "" for text in node.iter(qn("w:t"))]
            yield " ".join(words) if words else PICTURE


def _entered(node: etree._Element, state: str, author: Author) -> tuple[str, Author]:
    """The state and author of what lies in a tracked change within another."""
    inner = STATE_OF_TAG[node.tag]
    inner_author = Author(node.get(qn("w:author"), ""), node.get(qn("w:date"), ""))
    if state == INSERTED and inner == DELETED:
        return UNDONE, inner_author
    if state in (DELETED, UNDONE):
        return state, author
    return inner, inner_author


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
    return second
