"""The table of one figure: its categories down and the years across."""

from __future__ import annotations

from html import escape

from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import short_year_element
from pipeline.report.tables.html import (
    LabelledNumbers,
    capitalised_html,
    html_table,
    number_rows,
    with_notes,
)
from pipeline.report.tables.notes import rounding_note, series_break_notes, shorthand_note
from pipeline.year import Year


def by_year(
    figure: PublishedFigure,
    caption: str,
    heading: str,
    year_style: str,
    total: PublishedFigure | None = None,
) -> str:
    """The figure's categories down and the years compared across, oldest first.

    A category that never occurred is left out, and so is a year without any number.

    caption: HTML, as the narrative's language renders it.
    heading: of the column of categories.
    total: the figure whose numbers close the table.
    """
    categories = [name for name in dict.fromkeys(figure.rows["category"]) if name]
    years = [year for year in figure.published.window if _has_numbers(figure, year, categories)]
    labelled = _labelled_numbers(figure, years, categories)
    closing: LabelledNumbers = []
    if total:
        closing = [("Total", [total.number(year) for year in years])]
    printed = [number for _, numbers in [*labelled, *closing] for number in numbers]
    table = html_table(
        caption,
        [escape(heading), *(short_year_element(year, year_style) for year in years)],
        number_rows(labelled),
        total=number_rows(closing)[0] if closing else None,
        numeric=True,
    )
    notes = shorthand_note(printed) + rounding_note(figure) + series_break_notes(figure, year_style)
    return with_notes(notes, table)


def _has_numbers(figure: PublishedFigure, year: Year, categories: list[str]) -> bool:
    """Whether any number of a year is known or withheld."""
    numbers = [figure.number(year, name) for name in categories or [""]]
    return any(number.known or number.withheld for number in numbers)


def _labelled_numbers(
    figure: PublishedFigure, years: list[Year], categories: list[str]
) -> LabelledNumbers:
    """The numbers of each row with its label: one row per category that occurred.

    A figure without categories is one row, if it has any number.
    """
    if not categories:
        numbers = [figure.number(year) for year in years]
        return [(escape(figure.title), numbers)] if years else []
    labelled = []
    for name in categories:
        numbers = [figure.number(year, name) for year in years]
        if any(number.occurs for number in numbers):
            labelled.append((capitalised_html(name), numbers))
    return labelled
