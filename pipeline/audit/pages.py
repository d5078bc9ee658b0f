"""The frame, the tables and the warning that all pages of the audit share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.artifacts import DISTRIBUTION
from pipeline.report import wording
from pipeline.report.style import stylesheet
from pipeline.report.tables import TableRow, html_table
from pipeline.settings import Settings

AUDIT_WARNING = "For the auditor: this holds references of cases and is not for publication"
# fmt: off
AUDIT_CSS = """
pre{overflow-x:auto;background:#f3f4f6;padding:.75rem;font-size:.875rem;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere}
td,th{overflow-wrap:break-word}
body:has(main.columns) .page{max-width:80rem}
main p,main ul{max-width:46rem}
.n{display:block;text-align:right;padding-right:1rem;font-variant-numeric:tabular-nums}
time,span[data-year]{white-space:nowrap}
nav a[aria-current]{font-weight:700}
del{color:#801650;text-decoration-thickness:.1em}
ins{color:#12436d;font-weight:600;text-underline-offset:.2em}
main section>*+h2{margin-top:2.75rem}
.change{max-width:46rem;border-left:.25rem solid var(--line);padding-left:1rem}
.change div{grid-template-columns:4.5rem 1fr}
"""
PAGE_TITLES = {
    "index.html": "Start",
    "inputs.html": "Inputs",
    "findings.html": "Findings",
    "reconciliation.html": "Rows in, out and kept",
    "figures.html": "Figures",
    "annual-report.html": "The report, each number linked",
    "stated.html": "Numbers stated by people",
    "disclosure.html": "What was withheld",
    "revisions.html": "Revisions",
    "checklist.html": "Statutory checklist",
    "decisions.html": "Assumptions and decisions",
    "sign-off.html": "Sign-off",
    "notebooks.html": "The notebooks as they ran",
}
# Columns with these headings are aligned to the right.
NUMERIC_HEADINGS = {"Rows", "Columns", "Row", "Number", "Of", "Published", "Now"}
# fmt: on
NUMERIC_CELL = '<span class="n">{}</span>'
REMEMBERED_TEXTS = 10_000  # most cells repeat a file, a category or the row of another table
MAX_TABLE_ROWS = 500  # shown on a page
NAME_JOINTS = re.compile(r"(?<=\w[_/])(?=\w)")


class PageFrame:
    """Renders whole pages with the same header, contents and style.

    contents: the address and title of each entry of the contents.
    """

    def __init__(
        self,
        settings: Settings,
        template: str = "audit.html.j2",
        contents: Iterable[tuple[str, str]] = PAGE_TITLES.items(),
    ) -> None:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
        )
        self._template = environment.get_template(template)
        self._shared_variables = {
            "version": version(DISTRIBUTION),
            "subject": f"{settings.report.subject}, {settings.year}",
            "stylesheet": stylesheet(settings),
            "own_style": AUDIT_CSS.strip(),
            "warning": AUDIT_WARNING,
            "council": settings.council,
            "pages": list(contents),
        }

    def render(self, address: str, title: str, body: str) -> bytes:
        """A page.

        address: relative to the audit's folder.
        body: HTML.
        """
        html = self._template.render(
            self._shared_variables,
            here=address,
            up="../" * address.count("/"),
            title=title,
            body=body,
        )
        return f"{html}\n".encode()


def paragraph(text: str) -> str:
    """Plain text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def heading(text: str, id: str) -> str:
    """A heading below the page's title."""
    return f'<h2 id="{id}">{escape(text)}</h2>'


def link(target: str, text: str) -> str:
    """A link inside the audit."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def aligned_table(caption: str, headings: Sequence[str], rows: Sequence[TableRow]) -> str:
    """A table of HTML, with numbers aligned to the right; empty if there are no rows."""
    row_heading, *others = headings
    are_numeric = [name in NUMERIC_HEADINGS for name in others]

    def aligned(cells: Sequence[str]) -> list[str]:
        return [
            NUMERIC_CELL.format(cell) if is_numeric else cell
            for is_numeric, cell in zip(are_numeric, cells, strict=True)
        ]

    aligned_rows = [(label, aligned(cells)) for label, cells in rows]
    return html_table(caption, [row_heading, *aligned(others)], aligned_rows)


def text_table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    if_empty: str,
    file: str = "",
) -> str:
    """A table of plain texts, cut off after MAX_TABLE_ROWS rows, which a note below it says.

    rows: the first cell of each heads the row.
    if_empty: the text in place of a table without rows.
    file: that has all the rows.
    """
    all_rows = list(rows)
    html_rows = [
        (escape(str(label)) or "none", [*map(_cell_html, cells)])
        for label, *cells in all_rows[:MAX_TABLE_ROWS]
    ]
    table = aligned_table(escape(caption), [escape(name) for name in headings], html_rows)
    return (table or paragraph(if_empty)) + cut_note(len(html_rows), len(all_rows), file)


def cut_note(visible: int, total: int, file: str) -> str:
    """What a table that does not show all rows says below it; empty if it shows them all."""
    place = f"; all are in {file}" if file else ""
    return paragraph(f"Showing {visible:,} of {total:,} rows{place}.") if visible < total else ""


@lru_cache(REMEMBERED_TEXTS, typed=True)
def _cell_html(cell: object) -> str:
    """The text of a cell; the long names of rules and files may break, to leave room for others."""
    if cell is None or cell is pd.NA or cell != cell:  # NaN is not equal to itself
        return ""
    text = wording.numeral(cell) if isinstance(cell, float) else str(cell)
    return NAME_JOINTS.sub("<wbr>", escape(text))
