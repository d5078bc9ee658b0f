"""Sentences of which every number is withheld: they tell a reader nothing and are left out."""

from __future__ import annotations

import re

from pipeline.report.wording import split_sentences

NUMBER = re.compile(r'<data value="([^"]*)" data-figure=')
TAG = re.compile(r"<[^>]*>")
TAG_MARK = re.compile("\x00(\\d+)\x00")
LINE_START = re.compile(r"^(\s*(?:[-*]\s+|\d+\.\s+)?)")
NOTE = "Some numbers are not shown in this section, to protect people."


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
    values = NUMBER.findall(sentence)
    return bool(values) and all(value == "c" for value in values)
