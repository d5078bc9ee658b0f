"""`annual-report diff`: what changed between two reports, as lines of text for a terminal and as a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path

from pipeline.audit.diff.changes import Change, Part
from pipeline.audit.diff.wording import pieces
from pipeline.audit.pages import Frame, heading, link, paragraph
from pipeline.report.tables import table
from pipeline.settings import Settings
from pipeline.system.folders import must_lie_elsewhere

WIDTH = 80
FIRST = 20  # changes of a part that a terminal shows
SHORT = 24  # characters of a value that fits beside the other
MARKS = "Words taken out are marked [-so-], words put in {+so+}."
TITLE = "What changed"


def as_text(settings: Settings, before: str, now: str, parts: list[Part]) -> str:
    """The changes of each part, the first FIRST of them. before, now: which two reports, or what else, are compared."""
    lines = [
        f"{settings.council.authority}, {settings.year}: what changed",
        *_wrapped("Before: ", before),
        *_wrapped("Now:    ", now),
    ]
    for part in parts:
        lines += ["", f"{part.title}: {_counted(part)}"]
        for where, held in groupby(part.changes[:FIRST], lambda change: change.where):
            lines += _wrapped("  ", where)
            lines += [line for change in held for line in _lines(change)]
        if len(part.changes) > FIRST:
            lines.append(f"  and {len(part.changes) - FIRST:,} more, which --page FILE writes down")
    if any("[-" in line or "{+" in line for line in lines):
        lines += ["", MARKS]
    return "\n".join(lines)


def _lines(change: Change) -> Iterator[str]:
    before, now = change.before, change.now
    if before is None or now is None:
        yield from _wrapped("    ", f"gone: {before}" if now is None else f"new: {now}")
    elif max(len(before), len(now)) <= SHORT:
        yield f"    {before} → {now}"
    else:
        marked = (
            one.now if one.same else _marked("[-", one.before, "-]") + _marked("{+", one.now, "+}")
            for one in pieces(before, now)
        )
        yield from _wrapped("    ", "".join(marked))


def _marked(opens: str, text: str, closes: str) -> str:
    """A text between marks, the spaces around it outside them."""
    inner = text.strip()
    return text.replace(inner, f"{opens}{inner}{closes}") if inner else text


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


def _counted(part: Part) -> str:
    """How many are new, gone and other than before."""
    new, gone = (
        sum(getattr(change, name) is None for change in part.changes) for name in ("before", "now")
    )
    counts = {"changed": len(part.changes) - new - gone, "new": new, "gone": gone}
    return (
        ", ".join(f"{number:,} {said}" for said, number in counts.items() if number) or "no change"
    )


def as_page(settings: Settings, before: str, now: str, parts: list[Part]) -> bytes:
    """All changes as a page of the look of the audit, in one file."""
    frame = Frame(settings, "diff.html.j2", [(f"#{_id(part)}", part.title) for part in parts])
    summary = [(link(f"#{_id(part)}", part.title), [escape(_counted(part))]) for part in parts]
    body = [_said(escape(before), escape(now)), table("In short", ["Compared", "Changes"], summary)]
    for part in parts:
        body.append(heading(part.title, _id(part)))
        body.append((_texts(part) if part.words else _values(part)) or paragraph("No change."))
    return frame.page("", TITLE, "\n".join(body))


def _id(part: Part) -> str:
    return part.title.lower()


def _values(part: Part) -> str:
    rows = [(escape(one.where), [*_both(one)]) for one in part.changes]
    return table(f"{part.title} that changed", ["Where", "Before", "Now"], rows)


def _texts(part: Part) -> str:
    said = []
    for where, held in groupby(part.changes, lambda change: change.where):
        said.append(f"<h3>{escape(where)}</h3>")
        said += [_said(*_both(one)) for one in held]
    return "".join(said)


def _said(before: str, now: str) -> str:
    return f'<dl class="change"><div><dt>Before</dt><dd>{before}</dd></div><div><dt>Now</dt><dd>{now}</dd></div></dl>'


def _both(change: Change) -> tuple[str, str]:
    """What stood and what stands as HTML, the words that differ marked; where all is another, nothing has to be marked."""
    if change.before is None or change.now is None:
        return escape(change.before or "nothing"), escape(change.now or "nothing")
    found = pieces(change.before, change.now)
    if not any(one.same for one in found):
        return escape(change.before), escape(change.now)
    return (
        "".join(
            escape(one.before) if one.same else _marked("<del>", escape(one.before), "</del>")
            for one in found
        ),
        "".join(
            escape(one.now) if one.same else _marked("<ins>", escape(one.now), "</ins>")
            for one in found
        ),
    )


def write_page(to: Path, content: bytes, settings: Settings) -> None:
    """Write the page where it is asked for, but in no folder that a run replaces or that is never written to."""
    must_lie_elsewhere(
        to,
        settings.workspace / "data",
        settings.published_folder,
        settings.published_folder.parent / "history",
    )
    to.write_bytes(content)
