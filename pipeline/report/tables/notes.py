"""The lines below a table or chart: what its marks mean, and what its numbers can tell."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from pipeline.artifacts import FROM_EXTRACTS
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import year_element
from pipeline.report.number import Number

HIDDEN_ROWS_NOTE = "Some rows in which every number is 0 or withheld are left out."


def series_break_notes(figure: PublishedFigure, year_style: str) -> str:
    """A line for each year from which the figure counts something else than before."""
    notes = []
    for series_break in figure.breaks:
        year = year_element(series_break.from_year, year_style)
        reason = escape(wording.single_line(series_break.note))
        notes.append(f'<p class="break">Break in the series: from {year} on, {reason}</p>')
    return "".join(notes)


def rounding_note(figure: PublishedFigure) -> str:
    """A line below a table of counts that are rounded."""
    note = figure.published.rounding_note
    return f'<p class="shorthand">{note}</p>' if note and figure.measure == "count" else ""


def hidden_rows_note() -> str:
    """A line below a table without the rows of which no number above 0 is published."""
    return f'<p class="shorthand">{HIDDEN_ROWS_NOTE}</p>'


def shorthand_note(numbers: Iterable[Number]) -> str:
    """A line below a table that explains each shorthand in it."""
    used = sorted({number.shorthand for number in numbers if number.shorthand})
    if not used:
        return ""
    meanings = "; ".join(f"[{sign}] means {wording.SHORTHAND_MEANINGS[sign]}" for sign in used)
    return f'<p class="shorthand">{meanings}.</p>'


def source_line(figure: PublishedFigure) -> str:
    """The sources of a figure, as a reader should hear them."""
    sources = []
    if FROM_EXTRACTS in figure.sources:
        sources.append("the council's records")
    earlier = [
        wording.decapitalised(source) for source in figure.sources if source != FROM_EXTRACTS
    ]
    if earlier:
        sources.append(f"Other years: {wording.listing(earlier)}")
    return ". ".join(sources)
