"""An executed notebook as an auditor reads it: words, code and what came out, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import count

import mistune
import nbformat
import nh3
from bs4 import BeautifulSoup

ALLOWED_TAGS = {
    "h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "code", "pre", "br",
    "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption",
}  # fmt: skip
ANSI_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def notebook_html(notebook: nbformat.NotebookNode) -> str:
    """The cells in order. What the report prints is told of and not shown again."""
    numbers = count(1)
    return "\n".join(part for cell in notebook.cells for part in _cell_parts(cell, numbers))


def _cell_parts(cell: nbformat.NotebookNode, numbers: Iterator[int]) -> Iterator[str]:
    if cell.cell_type == "markdown":
        said = nh3.clean(mistune.html(cell.source), tags=ALLOWED_TAGS, attributes={})
        yield re.sub(r"<(/?)h1>", r"<\1h2>", said)
        return
    number = next(numbers)
    yield f'<pre tabindex="0" aria-label="Code of cell {number}"><code>{escape(cell.source)}</code></pre>'
    for output in cell.get("outputs", []):
        place = output.get("metadata", {}).get("text/html", {}).get("published")
        if place is not None:
            yield f'<p>Prints into the section "{escape(place["section"])}" of the report.</p>'
        elif "text/html" in output.get("data", {}):
            yield _plain_html(output["data"]["text/html"], f"What cell {number} printed")
        else:
            text = (
                output.get("text")
                or output.get("data", {}).get("text/plain")
                or "\n".join(output.get("traceback", []))
            )
            yield f'<pre tabindex="0" aria-label="What cell {number} printed">{escape(ANSI_COLOUR.sub("", text))}</pre>'


def _plain_html(html: str, caption: str) -> str:
    """HTML of a library, plain, with tables that say what they are and can be scrolled."""
    page = BeautifulSoup(nh3.clean(html, tags=ALLOWED_TAGS, attributes={}), "html.parser")
    for number, table in enumerate(page.find_all("table"), 1):
        if not table.caption:
            table.insert(0, page.new_tag("caption"))
            table.caption.string = caption if number == 1 else f"{caption}, {number}"
        for row in table.find_all("tr"):
            in_head = row.parent.name == "thead"
            for cell in row.find_all("th"):
                if cell.get_text(strip=True):
                    cell["scope"] = "col" if in_head else "row"
                else:
                    cell.name = "td"
        around = page.new_tag(
            "div",
            attrs={
                "class": "scroll",
                "role": "region",
                "tabindex": "0",
                "aria-label": table.caption.string,
            },
        )
        table.wrap(around)
    return str(page)
