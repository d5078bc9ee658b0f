"""The differences of two Word files of ours as a third with tracked changes."""

from __future__ import annotations

import copy
import io
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from pipeline.artifacts import REPORT_WORD
from pipeline.problem import Kind, Problem
from pipeline.review.changes import word_edits
from pipeline.review.pairing import (
    CELL,
    PARAGRAPH,
    ROW,
    TABLE,
    TEXT,
    Block,
    blocks_of,
    paired_blocks,
    paired_rows,
    text_of,
)
from pipeline.system.archives import reproducible_zip

AUTHOR = "annual-report"
RUN = qn("w:r")
MARKS = {qn("w:bookmarkStart"), qn("w:bookmarkEnd")}
INSERTED, DELETED = "w:ins", "w:del"


def redline(old: bytes, new: bytes, day: date) -> bytes:
    """The new file with what changed since the old one as tracked changes.

    Accepting all of them gives the new text, and rejecting all the old one. Pictures are those of
    the new file.

    day: the date of the changes.
    """
    old_word, new_word = docx.Document(io.BytesIO(old)), docx.Document(io.BytesIO(new))
    marker = _Marker(f"{day}T00:00:00Z")
    body = new_word.element.body
    pairs = paired_blocks(blocks_of(old_word.element.body), blocks_of(body))
    last: Block | None = None
    for old_block, new_block in pairs:
        if new_block is None:
            assert old_block is not None
            removed = marker.deleted_block(old_block)
            if last is None:
                body.insert(0, removed)
            else:
                last.addnext(removed)
            last = removed
            continue
        marker.mark_block(old_block, new_block)
        last = new_block
    out = io.BytesIO()
    new_word.save(out)
    return reproducible_zip(out.getvalue(), day)


def word_file_of(report: Path, workspace: Path) -> bytes:
    """The Word file of a report. Raises Problem if it has none."""
    path = report / REPORT_WORD
    if not path.is_file():
        name = path.relative_to(workspace) if path.is_relative_to(workspace) else path
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where=str(name),
            what="this report has no Word file to compare",
            remedy="Make the report with --formats docx, or name another with --against.",
        )
    return path.read_bytes()


@dataclass
class _Marker:
    """Marks changes, each with a number of its own."""

    day: str
    number: int = field(default=10_000)

    def mark_block(self, old: Block | None, new: Block) -> None:
        """Mark in a block of the new file what it has not from the old one."""
        if old is None:
            self._insert_block(new)
        elif new.tag == PARAGRAPH:
            self._mark_words(new, text_of(old), text_of(new))
        else:
            self._mark_rows(old, new)

    def deleted_block(self, old: Block) -> Block:
        """A block of the old file as one that is deleted."""
        if old.tag == PARAGRAPH:
            return self._deleted_paragraph(old)
        table = copy.deepcopy(old)
        for row in table.iter(ROW):
            self._delete_row(row)
        return table

    def _insert_block(self, block: Block) -> None:
        if block.tag == TABLE:
            for row in block.iter(ROW):
                self._insert_row(row)
            return
        for run in list(block.iter(RUN)):
            self._wrap(run, INSERTED)
        self._mark_end(block, INSERTED)

    def _deleted_paragraph(self, old: Block) -> Block:
        paragraph = OxmlElement("w:p")
        properties = old.find(qn("w:pPr"))
        if properties is not None:
            paragraph.append(copy.deepcopy(properties))
        for run in old.iter(RUN):
            text = "".join(node.text or "" for node in run.iter(TEXT))
            if text:
                paragraph.append(self._deleted_run(run, text))
        self._mark_end(paragraph, DELETED)
        return paragraph

    def _mark_rows(self, old: Block, new: Block) -> None:
        last: Block | None = None
        old_rows, new_rows = list(old.iter(ROW)), list(new.iter(ROW))
        for old_row, new_row in paired_rows(old_rows, new_rows):
            if new_row is None:
                assert old_row is not None
                row = copy.deepcopy(old_row)
                self._delete_row(row)
                if last is None:
                    new_rows[0].addprevious(row)
                else:
                    last.addnext(row)
                last = row
                continue
            last = new_row
            if old_row is None:
                self._insert_row(new_row)
                continue
            cells = zip(old_row.iter(CELL), new_row.iter(CELL), strict=True)
            for old_cell, new_cell in cells:
                old_text = text_of(old_cell)
                if old_text != text_of(new_cell):
                    paragraph = next(new_cell.iter(PARAGRAPH))
                    self._mark_words(paragraph, old_text, text_of(paragraph))

    def _insert_row(self, row: Block) -> None:
        self._mark_row(row, INSERTED)
        for run in list(row.iter(RUN)):
            self._wrap(run, INSERTED)

    def _delete_row(self, row: Block) -> None:
        for mark in [node for node in row.iter() if node.tag in MARKS]:
            mark.getparent().remove(mark)
        self._mark_row(row, DELETED)
        for run in list(row.iter(RUN)):
            text = "".join(node.text or "" for node in run.iter(TEXT))
            run.addprevious(self._deleted_run(run, text))
            run.getparent().remove(run)

    def _mark_row(self, row: Block, tag: str) -> None:
        properties = row.find(qn("w:trPr"))
        if properties is None:
            properties = OxmlElement("w:trPr")
            row.insert(0, properties)
        properties.append(self._change(tag))

    def _mark_words(self, paragraph: Block, old: str, new: str) -> None:
        """Mark the words of a paragraph that were added, and put in those that were deleted."""
        edits = list(word_edits(old, new))
        if not edits:
            return
        position = 0
        runs = [run for run in paragraph.iter(RUN) if run.find(TEXT) is not None]
        for number, run in enumerate(runs):
            text = "".join(node.text or "" for node in run.iter(TEXT))
            is_last = number == len(runs) - 1
            end = position + len(text)
            pieces: list[Block] = []
            cursor = position
            for edit, start in edits:
                stop = start + len(edit.new)
                if edit.end > edit.start and (
                    position <= start < end or (is_last and start >= end)
                ):
                    if start > cursor:
                        pieces.append(_run_like(run, text[cursor - position : start - position]))
                        cursor = start
                    pieces.append(self._deleted_run(run, old[edit.start : edit.end]))
                first, final = max(start, cursor), min(stop, end)
                if first < final:
                    if first > cursor:
                        pieces.append(_run_like(run, text[cursor - position : first - position]))
                    added = self._change(INSERTED)
                    added.append(_run_like(run, text[first - position : final - position]))
                    pieces.append(added)
                    cursor = final
            if cursor < end:
                pieces.append(_run_like(run, text[cursor - position :]))
            for piece in pieces:
                run.addprevious(piece)
            run.getparent().remove(run)
            position = end
        if not runs and old:
            paragraph.append(self._deleted_run(OxmlElement("w:r"), old))

    def _deleted_run(self, run: Block, text: str) -> Block:
        change = self._change(DELETED)
        change.append(_run_like(run, text, "w:delText"))
        return change

    def _wrap(self, run: Block, tag: str) -> None:
        change = self._change(tag)
        run.addprevious(change)
        change.append(run)

    def _mark_end(self, paragraph: Block, tag: str) -> None:
        properties = paragraph.get_or_add_pPr()
        run_properties = properties.find(qn("w:rPr"))
        if run_properties is None:
            run_properties = OxmlElement("w:rPr")
            properties.append(run_properties)
        run_properties.insert(0, self._change(tag))

    def _change(self, tag: str) -> Block:
        self.number += 1
        change = OxmlElement(tag)
        change.set(qn("w:id"), str(self.number))
        change.set(qn("w:author"), AUTHOR)
        change.set(qn("w:date"), self.day)
        return change


def _run_like(run: Block, text: str, tag: str = "w:t") -> Block:
    """A run with the format of another and this text."""
    twin = OxmlElement("w:r")
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        twin.append(copy.deepcopy(properties))
    node = OxmlElement(tag)
    node.text = text
    node.set(qn("xml:space"), "preserve")
    twin.append(node)
    return twin
