"""Clean HTML from the Markdown of narrative and commentary."""

from __future__ import annotations

import re

import mistune
import nh3

from pipeline.report.narrative.prose.text import CAPTION_MARK
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
    "span": {"data-name", "data-year"},
}
# fmt: on
ALLOWED_URL_SCHEMES = {"https", "mailto"}
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
    return html_table(caption or "", head, rows, kind="numbers" if is_numeric else "")
