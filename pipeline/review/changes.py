"""The changes in a returned file: sentence by sentence, word by word, with who made them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate

from pipeline.report.paragraphs.marks import CONTENTS
from pipeline.report.paragraphs.record import Paragraph
from pipeline.report.wording import split_sentences
from pipeline.review.appearance import SentFile, added_details, format_details
from pipeline.review.matching import (
    NEWLINE,
    PAGE_NUMBER,
    Match,
    is_contents,
    match_paragraphs,
)
from pipeline.review.returned.reading import Author, ReturnedParagraph, ReturnedText

WORD = re.compile(r"\s|£?\w+(?:[.,'\u2019-]\w+)*%?|.", re.DOTALL)
REWORDED, ADDED, DELETED, MOVED = "reworded", "added", "deleted", "moved"
FORMATTED, PAGE = "formatted", "on every page"


@dataclass(frozen=True)
class Edit:
    """Letters of a paragraph, from start to end, and what replaces them."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class Change:
    """One change that a reader made.

    kind: REWORDED, ADDED, DELETED or MOVED, or one without words to bring back: FORMATTED, or PAGE,
    in headers and footers. paragraphs: those of the report that it is about; of an
    addition the one before it. old_words, new_words: the sentence, or the paragraph. edits: in the
    text of the paragraphs, joined by line ends. authors: those who made it with tracking, or the
    last one who saved the file. is_tracked: whether Word tracked it. style: of an addition.
    is_in_table: whether an addition is in a table. detail: what changed besides words.
    """

    kind: str
    paragraphs: tuple[Paragraph, ...]
    old_words: str
    new_words: str
    edits: tuple[Edit, ...]
    authors: tuple[Author, ...]
    is_tracked: bool
    style: str = ""
    is_in_table: bool = False
    detail: str = ""

    @property
    def heading(self) -> str:
        return self.paragraphs[0].heading if self.paragraphs else ""

    @property
    def text(self) -> str:
        """The text of the paragraphs, in which the edits are."""
        return _joined_text(self.paragraphs)


def find_changes(
    old: Sequence[Paragraph], returned: ReturnedText, last_author: Author, sent: SentFile
) -> list[Change]:
    """Every change, in the order of the returned file.

    last_author: who saved the file last, for changes without tracking. sent: with which formats are
    compared.
    """
    finder = _Finder(old, returned, last_author, sent)
    matches = match_paragraphs(old, returned.paragraphs)
    changes = [change for match in matches for change in finder.changes_of(match)]
    return [*_joined_rows(changes), *finder.contents_changes()]


class _Finder:
    def __init__(
        self,
        old: Sequence[Paragraph],
        returned: ReturnedText,
        last_author: Author,
        sent: SentFile,
    ) -> None:
        self._sent = sent
        self._old = old
        self._returned = returned
        self._last_author = last_author
        self._previous: tuple[Paragraph, ...] = ()

    def changes_of(self, match: Match) -> Iterator[Change]:
        old = tuple(self._old[place] for place in match.old)
        new = [self._returned.paragraphs[place] for place in match.new]
        if not new:
            author = self._returned.deleted_by.get(old[0].id, Author())
            yield self._whole(DELETED, old, old[0].text, "", [author] if author.name else [])
        elif not old:
            authors = _inserters(new[0], 0, len(new[0].text))
            change = self._whole(ADDED, self._previous, "", new[0].text, authors)
            yield replace(change, style=new[0].style, is_in_table=new[0].row > 0)
            if self._sent.paragraphs and not new[0].row:
                yield from self._formatted(self._previous, new, added_details(new[0]))
        else:
            if match.is_moved:
                yield self._moved(old, new)
            yield from self._reworded(old, new)
            sent = self._sent.paragraphs_of(old)
            if sent:
                pairs = list(_kept_letters(*map(_joined_text, (sent, new))))
                yield from self._formatted(old, new, format_details(sent, new, pairs))
        if old and new:  # what was deleted is no place for what is added
            self._previous = old[-1:]

    def contents_changes(self) -> Iterator[Change]:
        """Changes in the contents, unless Word has made them again from the headings."""
        entries = {each.id: each for each in self._old if each.role == CONTENTS}
        returned = [each for each in self._returned.paragraphs if is_contents(each)]
        for paragraph in returned:
            text = PAGE_NUMBER.sub("", paragraph.text)
            for id in paragraph.ids:
                if id in entries and PAGE_NUMBER.sub("", entries[id].text) != text:
                    entry = entries[id]
                    authors = _inserters(paragraph, 0, len(text))
                    yield self._whole(REWORDED, (entry,), entry.text, paragraph.text, authors)

    def _whole(
        self,
        kind: str,
        paragraphs: tuple[Paragraph, ...],
        old_words: str,
        new_words: str,
        authors: list[Author],
    ) -> Change:
        length = len(old_words)
        edits = (Edit(0, length, new_words),) if kind != ADDED else ()
        who = tuple(dict.fromkeys(authors)) or (self._last_author,)
        return Change(kind, paragraphs, old_words, new_words, edits, who, bool(authors))

    def _formatted(
        self, old: tuple[Paragraph, ...], new: list[ReturnedParagraph], detail: str
    ) -> Iterator[Change]:
        if detail:
            text = _joined_text(new)
            yield replace(self._whole(FORMATTED, old, text, text, []), edits=(), detail=detail)

    def _moved(self, old: tuple[Paragraph, ...], new: list[ReturnedParagraph]) -> Change:
        authors = _inserters(new[0], 0, len(new[0].text))
        change = self._whole(MOVED, (*old, *self._previous), old[0].text, new[0].text, authors)
        return replace(change, edits=())

    def _reworded(
        self, old: tuple[Paragraph, ...], new: list[ReturnedParagraph]
    ) -> Iterator[Change]:
        old_text, new_text = _joined_text(old), _joined_text(new)
        if old_text == new_text:
            return
        for chunk in _changed_sentences(old_text, new_text):
            authors: list[Author] = []
            for edit, new_start in chunk.edits:
                authors += _authors_of(edit, new_start, new)
            who = tuple(dict.fromkeys(authors)) or (self._last_author,)
            yield Change(
                REWORDED,
                old,
                chunk.old_words.strip(),
                chunk.new_words.strip(),
                tuple(edit for edit, _ in chunk.edits),
                who,
                bool(authors),
            )


@dataclass(frozen=True)
class _Chunk:
    """Sentences that changed. edits: each with where its new words begin in the new text."""

    old_words: str
    new_words: str
    edits: tuple[tuple[Edit, int], ...]


def _changed_sentences(old: str, new: str) -> Iterator[_Chunk]:
    """The sentences of a text that changed, with their edits; unchanged ones between are cuts."""
    edits = list(word_edits(old, new))
    cuts = [0, *(start for start, _ in split_sentences(old) if start), len(old) + 1]
    chunks: list[list[tuple[Edit, int]]] = []
    last_sentence = -1
    for edit, new_start in edits:
        first = _sentence_of(cuts, edit.start)
        last = _sentence_of(cuts, max(edit.end - 1, edit.start))
        if chunks and first <= last_sentence:
            chunks[-1].append((edit, new_start))
        else:
            chunks.append([(edit, new_start)])
        last_sentence = max(last, last_sentence)
    for chunk in chunks:
        start = cuts[_sentence_of(cuts, chunk[0][0].start)]
        final = chunk[-1][0]
        end = min(cuts[_sentence_of(cuts, max(final.end - 1, final.start)) + 1], len(old))
        new_words = old[start : chunk[0][0].start]
        for position, (edit, _) in enumerate(chunk):
            following = chunk[position + 1][0].start if position + 1 < len(chunk) else end
            new_words += edit.new + old[edit.end : following]
        yield _Chunk(old[start:end], new_words, tuple(chunk))


def _sentence_of(cuts: list[int], offset: int) -> int:
    return next(number for number in range(len(cuts) - 1) if offset < cuts[number + 1])


def _joined_text(paragraphs: Sequence[Paragraph | ReturnedParagraph]) -> str:
    return NEWLINE.join(paragraph.text for paragraph in paragraphs)


def _kept_letters(old: str, new: str) -> Iterator[tuple[int, int]]:
    """The place of each letter that both texts have, in the first and in the second."""
    old_place = new_place = 0
    for edit, start in word_edits(old, new):
        yield from zip(range(old_place, edit.start), range(new_place, start), strict=True)
        old_place, new_place = edit.end, start + len(edit.new)
    yield from zip(range(old_place, len(old)), range(new_place, len(new)), strict=True)


def word_edits(old: str, new: str) -> Iterator[tuple[Edit, int]]:
    """What turns one text into the other, in whole words, with where each begins in the new one."""
    old_words, new_words = WORD.findall(old), WORD.findall(new)
    old_starts = [0, *accumulate(map(len, old_words))]
    new_starts = [0, *accumulate(map(len, new_words))]
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    for operation, old_first, old_end, new_first, new_end in matcher.get_opcodes():
        if operation != "equal":
            words = "".join(new_words[new_first:new_end])
            edit = Edit(old_starts[old_first], old_starts[old_end], words)
            yield edit, new_starts[new_first]


def _authors_of(edit: Edit, new_start: int, new: list[ReturnedParagraph]) -> list[Author]:
    """Who made an edit with tracking: inserted its new words, or deleted text where it stands."""
    authors: list[Author] = []
    base = 0
    for paragraph in new:
        length = len(paragraph.text)
        first, end = new_start - base, new_start + len(edit.new) - base
        authors += _inserters(paragraph, first, end)
        if edit.end > edit.start:
            authors += _deleters(paragraph, first, end)
        if NEWLINE in edit.new and paragraph.mark == "inserted" and first <= length <= end:
            authors.append(paragraph.mark_author)
        base += length + 1
    return authors


def _inserters(paragraph: ReturnedParagraph, start: int, end: int) -> list[Author]:
    characters = paragraph.characters[max(start, 0) : max(end, 0)]
    return [author for sign, author in characters if author and not sign.isspace()]


def _deleters(paragraph: ReturnedParagraph, start: int, end: int) -> list[Author]:
    authors: list[Author] = []
    remaining = ""
    for segment in paragraph.segments:
        if segment.state == "deleted":
            place = len(" ".join(remaining.split()))
            if start - 2 <= place <= end + 2:
                authors.append(segment.author)
        elif segment.state != "undone":
            remaining += segment.text
    return authors


def _joined_rows(changes: list[Change]) -> Iterator[Change]:
    """Whole rows of a table that were added or deleted are one change each."""
    row: list[Change] = []
    for change in changes:
        key = change.paragraphs[0].row if change.kind == DELETED else 0
        if row and (not key or key != row[0].paragraphs[0].row):
            yield _one_row(row)
            row = []
        if key:
            row.append(change)
        else:
            yield change
    if row:
        yield _one_row(row)


def _one_row(row: list[Change]) -> Change:
    old_words = " | ".join(change.old_words for change in row)
    paragraphs = tuple(paragraph for change in row for paragraph in change.paragraphs)
    return replace(row[0], old_words=old_words, paragraphs=paragraphs)
