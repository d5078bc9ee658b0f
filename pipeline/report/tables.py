"""One renderer for every table: caption, scope, years left to right, every number tied to a figure.

Captions and cells are HTML; names from settings and extracts are escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape

from pipeline.artifacts import FROM_EXTRACTS
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import data_element, year_element
from pipeline.report.number import Number
from pipeline.year import Year

TableRow = tuple[str, list[str]]  # the row's name and its cells, as HTML
LabelledNumbers = list[tuple[str, list[Number]]]
WITHHELD_ROWS_NOTE = "This list may not be complete, to protect people."


def by_year(
    figure: PublishedFigure,
    caption: str,
    heading: str,
    year_style: str,
    total: PublishedFigure | None = None,
) -> str:
    """The figure's categories down and the years compared across, oldest first.

    A category that never occurred is left out. So is a year without any number, and a line above
    the table says which.

    caption: HTML, as the narrative's language renders it.
    heading: of the column of categories.
    total: the figure whose numbers close the table.
    """
    categories = [name for name in dict.fromkeys(figure.rows["category"]) if name]
    window = figure.published.window
    years = [year for year in window if _has_numbers(figure, year, categories)]
    labelled = _labelled_numbers(figure, years, categories)
    closing: LabelledNumbers = []
    if total:
        closing = [("Total", [total.number(year) for year in years])]
    printed = [number for _, numbers in [*labelled, *closing] for number in numbers]
    table = html_table(
        caption,
        [escape(heading), *(year_element(year, year_style) for year in years)],
        _number_rows(labelled),
        total=_number_rows(closing)[0] if closing else None,
        numeric=True,
    )
    missing_years = [year for year in window if year not in years]
    notes = (
        _missing_years_note(missing_years, year_style)
        + _shorthand_note(printed)
        + _rounding_note(figure)
        + series_break_notes(figure, year_style)
    )
    return _with_notes(notes, table)


def series_break_notes(figure: PublishedFigure, year_style: str) -> str:
    """A line for each year from which the figure counts something else than before."""
    notes = []
    for series_break in figure.breaks:
        year = year_element(series_break.from_year, year_style)
        reason = escape(wording.single_line(series_break.note))
        notes.append(f'<p class="break">Break in the series: from {year} on, {reason}</p>')
    return "".join(notes)


def withheld_note(figure: PublishedFigure) -> str:
    """A line below a chart of a figure of which numbers are withheld; otherwise empty."""
    if not figure.withholds(*figure.published.window):
        return ""
    return '<p class="break">Numbers that are withheld to protect people are not drawn.</p>'


def texts(figure: PublishedFigure, caption: str, headings: tuple[str, ...]) -> str:
    """A figure of two columns of words, such as a subject and its decision.

    One row per pair, in the reported year, or as many as there are if they are not counted.

    headings: of the two columns and, if there is a third, of the number of each pair.
    """
    rows = []
    for number in figure.numbers():
        if number.category:
            detail = str(data_element(number, _capitalised_html(number.detail)))
            cells = [detail, _number_cell(number)]
            name = escape(wording.single_line(number.category))
            is_counted = len(headings) > len(cells)
            times = 1 if is_counted else _times(number)
            rows += [(name, cells[: len(headings) - 1])] * times
    is_withheld = figure.withholds(figure.published.year)
    if is_withheld and not rows:
        return f'<p class="shorthand">Not shown, to protect people: {caption}.</p>'
    notes = f'<p class="shorthand">{WITHHELD_ROWS_NOTE}</p>' if is_withheld else ""
    table = html_table(
        caption, [escape(heading) for heading in headings], rows, numeric=len(headings) > 2
    )
    return _with_notes(notes, table)


def _times(number: Number) -> int:
    """How often a text that is not counted is printed: as often as it is in the records."""
    return round(number.value) if number.value else 1


def anchor_id(kind: str, figure_id: str) -> str:
    """The id in the page of the element that shows a figure: chart-complaints-by-outcome."""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', figure_id)}"


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
            f'<span class="before">{_number_cell(current.previous)} in {previous_year}</span>'
        )
    spark = ""
    if chart:
        spark = f'<figure class="spark" id="{anchor_id("glance", figure.id)}">{chart}</figure>'
    return (
        f'<li><span class="value">{_number_cell(current)}</span>'
        f' <span class="what">{escape(figure.title)}</span> {comparison}{spark}</li>'
    )


def quotations(figure: PublishedFigure) -> str:
    """Texts approved for publication, each with who said it, as often as it was said.

    Empty if there are none.
    """
    quotes = []
    for number in figure.numbers():
        if number.category:
            text = data_element(number, escape(wording.single_line(number.category)))
            quotation = (
                f'<figure class="quotation"><blockquote><p>{text}</p></blockquote>'
                f"<figcaption>{_capitalised_html(number.detail)}</figcaption></figure>"
            )
            quotes += [quotation] * _times(number)
    return f'<div class="quotations">{"".join(quotes)}</div>' if quotes else ""


def source_line(figure: PublishedFigure) -> str:
    """The sources of a figure, as a reader should hear them."""
    sources = []
    if FROM_EXTRACTS in figure.sources:
        sources.append("the council's records of complaints and compliments")
    earlier = [
        source[:1].lower() + source[1:] for source in figure.sources if source != FROM_EXTRACTS
    ]
    if earlier:
        sources.append(f"Years without records: {wording.listing(earlier)}")
    return ". ".join(sources)


def html_table(
    caption: str,
    headings: list[str],
    rows: list[TableRow],
    total: TableRow | None = None,
    numeric: bool = False,
) -> str:
    """A table as HTML, in a region that scrolls; empty if it has no rows.

    All parameters are HTML.

    total: the row that closes the table.
    numeric: whether its cells are numbers, aligned right.
    """
    if not rows:
        return ""
    kind = ' class="numbers"' if numeric else ""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(_html_row(row) for row in rows)
    foot = f"<tfoot>{_html_row(total)}</tfoot>" if total else ""
    label = escape(unescape(re.sub("<[^>]*>", "", caption)))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table{kind}>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody>{foot}</table></div>"
    )


def with_shorthand(number: Number) -> str:
    """A number as a table prints it: 21, 21 [r], [c]."""
    texts = []
    if number.known:
        texts.append(wording.numeral(number.known_value))
    if number.shorthand:
        texts.append(f"[{number.shorthand}]")
    return " ".join(texts)


def _html_row(row: TableRow) -> str:
    name, cells = row
    html_cells = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{html_cells}</tr>'


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
            labelled.append((_capitalised_html(name), numbers))
    return labelled


def _number_rows(labelled: LabelledNumbers) -> list[TableRow]:
    return [(label, [_number_cell(number) for number in numbers]) for label, numbers in labelled]


def _number_cell(number: Number) -> str:
    return str(data_element(number, with_shorthand(number)))


def _capitalised_html(name: str) -> str:
    return escape(wording.capitalise(wording.single_line(name)))


def _with_notes(notes: str, table: str) -> str:
    """The table below its notes; nothing if there is no table."""
    return notes + table if table else ""


def _missing_years_note(years: list[Year], style: str) -> str:
    """A line in place of columns that would hold only [x]."""
    if not years:
        return ""
    names = wording.listing(year_element(year, style) for year in years)
    return f'<p class="shorthand">Not available for {names}.</p>'


def _rounding_note(figure: PublishedFigure) -> str:
    """A line above a table of counts that are rounded."""
    note = figure.published.rounding_note
    return f'<p class="shorthand">{note}</p>' if note and figure.measure == "count" else ""


def _shorthand_note(numbers: Iterable[Number]) -> str:
    """A line above the table that explains each shorthand in it."""
    used = sorted({number.shorthand for number in numbers if number.shorthand})
    if not used:
        return ""
    meanings = "; ".join(f"[{sign}] means {wording.SHORTHAND_MEANINGS[sign]}" for sign in used)
    return f'<p class="shorthand">{meanings}.</p>'
