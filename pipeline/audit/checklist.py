"""The statutory checklist of a finished report: what its page says of each of the ten contents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from pipeline.audit.uses import NumberUse
from pipeline.procedures import Content
from pipeline.report.documents.page import Page
from pipeline.report.number import Number

ABSENT_NUMBER_SIGN = re.compile(r"\[[xz]\]")  # in place of a number that the report does not have
WITHHELD_SIGN = "[c]"


class ContentRow(NamedTuple):
    """One of the ten contents, as the page has it.

    places: the headings under which the page prints a number of it. missing: what it does not say,
    a sentence each; empty if it says all.
    """

    number: int
    requirement: str
    places: str
    missing: str


def page_checklist(page: Page, all_uses: Iterable[NumberUse]) -> list[ContentRow]:
    """Each content that the guidance asks for: where the page has it, and what the page lacks.

    Only the page counts: a number of the reported year that is tied to a figure. Rows in an extract
    and names of sections in council.yaml say nothing.

    all_uses: every use of a number on the page.
    """
    year = str(page.settings.year)
    contents = page.settings.council.procedure.contents
    uses = [
        use
        for use in all_uses
        if use.key.year == year and not ABSENT_NUMBER_SIGN.fullmatch(use.printed)
    ]
    numbers = [
        number for id in page.figures for number in page.figures[id].numbers(page.settings.year)
    ]
    rows = []
    for position, item in enumerate(contents, start=1):
        places: dict[str, None] = {}
        gaps: list[str] = []
        for content in item.contents:
            content_uses = _matching(content.figures, uses)
            places |= dict.fromkeys(use.section for use in content_uses)
            gaps += _gaps(content, content_uses, numbers)
        rows.append(ContentRow(position, item.requirement, "; ".join(places), "; ".join(gaps)))
    return rows


def _gaps(
    content: Content, content_uses: Sequence[NumberUse], numbers: Sequence[Number]
) -> Iterator[str]:
    """What the page does not say of one content."""
    figures = " or ".join(pattern.removesuffix("/*") for pattern in content.figures)
    if content_uses:
        if all(use.printed == WITHHELD_SIGN for use in content_uses):
            yield f"{content.name}: every number is withheld"
        return
    content_numbers = [number for number in numbers if _matches(content.figures, *number.key)]
    available = [number for number in content_numbers if number.known or number.withheld]
    if not available and not content.if_any:
        yield f"{content.name}: there is no number of {figures}"
    elif any(number.occurs for number in available):
        yield f"{content.name}: the page prints no number of {figures}"
    elif not content.if_any:
        yield f"{content.name}: none in the year, and the page prints no number of {figures}"


def _matching(patterns: Sequence[str], uses: Iterable[NumberUse]) -> list[NumberUse]:
    return [use for use in uses if _matches(patterns, *use.key)]


def _matches(
    patterns: Sequence[str], figure: str, year: str, category: str = "", detail: str = ""
) -> bool:
    """Whether a number's figure, or its figure and category, matches one of the patterns."""
    return any(fnmatchcase(f"{figure}/{category}", pattern) for pattern in patterns)
