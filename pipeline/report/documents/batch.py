"""What became of a batch, as one page that stands alone and leads to each report; without times, so the same for the same end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.report.style import TEMPLATES, stylesheet_in_colour
from pipeline.report.tables import html_table

REPORT_LINKS = (("annual-report.html", "report"), ("audit/index.html", "audit"))


class BatchRow(NamedTuple):
    """A council-year: its result in a word, the folder of its report, and what to put right."""

    council: str
    year: str
    result: str
    folder: Path
    problem: str


def render_batch_page(rows: Sequence[BatchRow], summary: str, page_path: Path) -> str:
    """The whole page. counted: how many became what. place: where the page will lie."""
    results = [
        (escape(row.council), [escape(row.year), escape(row.result), _report_links(row, page_path)])
        for row in rows
    ]
    problems = [
        (
            escape(row.council),
            [escape(row.year), "<br>".join(map(escape, row.problem.splitlines()))],
        )
        for row in rows
        if row.problem
    ]
    parts = {
        "Results": html_table(
            "What became of each", ["Council", "Year", "Result", "Where"], results
        )
    }
    if problems:
        parts["What to put right"] = html_table(
            "Why it failed", ["Council", "Year", "What is wrong, and what to do"], problems
        )
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    page = env.get_template("batch.html.j2").render(
        stylesheet=stylesheet_in_colour(),
        version=version("annual-report"),
        counted=summary,
        parts=parts,
    )
    return page + "\n"


def _report_links(row: BatchRow, place: Path) -> str:
    """The report and its audit, where there are any; of a year that failed they are the last good ones."""
    address = escape(quote(Path(os.path.relpath(row.folder, place.resolve().parent)).as_posix()))
    of, last = escape(f"{row.council}, {row.year}"), "last good " if row.problem else ""
    return ", ".join(
        f'<a href="{address}/{file}" aria-label="{last}{name}: {of}">{last}{name}</a>'
        for file, name in REPORT_LINKS if (row.folder / file).is_file()
    )  # fmt: skip
