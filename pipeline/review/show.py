"""What came back, as lines for a terminal, as a table and as a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape

from pipeline.artifacts import NumberKey
from pipeline.audit.diff.wording import TextPiece, diff_words
from pipeline.audit.evidence import Evidence
from pipeline.audit.pages import PageFrame
from pipeline.problem import Problem, printable
from pipeline.report import wording
from pipeline.report.comments import ReaderComment
from pipeline.report.tables import html_table
from pipeline.review.session import Entry, Review
from pipeline.settings import Settings

PAGE_TITLE = "What readers changed"
TEMPLATE = "diff.html.j2"
APPLIED, SAFE, LEFT = "applied", "can be applied", "left to you"
MAX_ROWS = 3  # of a figure, that are named
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")  # with which a spreadsheet begins a formula
# fmt: off
COLUMNS = (
    "number", "kind", "section", "before", "after", "author", "date", "tracked", "defined_in",
    "template", "decision", "reason", "files",
)
# fmt: on


class FigureNotes:
    """What would have to change for another number: the figure's rule, its rows and their files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._evidence: Evidence | None = None

    def lines(self, entry: Entry) -> list[str]:
        """Lines on the numbers that a change touches; none if it touches none."""
        numbers = [number for placed in entry.verdict.placed for number in placed.numbers]
        lines = [
            f"{number.setting} is a setting in council.yaml" for number in numbers if number.setting
        ]
        keys = [number.key for number in numbers if number.key]
        if not keys and entry.verdict.definition.key:
            keys = [entry.verdict.definition.key]
        for key in dict.fromkeys(keys):
            lines += self._figure_lines(key)
        return lines

    def _figure_lines(self, key: NumberKey) -> Iterator[str]:
        yield f"figure {' '.join(part for part in key if part)}"
        try:
            self._evidence = self._evidence or Evidence(self._settings)
            number = self._evidence.number(key.figure, key.year, key.category, key.detail)
            yield f"rule: {number.figure.rule}"
            count = self._evidence.row_count(number)
            rows = [
                f"{row.file}, row {row.row}" if row.row else row.file
                for row in self._evidence.rows(number)[:MAX_ROWS]
            ]
        except (Problem, OSError, KeyError):
            return
        more = f" and {count - len(rows):,} more" if count > len(rows) else ""
        if rows:
            yield f"rows: {'; '.join(rows)}{more}"
            yield "to change it, correct these rows, or add or remove rows that the rule counts"
        else:
            yield f"source: {number.source or 'no row'}"


def review_text(
    review: Review, settings: Settings, decisions: Mapping[int, str] | None = None
) -> str:
    """All changes and comments. decisions: what became of each change, by its number."""
    notes = FigureNotes(settings)
    changes, comments = len(review.entries), len(review.comments)
    conflicts = sum(bool(entry.conflicts) for entry in review.entries)
    lines = [
        f"{settings.council.authority}, {review.report}: {wording.counted(changes, 'change')} and "
        f"{wording.counted(comments, 'comment')} in {wording.counted(len(review.files), 'file')}",
    ]
    for file in review.files:
        is_current = file.report.folder == settings.published_folder
        name = "the current report" if is_current else f"the kept report {file.report.folder.name}"
        lines.append(f"  {file.name}: a copy of {name}")
        if not file.has_formats:
            lines.append("    the report's Word file is not kept, so only words were compared")
    if conflicts:
        lines.append(f"  {wording.counted(conflicts, 'change')} in conflict with another reader's")
    for entry in review.entries:
        lines += ["", *entry_lines(entry, notes, (decisions or {}).get(entry.number, ""))]
    for comment in review.comments:
        lines += ["", *_comment_lines(comment)]
    return printable("\n".join(lines))


def entry_lines(entry: Entry, notes: FigureNotes, decision: str = "") -> Iterator[str]:
    """One change: its section, its words, where they are defined and what becomes of it."""
    change, definition = entry.change, entry.verdict.definition
    tracked = "" if change.is_tracked else ", not tracked"
    dates = "".join(f", {_day(author.date)}" for author in change.authors[:1] if author.date)
    yield f"{entry.number}  {change.kind} under {change.heading or 'the cover'}"
    yield f"   by {entry.authors}{dates}{tracked}"
    yield f"   {marked_text(change.old_words, change.new_words)}"
    yield f"   {definition.where}"
    if definition.template:
        yield f"   template: {definition.template}"
    yield from (f"   {line}" for line in notes.lines(entry))
    yield f"   → {decision or decision_of(entry)}"


def decision_of(entry: Entry) -> str:
    return SAFE if entry.is_safe else f"{LEFT}: {entry.reason}"


def marked_text(old: str, new: str) -> str:
    """Both versions in one line: [-removed-] and {+added+} words, with a sign for a line end."""
    pieces = diff_words(old, new)
    text = "".join(_marked_piece(piece, "[-{}-]", "{{+{}+}}") for piece in pieces)
    return text.replace("\n", " \u00b6 ")


def _marked_piece(piece: TextPiece, removed: str, added: str) -> str:
    if piece.is_unchanged:
        return piece.old
    old = removed.format(piece.old) if piece.old else ""
    return old + (added.format(piece.new) if piece.new else "")


def _comment_lines(comment: ReaderComment) -> Iterator[str]:
    date = f", {_day(comment.date)}" if comment.date else ""
    yield f"Comment under {comment.section or 'the cover'} ({comment.state})"
    yield f'   by {comment.author}{date}, on "{comment.quoted}"'
    yield from (f"   {line}" for line in comment.text.splitlines())
    if comment.where:
        yield f"   {comment.where}"


def review_table(review: Review, decisions: Mapping[int, str] | None = None) -> str:
    """Every change and comment as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(review, decisions or {}):
        writer.writerow([_without_formula(cell) for cell in row])
    return out.getvalue()


def _rows(review: Review, decisions: Mapping[int, str]) -> Iterator[list[str]]:
    for entry in review.entries:
        change, definition = entry.change, entry.verdict.definition
        decision = decisions.get(entry.number) or decision_of(entry)
        name, _, reason = decision.partition(": ")
        yield [
            str(entry.number),
            change.kind,
            change.heading,
            change.old_words,
            change.new_words,
            entry.authors,
            entry.dates,
            "yes" if change.is_tracked else "no",
            definition.where,
            definition.template,
            name,
            reason,
            ", ".join(entry.files),
        ]
    for comment in review.comments:
        yield [
            "",
            "comment",
            comment.section,
            comment.quoted,
            comment.text,
            comment.author,
            comment.date,
            "",
            comment.where,
            "",
            comment.state,
            "",
            comment.file,
        ]


def _without_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def review_page(
    review: Review, settings: Settings, decisions: Mapping[int, str] | None = None
) -> bytes:
    """The same as a page, for the analyst and not for publication."""
    notes = FigureNotes(settings)
    rows = []
    for entry in review.entries:
        change, definition = entry.change, entry.verdict.definition
        pieces = diff_words(change.old_words, change.new_words)
        words = "".join(_marked_html(piece) for piece in pieces)
        decision = (decisions or {}).get(entry.number) or decision_of(entry)
        details = [definition.where, definition.template, *notes.lines(entry)]
        place = "<br>".join(escape(line) for line in details if line)
        who = escape(", ".join(part for part in (entry.authors, entry.dates) if part))
        cells = [change.heading or "the cover", change.kind]
        rows.append((str(entry.number), [*map(escape, cells), words, who, place, escape(decision)]))
    headings = ["Number", "Section", "Change", "Words", "By", "Defined in", "Decision"]
    body = html_table("Changes", headings, rows) or "<p>Nothing was changed.</p>"
    comments = [
        (
            escape(comment.author),
            [
                escape(text)
                for text in (
                    comment.section or "the cover",
                    comment.quoted,
                    comment.text,
                    comment.state,
                )
            ],
        )
        for comment in review.comments
    ]
    body += html_table("Comments", ["Author", "Section", "About", "Comment", "State"], comments)
    return PageFrame(settings, TEMPLATE, ()).render("review.html", PAGE_TITLE, body)


def _marked_html(piece: TextPiece) -> str:
    if piece.is_unchanged:
        return escape(piece.old)
    old = f"<del>{escape(piece.old)}</del>" if piece.old else ""
    return old + (f"<ins>{escape(piece.new)}</ins>" if piece.new else "")


def _day(date: str) -> str:
    """A date of Word as a reader writes it; as it is if it is none."""
    try:
        return wording.date_text(datetime.fromisoformat(date).date())
    except ValueError:
        return date
