"""Texts approved for publication, as tables and quotations, and the numbers at a glance."""

from __future__ import annotations

from html import escape

from pipeline.artifacts import DETAIL_SEPARATOR, SOURCE_NOT_SHOWN
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import data_element, year_element
from pipeline.report.narrative.filters.category_words import detail_words
from pipeline.report.number import Number
from pipeline.report.tables.html import (
    anchor_id,
    capitalised_html,
    html_table,
    number_cell,
    with_notes,
)
from pipeline.report.tables.notes import shorthand_note

WITHHELD_ROWS_NOTE = "This list may not be complete, to protect people."
UPHELD = "upheld"  # what the Ombudsman calls a complaint in which it found fault
SHORTENED_NOTE = "This list is shortened. Complaints that were upheld come first."
SELECTION_NOTE = "This is a selection."
SOURCES_NOTE = "To protect people, we do not say who wrote these words."


def texts(
    figure: PublishedFigure, caption: str, headings: tuple[str, ...], most: int | None = None
) -> str:
    """A figure of words, such as each subject and its decision.

    One row per combination, in the reported year, or as many as there are if they are not counted.

    headings: of the columns and, if there is one more, of the number of each combination.
    most: the most rows; of more, those in which a fault was found come first.
    """
    rows = []
    counts = []
    numbers = figure.numbers()
    is_cut = most is not None and sum(_times(number) for number in numbers) > most
    if is_cut:
        numbers = sorted(numbers, key=lambda number: number.detail != UPHELD)
    for number in numbers:
        if number.category:
            details = number.detail.rsplit(DETAIL_SEPARATOR, max(len(headings) - 2, 0))
            words = [capitalised_html(detail_words(figure.id, detail)) for detail in details]
            cells = [str(data_element(number, text)) for text in words]
            is_counted = len(headings) > 1 + len(cells)
            if is_counted:
                cells.append(number_cell(number))
                counts.append(number)
            name = escape(wording.single_line(number.category))
            rows += [(name, cells)] * (1 if is_counted else _times(number))
    hides_rows = any(number.withheld and not number.category for number in figure.numbers())
    notes = shorthand_note(counts)
    if is_cut:
        rows = rows[:most]
        notes += f'<p class="shorthand">{SHORTENED_NOTE}</p>'
    if hides_rows:
        notes += f'<p class="shorthand">{WITHHELD_ROWS_NOTE}</p>'
    kind = "numbers counted" if counts else "texts"
    table = html_table(caption, [escape(heading) for heading in headings], rows, kind=kind)
    return with_notes(notes, table)


def _times(number: Number) -> int:
    """How often a text that is not counted is printed: as often as it is in the records."""
    return round(number.value) if number.value else 1


def glance(figures: list[tuple[PublishedFigure, str]], year_style: str) -> str:
    """A few figures of one number each, large, with last year's next to them.

    figures: each with its small chart as HTML, which may be empty.
    """
    entries = "".join(_glance_entry(figure, chart, year_style) for figure, chart in figures)
    return f'<ul class="glance">{entries}</ul>'


def _glance_entry(figure: PublishedFigure, chart: str, year_style: str) -> str:
    current = figure.number()
    comparison = ""
    if len(figure.published.window) > 1:
        previous_year = year_element(current.year.previous, year_style)
        comparison = (
            f'<span class="before">{number_cell(current.previous)} in {previous_year}</span>'
        )
    spark = ""
    if chart:
        spark = f'<figure class="spark" id="{anchor_id("glance", figure.id)}">{chart}</figure>'
    return (
        f'<li><span class="value">{number_cell(current)}</span>'
        f' <span class="what">{escape(figure.title)}</span> {comparison}{spark}</li>'
    )


def quotations(figure: PublishedFigure, most: int | None = None) -> str:
    """Texts approved for publication, each with its source, as often as it is in the records.

    Empty if there are none. One line says that the sources are not shown. most: how many at most.
    """
    quotes = []
    hides_sources = False
    for number in figure.numbers():
        if number.category:
            text = data_element(number, escape(wording.single_line(number.category)))
            source = f"<figcaption>{capitalised_html(number.detail)}</figcaption>"
            if number.detail == SOURCE_NOT_SHOWN:
                hides_sources = True
                source = ""
            quotation = (
                f'<figure class="quotation"><blockquote><p>{text}</p></blockquote>{source}</figure>'
            )
            quotes += [quotation] * _times(number)
    note = f'<p class="shorthand">{SOURCES_NOTE}</p>' if hides_sources else ""
    if len(quotes) > (most or len(quotes)):
        quotes = quotes[:most]
        note += f'<p class="shorthand">{SELECTION_NOTE}</p>'
    return f'<div class="quotations">{"".join(quotes)}{note}</div>' if quotes else ""
