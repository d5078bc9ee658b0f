"""A review of one or several returned files, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from docx.document import Document

from pipeline.problem import Kind, Problem
from pipeline.report.comments import ReaderComment
from pipeline.review.appearance import PageChange, SentFile, page_change, read_sent_file
from pipeline.review.changes import ADDED, FORMATTED, PAGE, Change, find_changes
from pipeline.review.edits.verdicts import Judge, Verdict
from pipeline.review.location import COUNCIL_FILE, Locator, SettingLine
from pipeline.review.returned.archive import (
    SAVE_AGAIN,
    UNREADABLE_WORD_ERRORS,
    open_word_file,
    unreadable,
)
from pipeline.review.returned.comments import read_comments
from pipeline.review.returned.origin import (
    SentReport,
    find_sent_report,
    report_id_of,
    sent_document,
)
from pipeline.review.returned.reading import Author, read_text
from pipeline.settings.yaml import read_yaml
from pipeline.settings.years import check_workspace


@dataclass(frozen=True)
class ReturnedFile:
    """A returned file: its name, the report it comes from, its changes and its comments.

    has_formats: whether its formatting was compared with that of the file that was sent.
    """

    name: str
    report: SentReport
    verdicts: tuple[Verdict, ...]
    comments: tuple[ReaderComment, ...]
    has_formats: bool


@dataclass(frozen=True)
class Entry:
    """A change in the table of a review.

    number: its place in the table. files: those that have it. report: that they come from.
    conflicts: the numbers of other changes of the same words.
    """

    number: int
    verdict: Verdict
    files: tuple[str, ...]
    report: SentReport
    conflicts: tuple[int, ...] = ()

    @property
    def change(self) -> Change:
        return self.verdict.change

    @property
    def is_safe(self) -> bool:
        return self.verdict.is_safe and not self.conflicts

    @property
    def authors(self) -> str:
        return ", ".join(dict.fromkeys(author.name for author in self.change.authors))

    @property
    def dates(self) -> str:
        return ", ".join(
            dict.fromkeys(author.date for author in self.change.authors if author.date)
        )

    @property
    def reason(self) -> str:
        """Why a person has to make the change; empty if it can be applied."""
        if self.conflicts:
            others = ", ".join(map(str, self.conflicts))
            return f"it conflicts with change {others}: choose one"
        return self.verdict.reason


@dataclass(frozen=True)
class Review:
    """All that came back. report: as commands name it, such as 2025-26 or 2025-26/adult."""

    report: str
    files: tuple[ReturnedFile, ...]
    entries: tuple[Entry, ...]

    @property
    def comments(self) -> list[ReaderComment]:
        return [comment for file in self.files for comment in file.comments]


def review_files(workspace: Path, paths: Sequence[Path]) -> Review:
    """What readers changed and commented on.

    Raises Problem for a file that cannot be read, or that comes from another report, and for files
    from several reports. The same for a folder that is no workspace.
    """
    check_workspace(workspace)
    names = [path.name for path in paths]
    files = [
        _returned_file(workspace, path, path.name if names.count(path.name) == 1 else str(path))
        for path in paths
    ]
    reports = sorted({file.report.name for file in files})
    if len(reports) > 1:
        raise Problem(
            kind=Kind.SETTINGS,
            where="review",
            what=f"these files come from several reports: {', '.join(reports)}",
            remedy="Review the files of one report at a time.",
        )
    return Review(reports[0], tuple(files), tuple(_entries(files)))


def _returned_file(workspace: Path, path: Path, name: str) -> ReturnedFile:
    document = open_word_file(path)
    report = find_sent_report(workspace, path, document)
    record = report.record
    lines = setting_lines(workspace, record.year, report.procedure)
    locator = Locator(record, lines, report.procedure)
    try:
        returned = read_text(document)
        original = sent_document(report, report_id_of(document))
        sent = read_sent_file(original) if original else SentFile()
        author = _last_author(document)
        changes = find_changes(record.paragraphs, returned, author, sent)
        on_pages = page_change(sent, document) if original else None
        changes += [_page_change(on_pages, author)] if on_pages else []
        comments = read_comments(document, returned, record.paragraphs, locator, name)
    except UNREADABLE_WORD_ERRORS as error:
        what = f"this Word document is damaged ({type(error).__name__})"
        raise unreadable(path, what, SAVE_AGAIN) from None
    verdicts = tuple(Judge(record, locator).verdicts(changes))
    return ReturnedFile(name, report, verdicts, tuple(comments), original is not None)


def _page_change(page: PageChange, last_author: Author) -> Change:
    authors = page.authors or (last_author,)
    return Change(PAGE, (), page.old, page.new, (), authors, bool(page.authors))


def setting_lines(workspace: Path, year: str, procedure: str = "") -> dict[str, SettingLine]:
    """The file and line of each setting, by the kind of its file and its key.

    procedure: whose own files replace keys of the shared ones.
    """
    lines: dict[str, SettingLine] = {}
    for name, shared in (("council", COUNCIL_FILE), ("report", f"data/raw/{year}/report.yaml")):
        own = shared.replace(".yaml", f".{procedure}.yaml") if procedure else shared
        for file in dict.fromkeys((shared, own)):
            if (workspace / file).is_file():
                _, key_lines = read_yaml(workspace / file, file)
                for key, line in key_lines.items():
                    lines[".".join((name, *key))] = SettingLine(file, line)
    return lines


def _last_author(document: Document) -> Author:
    properties = document.core_properties
    date = properties.modified.isoformat() if properties.modified else ""
    return Author(properties.last_modified_by or properties.author or "somebody", date)


def _entries(files: Sequence[ReturnedFile]) -> Iterator[Entry]:
    """The changes of all files, one entry for those that are the same, with their conflicts."""
    entries: list[Entry] = []
    for file in files:
        count = len(entries)  # of the files before: one file has no change twice
        for verdict in file.verdicts:
            same = next((each for each in entries[:count] if _is_same(each, verdict, file)), None)
            if same is None:
                number = len(entries) + 1
                entries.append(Entry(number, verdict, (file.name,), file.report))
            else:
                authors = (*same.change.authors, *verdict.change.authors)
                change = replace(same.change, authors=tuple(dict.fromkeys(authors)))
                entries[same.number - 1] = replace(
                    same,
                    verdict=replace(same.verdict, change=change),
                    files=tuple(dict.fromkeys([*same.files, file.name])),
                )
    both = combinations(entries, 2) if len(files) > 1 else ()
    pairs = [pair for pair in both if _conflict(*pair)]
    for entry in entries:
        others = [
            other.number for pair in pairs if entry in pair for other in pair if other is not entry
        ]
        yield replace(entry, conflicts=tuple(others))


def _is_same(entry: Entry, verdict: Verdict, file: ReturnedFile) -> bool:
    first, second = entry.change, verdict.change
    return (
        file.name not in entry.files
        and first.kind == second.kind
        and first.paragraphs == second.paragraphs
        and (first.edits, first.detail) == (second.edits, second.detail)
        and (first.old_words, first.new_words) == (second.old_words, second.new_words)
    )


def _conflict(entry: Entry, other: Entry) -> bool:
    """Whether two readers changed the same words in different ways."""
    first, second = entry.change, other.change
    if set(entry.files) & set(other.files):
        return False
    if {ADDED, FORMATTED, PAGE} & {first.kind, second.kind}:
        return False
    if entry.report.folder != other.report.folder:
        return (
            bool(first.old_words)
            and first.old_words == second.old_words
            and first.new_words != second.new_words
        )
    ids = {paragraph.id for paragraph in first.paragraphs}
    if not any(paragraph.id in ids for paragraph in second.paragraphs):
        return False
    if first.paragraphs != second.paragraphs or not (first.edits and second.edits):
        return True
    return any(
        mine.start <= theirs.end and theirs.start <= mine.end
        for mine in first.edits
        for theirs in second.edits
    )
