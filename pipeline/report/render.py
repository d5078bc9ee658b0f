"""The committee's HTML from the executed report notebook, through nbconvert and a template of our own."""

from __future__ import annotations

import base64
import gc
import re
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import nbformat
from nbconvert.exporters.templateexporter import TemplateExporter

from pipeline.problem import Kind, Problem
from pipeline.report import words
from pipeline.report.annex import annex
from pipeline.report.attack import must_not_give_away
from pipeline.report.commentary import check_all_is_used
from pipeline.report.formats import DRAFT, CannotMake
from pipeline.report.gate import must_pass
from pipeline.report.pdf import render_pdf
from pipeline.report.style import TEMPLATES, stylesheet
from pipeline.report.word import render_word
from pipeline.settings import Settings

LARGEST_LOGO = 50_000  # bytes
NARRATIVE = re.compile(r"%%narrative\s+(\S+)")


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
        "sections": sections_of(notebook, settings), "draft": "" if final else DRAFT,
        "stylesheet": stylesheet(settings),
        "logo": _logo(settings), "council": settings.council, "report": settings.report, "version": version("annual-report"),
        "year_name": words.year_name(settings.year, style),
        "period": f"{words.day(settings.year.first_day)} to {words.day(settings.year.last_day)}",
        "meeting_date": words.day(settings.report.meeting_date), "data_as_at": words.day(settings.report.data_as_at),
    }  # fmt: skip
    html, _ = ReportExporter().from_notebook_node(notebook, resources=resources)
    return html + "\n"


def _logo(settings: Settings) -> str:
    """The council's logo as an address that carries it; a Problem where it is not there or too large for the page."""
    name = settings.council.logo
    if not name:
        return ""
    path = settings.raw / name
    where, content = "data/raw/council.yaml, logo", path.read_bytes() if path.is_file() else b""
    if not content:
        raise Problem(Kind.SETTINGS, where, f"there is no file data/raw/{name}", "Put the logo there, or take the line out.")
    if len(content) > LARGEST_LOGO:
        what = f"data/raw/{name} has {len(content):,} bytes, and the page would carry them all"
        raise Problem(Kind.SETTINGS, where, what, f"Make it smaller: at most {LARGEST_LOGO:,} bytes.")
    kind = "svg+xml" if name.endswith(".svg") else "png"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def sections_of(notebook: nbformat.NotebookNode, settings: Settings) -> list[PrintedSection]:
    """What the notebook published, by section, in the settings' order, numbered.

    Raises a Problem for a section in the settings that the notebook does not write, and for commentary that no cell prints.
    """
    written: dict[str, list[str]] = {}
    with_commentary: set[str] = set()
    for cell in notebook.cells:
        said = NARRATIVE.match(cell.source)
        if said and re.search(r"{{[^}]*\bcommentary\b", cell.source):
            with_commentary.add(said[1])
        for output in cell.get("outputs", []):
            place = output.get("metadata", {}).get("text/html", {}).get("published")
            if place is not None:
                written.setdefault(place["section"], []).append(output["data"]["text/html"])
    check_all_is_used(settings, with_commentary)
    order = settings.council.sections
    printed = []
    for number, name in [("", name) for name in order.front] + [(str(n), name) for n, name in enumerate(order.main, 1)]:
        if name not in written:
            raise Problem(
                Kind.NOTEBOOK, "notebooks/4_report.ipynb", f'no cell writes the section "{name}" that council.yaml lists',
                f"Write a cell that begins with %%narrative {name}, or take it out of `sections` in council.yaml.",
            )  # fmt: skip
        printed.append(_numbered(name, number, "\n".join(written[name])))
    return printed


def _numbered(name: str, number: str, html: str) -> PrintedSection:
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


def documents(
    notebooks: Mapping[str, nbformat.NotebookNode],
    settings: Settings,
    formats: Collection[str],
    process: Executor,
    tell: Callable[[str], None],
    final: bool,
    gate: Callable[[str, dict[str, bytes], Settings], None],
    audit: Callable[[str, Mapping[str, nbformat.NotebookNode], Settings], dict[str, bytes]],
) -> dict[str, bytes]:
    """The report's files by name, of the formats asked for.

    notebooks: the executed ones, by step. process: where the PDF is made. tell: takes a sentence for each format that this
    machine cannot make. gate: raises a Problem where the page, or a file made, holds what must not be published. audit: makes
    what is for the auditor's eyes alone, and is not shown to the gate.
    """
    gc.freeze()  # all that is loaded by now stays: to look it through again and again takes a sixth of the time of the documents
    notebook = notebooks["4_report"]
    html = render_html(notebook, settings, final)
    must_pass(html, "annual-report.html")
    made = {"annual-report.html": html.encode("utf-8")} if "html" in formats else {}
    making: dict[str, Callable[[], bytes]] = {}
    if "pdf" in formats:
        making["annual-report.pdf"] = process.submit(render_pdf, html).result
    if "docx" in formats:
        making["annual-report.docx"] = partial(render_word, html, notebook, settings, final)
    if "data" in formats:
        made |= annex(settings)
    for_the_auditor = audit(html, notebooks, settings)
    for name, make in reversed(making.items()):  # the PDF last: it is being made meanwhile
        try:
            made[name] = make()
        except CannotMake as lacking:
            tell(str(lacking))
    must_not_give_away(html, made, settings)
    gate(html, made, settings)
    return made | for_the_auditor
