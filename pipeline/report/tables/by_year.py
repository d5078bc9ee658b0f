"""The table of one figure: its categories down and the years across."""

from __future__ import annotations

from collections.abc import Sequence
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
    years = [year for year in figure.published.window if has_numbers(figure, year)]
    labelled = occurring_rows(figure, years)
    if not labelled and years and not figure.categories:
        # A figure of one number is shown even if it is 0 in every year.
        labelled = [(escape(figure.title), [figure.number(year) for year in years])]
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


def has_numbers(figure: PublishedFigure, year: Year) -> bool:
    """Whether any number of a year is known or withheld."""
    return any(number.known or number.withheld for number in figure.numbers(year))


def occurring_rows(figure: PublishedFigure, years: Sequence[Year]) -> LabelledNumbers:
    """A row for each category that occurred in these years, or the one of a figure without any."""
    rows = []
    for name in figure.categories or [""]:
        numbers = [figure.number(year, name) for year in years]
        if any(number.occurs for number in numbers):
            rows.append((capitalised_html(name or figure.title), numbers))
    return rows
