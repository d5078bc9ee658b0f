"""Sentences of which every number is withheld: they tell a reader nothing and are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.report.figure import PublishedFigure
from pipeline.report.wording import split_sentences

NUMBER_TAG = re.compile(r'<data value="([^"]*)" data-figure=')
TAG = re.compile(r"<[^>]*>")
TAG_MARK = re.compile("\x00(\\d+)\x00")
LINE_START = re.compile(r"^(\s*(?:[-*]\s+|\d+\.\s+)?)")
NOTE = "To protect people, we leave some numbers and details out of this section."


class Omissions:
    """Says once per section that something is left out of it."""

    def __init__(self) -> None:
        self._sections: set[str] = set()

    def line(self, section: str) -> str:
        """The line, the first time that a section leaves something out; afterwards nothing."""
        is_first = section not in self._sections
        self._sections.add(section)
        return NOTE if is_first else ""

    def line_for(self, section: str, figures: Iterable[PublishedFigure]) -> str:
        """The line as HTML, in place of a table without rows, if any of its numbers is withheld."""
        is_withheld = any(number.withheld for figure in figures for number in figure.numbers())
        line = self.line(section) if is_withheld else ""
        return line and f'<p class="shorthand">{line}</p>'


def without_withheld_sentences(markdown: str) -> tuple[str, bool]:
    """The Markdown without its sentences of withheld numbers, and whether there were any.

    Headings and tables stay.
    """
    lines = [_reduced(line) for line in markdown.splitlines()]
    remaining = [line for line, _ in lines if line is not None]
    return "\n".join(remaining), any(is_reduced for _, is_reduced in lines)


def _reduced(line: str) -> tuple[str | None, bool]:
    """The line without such sentences, None if nothing else was in it; whether it had any."""
    if 'value="c"' not in line or line.lstrip().startswith(("#", "|")):
        return line, False
    start = LINE_START.match(line)
    prefix = start[1] if start else ""
    tags: list[str] = []

    def replace(tag: re.Match[str]) -> str:
        tags.append(tag[0])
        return f"\x00{len(tags) - 1}\x00"

    # Within tags there may be full stops, in the names of categories.
    text = TAG.sub(replace, line[len(prefix) :])
    sentences = [
        TAG_MARK.sub(lambda mark: tags[int(mark[1])], sentence)
        for _, sentence in split_sentences(text)
    ]
    remaining = [sentence for sentence in sentences if not _is_withheld(sentence)]
    if len(remaining) == len(sentences):
        return line, False
    return (prefix + " ".join(remaining) if remaining else None), True


def _is_withheld(sentence: str) -> bool:
    values = NUMBER_TAG.findall(sentence)
    return bool(values) and all(value == "c" for value in values)
