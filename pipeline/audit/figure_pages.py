"""The audit's pages on figures: their rules, numbers, rows, revisions, and stated numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from itertools import islice

from bs4 import BeautifulSoup

from pipeline.artifacts import AGGREGATE_STEP, FIGURES_FILE, LINEAGE_FILE, NumberKey
from pipeline.audit.elements import attribute
from pipeline.audit.evidence import Evidence, share_base
from pipeline.audit.pages import (
    MAX_TABLE_ROWS,
    aligned_table,
    cut_note,
    link,
    paragraph,
    text_table,
)
from pipeline.audit.uses import NumberUse
from pipeline.report.figure import PublishedFigure
from pipeline.report.number import Number
from pipeline.report.tables import TableRow, html_table, with_shorthand
from pipeline.settings.workspace import REFERENCE_FOLDER

WHOLE_FILE = "the whole file"


def figures_body(evidence: Evidence, prefix: str) -> str:
    """A table of all figures with links to their pages, whose addresses begin with the prefix."""
    rows = []
    for id in evidence.published:
        figure = evidence.published[id]
        rows.append((link(f"{prefix}{id}.html", figure.title), [escape(id), escape(figure.rule)]))
    return html_table("Every figure and how it is made", ["Figure", "Id", "Rule"], rows)


def figure_body(
    figure: PublishedFigure,
    evidence: Evidence,
    uses: list[NumberUse],
    anchors: Mapping[NumberKey, str],
) -> str:
    """A figure's rule, base, numbers, uses in the report and rows.

    uses: every use of a number in the report.
    anchors: the id to give to the row of each number.
    """
    body = paragraph(figure.rule)
    if figure.base:
        base = evidence.published[figure.base]
        body += f"<p>Shares are of {link(f'{figure.base}.html', base.title)}.</p>"
    numbers = [
        number for year in reversed(figure.published.window) for number in figure.numbers(year)
    ]
    places = dict.fromkeys(
        (use.section, use.kind, use.context) for use in uses if use.key.figure == figure.id
    )
    return (
        body
        + _numbers_table(numbers, evidence, anchors)
        + text_table(
            "Where the report says it",
            ["Section", "As", "Words"],
            places,
            "The report says it nowhere.",
        )
        + _rows_table(numbers, evidence)
    )


def stated_body(page: BeautifulSoup) -> str:
    """A table of the numbers in the report that no extract contains."""
    introduction = paragraph(
        "Numbers that a person states, because no extract holds them, with where they have it from."
    )
    elements = page.find_all("data", attrs={"data-stated": True})
    rows = [(element.get_text(), attribute(element, "data-stated")) for element in elements]
    return (
        introduction
        + text_table(
            "Numbers stated",
            ["Number", "Evidence"],
            rows,
            "No number in the report is stated by a person.",
        )
        + _reference_table(page)
    )


def _reference_table(page: BeautifulSoup) -> str:
    """The numbers that come from other bodies' files, with file and row; nothing if none do."""
    elements = page.find_all("data", attrs={"data-reference": True})
    rows = [(element.get_text(), attribute(element, "data-reference")) for element in elements]
    if not rows:
        return ""
    introduction = paragraph(
        f"Numbers from files of other bodies, and what follows from them. data/raw/"
        f"{REFERENCE_FOLDER}/sources.csv has the digest of each file."
    )
    title = "Numbers of other bodies"
    return introduction + text_table(title, ["Number", "File, row and value"], rows, "")


def revisions_body(evidence: Evidence) -> str:
    """A table of the numbers that were published with another value."""
    rows = [
        (number.figure.title, number.year, number.category, number.once_published, number.value)
        for number in evidence.published.revisions
    ]
    return text_table(
        "Numbers that were published otherwise",
        ["Figure", "Year", "Category", "Published", "Now"],
        rows,
        "No number differs from what was published before.",
        f"{evidence.settings.tables_name}/{AGGREGATE_STEP}/{FIGURES_FILE}",
    )


def _numbers_table(
    numbers: list[Number], evidence: Evidence, anchors: Mapping[NumberKey, str]
) -> str:
    rows: list[TableRow] = []
    for number in numbers:
        label = escape(_category_label(number))
        base = share_base(number)
        cells = [
            f'<span data-year="{number.year}">{number.year}</span>',
            with_shorthand(number),
            with_shorthand(base) if base else "",
            f"{evidence.row_count(number):,}",
            escape(number.source),
            escape(evidence.decision(number).rule),
        ]
        rows.append((f'<span id="{anchors[number.key]}">{label}</span>', cells))
    return aligned_table(
        "Its numbers",
        ["Category", "Year", "Number", "Of", "Rows", "From", "Withheld because"],
        rows,
    )


def _rows_table(numbers: list[Number], evidence: Evidence) -> str:
    shown_rows = list(islice(_source_rows(numbers, evidence), MAX_TABLE_ROWS))
    table = text_table(
        "The rows it is made of",
        ["Year", "Category", "File", "Row", "Reference"],
        shown_rows,
        "No rows of an extract.",
    )
    total = sum(evidence.row_count(number) for number in numbers)
    file = f"{evidence.settings.tables_name}/{AGGREGATE_STEP}/{LINEAGE_FILE}"
    return table + cut_note(len(shown_rows), total, file)


def _source_rows(numbers: list[Number], evidence: Evidence) -> Iterator[tuple[object, ...]]:
    """Year, category, file, row and reference of each row, one number after the other."""
    for number in numbers:
        name = (str(number.year), _category_label(number))
        for row in evidence.rows(number):
            yield (*name, row.file, row.row or WHOLE_FILE, row.reference)


def _category_label(number: Number) -> str:
    names = [name for name in (number.category, number.detail) if name]
    return ", ".join(names) or "all"
