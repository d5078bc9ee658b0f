"""An executed notebook as static HTML: text, code and output, without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import count

import mistune
import nbformat
import nh3
from bs4 import BeautifulSoup, Tag

# fmt: off
ALLOWED_TAGS = {
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "br",
    "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption",
}
# fmt: on
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def notebook_html(notebook: nbformat.NotebookNode) -> str:
    """The cells in order.

    An output that the report prints is mentioned, and not shown again.
    """
    code_numbers = count(1)
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(_markdown_html(cell.source))
        else:
            parts += _code_parts(cell, next(code_numbers))
    return "\n".join(parts)


def _markdown_html(source: str) -> str:
    html = nh3.clean(str(mistune.html(source)), tags=ALLOWED_TAGS, attributes={})
    return re.sub(r"<(/?)h1>", r"<\1h2>", html)  # the page has its own h1


def _code_parts(cell: nbformat.NotebookNode, number: int) -> Iterator[str]:
    """The code of a cell, then each of its outputs."""
    yield _preformatted(f"Code of cell {number}", f"<code>{escape(cell.source)}</code>")
    label = f"What cell {number} printed"
    for output in cell.get("outputs", []):
        published = output.get("metadata", {}).get("text/html", {}).get("published")
        data = output.get("data", {})
        if published is not None:
            section = escape(published["section"])
            yield f'<p>Prints into the section "{section}" of the report.</p>'
        elif "text/html" in data:
            yield _plain_html(data["text/html"], label)
        else:
            traceback = "\n".join(output.get("traceback", []))
            text = output.get("text") or data.get("text/plain") or traceback
            yield _preformatted(label, escape(ANSI_COLOUR.sub("", text)))


def _preformatted(label: str, html: str) -> str:
    """A block that can be scrolled with the keyboard."""
    return f'<pre tabindex="0" aria-label="{label}">{html}</pre>'


def _plain_html(html: str, caption: str) -> str:
    """A library's HTML without style and script, its tables accessible."""
    page = BeautifulSoup(nh3.clean(html, tags=ALLOWED_TAGS, attributes={}), "html.parser")
    for number, table in enumerate(page.find_all("table"), 1):
        if not table.caption:
            new_caption = page.new_tag("caption")
            new_caption.string = caption if number == 1 else f"{caption}, {number}"
            table.insert(0, new_caption)
        _scope_headings(table)
        label = table.caption.string if table.caption else None
        region = {"class": "scroll", "role": "region", "tabindex": "0", "aria-label": label or ""}
        table.wrap(page.new_tag("div", attrs=region))
    return str(page)


def _scope_headings(table: Tag) -> None:
    """Say of each heading whether it heads a column or a row; empty ones are no headings."""
    for row in table.find_all("tr"):
        is_head = row.parent is not None and row.parent.name == "thead"
        for cell in row.find_all("th"):
            if cell.get_text(strip=True):
                cell["scope"] = "col" if is_head else "row"
            else:
                cell.name = "td"
