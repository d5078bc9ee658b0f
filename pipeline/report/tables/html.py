"""The HTML of tables and of their cells: caption, scope, every number tied to its figure.

Captions and cells are HTML; names from settings and extracts are escaped here.
"""

from __future__ import annotations

import re
from html import escape, unescape

from pipeline.report import wording
from pipeline.report.narrative.elements import data_element
from pipeline.report.number import Number

TableRow = tuple[str, list[str]]  # the row's name and its cells, as HTML
LabelledNumbers = list[tuple[str, list[Number]]]


def html_table(
    caption: str,
    headings: list[str],
    rows: list[TableRow],
    total: TableRow | None = None,
    kind: str = "",
) -> str:
    """A table as HTML, in a region that scrolls; empty if it has no rows.

    All parameters are HTML.

    total: the row that closes the table.
    kind: the class of the table: "numbers", whose cells are aligned right, "numbers counted",
        of which only the last is a number, or "texts".
    """
    if not rows:
        return ""
    body = "".join(_html_row(row) for row in rows)
    foot = f"<tfoot>{_html_row(total)}</tfoot>" if total else ""
    return _in_region(caption, headings, f"<tbody>{body}</tbody>{foot}", kind)


def html_table_of_groups(
    caption: str, headings: list[str], groups: list[tuple[str, list[TableRow]]]
) -> str:
    """A table of numbers in groups of rows; empty if there are none.

    All parameters are HTML. groups: the heading of each, which may be empty, and its rows.
    """
    if not groups:
        return ""
    bodies = []
    for heading, rows in groups:
        head = ""
        if heading:
            # No heading cell: axe finds no data cells that belong to one that spans the table.
            span = f'colspan="{len(headings)}"'
            head = f'<tr class="group"><td {span}><strong>{heading}</strong></td></tr>'
        bodies.append(f"<tbody>{head}{''.join(map(_html_row, rows))}</tbody>")
    return _in_region(caption, headings, "".join(bodies), "numbers")


def _in_region(caption: str, headings: list[str], body: str, kind: str) -> str:
    """A table with its heading row, in a region that scrolls."""
    attribute = f' class="{kind}"' if kind else ""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    label = escape(unescape(re.sub("<[^>]*>", "", caption)))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table{attribute}>'
        f"<caption>{caption}</caption><thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def _html_row(row: TableRow) -> str:
    name, cells = row
    html_cells = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{html_cells}</tr>'


def number_rows(labelled: LabelledNumbers) -> list[TableRow]:
    return [(label, [number_cell(number) for number in numbers]) for label, numbers in labelled]


def number_cell(number: Number) -> str:
    return str(data_element(number, with_shorthand(number)))


def with_shorthand(number: Number) -> str:
    """A number as a table prints it: 21, 21 [r], [c]."""
    texts = []
    if number.known:
        texts.append(wording.numeral(number.known_value))
    if number.shorthand:
        texts.append(f"[{number.shorthand}]")
    return " ".join(texts)


def capitalised_html(name: str) -> str:
    return escape(wording.capitalise(wording.single_line(name)))


def with_notes(notes: str, table: str) -> str:
    """The table above its notes; nothing if there is no table."""
    return table + notes if table else ""


def anchor_id(kind: str, figure_id: str) -> str:
    """The id in the page of the element that shows a figure: chart-complaints-by-outcome."""
    return f"{kind}-{re.sub('[^a-z0-9]+', '-', figure_id)}"
