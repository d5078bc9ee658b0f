"""The committee's HTML from the executed report notebook, through nbconvert and a template of our own."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from importlib.metadata import version

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter

from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.report.narrative.commentary import check_sections_printed
from pipeline.report.style import TEMPLATES, stylesheet
from pipeline.report.wording import DRAFT_NOTICE
from pipeline.settings import Settings

MAX_LOGO_BYTES = 50_000  # bytes
NARRATIVE_MAGIC = re.compile(r"%%narrative\s+(\S+)")


@dataclass(frozen=True)
class PrintedSection:
    """One section as printed: its anchor, its number (empty in front of the numbered ones), its title and its HTML."""

    id: str
    number: str
    title: str
    html: str


class ReportExporter(TemplateExporter):
    """nbconvert with our template: only what the report published is in it."""

    export_from_notebook = None
    file_extension = ".html"
    output_mimetype = "text/html"
    template_name = "base"
    template_file = "annual-report.html.j2"
    default_preprocessors = ()  # they work on cells, and the page is made of what the notebook published

    def __init__(self, **more):
        super().__init__(extra_template_paths=[str(TEMPLATES)], **more)


def render_html(notebook: nbformat.NotebookNode, settings: Settings, final: bool = False) -> str:
    """The finished page of an executed `4_report.ipynb`; one that is not final is marked as a draft, on paper on every page."""
    style = settings.council.year_style
    resources = {
        "sections": printed_sections(notebook, settings), "draft": "" if final else DRAFT_NOTICE,
        "stylesheet": stylesheet(settings),
        "logo": _logo_data_url(settings), "council": settings.council, "report": settings.report, "version": version("annual-report"),
        "year_name": wording.year_name(settings.year, style),
        "period": f"{wording.date_text(settings.year.first_day)} to {wording.date_text(settings.year.last_day)}",
        "meeting_date": wording.date_text(settings.report.meeting_date), "data_as_at": wording.date_text(settings.report.data_as_at),
    }  # fmt: skip
    html, _ = ReportExporter().from_notebook_node(notebook, resources=resources)
    return html + "\n"


def _logo_data_url(settings: Settings) -> str:
    """The council's logo as an address that carries it; a Problem where it is not there or too large for the page."""
    name = settings.council.logo
    if not name:
        return ""
    path = settings.raw / name
    where, content = "data/raw/council.yaml, logo", path.read_bytes() if path.is_file() else b""
    if not content:
        raise Problem(
            Kind.SETTINGS,
            where,
            f"there is no file data/raw/{name}",
            "Put the logo there, or take the line out.",
        )
    if len(content) > MAX_LOGO_BYTES:
        what = f"data/raw/{name} has {len(content):,} bytes, and the page would carry them all"
        raise Problem(
            Kind.SETTINGS, where, what, f"Make it smaller: at most {MAX_LOGO_BYTES:,} bytes."
        )
    kind = "svg+xml" if name.endswith(".svg") else "png"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def printed_sections(notebook: nbformat.NotebookNode, settings: Settings) -> list[PrintedSection]:
    """What the notebook published, by section, in the settings' order, numbered.

    Raises a Problem for a section in the settings that the notebook does not write, and for commentary that no cell prints.
    """
    written: dict[str, list[str]] = {}
    with_commentary: set[str] = set()
    for cell in notebook.cells:
        said = NARRATIVE_MAGIC.match(cell.source)
        if said and re.search(r"{{[^}]*\bcommentary\b", cell.source):
            with_commentary.add(said[1])
        for output in cell.get("outputs", []):
            place = output.get("metadata", {}).get("text/html", {}).get("published")
            if place is not None:
                written.setdefault(place["section"], []).append(output["data"]["text/html"])
    check_sections_printed(settings, with_commentary)
    order = settings.council.sections
    printed = []
    for number, name in [("", name) for name in order.front] + [
        (str(n), name) for n, name in enumerate(order.main, 1)
    ]:
        if name not in written:
            raise Problem(
                Kind.NOTEBOOK, "notebooks/4_report.ipynb", f'no cell writes the section "{name}" that council.yaml lists',
                f"Write a cell that begins with %%narrative {name}, or take it out of `sections` in council.yaml.",
            )  # fmt: skip
        printed.append(_number_headings(name, number, "\n".join(written[name])))
    return printed


def _number_headings(name: str, number: str, html: str) -> PrintedSection:
    """Headings with anchors and, in a numbered section, numbers: 2 for the section, 2.1 for its first part."""
    anchor, parts, titles = name.replace("_", "-"), [], []

    def heading(found: re.Match) -> str:
        level, text = found[1], found[2]
        if level == "2":
            titles.append(text)
            id, counted = anchor, number
        else:
            parts.append(text)
            id, counted = f"{anchor}-{len(parts)}", f"{number}.{len(parts)}" if number else ""
        shown = f'<span class="number">{counted}</span>' if counted else ""
        return f'<h{level} id="{id}">{shown}{text}</h{level}>'

    html = re.sub(r"<h([23])>(.*?)</h\1>", heading, html, flags=re.DOTALL)
    if len(titles) != 1:
        raise Problem(
            Kind.NOTEBOOK, f"notebooks/4_report.ipynb, section {name}", f"it has {len(titles)} headings that start with ##",
            "Give the section exactly one, at its start, and use ### for its parts.",
        )  # fmt: skip
    return PrintedSection(anchor, number, re.sub(r"<[^>]*>", "", titles[0]), html)
