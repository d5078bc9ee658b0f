"""The page that shows the outcome of a batch and links to each report.

It stands alone and holds no times, so the same outcome gives the same page.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.artifacts import DISTRIBUTION
from pipeline.report.style import TEMPLATES, stylesheet_in_colour
from pipeline.report.tables import html_table

PAGE_TITLE = "Batch of annual reports"
REPORT_LINKS = (("annual-report.html", "report"), ("audit/index.html", "audit"))


class BatchRow(NamedTuple):
    """A council-year: its result in a word, the folder of its report, and what to fix."""

    council: str
    year: str
    result: str
    folder: Path
    problem: str


def render_batch_page(rows: Sequence[BatchRow], summary: str, page_path: Path) -> str:
    """The whole page, as HTML.

    summary: how many council-years had which result. page_path: where the page will lie; links
        are relative to its folder.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("batch.html.j2").render(
        stylesheet=stylesheet_in_colour(),
        title=PAGE_TITLE,
        version=version(DISTRIBUTION),
        counted=summary,
        parts=_tables_by_heading(rows, page_path),
    )
    return f"{page}\n"


def _tables_by_heading(rows: Sequence[BatchRow], page_path: Path) -> dict[str, str]:
    """Heading of each part of the page → its table, as HTML."""
    results = []
    problems = []
    for row in rows:
        council = escape(row.council)
        year = escape(row.year)
        results.append((council, [year, escape(row.result), _report_links(row, page_path)]))
        if row.problem:
            lines = [escape(line) for line in row.problem.splitlines()]
            problems.append((council, [year, "<br>".join(lines)]))
    headings = ["Council", "Year", "Result", "Where"]
    tables = {"Results": html_table("Result for each council and year", headings, results)}
    if problems:
        headings = ["Council", "Year", "What is wrong, and what to do"]
        tables["What to fix"] = html_table("Why it failed", headings, problems)
    return tables


def _report_links(row: BatchRow, page_path: Path) -> str:
    """Links to the report and its audit if they exist; after a failure, to the last good ones."""
    folder = Path(os.path.relpath(row.folder, page_path.resolve().parent))
    address = escape(quote(folder.as_posix()))
    council_year = escape(f"{row.council}, {row.year}")
    last_good = "last good " if row.problem else ""
    links = []
    for file, name in REPORT_LINKS:
        if (row.folder / file).is_file():
            text = f"{last_good}{name}"
            label = f"{text}: {council_year}"
            links.append(f'<a href="{address}/{file}" aria-label="{label}">{text}</a>')
    return ", ".join(links)
