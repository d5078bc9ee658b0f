"""Edits of commentary.md, each proved before it is made: the text prints as the reader left it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bs4 import BeautifulSoup
from markupsafe import Markup

from pipeline.problem import Problem
from pipeline.report.narrative.language import Language
from pipeline.report.narrative.markdown import markdown_to_html
from pipeline.report.paragraphs.marks import BLOCKS
from pipeline.report.paragraphs.tags import Marks, Origin, Source
from pipeline.report.paragraphs.text import joined_text, printed_characters, single_spaced

NEWLINE = "\n"
MARKDOWN_SIGNS = re.compile(r"[\\*_`\[\]<>#|~]|^[-+](?= )", re.MULTILINE)
CHANGED_SINCE = "commentary.md says something else here since this draft was made"
APPLIED_ALREADY = "commentary.md already says so"


@dataclass(frozen=True)
class SourceEdit:
    """Letters of a section's commentary, from start to end, and what replaces them.

    printed: what is printed in place of what they print; the same as new for plain words.
    """

    start: int
    end: int
    new: str
    printed: str


class CannotApply(Exception):
    """Why an edit is not made, in a few words."""


@dataclass
class SectionEditor:
    """The commentary of one section and the edits made in it so far.

    template: as the file has it now.
    """

    name: str
    template: str
    language: Language
    edits: list[SourceEdit] = field(default_factory=list)

    @property
    def edited(self) -> str:
        """The commentary with all edits."""
        return _with_edits(self.template, self.edits)

    def add(self, edits: Sequence[SourceEdit], recorded: str) -> None:
        """Make edits, given in letters of the recorded text: that of the reader's draft.

        Raises CannotApply, and makes none of them, if the file has changed there, if the language
        refuses the result, or if it would not print exactly what the reader left.
        """
        current = [self._in_current_text(edit, recorded) for edit in edits]
        if any(_overlap(edit, other) for edit in current for other in self.edits):
            raise CannotApply("another edit changes the same words")
        expected = _blocks_of(self._expected([*self.edits, *current]))
        fault = ""
        for attempt in (current, [_escaped(edit) for edit in current]):
            result = _with_edits(self.template, [*self.edits, *attempt])
            try:
                faults = self.language.faults(result, "line {}".format) if result.strip() else []
                printed = _blocks_of(joined_text(self._printed(result)))
            except Problem as problem:
                fault = problem.what
                continue
            if not faults and printed == expected:
                self.edits += attempt
                return
            fault = faults[0].what if faults else "Markdown would print it differently"
        raise CannotApply(fault.splitlines()[0])

    def _in_current_text(self, edit: SourceEdit, recorded: str) -> SourceEdit:
        """An edit of the recorded text in letters of the current one."""
        if recorded == self.template:
            return edit
        matcher = SequenceMatcher(None, recorded, self.template, autojunk=False)
        blocks = matcher.get_matching_blocks()
        starts = [
            match.b + edit.start - match.a
            for match in blocks
            if match.a <= edit.start <= match.a + match.size
        ]
        ends = [
            match.b + edit.end - match.a
            for match in blocks
            if match.a <= edit.end <= match.a + match.size
        ]
        if not (starts and ends):
            raise CannotApply(CHANGED_SINCE)
        start, end = starts[0], ends[-1]
        found_text = self.template[start:end]
        is_inserted = edit.start == edit.end and (
            self.template[start:].startswith(edit.new) or self.template[:end].endswith(edit.new)
        )
        if is_inserted or (found_text == edit.new and edit.start < edit.end):
            raise CannotApply(APPLIED_ALREADY)
        if found_text != recorded[edit.start : edit.end]:
            raise CannotApply(CHANGED_SINCE)
        return SourceEdit(start, end, edit.new, edit.printed)

    def _expected(self, edits: Sequence[SourceEdit]) -> str:
        """What the commentary prints, with the edits made in the printed text."""
        characters = self._printed(self.template)
        text = joined_text(characters)
        ranges = [(*_printed_range(characters, edit), edit) for edit in edits]
        for start, end, edit in sorted(ranges, key=lambda each: (each[0], each[1]), reverse=True):
            text = text[:start] + edit.printed + text[end:]
        return text

    def _printed(self, template: str) -> list[tuple[str, Origin | None]]:
        """What a commentary prints, a line for each paragraph, with where each letter is typed."""
        marks = Marks()
        marked = marks.mark(Source(self.name, template))
        rendered = self.language.fill_in(marked, str) if template.strip() else Markup("")
        page = BeautifulSoup(markdown_to_html(rendered), "html.parser")
        characters: list[tuple[str, Origin | None]] = []
        for block in page.find_all(BLOCKS):
            if not block.find(BLOCKS):
                text = joined_text(printed_characters(block))
                characters += [*single_spaced(marks.read(text)), (NEWLINE, None)]
        return characters


def _printed_range(
    characters: Sequence[tuple[str, Origin | None]], edit: SourceEdit
) -> tuple[int, int]:
    """From where to where the letters of an edit are printed."""
    inside = [
        place
        for place, (_, origin) in enumerate(characters)
        if origin and edit.start <= origin.offset < edit.end
    ]
    if inside:
        return inside[0], inside[-1] + 1
    earlier = [
        place
        for place, (_, origin) in enumerate(characters)
        if origin and origin.offset < edit.start
    ]
    after = [
        place
        for place, (_, origin) in enumerate(characters)
        if origin and origin.offset >= edit.start
    ]
    if edit.new.startswith(NEWLINE) or not after:
        place = earlier[-1] + 1 if earlier else 0
    elif edit.new.endswith(NEWLINE):
        place = after[0]
    else:
        place = earlier[-1] + 1 if earlier and _is_next(characters, earlier[-1], edit) else after[0]
    return place, place


def _is_next(characters: Sequence[tuple[str, Origin | None]], place: int, edit: SourceEdit) -> bool:
    """Whether an insertion follows the letter that is printed at a place."""
    origin = characters[place][1]
    assert origin is not None
    length = len(origin.reference) or 1
    return origin.offset + length == edit.start


def _with_edits(text: str, edits: Sequence[SourceEdit]) -> str:
    numbered = sorted(enumerate(edits), key=lambda each: (each[1].start, each[1].end, each[0]))
    for _, edit in reversed(numbered):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


def _overlap(edit: SourceEdit, other: SourceEdit) -> bool:
    return edit.start < other.end and other.start < edit.end


def _escaped(edit: SourceEdit) -> SourceEdit:
    """The edit with a backslash before each sign that means something in Markdown."""
    if edit.new == edit.printed:
        new = MARKDOWN_SIGNS.sub(lambda sign: "\\" + sign[0], edit.new)
    else:
        printed = MARKDOWN_SIGNS.sub(lambda sign: "\\" + sign[0], edit.printed)
        new = edit.new.replace(edit.printed.strip(), printed.strip())
    return SourceEdit(edit.start, edit.end, new, edit.printed)


def _blocks_of(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.split(NEWLINE))
    return [line for line in lines if line]
