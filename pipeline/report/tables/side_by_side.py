"""The table of several figures with the same categories: these down, a column for each figure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from pipeline.report.figure import PublishedFigure
from pipeline.report.tables.html import (
    LabelledNumbers,
    capitalised_html,
    html_table,
    number_rows,
    with_notes,
)
from pipeline.report.tables.notes import rounding_note, shorthand_note


def side_by_side(columns: Mapping[str, PublishedFigure], caption: str, heading: str) -> str:
    """The numbers of the reported year, closed by the total of each column; empty if none.

    columns: by heading, figures with the same categories, each with its total as its base.
        caption, and the headings of columns: HTML, as the narrative's language renders it.
    heading: of the column of categories.
    """
    figures = list(columns.values())
    labelled: LabelledNumbers = [
        (capitalised_html(category), [figure[category] for figure in figures])
        for category in figures[0].categories
    ]
    totals = [figure.published[figure.base].number() for figure in figures if figure.base]
    closing = number_rows([("Total", totals)])[0] if len(totals) == len(figures) else None
    table = html_table(
        caption,
        [escape(heading), *columns],
        number_rows(labelled),
        total=closing,
        kind="numbers side",  # on a phone the first column comes first, not the latest year
    )
    printed = [number for _, numbers in labelled for number in numbers] + totals
    return with_notes(shorthand_note(printed) + rounding_note(figures[0]), table)
