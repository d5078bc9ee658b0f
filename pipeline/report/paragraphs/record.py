"""The record of a Word file's paragraphs, kept with the audit: text, numbers and definitions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem

VERSION = 1
TEXT, SETTING, REFERENCE = "text", "setting", "reference"  # the kinds of spans
DIGEST_LETTERS = 32
REQUIRED = {
    "heading",
    "text",
    "start",
    "end",
    "offset",
}  # fields that a file has even if they are empty


@dataclass(frozen=True)
class Span:
    """A part of a paragraph's text, from start to end, and where it is defined.

    kind: TEXT is typed in the source, letter by letter from offset on; SETTING is the value of a
        setting, from offset on; REFERENCE is what the reference at offset prints.
    place: the source, such as commentary:overview or cell:12, or the key of a setting.
    reference: as it is typed.
    """

    start: int
    end: int
    kind: str
    place: str
    offset: int
    reference: str = ""


@dataclass(frozen=True)
class PrintedNumber:
    """A number in a paragraph's text, and its key; or the setting or evidence that it is from."""

    start: int
    end: int
    key: NumberKey | None = None
    setting: str = ""
    stated: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the Word file, by the name of its bookmark.

    section: its anchor. heading: the last one before it. role: heading, paragraph, item, caption,
    cell, contents or picture. cell: the number of the notebook's cell that publishes it; 0 if none.
    row: the number of its row among all rows of tables; 0 outside tables.
    """

    id: str
    section: str
    heading: str
    role: str
    text: str
    cell: int = 0
    row: int = 0
    spans: tuple[Span, ...] = ()
    numbers: tuple[PrintedNumber, ...] = ()


@dataclass(frozen=True)
class SourceText:
    """A text in which spans lie: as it read when the report was made, and its first line."""

    text: str
    first_line: int


@dataclass(frozen=True)
class ParagraphRecord:
    """All paragraphs of one Word file, in order, and the texts that define them, by place."""

    year: str
    paragraphs: tuple[Paragraph, ...]
    sources: dict[str, SourceText]

    def as_json(self) -> bytes:
        """The record as a file: the same bytes for the same report."""
        content = {
            "version": VERSION,
            "year": self.year,
            "sources": {place: asdict(source) for place, source in sorted(self.sources.items())},
            "paragraphs": [_without_defaults(paragraph) for paragraph in self.paragraphs],
        }
        return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()

    @property
    def digest(self) -> str:
        """What identifies the report in its Word file."""
        return digest_of(self.as_json())


def digest_of(record: bytes) -> str:
    return hashlib.sha256(record).hexdigest()[:DIGEST_LETTERS]


def read_record(content: bytes, where: str) -> ParagraphRecord:
    """The record in a file. Raises Problem if it is damaged."""
    try:
        data = json.loads(content)
        return ParagraphRecord(
            data["year"],
            tuple(_paragraph(entry) for entry in data["paragraphs"]),
            {place: SourceText(**source) for place, source in data["sources"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Problem(
            kind=Kind.DATA,
            where=where,
            what="this record of the Word file's paragraphs is damaged",
            remedy="Make the report again: annual-report run YEAR --force",
        ) from None


def _paragraph(entry: dict[str, Any]) -> Paragraph:
    spans = tuple(Span(**span) for span in entry.pop("spans", ()))
    numbers = tuple(_number(number) for number in entry.pop("numbers", ()))
    return Paragraph(**entry, spans=spans, numbers=numbers)


def _number(entry: dict[str, Any]) -> PrintedNumber:
    key = entry.pop("key", None)
    return PrintedNumber(**entry, key=NumberKey(*key) if key else None)


def _without_defaults(paragraph: Paragraph) -> dict[str, Any]:
    """A paragraph without its empty fields, which most have."""
    return dict(_nonempty(asdict(paragraph)))


def _nonempty(fields: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if name in ("spans", "numbers"):
            value = [dict(_nonempty(one)) for one in value]
        if name in REQUIRED or value not in (None, "", [], 0):
            yield name, value
