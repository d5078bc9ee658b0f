"""One renderer for every table: caption, scope, years left to right, shorthand explained, numbers tied to figures."""

from __future__ import annotations

import re
from html import escape, unescape

from pipeline.report import wording
from pipeline.report.figures import Number, PublishedFigure
from pipeline.report.narrative.language import data_element
from pipeline.year import Year

TableRow = tuple[str, list[str]]
WITHHELD_ROWS_NOTE = "What could tell of single people is withheld from this list."


def by_year(
    figure: PublishedFigure,
    caption: str,
    heading: str,
    year_style: str,
    total: PublishedFigure | None = None,
) -> str:
    """The figure's categories down and the years compared across, oldest first.

    A category that never occurred is left out, and so, with a line that says it, is a year of which nothing is known.

    caption: HTML, as the narrative's language makes it. heading: what the categories are. total: the figure whose numbers close
    the table.
    """
    names = [name for name in dict.fromkeys(figure.rows["category"]) if name]
    years = [
        year
        for year in figure.published.window
        if any(_is_shown(figure.number(year, name)) for name in names or [""])
    ]
    without = [year for year in figure.published.window if year not in years]
    grid = {name: [figure.number(year, name) for year in years] for name in names}
    kept = {
        name: numbers for name, numbers in grid.items() if any(number.occurs for number in numbers)
    }
    rows = [
        (_sentence(name), [_number_cell(number) for number in numbers])
        for name, numbers in kept.items()
    ]
    if not names:
        kept = {"": [figure.number(year) for year in years]}
        rows = (
            [(escape(figure.title), [_number_cell(number) for number in kept[""]])] if years else []
        )
    closing = None
    if total:
        kept = {**kept, "Total": [total.number(year) for year in years]}
        closing = ("Total", [_number_cell(number) for number in kept["Total"]])
    headings = [escape(heading), *(_year_element(year, year_style) for year in years)]
    notes = (
        _missing_years_note(without, year_style)
        + _shorthand_note(kept.values())
        + _rounding_note(figure)
        + series_break_notes(figure, year_style)
    )
    return html_table(caption, headings, rows, closing, numeric=True, notes=notes)


def series_break_notes(figure: PublishedFigure, year_style: str) -> str:
    """A line for each year from which the figure counts something else than before."""
    return "".join(
        f'<p class="break">Break in the series: from {_year_element(one.from_year, year_style)} on, {escape(wording.single_line(one.note))}</p>'
        for one in figure.breaks
    )


def withheld_note(figure: PublishedFigure) -> str:
    """A line below a chart of a figure of which numbers are withheld."""
    if not figure.withholds(*figure.published.window):
        return ""
    return '<p class="break">Numbers that are withheld to protect people are not drawn.</p>'


def texts(figure: PublishedFigure, caption: str, headings: tuple[str, ...]) -> str:
    """A figure of two columns of words, such as a subject and its decision: one row a pair, in the reported year.

    headings: of the two columns and, where there is a third, of the number of each pair.
    """
    rows = [
        (
            escape(wording.single_line(number.category)),
            [str(data_element(number, _sentence(number.detail))), _number_cell(number)][
                : len(headings) - 1
            ],
        )
        for number in figure.numbers()
        if number.category
    ]
    notes = (
        f'<p class="shorthand">{WITHHELD_ROWS_NOTE}</p>'
        if figure.withholds(figure.published.year)
        else ""
    )
    if notes and not rows:
        return f'<p class="shorthand">Not listed here, because it could tell of single people: {caption}.</p>'
    return html_table(
        caption,
        [escape(one) for one in headings],
        rows,
        None,
        numeric=len(headings) > 2,
        notes=notes,
    )


def anchor_id(kind: str, figure_id: str) -> str:
    """The id in the page of what shows a figure: chart-complaints-by-outcome."""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', figure_id)}"


def glance(figures: list[tuple[PublishedFigure, str]], year_style: str) -> str:
    """A few figures of one number each, large, with last year's beside them; each with its small chart, as HTML."""
    entries = []
    for figure, chart in figures:
        now, window = figure.number(), figure.published.window
        before = (
            f'<span class="before">{_number_cell(now.previous)} in {_year_element(now.year.previous, year_style)}</span>'
            if len(window) > 1
            else ""
        )
        line = (
            f'<figure class="spark" id="{anchor_id("glance", figure.id)}">{chart}</figure>'
            if chart
            else ""
        )
        entries.append(
            f'<li><span class="value">{_number_cell(now)}</span> <span class="what">{escape(figure.title)}</span> {before}{line}</li>'
        )
    return f'<ul class="glance">{"".join(entries)}</ul>'


def quotations(figure: PublishedFigure) -> str:
    """Texts approved for publication, each with who said it."""
    quotes = "".join(
        f'<figure class="quotation"><blockquote><p>{data_element(number, escape(wording.single_line(number.category)))}</p></blockquote>'
        f"<figcaption>{_sentence(number.detail)}</figcaption></figure>"
        for number in figure.numbers()
        if number.category
    )
    return f'<div class="quotations">{quotes}</div>' if quotes else ""


def source_line(figure: PublishedFigure) -> str:
    """Where the numbers come from, as a reader should hear it."""
    earlier = [source[:1].lower() + source[1:] for source in figure.sources if source != "extracts"]
    own = (
        ["the council's records of complaints and compliments"]
        if "extracts" in figure.sources
        else []
    )
    return ". ".join(
        [*own, *([f"Years without records: {wording.listing(earlier)}"] if earlier else [])]
    )


def html_table(
    caption: str,
    headings: list[str],
    rows: list[TableRow],
    total: TableRow | None = None,
    numeric: bool = False,
    notes: str = "",
) -> str:
    """A table as HTML; nothing where it has no rows. All of it is HTML: rows are a name with its cells."""
    if not rows:
        return ""
    kind = ' class="numbers"' if numeric else ""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(_html_row(row) for row in rows)
    foot = f"<tfoot>{_html_row(total)}</tfoot>" if total else ""
    label = escape(unescape(re.sub("<[^>]*>", "", caption)))
    return (
        f'{notes}<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table{kind}>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>"
    )


def _html_row(row: TableRow) -> str:
    name, cells = row
    return (
        f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    )


def with_shorthand(number: Number) -> str:
    """A number as it stands in a table: 21, 21 [r], [c]."""
    sign = f"[{number.shorthand}]" if number.shorthand else ""
    return " ".join(filter(None, [wording.numeral(number.value) if number.known else "", sign]))


def _number_cell(number: Number) -> str:
    return str(data_element(number, with_shorthand(number)))


def _is_shown(number: Number) -> bool:
    return number.known or number.withheld


def _sentence(name: str) -> str:
    name = wording.single_line(name)
    return escape(name[:1].upper() + name[1:])


def _year_element(year: Year, style: str) -> str:
    return f"<time>{wording.year_name(year, style)}</time>"


def _missing_years_note(years: list[Year], style: str) -> str:
    """A line in place of columns in which nothing would stand but [x]."""
    return (
        f'<p class="shorthand">Not available for {wording.listing(_year_element(year, style) for year in years)}.</p>'
        if years
        else ""
    )


def _rounding_note(figure: PublishedFigure) -> str:
    """A line above a table of counts that are rounded."""
    said = figure.published.rounding_note
    return f'<p class="shorthand">{said}</p>' if said and figure.measure == "count" else ""


def _shorthand_note(rows) -> str:
    """A line above the table for each shorthand that stands in it."""
    used = sorted({number.shorthand for numbers in rows for number in numbers if number.shorthand})
    if not used:
        return ""
    said = "; ".join(f"[{sign}] means {wording.SHORTHAND_MEANINGS[sign]}" for sign in used)
    return f'<p class="shorthand">{said}.</p>'
