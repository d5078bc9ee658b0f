"""Clean HTML from the Markdown of narrative and commentary."""

from __future__ import annotations

import re
from collections.abc import Iterator

import mistune
import nh3

from pipeline.report.tables import TableRow, html_table

# fmt: off
ALLOWED_TAGS = {
    "p", "ul", "ol", "li", "strong", "em", "h2", "h3", "blockquote", "a", "br",
    "data", "time", "span", "table", "thead", "tbody", "tr", "th", "td",
}
ALLOWED_ATTRIBUTES = {
    "a": {"href"},
    "data": {
        "value", "data-figure", "data-year", "data-category", "data-detail",
        "data-setting", "data-stated",
    },
    "time": {"datetime"},
    "span": {"data-name"},
}
# fmt: on
ALLOWED_URL_SCHEMES = {"https", "mailto"}
CAPTION_MARK = "Table: "  # begins the line above a table that is its caption
DELIMITER_ROW = re.compile(r"^ {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?\|? *$")
HTML_TABLE = re.compile(rf"(?:<p>{CAPTION_MARK}(.*?)</p>\s*)?<table>(.*?)</table>", re.DOTALL)


def markdown_to_html(markdown: str) -> str:
    """Clean HTML from a narrative's or commentary's Markdown; only plain prose is kept.

    A table looks like those that the report makes: its first column names the rows.
    """
    # Without the blank line the caption and the table would be one paragraph.
    markdown = re.sub(rf"^({CAPTION_MARK}.*)\n(?=\S)", r"\1\n\n", markdown, flags=re.MULTILINE)
    html = nh3.clean(
        str(mistune.html(markdown)),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes=ALLOWED_URL_SCHEMES,
        link_rel=None,
    ).strip()
    return HTML_TABLE.sub(_accessible_table, html)


def table_faults(template: str) -> Iterator[tuple[int, str]]:
    """Line and fault of each Markdown table that people who do not see it could not follow."""
    lines = template.splitlines()
    for position, line in enumerate(lines):
        if not (DELIMITER_ROW.match(line) and position and "|" in lines[position - 1]):
            continue
        heading = position - 1
        above = next((text for text in lines[:heading][::-1] if text.strip()), "")
        if not above.startswith(CAPTION_MARK):
            yield heading + 1, "the table has no caption"
        for number, row in enumerate(lines[heading:], heading + 1):
            cells = row.strip().strip("|").split("|")
            if "|" not in row and not row.lstrip().startswith("{%"):
                break
            is_heading = number == heading + 1
            if "|" in row and not all(cell.strip() for cell in cells[: None if is_heading else 1]):
                yield number, "a heading of the table is empty"


def _accessible_table(match: re.Match[str]) -> str:
    caption, content = match.groups()
    head, *body = [
        re.findall(r"<t[hd]>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", content, re.DOTALL)
    ]
    rows: list[TableRow] = [(cells[0], cells[1:]) for cells in body if cells]
    printed = [cell.strip() for _, cells in rows for cell in cells if cell.strip()]
    is_numeric = bool(printed) and all(
        cell.startswith("<data ") and cell.endswith("</data>") for cell in printed
    )
    return html_table(caption or "", head, rows, numeric=is_numeric)
