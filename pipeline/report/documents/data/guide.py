"""The guide to the open data for people: how to read it, and how each figure is made."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pipeline.artifacts import DATA_PACKAGE, OPEN_DATA, OPEN_DATA_META
from pipeline.open_data.layout import STANDARD, SYMBOLS
from pipeline.report import wording
from pipeline.report.documents.data.package import LICENCE
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.settings import Settings

LINE_WIDTH = 100


def guide_text(
    settings: Settings,
    published: Published,
    figures: list[PublishedFigure],
) -> str:
    """The whole guide as plain text."""
    paragraphs = _paragraphs(settings, published, figures)
    return "\n\n".join(map(_wrapped, paragraphs)) + "\n"


def _paragraphs(
    settings: Settings,
    published: Published,
    figures: list[PublishedFigure],
) -> Iterator[str]:
    council = settings.council
    yield f"{settings.report.subject}, {settings.year}: {council.authority}\nGuide to the open data"
    yield (
        f"{OPEN_DATA} has one row for each figure, year and category. The number is in the "
        "column of its unit; the other columns have z. "
        f"{OPEN_DATA_META} says what each column is, and {DATA_PACKAGE} describes both files, with "
        "every rule, for software."
    )
    yield f"The layout is that of official education statistics: {STANDARD}."
    if council.notice:
        yield wording.single_line(council.notice)
    yield "\n".join(
        ["In place of a number", *(f"{sign}: {meaning}" for sign, meaning in SYMBOLS.items())]
    )
    if published.rounding_note:
        yield published.rounding_note
    yield (
        f"Licence: {LICENCE['title']} ({LICENCE['path']}).\n"
        f"Source: records of {council.authority}, as at "
        f"{wording.date_text(settings.report.data_as_at)}, and for earlier years what was "
        f"published then.\nContact: {council.contact.role}, {council.contact.email}"
    )
    yield "The figures"
    for figure in figures:
        base = f"\nShare of: {published[figure.base].title}" if figure.base else ""
        yield f"{figure.title} ({figure.id})\n{figure.rule}{base}"


def _wrapped(paragraph: str) -> str:
    lines = paragraph.split("\n")
    return "\n".join(
        textwrap.fill(line, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in lines
    )
