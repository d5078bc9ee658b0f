"""Where the text that a reader changed is defined, and what would have to change there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.artifacts import JOINT_STEP, REPORT_STEP, NumberKey
from pipeline.report.paragraphs.marks import CONTENTS
from pipeline.report.paragraphs.origins import CELL, COMMENTARY
from pipeline.report.paragraphs.record import (
    SETTING,
    TEXT,
    Paragraph,
    ParagraphRecord,
    PrintedNumber,
    Span,
)
from pipeline.review.changes import ADDED, FORMATTED, MOVED, PAGE, Change, Edit

NOTEBOOK, FIGURE, PROGRAM = "notebook", "figure", "program"
CHAPTER = "chapter-"  # before the name of a procedure, in the sections of a joint report
COUNCIL_FILE = "data/raw/council.yaml"
SENTENCE_END = re.compile(r"[.!?]\s+|%\}|\n")
BORDER = 1  # letters on either side of an insertion that tell where it belongs


@dataclass(frozen=True)
class Definition:
    """Where a text is defined.

    kind: TEXT if the commentary has it letter by letter, SETTING, REFERENCE if a reference in the
        commentary prints it, NOTEBOOK, FIGURE or PROGRAM. where: the file and line, cell or key.
    template: what stands there, if it is not the text itself. place: the key of its source.
    key: of a number of the figure that it belongs to, if it is neither.
    """

    kind: str
    where: str
    template: str = ""
    place: str = ""
    key: NumberKey | None = None


class SettingLine(NamedTuple):
    """Where a setting is: the file, by its path in the workspace, and the line."""

    file: str
    line: int


@dataclass(frozen=True)
class PlacedEdit:
    """An edit in one paragraph, in letters of its text, with where that text is defined.

    numbers: those of figures and settings that it touches.
    """

    paragraph: Paragraph
    edit: Edit
    definition: Definition
    span: Span | None
    numbers: tuple[PrintedNumber, ...]


class Locator:
    """Leads changes to the files of one report.

    setting_lines: the file and line of each setting, by its key, such as council.report_of.
    procedure: of which it is the own report, where a workspace has several.
    """

    def __init__(
        self,
        record: ParagraphRecord,
        setting_lines: Mapping[str, SettingLine],
        procedure: str = "",
    ) -> None:
        self._record = record
        self._setting_lines = setting_lines
        is_joint = any(paragraph.section.startswith(CHAPTER) for paragraph in record.paragraphs)
        step = JOINT_STEP if is_joint else REPORT_STEP
        self._notebook = f"notebooks/{step}.ipynb"
        own = f".{procedure}" if procedure else ""
        self.report_file = f"data/raw/{record.year}/report.yaml"
        self.commentary_file = f"data/raw/{record.year}/commentary{own}.md"

    def place(self, change: Change) -> list[PlacedEdit]:
        """Each edit of a change, cut where a paragraph ends."""
        if change.kind in (ADDED, MOVED, FORMATTED, PAGE):
            paragraph = change.paragraphs[0] if change.paragraphs else None
            if paragraph is None:
                return []
            edit = Edit(len(paragraph.text), len(paragraph.text), change.new_words)
            if change.kind == MOVED:
                edit = Edit(0, len(paragraph.text), paragraph.text)
            if change.kind == FORMATTED:
                edit = Edit(0, 1, paragraph.text[:1])
            return [self._placed(paragraph, edit)]
        return [placed for edit in change.edits for placed in self._cut(change, edit)]

    def _cut(self, change: Change, edit: Edit) -> Iterator[PlacedEdit]:
        base = 0
        new = edit.new
        for paragraph in change.paragraphs:
            end = base + len(paragraph.text)
            if edit.start <= end and edit.end >= base:
                first = max(edit.start - base, 0)
                last = min(edit.end, end) - base
                is_here = last > first or edit.start == edit.end
                if is_here or (edit.start >= base and edit.end > end):
                    yield self._placed(paragraph, Edit(first, max(first, last), new))
                    new = ""
                    if edit.start == edit.end:
                        return
            base = end + 1

    def definition(self, paragraph: Paragraph, edit: Edit) -> Definition:
        """Where the letters of a paragraph are defined that an edit touches."""
        return self._placed(paragraph, edit).definition

    def _placed(self, paragraph: Paragraph, edit: Edit) -> PlacedEdit:
        span = span_of(paragraph, edit)
        numbers = tuple(
            number for number in paragraph.numbers if touches(number.start, number.end, edit)
        )
        return PlacedEdit(
            paragraph, edit, self._definition(paragraph, span, numbers), span, numbers
        )

    def _definition(
        self, paragraph: Paragraph, span: Span | None, numbers: tuple[PrintedNumber, ...]
    ) -> Definition:
        if span and span.place.startswith(COMMENTARY):
            where = f"{self.commentary_file}, line {self._line(span)}"
            return Definition(span.kind, where, span.reference, span.place)
        if span and not span.place.startswith(CELL):
            file = COUNCIL_FILE if span.place.startswith("council.") else self.report_file
            key = span.place.partition(".")[2]
            kind = SETTING if span.kind == SETTING else PROGRAM
            at = self._setting_lines.get(span.place)
            where = f"{at.file}, line {at.line}, {key}" if at else f"{file}, {key}"
            return Definition(kind, where, "", span.place)
        keys = [number.key for number in numbers if number.key]
        if not keys and paragraph.row:
            keys = self._keys_of_row(paragraph)
        if paragraph.section.startswith(CHAPTER) and (span or not keys):
            return Definition(NOTEBOOK, self._place_of_chapter(paragraph.section))
        if span:
            where = f"{self._notebook}, cell {paragraph.cell}, line {self._line(span)}"
            return Definition(NOTEBOOK, where, span.reference or self._typed(span), span.place)
        if keys:
            return Definition(FIGURE, f"figure {keys[0].figure}", key=keys[0])
        if paragraph.cell:
            return Definition(NOTEBOOK, f"{self._notebook}, cell {paragraph.cell}")
        where = "the headings" if paragraph.role == CONTENTS else "the page's own words"
        return Definition(PROGRAM, where)

    def _place_of_chapter(self, section: str) -> str:
        """A chapter repeats what the procedure's own report says."""
        procedure = section.removeprefix(CHAPTER).replace("-", "_")
        report = f"the report {self._record.year}/{procedure}"
        return f"{report}: notebooks/{REPORT_STEP}.ipynb or commentary.{procedure}.md"

    def _keys_of_row(self, paragraph: Paragraph) -> list[NumberKey]:
        """The numbers in the row of a table, to which the words in it belong."""
        row = [each for each in self._record.paragraphs if each.row == paragraph.row]
        return [number.key for each in row for number in each.numbers if number.key]

    def _line(self, span: Span) -> int:
        source = self._record.sources[span.place]
        return source.first_line + source.text.count("\n", 0, span.offset)

    def _typed(self, span: Span) -> str:
        """The sentence of a cell in which a text is typed."""
        text = self._record.sources[span.place].text
        ends = [end.end() for end in SENTENCE_END.finditer(text)]
        start = max((end for end in ends if end <= span.offset), default=0)
        last = span.offset + span.end - span.start
        stop = min((end for end in ends if end >= last), default=len(text))
        return text[start:stop].strip()


def span_of(paragraph: Paragraph, edit: Edit) -> Span | None:
    """The span that an edit is in; the one with most of its letters if there are several.

    An insertion at the border of two belongs to the one whose words a person types.
    """
    first, last = edit.start, edit.end
    if first == last:
        first, last = first - BORDER, last + BORDER
    around = [span for span in paragraph.spans if span.start < last and span.end > first]
    if edit.start == edit.end:
        typed = [span for span in around if is_typed(span)]
        around = typed or around
    return max(
        around,
        key=lambda span: min(span.end, last) - max(span.start, first),
        default=None,
    )


def is_typed(span: Span) -> bool:
    """Whether a person types the text of a span where it can be changed: commentary, settings."""
    is_commentary = span.kind == TEXT and span.place.startswith(COMMENTARY)
    return is_commentary or span.kind == SETTING


def touches(start: int, end: int, edit: Edit) -> bool:
    """Whether an edit changes letters from start to end, or adds some within or next to them."""
    if edit.start == edit.end:
        joins = edit.new[:1].isalnum() and edit.start == end
        joins = joins or (edit.new[-1:].isalnum() and edit.start == start)
        return start < edit.start < end or joins
    return edit.start < end and edit.end > start
