"""The audit: a small site next to the report that leads from every number to its rule and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

import nbformat

from pipeline.aggregate.store import load_decisions
from pipeline.artifacts import (
    AGGREGATE_STEP,
    AUDIT_FOLDER,
    FIGURES_FILE,
    FINDINGS_FILE,
    REPORT_PAGE,
    VALIDATE_STEP,
    NumberKey,
)
from pipeline.audit import figure_pages, run_pages
from pipeline.audit.checklist import ContentRow, page_checklist
from pipeline.audit.evidence import Evidence
from pipeline.audit.notebooks import notebook_html
from pipeline.audit.pages import (
    AUDIT_WARNING,
    PAGE_TITLES,
    PageFrame,
    heading,
    link,
    paragraph,
)
from pipeline.audit.uses import uses_in
from pipeline.report import wording
from pipeline.report.comments import load_comments, open_comments
from pipeline.report.documents.page import Page
from pipeline.report.narrative.claims import unsupported_claims
from pipeline.report.tables import html_table
from pipeline.settings import Settings
from pipeline.validate import store as validate_store

INDEX_PAGE = "index.html"
OWN_PREFIX = "figures/"  # what the addresses of the figures' pages begin with
NUMBER_ELEMENT = re.compile(r'<data (?=[^>]*data-figure=")[^>]*>.*?</data>', re.DOTALL)
NUMBER_ATTRIBUTE = re.compile(r'data-(figure|year|category|detail)="([^"]*)"')


def build_audit_site(
    page: Page,
    notebooks: Mapping[str, nbformat.NotebookNode],
    settings: Settings,
    is_chapter: bool = False,
) -> dict[str, bytes]:
    """The site's files by their path in the report's folder.

    page: the report.
    notebooks: the executed notebooks, by step.
    settings: those of the run, whose processed folder contains the steps' tables.
    is_chapter: whether the page is published only as a chapter of the joint report, whose audit
        then has the pages of its figures.
    """
    frame = PageFrame(settings)
    evidence = Evidence(settings, page.figures)
    anchors = _number_anchors(evidence)
    files: dict[str, bytes] = {}
    figure_prefix = _joint_prefix(settings) if is_chapter else OWN_PREFIX
    uses = uses_in(page.tree)
    contents = page_checklist(page, uses)
    bodies = _page_bodies(page, notebooks, evidence, contents, figure_prefix)
    for address, body in bodies.items():
        title = "Audit" if address == INDEX_PAGE else PAGE_TITLES[address]
        files[address] = frame.render(address, title, body)
    for id in () if is_chapter else evidence.published:
        figure = evidence.published[id]
        address = f"{OWN_PREFIX}{id}.html"
        body = figure_pages.figure_body(figure, evidence, uses, anchors)
        files[address] = frame.render(address, figure.title, body)
    for step, notebook in notebooks.items():
        address = f"notebooks/{step}.html"
        title = f"{_step_title(step)}: the notebook as it ran"
        html = notebook_html(notebook, f"{settings.tables_name}/{step}")
        files[address] = frame.render(address, title, html)
    files[REPORT_PAGE] = _link_numbers(page.html, anchors, figure_prefix).encode()
    # Copies of the steps' tables, for comparing this report with another.
    for step, table in ((AGGREGATE_STEP, FIGURES_FILE), (VALIDATE_STEP, FINDINGS_FILE)):
        files[table] = (settings.processed / step / table).read_bytes()
    return {f"{AUDIT_FOLDER}/{name}": content for name, content in files.items()}


def _page_bodies(
    page: Page,
    notebooks: Mapping[str, nbformat.NotebookNode],
    evidence: Evidence,
    contents: list[ContentRow],
    figure_prefix: str,
) -> dict[str, str]:
    """The HTML of each page of the site's contents, by its address.

    contents: those that the guidance asks for, as the report has them.
    figure_prefix: what the addresses of the figures' pages begin with.
    """
    settings = evidence.settings
    return {
        INDEX_PAGE: _index_body(evidence, contents),
        "inputs.html": run_pages.inputs_body(settings),
        "findings.html": run_pages.findings_body(settings),
        "reconciliation.html": run_pages.reconciliation_body(settings),
        "figures.html": figure_pages.figures_body(evidence, figure_prefix),
        "stated.html": figure_pages.stated_body(page.tree),
        "disclosure.html": run_pages.disclosure_body(settings),
        "revisions.html": figure_pages.revisions_body(evidence),
        "checklist.html": run_pages.checklist_body(contents),
        "decisions.html": run_pages.decisions_body(settings),
        "notebooks.html": _notebooks_body(notebooks),
    }


def _index_body(evidence: Evidence, contents: list[ContentRow]) -> str:
    """The overview: a row for each question, with the page that answers it."""
    settings = evidence.settings
    rows = [
        (escape(question), [escape(answer), link(address, PAGE_TITLES[address])])
        for question, answer, address in _overview(evidence, contents)
    ]
    name = settings.name
    hints = [
        f"Take any number in {link(REPORT_PAGE, 'the report')}, and follow it to its rows.",
        "Count those rows in the extract itself: each has its file and row number.",
        f"<code>annual-report verify {name}</code> hashes every input and output, and repeats "
        "the run.",
        f"<code>annual-report diff {name}</code> shows what changed since the previous report.",
        f"{link('run.json', 'run.json')} has the hashes, versions, settings and times; "
        f"{link('ro-crate-metadata.json', 'ro-crate-metadata.json')} describes them for software.",
    ]
    return (
        paragraph(
            "What the report is based on, what was found and what was decided. "
            "Each number leads to its rows."
        )
        + html_table("Is it sound?", ["Subject", "Result", "More"], rows)
        + heading("How to check it", "check")
        + _html_list(hints)
    )


def _overview(evidence: Evidence, contents: list[ContentRow]) -> list[tuple[str, str, str]]:
    """Question, answer and address of the page with more."""
    settings = evidence.settings
    complete_count = sum(not row.missing for row in contents)
    supplied = validate_store.load_supplied(settings)
    row_count = int(supplied["rows"].sum())
    extract_count = int((supplied["supplied"] == "yes").sum())
    date = wording.date_text(settings.report.data_as_at)
    severities = validate_store.load_findings(settings)["severity"].value_counts()
    withheld_count = len(load_decisions(settings))
    revision_count = len(evidence.published.revisions)
    claim_count = len(unsupported_claims(settings))
    return [
        (
            "Report",
            f"{settings.report.subject}, {settings.council.authority}, {settings.year}",
            REPORT_PAGE,
        ),
        ("Data", f"{row_count:,} rows of {extract_count} extracts, as at {date}", "inputs.html"),
        ("Findings", _severity_counts(severities.to_dict()), "findings.html"),
        ("Rows", run_pages.kept_rows_summary(settings), "reconciliation.html"),
        (
            "Figures",
            f"{len(list(evidence.published))}, each with its rule and its rows",
            "figures.html",
        ),
        (
            "Small numbers",
            f"{wording.counted(withheld_count, 'number')} withheld"
            if withheld_count
            else "all published",
            "disclosure.html",
        ),
        (
            "Revisions",
            f"{wording.counted(revision_count, 'number')} revised since publication",
            "revisions.html",
        ),
        (
            "Required contents",
            f"{complete_count} of {len(contents)} are complete",
            "checklist.html",
        ),
        ("Comments of readers", _open_count(settings), "decisions.html"),
        ("Claims without a figure", f"{claim_count or 'none'} in the commentary", "decisions.html"),
    ]


def _open_count(settings: Settings) -> str:
    """How many comments of readers there are, and how many are open."""
    count = len(load_comments(settings))
    open_count = len(open_comments(settings))
    return f"{count}, {open_count or 'none'} of them open" if count else "none"


def _severity_counts(counts: Mapping[str, int]) -> str:
    """How many findings there are of each severity: "2 warnings, none critical"."""
    critical = counts.get("critical", 0)
    texts = [f"{critical or 'none'} critical"]
    if counts.get("warning"):
        texts.insert(0, wording.counted(counts["warning"], "warning"))
    if counts.get("info"):
        texts.append(f"{counts['info']} for information")
    return ", ".join(texts)


def _notebooks_body(notebooks: Mapping[str, nbformat.NotebookNode]) -> str:
    introduction = paragraph(
        "The notebooks with their code and what each printed, in the order in which they ran."
    )
    links = [link(f"notebooks/{step}.html", _step_title(step)) for step in notebooks]
    return introduction + _html_list(links)


def _html_list(items: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def _step_title(step: str) -> str:
    """The name of a step without its number, such as Validate for 1_validate."""
    return step.partition("_")[2].capitalize()


def _number_anchors(evidence: Evidence) -> dict[NumberKey, str]:
    """The anchor of each number on the page of its figure."""
    anchors = {}
    for id in evidence.published:
        for position, number in enumerate(evidence.published[id].all_numbers):
            anchors[number.key] = f"n{position}"
    return anchors


def _joint_prefix(settings: Settings) -> str:
    """What the address of a figure's page in the audit of the joint report begins with."""
    return f"../../../{settings.folder_name}/{AUDIT_FOLDER}/{OWN_PREFIX}{settings.procedure}."


def _link_numbers(html: str, anchors: Mapping[NumberKey, str], prefix: str) -> str:
    """The report for the auditor, in which each number links to its row on its figure's page.

    prefix: what the addresses of these pages begin with.
    """

    def add_link(match: re.Match[str]) -> str:
        opening_tag = match[0].partition(">")[0]
        values = NUMBER_ATTRIBUTE.findall(opening_tag)
        key = NumberKey(**{name: unescape(value) for name, value in values})
        return f'<a href="{prefix}{key.figure}.html#{anchors[key]}">{match[0]}</a>'

    linked = NUMBER_ELEMENT.sub(add_link, html)
    banner = (
        f'<p class="draft">{escape(AUDIT_WARNING)}. '
        f'<a href="{INDEX_PAGE}">To the start of the audit</a></p>'
    )
    return linked.replace("<header>", f"<header>\n{banner}", 1)
