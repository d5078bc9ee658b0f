"""One look for every page of the audit: its frame, its tables, its warning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.report import wording
from pipeline.report.style import stylesheet
from pipeline.report.tables import TableRow, html_table
from pipeline.settings import Settings

AUDIT_WARNING = "For the auditor: this holds references of cases and is not for publication"
AUDIT_CSS = """
pre{overflow-x:auto;background:#f3f4f6;padding:.75rem;font-size:.875rem;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere}
td,th{overflow-wrap:break-word}
.n{display:block;text-align:right;padding-right:1rem;font-variant-numeric:tabular-nums}
time{white-space:nowrap}
nav a[aria-current]{font-weight:700}
del{color:#801650;text-decoration-thickness:.1em}
ins{color:#12436d;font-weight:600;text-underline-offset:.2em}
main section>*+h2{margin-top:2.75rem}
.change{max-width:46rem;border-left:.25rem solid var(--line);padding-left:1rem}
.change div{grid-template-columns:4.5rem 1fr}
"""
PAGE_TITLES = {
    "index.html": "Start", "inputs.html": "Inputs", "findings.html": "Findings", "reconciliation.html": "Rows in, out and kept",
    "figures.html": "Figures", "annual-report.html": "The report, each number linked", "stated.html": "Numbers stated by people",
    "disclosure.html": "What was withheld", "revisions.html": "Revisions", "checklist.html": "Statutory checklist",
    "decisions.html": "Assumptions and decisions", "notebooks.html": "The notebooks as they ran",
}  # fmt: skip
NUMERIC_HEADINGS = {
    "Rows",
    "Columns",
    "Row",
    "Number",
    "Of",
    "Published",
    "Now",
}  # headings of columns that stand to the right
MAX_TABLE_ROWS = 500  # rows of a table that a page shows


class PageFrame:
    """Makes whole pages of one look.

    pages: address and name of what the pages' contents list.
    """

    def __init__(
        self,
        settings: Settings,
        template: str = "audit.html.j2",
        pages: Iterable[tuple[str, str]] = PAGE_TITLES.items(),
    ):
        env = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
        )
        self._template = env.get_template(template)
        self._shared_variables = {
            "version": version("annual-report"), "subject": f"{settings.report.subject}, {settings.year}",
            "stylesheet": stylesheet(settings), "own_style": AUDIT_CSS.strip(), "warning": AUDIT_WARNING, "council": settings.council,
            "pages": list(pages),
        }  # fmt: skip

    def render(self, address: str, title: str, body: str) -> bytes:
        """A page at an address inside the audit; body: HTML."""
        up = "../" * address.count("/")
        return (
            self._template.render(
                self._shared_variables, here=address, up=up, title=title, body=body
            )
            + "\n"
        ).encode("utf-8")


def paragraph(text: str) -> str:
    """Plain text as a paragraph."""
    return f"<p>{escape(text)}</p>"


def heading(text: str, id: str) -> str:
    """A heading below the title."""
    return f'<h2 id="{id}">{escape(text)}</h2>'


def aligned_table(caption: str, headings: Sequence[str], rows: Sequence[TableRow]) -> str:
    """A table of HTML, its numbers to the right, one below the other; nothing where there are no rows."""
    name, *others = headings
    shown = [
        (of, [_aligned(*one) for one in zip(others, cells, strict=True)]) for of, cells in rows
    ]
    return html_table(caption, [name, *(_aligned(one, one) for one in others)], shown)


def _aligned(heading: str, html: str) -> str:
    return f'<span class="n">{html}</span>' if heading in NUMERIC_HEADINGS else html


def text_table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[object]], if_empty: str
) -> str:
    """A table of plain texts, the first of a row its name; what to say where there are no rows."""
    rows = list(rows)
    shown = [
        (escape(str(first)) or "none", [_breakable(escape(_cell_text(cell))) for cell in rest])
        for first, *rest in rows[:MAX_TABLE_ROWS]
    ]
    more = f"<p>And {len(rows) - MAX_TABLE_ROWS:,} more.</p>" if len(rows) > MAX_TABLE_ROWS else ""
    return (
        aligned_table(escape(caption), [escape(one) for one in headings], shown)
        or paragraph(if_empty)
    ) + more


def _breakable(html: str) -> str:
    """Long names of rules and files may part where they are joined, or they leave no room for the words beside them."""
    return re.sub(r"(?<=\w[_/])(?=\w)", "<wbr>", html)


def link(target: str, text: str) -> str:
    """A link inside the audit."""
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and not pd.isna(cell):
        return wording.numeral(cell)
    return "" if cell is None or cell is pd.NA or cell != cell else str(cell)
