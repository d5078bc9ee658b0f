"""What a reader changed besides words: formatting, links, pictures, and the head and foot of pages.

It is found by comparing with the Word file that was sent, and shown, but never brought back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import shorten

from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from pipeline.report.paragraphs.record import Paragraph
from pipeline.report.paragraphs.text import PICTURE
from pipeline.review.returned.formats import Format
from pipeline.review.returned.reading import Author, ReturnedParagraph, read_text

WATERMARK = "{urn:schemas-microsoft-com:vml}textpath"
PAGE_PART = re.compile(r"/word/(?:header|footer)\d*\.xml")
MAX_QUOTED_LETTERS = 60
MAX_DETAILS = 4
PLAIN: Format = frozenset()


@dataclass(frozen=True)
class SentFile:
    """The Word file that was sent: its paragraphs by bookmark, and what is on every page."""

    paragraphs: dict[str, ReturnedParagraph] = field(default_factory=dict)
    page_texts: frozenset[str] = frozenset()

    def paragraphs_of(self, recorded: Sequence[Paragraph]) -> list[ReturnedParagraph]:
        """Those that were recorded; none if one of them is missing or differs from its record."""
        sent = [self.paragraphs[each.id] for each in recorded if each.id in self.paragraphs]
        return sent if [each.text for each in sent] == [each.text for each in recorded] else []


def read_sent_file(document: Document) -> SentFile:
    paragraphs = {id: one for one in read_text(document).paragraphs for id in one.ids}
    return SentFile(paragraphs, frozenset(_page_texts(document)))


def format_details(
    old: Sequence[ReturnedParagraph],
    new: Sequence[ReturnedParagraph],
    pairs: Sequence[tuple[int, int]],
) -> str:
    """How the format of a text changed, in a few words; empty if it did not.

    old, new: its paragraphs, whose texts are joined by line ends. pairs: the places of letters that
    both have. Spaces have no format.
    """
    follows_deleted = new[0].follows_deleted
    if len(old) == len(new) == 1 and old[0].kind != new[0].kind and not follows_deleted:
        return f"it became a {new[0].kind or 'paragraph'}"
    old_formats, new_formats = _formats(old), _formats(new)
    text = "\n".join(paragraph.text for paragraph in new)
    letters = [
        (text[new_place], old_formats[old_place], new_formats[new_place])
        for old_place, new_place in pairs
    ]
    changed = {
        (old_format, new_format) for sign, old_format, new_format in letters if not sign.isspace()
    }
    if follows_deleted and len(changed) == 1:  # all of it, by the style of the deleted paragraph
        return ""
    return _listed(list(_letter_details(letters)))


def added_details(paragraph: ReturnedParagraph) -> str:
    """What is special about the format of a new paragraph, in a few words."""
    is_heading = paragraph.kind.startswith(("heading", "title"))
    details = [f"it is a {paragraph.kind}"] if is_heading else []
    letters = [
        (sign, PLAIN, new_format)
        for sign, new_format in zip(paragraph.text, paragraph.formats, strict=True)
        if sign != PICTURE
    ]
    return _listed([*details, *_letter_details(letters)])


def _formats(paragraphs: Sequence[ReturnedParagraph]) -> list[Format]:
    formats: list[Format] = []
    for paragraph in paragraphs:
        formats += [*paragraph.formats, PLAIN]  # and the line end
    return formats


def _letter_details(letters: Iterable[tuple[str, Format, Format]]) -> Iterator[str]:
    """What changed from one format to another, in the longest runs of letters."""
    runs: list[tuple[str, Format, Format]] = []
    for sign, old_format, new_format in letters:
        if runs and (sign.isspace() or (old_format, new_format) == runs[-1][1:]):
            runs[-1] = (runs[-1][0] + sign, *runs[-1][1:])
        elif not sign.isspace():
            runs.append((sign, old_format, new_format))
    for words, old_format, new_format in runs:
        quoted = f'"{shorten(words, MAX_QUOTED_LETTERS, placeholder=" …")}"'
        if PICTURE in words and old_format != new_format:
            yield "another picture, or the same one saved again"
            continue
        yield from (f"{name}: {quoted}" for name in sorted(new_format - old_format))
        yield from (f"no longer {name}: {quoted}" for name in sorted(old_format - new_format))


def _listed(details: Sequence[str]) -> str:
    more = f" and {len(details) - MAX_DETAILS} more" if len(details) > MAX_DETAILS else ""
    return "; ".join(details[:MAX_DETAILS]) + more


@dataclass(frozen=True)
class PageChange:
    """What is on every page: before, now, and who tracked the change."""

    old: str
    new: str
    authors: tuple[Author, ...]


def page_change(sent: SentFile, document: Document) -> PageChange | None:
    """The change in headers and footers, watermarks included; None if there is none."""
    texts = _page_texts(document)
    if set(texts) == sent.page_texts:
        return None
    authors = [
        author for text, named in texts.items() if text not in sent.page_texts for author in named
    ]
    old, new = sorted(sent.page_texts - set(texts)), sorted(set(texts) - sent.page_texts)
    return PageChange(" | ".join(old), " | ".join(new), tuple(dict.fromkeys(authors)))


def _page_texts(document: Document) -> dict[str, list[Author]]:
    """The text of each header and footer without the numbers of pages, with who tracked in it."""
    texts: dict[str, list[Author]] = {}
    for part in document.part.package.iter_parts():
        if PAGE_PART.fullmatch(str(part.partname)):
            root = etree.fromstring(part.blob, etree.XMLParser(resolve_entities=False))
            words = [node.text or "" for node in root.iter(qn("w:t"))]
            words += [f" {node.get('string', '')}" for node in root.iter(WATERMARK)]
            text = " ".join(re.sub(r"\d+", "", "".join(words)).split())
            if text:
                texts[text] = [
                    Author(node.get(qn("w:author"), ""), node.get(qn("w:date"), ""))
                    for node in root.iter(qn("w:ins"), qn("w:del"))
                ]
    return texts
