"""The committee's page, made of the executed report notebook by nbconvert with our template."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import accumulate
from string import ascii_uppercase
from typing import Any

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter

from pipeline.artifacts import DISTRIBUTION, FROM_EXTRACTS
from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.report.figures import Published
from pipeline.report.logo import logo_data_url
from pipeline.report.narrative.commentary import check_sections_printed
from pipeline.report.narrative.notebook_cells import sections_with_commentary
from pipeline.report.outputs import published_outputs
from pipeline.report.style import TEMPLATES, stylesheet
from pipeline.settings import Settings
from pipeline.year import Year

HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
SCROLL_REGION = re.compile(
    r'<div class="scroll" role="region" tabindex="0" aria-label="[^"]*">(<table.*?</thead>)',
    re.DOTALL,
)
REGION_LABEL = re.compile(r'(?<= role="region" tabindex="0" aria-label=")[^"]*')
TABLE_NOTE = re.compile(r'<p class="shorthand">.*?</p>', re.DOTALL)
# A table with no more columns fits the screen of a phone: one of numbers, one of words.
MAX_COLUMNS_ON_PHONE = {True: 3, False: 2}
COLUMN_LINES = 50  # of the contents, on a page
# An address in the text; whatever is inside a tag or a link is matched first, and stays.
EMAIL = re.compile(r"<a\b.*?</a>|<[^>]*>|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    """A heading as the contents list it: its anchor, and its number and title as text."""

    id: str
    title: str


@dataclass(frozen=True)
class PrintedSection:
    """One section as printed.

    id: its anchor. number: empty for a section in front of the numbered ones. title: as text, with
        its number. parts: the headings within it.
    """

    id: str
    number: str
    title: str
    html: str
    parts: tuple[Heading, ...] = ()


class ReportExporter(TemplateExporter):
    """nbconvert with our template: the page has only what the report published."""

    export_from_notebook = None  # type: ignore[assignment]
    file_extension = ".html"
    output_mimetype = "text/html"
    template_name = "base"
    template_file = "annual-report.html.j2"
    # They work on cells, and the page is made of what the notebook published.
    default_preprocessors = ()  # type: ignore[assignment]

    def __init__(self, **options: Any) -> None:
        folders = [str(TEMPLATES)]
        super().__init__(extra_template_paths=folders, **options)  # type: ignore[no-untyped-call]


def render_html(
    notebook: nbformat.NotebookNode,
    settings: Settings,
    final: bool = False,
    figures: Published | None = None,
) -> str:
    """The finished page.

    notebook: the executed `4_report.ipynb`. final: False marks the page as a draft, and every
        printed page with it. figures: those of the run, which are otherwise read.
    Raises Problem for a section or a commentary that the notebook does not print, and for a logo
    that is missing or too large.
    """
    council = settings.council
    report = settings.report
    year = settings.year
    so_far = " so far" if settings.is_part else ""
    sections = printed_sections(notebook, settings)
    body = "".join(section.html for section in sections)
    resources = {
        "sections": sections,
        "second_column": _second_column(sections),
        "number_sources": number_sources(body, settings, figures),
        "draft": "" if final else wording.draft_notice(settings),
        "draft_mark": wording.draft_mark(settings),
        "stylesheet": stylesheet(settings),
        "logo": logo_data_url(settings),
        "council": council,
        "report": report,
        "version": version(DISTRIBUTION),
        "year_name": wording.year_name(year, council.year_style) + so_far,
        "service_and_period": _service_and_period(settings),
        "cover_rows": {
            "Meeting date": wording.date_text(report.meeting_date),
            "Subject": report.subject,
            "Wards affected": report.wards,
            "Report of": council.report_of,
            "Directorate": council.directorate,
            "Author": report.author,
        },
        "data_as_at": wording.date_text(report.data_as_at),
    }
    html, _ = ReportExporter().from_notebook_node(notebook, resources=resources)
    return f"{html}\n"


def _second_column(sections: list[PrintedSection]) -> str:
    """The id of the section that begins the second half of the contents.

    Empty if none does, and for contents that are longer than a page.
    """
    lines = [1 + len(section.parts) * bool(section.number) for section in sections]
    lines_above = accumulate(lines, initial=0)
    half = (sum(lines) + 1) // 2
    pairs = zip(sections, lines_above, strict=False)
    return next((section.id for section, above in pairs if above == half <= COLUMN_LINES), "")


def _service_and_period(settings: Settings) -> str:
    year = settings.year
    ends = settings.period_end(year)
    service = wording.capitalise(settings.council.service)
    return f"{service}, {wording.date_text(year.first_day)} to {wording.date_text(ends)}"


def number_sources(html: str, settings: Settings, figures: Published | None = None) -> list[str]:
    """Where the numbers of a page come from, one sentence each: only what is true of this page."""
    sources = []
    printed = set(re.findall(r'data-figure="([^"]*)" data-year="([^"]*)"', html))
    if printed:
        figures = figures or Published.read(settings)
        used = {
            number.source
            for id, year in printed
            for number in figures[id].numbers(Year.parse(year))
            if number.known
        }
        if FROM_EXTRACTS in used:
            sources.append("Cases are counted from the council's records.")
        if used - {FROM_EXTRACTS}:
            sources.append("Numbers of years without records are as published at the time.")
    if 'data-setting="time_limits.' in html:
        sources.append("Time limits come from the council's settings.")
    if 'data-reference="' in html:
        sources.append("Numbers of other authorities come from the files named below them.")
    if 'data-stated="' in html:
        sources.append("Some numbers were stated by people, with their evidence.")
    return sources


def printed_sections(notebook: nbformat.NotebookNode, settings: Settings) -> list[PrintedSection]:
    """What the notebook published, by section, in the order of the settings and numbered.

    Raises Problem for a section in the settings that the notebook does not write, and for
    commentary that no cell prints.
    """
    sources = [cell.source for cell in notebook.cells]
    check_sections_printed(settings, sections_with_commentary(sources))
    published: dict[str, list[str]] = {}
    for output in published_outputs(notebook):
        published.setdefault(output.place["section"], []).append(output.html)
    order = settings.council.sections
    numbered_names = [("", name) for name in order.front]
    numbered_names += [(str(number), name) for number, name in enumerate(order.main, 1)]
    # A council's own notebook may have no annex, and a year no table that goes there.
    annex = [name for name in order.annex if _has_more_than_headings(published.get(name, []))]
    numbered_names += list(zip(ascii_uppercase, annex, strict=False))
    sections = []
    for number, name in numbered_names:
        if name not in published:
            raise Problem(
                kind=Kind.NOTEBOOK,
                where="notebooks/4_report.ipynb",
                what=f'no cell writes the section "{name}" that council.yaml lists',
                remedy=f"Write a cell that begins with %%narrative {name}, "
                "or remove it from `sections` in council.yaml.",
            )
        html = _note_once("\n".join(published[name]))
        html = _link_emails(_narrow_tables(html))
        sections.append(_number_headings(name, number, html))
    return _with_unique_regions(sections)


def _with_unique_regions(sections: list[PrintedSection]) -> list[PrintedSection]:
    """The sections with their title in the label of a table that others have as well.

    The chapters of a joint report have the same tables, and a screen reader lists them together.
    """
    uses = Counter(label for one in sections for label in REGION_LABEL.findall(one.html))

    def labelled(section: PrintedSection) -> PrintedSection:
        def label(region: re.Match[str]) -> str:
            return region[0] if uses[region[0]] == 1 else f"{section.title}: {region[0]}"

        return replace(section, html=REGION_LABEL.sub(label, section.html))

    return [labelled(section) for section in sections]


def _has_more_than_headings(published: list[str]) -> bool:
    """Whether a section publishes anything below its headings."""
    return any(HEADING.sub("", html).strip() for html in published)


def _number_headings(name: str, number: str, html: str) -> PrintedSection:
    """The section with anchors and numbers in its headings: 2 for its own, 2.1 for its first part.

    number: empty for a section in front of the numbered ones, whose headings get anchors only.
    Raises Problem if the section does not have exactly one heading of level 2.
    """
    anchor = name.replace("_", "-")
    titles: list[str] = []
    parts: list[Heading] = []

    def with_anchor(heading: re.Match[str]) -> str:
        level, text = heading.groups()
        id = anchor
        heading_number = number
        if level == "3":
            place = len(parts) + 1
            id = f"{anchor}-{place}"
            heading_number = f"{number}.{place}" if number else ""
        title = f"{heading_number} {re.sub('<[^>]*>', '', text)}".lstrip()
        if level == "3":
            parts.append(Heading(id, title))
        else:
            titles.append(title)
        label = f'<span class="number">{heading_number}</span> ' if heading_number else ""
        return f'<h{level} id="{id}">{label}{text}</h{level}>'

    html = HEADING.sub(with_anchor, html)
    if len(titles) != 1:
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=f"notebooks/4_report.ipynb, section {name}",
            what=f"it has {len(titles)} headings that start with ##",
            remedy="Give the section exactly one, at its start, and use ### for its parts.",
        )
    return PrintedSection(anchor, number, titles[0], html, tuple(parts))


def _note_once(html: str) -> str:
    """The section with each note on the signs of its tables below the first of them only."""
    notes: set[str] = set()

    def first(note: re.Match[str]) -> str:
        is_first = note[0] not in notes
        notes.add(note[0])
        return note[0] if is_first else ""

    return TABLE_NOTE.sub(first, html)


def _narrow_tables(html: str) -> str:
    """The section with a scroll region, a stop for the keyboard, only around wide tables."""

    def fitted(region: re.Match[str]) -> str:
        table = region[1]
        is_numeric = table.startswith('<table class="numbers')
        fits = table.count('<th scope="col"') <= MAX_COLUMNS_ON_PHONE[is_numeric]
        return f'<div class="fits">{table}' if fits else region[0]

    return SCROLL_REGION.sub(fitted, html)


def _link_emails(html: str) -> str:
    """The section with a link around each e-mail address in its text."""

    def linked(match: re.Match[str]) -> str:
        address = match["email"]
        return f'<a href="mailto:{address}">{address}</a>' if address else match[0]

    return EMAIL.sub(linked, html)
