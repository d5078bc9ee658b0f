"""`annual-report diff`: what changed between two reports, as lines of text for a terminal and as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from pipeline.audit.diff.changes import Change, DiffSection
from pipeline.audit.diff.wording import diff_words
from pipeline.audit.pages import PageFrame, heading, link, paragraph
from pipeline.report.tables import html_table
from pipeline.settings import Settings
from pipeline.system.folders import check_outside_workspace

TERMINAL_COLUMNS = 80
MAX_TERMINAL_CHANGES = 20  # changes of a part that a terminal shows
MAX_INLINE_CHARACTERS = 24  # characters of a value that fits beside the other
MARKS_LEGEND = "Words taken out are marked [-so-], words put in {+so+}."
PAGE_TITLE = "What changed"


def diff_text(settings: Settings, old_name: str, new_name: str, sections: list[DiffSection]) -> str:
    """The changes of each part, the first FIRST of them. before, now: which two reports, or what else, are compared."""
    lines = [
        f"{settings.council.authority}, {settings.year}: what changed",
        *_wrap("Before: ", old_name),
        *_wrap("Now:    ", new_name),
    ]
    for part in sections:
        lines += ["", f"{part.title}: {_change_counts(part)}"]
        for where, held in groupby(
            part.changes[:MAX_TERMINAL_CHANGES], lambda change: change.where
        ):
            lines += _wrap("  ", where)
            lines += [line for change in held for line in _change_lines(change)]
        if len(part.changes) > MAX_TERMINAL_CHANGES:
            lines.append(
                f"  and {len(part.changes) - MAX_TERMINAL_CHANGES:,} more, which --page FILE writes down"
            )
    if any("[-" in line or "{+" in line for line in lines):
        lines += ["", MARKS_LEGEND]
    return "\n".join(lines)


def _change_lines(change: Change) -> Iterator[str]:
    before, now = change.old, change.new
    if before is None or now is None:
        yield from _wrap("    ", f"gone: {before}" if now is None else f"new: {now}")
    elif max(len(before), len(now)) <= MAX_INLINE_CHARACTERS:
        yield f"    {before} → {now}"
    else:
        marked = (
            one.new if one.is_unchanged else _mark("[-", one.old, "-]") + _mark("{+", one.new, "+}")
            for one in diff_words(before, now)
        )
        yield from _wrap("    ", "".join(marked))


def _mark(opens: str, text: str, closes: str) -> str:
    """A text between marks, the spaces around it outside them."""
    inner = text.strip()
    return text.replace(inner, f"{opens}{inner}{closes}") if inner else text


def _wrap(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, TERMINAL_COLUMNS, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


def _change_counts(part: DiffSection) -> str:
    """How many are new, gone and other than before."""
    new, gone = (
        sum(getattr(change, name) is None for change in part.changes) for name in ("before", "now")
    )
    counts = {"changed": len(part.changes) - new - gone, "new": new, "gone": gone}
    return (
        ", ".join(f"{number:,} {said}" for said, number in counts.items() if number) or "no change"
    )


def diff_page(
    settings: Settings, old_name: str, new_name: str, sections: list[DiffSection]
) -> bytes:
    """All changes as a page of the look of the audit, in one file."""
    frame = PageFrame(
        settings, "diff.html.j2", [(f"#{_section_id(part)}", part.title) for part in sections]
    )
    summary = [
        (link(f"#{_section_id(part)}", part.title), [escape(_change_counts(part))])
        for part in sections
    ]
    body = [
        _before_and_now(escape(old_name), escape(new_name)),
        html_table("In short", ["Compared", "Changes"], summary),
    ]
    for part in sections:
        body.append(heading(part.title, _section_id(part)))
        body.append(
            (_prose_changes(part) if part.is_prose else _value_table(part))
            or paragraph("No change.")
        )
    return frame.render("", PAGE_TITLE, "\n".join(body))


def _section_id(part: DiffSection) -> str:
    return part.title.lower()


def _value_table(part: DiffSection) -> str:
    rows = [(escape(one.where), [*_marked_versions(one)]) for one in part.changes]
    return html_table(f"{part.title} that changed", ["Where", "Before", "Now"], rows)


def _prose_changes(part: DiffSection) -> str:
    said = []
    for where, held in groupby(part.changes, lambda change: change.where):
        said.append(f"<h3>{escape(where)}</h3>")
        said += [_before_and_now(*_marked_versions(one)) for one in held]
    return "".join(said)


def _before_and_now(before: str, now: str) -> str:
    return f'<dl class="change"><div><dt>Before</dt><dd>{before}</dd></div><div><dt>Now</dt><dd>{now}</dd></div></dl>'


def _marked_versions(change: Change) -> tuple[str, str]:
    """What stood and what stands as HTML, the words that differ marked; where all is another, nothing has to be marked."""
    if change.old is None or change.new is None:
        return escape(change.old or "nothing"), escape(change.new or "nothing")
    found = diff_words(change.old, change.new)
    if not any(one.is_unchanged for one in found):
        return escape(change.old), escape(change.new)
    return (
        "".join(
            escape(one.old) if one.is_unchanged else _mark("<del>", escape(one.old), "</del>")
            for one in found
        ),
        "".join(
            escape(one.new) if one.is_unchanged else _mark("<ins>", escape(one.new), "</ins>")
            for one in found
        ),
    )


def write_page(path: Path, content: bytes, settings: Settings) -> None:
    """Write the page where it is asked for, but in no folder that a run replaces or that is never written to."""
    check_outside_workspace(
        path,
        settings.workspace / "data",
        settings.published_folder,
        settings.published_folder.parent / "history",
    )
    path.write_bytes(content)
