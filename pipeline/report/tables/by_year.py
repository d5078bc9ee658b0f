"""The table of one figure: its categories down and the years across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import short_year_element
from pipeline.report.number import LAST_CATEGORIES, Number
from pipeline.report.tables.html import (
    LabelledNumbers,
    capitalised_html,
    html_table,
    number_rows,
    with_notes,
)
from pipeline.report.tables.notes import (
    hidden_rows_note,
    rounding_note,
    series_break_notes,
    shorthand_note,
)
from pipeline.year import Year

# Categories that no order of their own puts in a row: figures whose ids end in one of these.
# fmt: off
BY_SIZE = (
    "by_service_area", "by_team", "by_theme", "by_complainant", "by_route", "by_method",
    "by_source", "by_reason", "by_measure",
)
# fmt: on


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
        kind="numbers",
    )
    notes = shorthand_note(printed) + rounding_note(figure) + series_break_notes(figure, year_style)
    if hides_rows(figure, years):
        notes = hidden_rows_note() + notes
    return with_notes(notes, table)


def has_numbers(figure: PublishedFigure, year: Year) -> bool:
    """Whether any number of a year is known or withheld."""
    return any(number.known or number.withheld for number in figure.numbers(year))


def occurring_rows(figure: PublishedFigure, years: Sequence[Year]) -> LabelledNumbers:
    """A row for each category that occurred in these years, or the one of a figure without any.

    A category is left out if nothing but 0 is published of it.
    """
    if not figure.categories:
        numbers = [figure.number(year) for year in years]
        is_shown = any(number.occurs for number in numbers)
        return [(capitalised_html(figure.title), numbers)] if is_shown else []
    rows = {name: [figure.number(year, name) for year in years] for name in figure.categories}
    return [
        (capitalised_html(name), rows[name])
        for name in _order_of_print(figure, rows)
        if any(number.value for number in rows[name])
    ]


def hides_rows(figure: PublishedFigure, years: Sequence[Year]) -> bool:
    """Whether a category is left out of which a number is withheld."""
    rows = [[figure.number(year, name) for year in years] for name in figure.categories]
    return any(
        any(number.withheld for number in numbers) and not any(number.value for number in numbers)
        for numbers in rows
    )


def _order_of_print(figure: PublishedFigure, rows: Mapping[str, Sequence[Number]]) -> list[str]:
    """The names of the categories: in their own order, or else the largest of the last year first.

    A withheld number counts as less than any other above 0, so that its place says nothing of it.
    """
    if not figure.id.endswith(BY_SIZE):
        return list(rows)

    def place(name: str) -> tuple[bool, list[float]]:
        sizes = [0.5 if number.withheld else number.value or 0 for number in rows[name]]
        # Those that are equal in the last year are in the order of print, as in a sentence.
        later = [-sizes[-1]] if sizes[-1] else [-size for size in reversed(sizes)]
        return name in LAST_CATEGORIES, later

    return sorted(rows, key=place)
