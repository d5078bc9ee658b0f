"""Which edits can be made, where and how; and why the others are left to a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.report.paragraphs.origins import COMMENTARY
from pipeline.report.paragraphs.record import (
    REFERENCE,
    SETTING,
    TEXT,
    Paragraph,
    ParagraphRecord,
    Span,
)
from pipeline.review.changes import ADDED, DELETED, FORMATTED, MOVED, PAGE, Change, Edit
from pipeline.review.edits.commentary import CannotApply, SourceEdit
from pipeline.review.edits.refusals import (
    DIGIT,
    DIGIT_REASON,
    REASONS,
    check_numbers,
    check_words,
)
from pipeline.review.location import FIGURE, NOTEBOOK, PROGRAM, Definition, Locator, PlacedEdit

ITEM_STYLES = ("Compact", "List")


@dataclass(frozen=True)
class SettingEdit:
    """Letters of a setting's text, from start to end, and what replaces them."""

    key: str
    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of a change.

    definition: where its text is defined. section_edits: of the commentary, by section. reason:
    why a person has to make it; empty if it can be applied.
    """

    change: Change
    definition: Definition
    placed: tuple[PlacedEdit, ...]
    section_edits: dict[str, list[SourceEdit]] = field(default_factory=dict)
    setting_edits: tuple[SettingEdit, ...] = ()
    reason: str = ""

    @property
    def is_safe(self) -> bool:
        return not self.reason


class Judge:
    """Decides for the changes of files that come from one report."""

    def __init__(self, record: ParagraphRecord, locator: Locator) -> None:
        self._record = record
        self._locator = locator
        self._places = {each.id: place for place, each in enumerate(record.paragraphs)}

    def verdicts(self, changes: Sequence[Change]) -> list[Verdict]:
        """A verdict on each change of one file."""
        verdicts = [self._verdict(change) for change in changes]
        edits = [edit for verdict in verdicts for edit in verdict.setting_edits]
        return [self._unless_printed_elsewhere(verdict, edits) for verdict in verdicts]

    def _verdict(self, change: Change) -> Verdict:
        placed = tuple(self._locator.place(change))
        definition = _main_definition(placed)
        if change.kind == PAGE:
            definition = Definition(PROGRAM, "the program's headers and footers")
        try:
            if change.kind == PAGE:
                raise CannotApply(REASONS[PROGRAM])
            if change.kind == FORMATTED:
                raise CannotApply(f"formatting is not brought back: {change.detail}")
            if change.kind == ADDED:
                edits = self._added(change)
                return Verdict(change, self._definition_of(edits) or definition, placed, edits)
            if change.kind == DELETED:
                return Verdict(change, definition, placed, self._removed(change.paragraphs))
            if change.kind == MOVED:
                return Verdict(change, definition, placed, self._moved(change))
            return self._reworded(change, definition, placed)
        except CannotApply as refusal:
            return Verdict(change, definition, placed, reason=str(refusal))

    def _reworded(
        self, change: Change, definition: Definition, placed: tuple[PlacedEdit, ...]
    ) -> Verdict:
        sections: dict[str, list[SourceEdit]] = {}
        settings: list[SettingEdit] = []
        is_whole = not change.new_words
        for each in placed:
            check_numbers(each, is_whole)
            if each.definition.kind == SETTING:
                settings.append(_setting_edit(each))
            elif each.definition.place.startswith(COMMENTARY):
                edit = _commentary_edit(each, is_whole)
                sections.setdefault(each.definition.place, []).append(edit)
            else:
                raise CannotApply(REASONS[each.definition.kind])
        return Verdict(change, definition, placed, sections, tuple(settings))

    def _added(self, change: Change) -> dict[str, list[SourceEdit]]:
        check_words(change.new_words)
        if change.is_in_table:
            raise CannotApply("commentary has no tables: write it as a sentence, if it is to stay")
        if DIGIT.search(change.new_words):
            raise CannotApply(DIGIT_REASON)
        return self._inserted(
            change.paragraphs[:1], change.new_words, change.new_words, change.style
        )

    def _inserted(
        self, previous: Sequence[Paragraph], source: str, printed: str, style: str
    ) -> dict[str, list[SourceEdit]]:
        """A new paragraph after another one, or before the next, if one of them is commentary."""
        place = self._places[previous[0].id] if previous else -1
        paragraphs = self._record.paragraphs
        following = paragraphs[place + 1] if place + 1 < len(paragraphs) else None
        if previous and _is_commentary(previous[0].spans[-1:]):
            last = previous[0].spans[-1]
            text = self._record.sources[last.place].text
            end = _line_end(text, last.offset + _length(last) - 1)
            is_item = previous[0].role == "item" and style.startswith(ITEM_STYLES)
            mark = "\n- " if is_item else "\n\n"
            return {last.place: [SourceEdit(end, end, f"{mark}{source}", f"\n{printed}")]}
        if following and _is_commentary(following.spans[:1]):
            first = following.spans[0]
            text = self._record.sources[first.place].text
            start = text.rfind("\n", 0, first.offset) + 1
            mark = "- " if following.role == "item" and style.startswith(ITEM_STYLES) else ""
            end_mark = "\n" if mark else "\n\n"
            edit = SourceEdit(start, start, f"{mark}{source}{end_mark}", f"{printed}\n")
            return {first.place: [edit]}
        raise CannotApply("no commentary is printed here: add it to commentary.md where it belongs")

    def _removed(self, paragraphs: Sequence[Paragraph]) -> dict[str, list[SourceEdit]]:
        removed: dict[str, list[SourceEdit]] = {}
        for paragraph in paragraphs:
            if paragraph.row or not _is_commentary(paragraph.spans, whole=len(paragraph.text)):
                kind = _kind_of(paragraph)
                raise CannotApply(REASONS[kind])
            start, end, place = self._block(paragraph)
            removed.setdefault(place, []).append(SourceEdit(start, end, "", ""))
        return removed

    def _moved(self, change: Change) -> dict[str, list[SourceEdit]]:
        paragraph = change.paragraphs[0]
        edits = self._removed([paragraph])
        start, end, place = self._block(paragraph)
        source = self._record.sources[place].text[start:end].strip("\n")
        is_item = paragraph.role == "item"
        bare = re.sub(r"^\s*[-*+] ", "", source) if is_item else source
        style = ITEM_STYLES[0] if is_item else ""
        inserted = self._inserted(change.paragraphs[1:2], bare, paragraph.text, style)
        for key, added in inserted.items():
            edits.setdefault(key, []).extend(added)
        return edits

    def _block(self, paragraph: Paragraph) -> tuple[int, int, str]:
        """The lines of a paragraph in the commentary, with the blank ones after it."""
        first, last = paragraph.spans[0], paragraph.spans[-1]
        text = self._record.sources[first.place].text
        start = text.rfind("\n", 0, first.offset) + 1
        end = _line_end(text, last.offset + _length(last) - 1)
        while end < len(text) and text[end] == "\n":
            end += 1
        return start, end, first.place

    def _definition_of(self, edits: dict[str, list[SourceEdit]]) -> Definition | None:
        for place, section_edits in edits.items():
            source = self._record.sources[place]
            line = source.first_line + source.text.count("\n", 0, section_edits[0].start)
            where = f"{self._locator.commentary_file}, line {line}"
            return Definition(TEXT, where, "", place)
        return None

    def _unless_printed_elsewhere(self, verdict: Verdict, edits: list[SettingEdit]) -> Verdict:
        """The verdict, refused if a setting is printed in places that the reader left."""
        for edit in verdict.setting_edits:
            printed = [
                paragraph
                for paragraph in self._record.paragraphs
                for span in paragraph.spans
                if span.kind == SETTING and span.place == edit.key
            ]
            if edits.count(edit) < len(printed):
                places = ", ".join(dict.fromkeys(each.heading or "the cover" for each in printed))
                reason = f"this setting is printed in {len(printed)} places ({places})"
                return Verdict(verdict.change, verdict.definition, verdict.placed, reason=reason)
        return verdict


def _main_definition(placed: Sequence[PlacedEdit]) -> Definition:
    return placed[0].definition if placed else Definition(PROGRAM, "the start of the file")


def _setting_edit(placed: PlacedEdit) -> SettingEdit:
    span, edit = placed.span, placed.edit
    assert span is not None
    if edit.start < span.start or edit.end > span.end or "\n" in edit.new:
        raise CannotApply(REASONS[SETTING])
    return SettingEdit(span.place, edit.start - span.start, edit.end - span.start, edit.new)


def _commentary_edit(placed: PlacedEdit, is_whole: bool) -> SourceEdit:
    """An edit of printed text as one of the commentary.

    Raises CannotApply if it changes words that nobody typed there.
    """
    edit = placed.edit
    spans = [span for span in placed.paragraph.spans if _touched(span, edit)]
    if any(not span.place.startswith(COMMENTARY) for span in spans) or not spans:
        raise CannotApply(REASONS[NOTEBOOK])
    for span in spans:
        is_inside = edit.start <= span.start and span.end <= edit.end
        if span.kind == REFERENCE and edit.start < edit.end and not (is_whole and is_inside):
            raise CannotApply(REASONS[REFERENCE])
    gaps = (
        edit.end
        - edit.start
        - sum(min(span.end, edit.end) - max(span.start, edit.start) for span in spans)
    )
    if edit.start < edit.end and gaps:
        raise CannotApply("it joins or splits what is written in different places")
    start = _source_place(spans[0], edit.start)
    end = _source_place(spans[-1], edit.end - 1, after=True) if edit.end > edit.start else start
    new = edit.new.replace("\n", "\n\n")
    return SourceEdit(start, max(start, end), new, edit.new)


def _touched(span: Span, edit: Edit) -> bool:
    if edit.start < edit.end:
        return span.start < edit.end and span.end > edit.start
    is_inside = span.start < edit.start < span.end
    joins = edit.start in (span.start, span.end) and span.place.startswith(COMMENTARY)
    return is_inside or (joins and span.kind == TEXT)


def _source_place(span: Span, letter: int, after: bool = False) -> int:
    """Where a printed letter is typed; after: the place behind it."""
    if span.kind == REFERENCE:
        return span.offset + (len(span.reference) if after else 0)
    return span.offset + letter - span.start + int(after)


def _is_commentary(spans: Sequence[Span], whole: int = 0) -> bool:
    """Whether all spans are of one section's commentary, and cover a text of so many letters."""
    places = {span.place for span in spans}
    if len(places) != 1 or not places.pop().startswith(COMMENTARY):
        return False
    return not whole or sum(span.end - span.start for span in spans) >= whole - len(spans)


def _kind_of(paragraph: Paragraph) -> str:
    if paragraph.row and not paragraph.spans:
        return FIGURE
    if any(span.kind == SETTING for span in paragraph.spans):
        return SETTING
    return NOTEBOOK if paragraph.cell else PROGRAM


def _length(span: Span) -> int:
    return len(span.reference) if span.kind == REFERENCE else span.end - span.start


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return end if end >= 0 else len(text)
