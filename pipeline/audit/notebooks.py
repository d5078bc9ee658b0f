"""An executed notebook as static HTML: text, code and output, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import count

import mistune
import nbformat
import nh3
from lxml.html import Element, HtmlElement, fragment_fromstring, tostring

from pipeline.problem import NOT_IN_DOCUMENTS

# fmt: off
ALLOWED_TAGS = {
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "br",
    "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption",
}
# fmt: on
# Without its spans a heading that covers several columns or rows would shift those after it.
SPAN_ATTRIBUTES = {"th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
# What pandas prints below a table of HTML that it has cut, and below one of text.
HTML_SIZE = re.compile(r"(?P<rows>\d+) rows [x\u00d7] (?P<columns>\d+) columns")
TEXT_SIZE = re.compile(r"^\[(\d+) rows x \d+ columns\]$|\b[Ll]ength[:=] ?(\d+)\b", re.MULTILINE)
MISSING = {"<NA>", "NaN", "NaT"}  # what pandas prints for an empty cell
ELLIPSES = {"...", "…", "..", "⋮", "⋯"}
# What a library prints in place of rows, columns or entries.
TEXT_ELLIPSIS = re.compile(r"(?:^|[\s,\[({])(?:\.{2,3}|[…⋮⋯])(?=[\s,\])}]|$)", re.MULTILINE)
INDENTATION = re.compile(r"(?<=>)\s*\n\s*(?=</?t)")  # of a table and its parts
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def notebook_html(notebook: nbformat.NotebookNode, tables: str) -> str:
    """The cells in order.

    An output that the report prints is mentioned, and not shown again. For an output that its
    library has shortened, a line gives the number of rows shown, the number of all rows, and where
    they all are: the file that the cell's metadata name under "rows_in", or else the step's files.

    tables: the folder of the step's tables.
    """
    code_numbers = count(1)
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(_markdown_html(cell.source))
        elif cell.cell_type == "code":
            file = cell.metadata.get("rows_in")
            place = f"all are in {tables}/{file}" if file else f"the step's tables are in {tables}"
            parts += _code_parts(cell, next(code_numbers), place)
    return "\n".join(parts)


def _markdown_html(source: str) -> str:
    html = nh3.clean(str(mistune.html(source)), tags=ALLOWED_TAGS, attributes={})
    return re.sub(r"<(/?)h1>", r"<\1h2>", html)  # the page has its own h1


def _code_parts(cell: nbformat.NotebookNode, number: int, place: str) -> Iterator[str]:
    """The code of a cell, then each of its outputs.

    place: where all rows of a table are that is not shown whole.
    """
    yield _preformatted(f"Code of cell {number}", f"<code>{escape(cell.source)}</code>")
    label = f"What cell {number} printed"
    for output in cell.get("outputs", []):
        published = output.get("metadata", {}).get("text/html", {}).get("published")
        data = output.get("data", {})
        if published is not None:
            section = escape(published["section"])
            yield f'<p>Prints into the section "{section}" of the report.</p>'
        elif "text/html" in data:
            yield _plain_html(data["text/html"], label, place)
        else:
            traceback = "\n".join(output.get("traceback", []))
            text = output.get("text") or data.get("text/plain") or traceback
            yield _preformatted(label, escape(ANSI_COLOUR.sub("", text)))
            yield _note(_cut_text(text, place))


def _preformatted(label: str, html: str) -> str:
    """A block that can be scrolled with the keyboard."""
    return f'<pre tabindex="0" role="group" aria-label="{label}">{html}</pre>'


def _plain_html(html: str, caption: str, place: str) -> str:
    """A library's HTML without style and script, its tables accessible."""
    clean = nh3.clean(html, tags=ALLOWED_TAGS, attributes=SPAN_ATTRIBUTES)
    clean = NOT_IN_DOCUMENTS.sub("", INDENTATION.sub("\n", clean))
    page = fragment_fromstring(clean, create_parent="div")
    for number, table in enumerate(list(page.iter("table")), 1):
        heading = table.find("caption")
        if heading is None:
            heading = Element("caption")
            heading.text = caption if number == 1 else f"{caption}, {number}"
            heading.tail, table.text = table.text, None
            table.insert(0, heading)
        for cell in table.iter("td"):
            if _text_of(cell) in MISSING:
                cell.text = None
                del cell[:]
        _scope_headings(table)
        below = table.getnext()
        note = _cut_table(table, "" if below is None else _text_of(below), place)
        _make_scrollable(table, str(heading.text_content()), note)
    return escape(page.text or "") + "".join(tostring(part, encoding="unicode") for part in page)


def _text_of(element: HtmlElement) -> str:
    return str(element.text_content()).strip()


def _make_scrollable(table: HtmlElement, label: str, note: str) -> None:
    """Put a table into a region that can be scrolled with the keyboard, and a note below it."""
    region = Element("div", {"aria-label": label, "class": "scroll", "role": "region"})
    region.set("tabindex", "0")
    table.addprevious(region)
    region.tail, table.tail = table.tail, None
    region.append(table)
    if note:
        below = Element("p")
        below.text = note
        below.tail, region.tail = region.tail, None
        region.addnext(below)


def _scope_headings(table: HtmlElement) -> None:
    """Say of each heading what it heads; empty ones are no headings.

    A heading that spans several columns or rows heads their group.
    """
    for row in table.iter("tr"):
        is_head = row.getparent().tag == "thead"
        direction, span = ("col", "colspan") if is_head else ("row", "rowspan")
        for cell in row.findall("th"):
            if _text_of(cell):
                is_wide = cell.get(span, "1") != "1"
                cell.set("scope", f"{direction}group" if is_wide else direction)
            else:
                cell.tag = "td"


def _cut_table(table: HtmlElement, size: str, place: str) -> str:
    """What is missing from a table, as a sentence; empty if it is shown whole.

    size: what the library printed below the table.
    """
    match = HTML_SIZE.fullmatch(size)
    in_head = [row for head in table.iter("thead") for row in head.iter("tr")]
    rows = [row for row in table.iter("tr") if row not in in_head]
    shown_rows = [row for row in rows if not _is_ellipsis(row.findall("td"))]
    lacks_rows = len(shown_rows) < len(rows)
    lacks_columns = any(_is_ellipsis(row[-1:]) for row in rows) or any(
        _is_ellipsis([cell]) for row in in_head for cell in row
    )
    if match and int(match["rows"]) > len(shown_rows):
        return f"Showing {len(shown_rows):,} of {int(match['rows']):,} rows; {place}."
    if lacks_rows:
        return f"Showing {len(shown_rows):,} rows, and more were left out; {place}."
    if lacks_columns:
        total = f" of {match['columns']}" if match else ""
        return f"Not all{total} columns are shown; {place}."
    return ""


def _is_ellipsis(cells: Sequence[HtmlElement]) -> bool:
    """Whether there are cells, and each stands for what was left out."""
    return bool(cells) and all(_text_of(cell) in ELLIPSES for cell in cells)


def _cut_text(text: str, place: str) -> str:
    """What is missing from an output of text, as a sentence; empty if nothing seems to be."""
    if not TEXT_ELLIPSIS.search(text):
        return ""
    size = TEXT_SIZE.search(text)
    if size:
        return f"Not all of the {int(size[1] or size[2]):,} rows are shown; {place}."
    return f"An ellipsis may stand for what was left out here; {place}."


def _note(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""
