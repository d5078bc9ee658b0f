"""`annual-report diff`: the changes between two reports, as text for a terminal and as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby
from operator import attrgetter

from pipeline.audit.diff.changes import Change, DiffSection
from pipeline.audit.diff.wording import TextPiece, diff_words
from pipeline.audit.pages import PageFrame, heading, link, paragraph
from pipeline.report.tables import html_table
from pipeline.settings import Settings

TERMINAL_COLUMNS = 80
MAX_TERMINAL_CHANGES = 20  # per section
MAX_INLINE_CHARACTERS = 24  # of a value that is shown on one line with the other
MARKS_LEGEND = "Removed words are marked [-so-], added words {+so+}."
PAGE_TITLE = "What changed"
TEMPLATE = "diff.html.j2"


def diff_text(settings: Settings, old_name: str, new_name: str, sections: list[DiffSection]) -> str:
    """The changes of each section, at most MAX_TERMINAL_CHANGES of them.

    old_name, new_name: what is compared, as a reader knows it.
    """
    lines = [
        f"{settings.council.authority}, {settings.year}: what changed",
        *_wrap("Before: ", old_name),
        *_wrap("Now:    ", new_name),
    ]
    for section in sections:
        lines += _section_lines(section)
    if any("[-" in line or "{+" in line for line in lines):
        lines += ["", MARKS_LEGEND]
    return "\n".join(lines)


def diff_page(
    settings: Settings, old_name: str, new_name: str, sections: list[DiffSection]
) -> bytes:
    """All changes as a page in the style of the audit, in one file.

    old_name, new_name: what is compared, as a reader knows it.
    """
    contents = [(f"#{_section_id(section)}", section.title) for section in sections]
    frame = PageFrame(settings, TEMPLATE, contents)
    summary = [
        (link(f"#{_section_id(section)}", section.title), [escape(_change_counts(section))])
        for section in sections
    ]
    body = [
        _before_and_now(escape(old_name), escape(new_name)),
        html_table("In short", ["Compared", "Changes"], summary),
    ]
    for section in sections:
        changes = _prose_changes(section) if section.is_prose else _value_table(section)
        body.append(heading(section.title, _section_id(section)))
        body.append(changes or paragraph("No change."))
    return frame.render("", PAGE_TITLE, "\n".join(body))


def _section_lines(section: DiffSection) -> Iterator[str]:
    yield ""
    yield f"{section.title}: {_change_counts(section)}"
    for where, changes in _by_place(section.changes[:MAX_TERMINAL_CHANGES]):
        yield from _wrap("  ", where)
        for change in changes:
            yield from _change_lines(change)
    more = len(section.changes) - MAX_TERMINAL_CHANGES
    if more > 0:
        yield f"  and {more:,} more; --page FILE lists them all"


def _by_place(changes: list[Change]) -> Iterable[tuple[str, Iterator[Change]]]:
    """The changes grouped by place, in their order."""
    return groupby(changes, attrgetter("where"))


def _change_lines(change: Change) -> Iterator[str]:
    if change.new is None:
        yield from _wrap("    ", f"gone: {change.old}")
    elif change.old is None:
        yield from _wrap("    ", f"new: {change.new}")
    elif max(len(change.old), len(change.new)) <= MAX_INLINE_CHARACTERS:
        yield f"    {change.old} → {change.new}"
    else:
        pieces = diff_words(change.old, change.new)
        yield from _wrap("    ", "".join(map(_marked_piece, pieces)))


def _marked_piece(piece: TextPiece) -> str:
    if piece.is_unchanged:
        return piece.new
    return _mark("[-", piece.old, "-]") + _mark("{+", piece.new, "+}")


def _mark(opening: str, text: str, closing: str) -> str:
    """A text between marks, with the spaces around it outside them."""
    inner = text.strip()
    return text.replace(inner, f"{opening}{inner}{closing}") if inner else text


def _wrap(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        TERMINAL_COLUMNS,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _change_counts(section: DiffSection) -> str:
    """How many places changed, are new and are gone; such as "3 changed, 1 new"."""
    new = sum(change.old is None for change in section.changes)
    removed = sum(change.new is None for change in section.changes)
    counts = {"changed": len(section.changes) - new - removed, "new": new, "gone": removed}
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count) or "no change"


def _section_id(section: DiffSection) -> str:
    return section.title.lower()


def _value_table(section: DiffSection) -> str:
    rows = [(escape(change.where), [*_marked_versions(change)]) for change in section.changes]
    return html_table(f"{section.title} that changed", ["Where", "Before", "Now"], rows)


def _prose_changes(section: DiffSection) -> str:
    parts = []
    for where, changes in _by_place(section.changes):
        parts.append(f"<h3>{escape(where)}</h3>")
        parts += [_before_and_now(*_marked_versions(change)) for change in changes]
    return "".join(parts)


def _before_and_now(old_html: str, new_html: str) -> str:
    return (
        f'<dl class="change"><div><dt>Before</dt><dd>{old_html}</dd></div>'
        f"<div><dt>Now</dt><dd>{new_html}</dd></div></dl>"
    )


def _marked_versions(change: Change) -> tuple[str, str]:
    """The old and the new text as HTML, with the words that differ marked.

    Nothing is marked where the texts have no words in common.
    """
    if change.old is None or change.new is None:
        return escape(change.old or "nothing"), escape(change.new or "nothing")
    pieces = diff_words(change.old, change.new)
    if not any(piece.is_unchanged for piece in pieces):
        return escape(change.old), escape(change.new)
    return (
        _marked_html(pieces, "del", lambda piece: piece.old),
        _marked_html(pieces, "ins", lambda piece: piece.new),
    )


def _marked_html(pieces: list[TextPiece], tag: str, side: Callable[[TextPiece], str]) -> str:
    """One side of a comparison, its changed pieces in elements of this tag."""
    parts = []
    for piece in pieces:
        text = escape(side(piece))
        parts.append(text if piece.is_unchanged else _mark(f"<{tag}>", text, f"</{tag}>"))
    return "".join(parts)
