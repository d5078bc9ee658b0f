"""The report's files, made of the executed notebooks and checked before anything is published."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from pipeline.artifacts import REPORT_PAGE
from pipeline.audit.sign_off import sign_off_files
from pipeline.audit.site import build_audit_site
from pipeline.release.checks import FILE_CHECKS, PAGE_CHECKS
from pipeline.release.missing_formats import noted_if_unavailable, unavailable_formats
from pipeline.release.report_files import ReportFiles
from pipeline.report.attachments import attachments
from pipeline.report.documents.html import render_html
from pipeline.report.documents.open_data import open_data_files
from pipeline.report.documents.page import Page
from pipeline.report.documents.pdf import PdfJob
from pipeline.report.documents.word import render_word
from pipeline.report.figures import Published
from pipeline.settings.sections import JOINT

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pipeline.run.chain import Progress
    from pipeline.run.record import RunOptions
    from pipeline.settings import Settings
    from pipeline.workflow import RunResources


def make_documents(
    notebooks: Mapping[str, NotebookNode],
    settings: Settings,
    options: RunOptions,
    progress: Progress,
    resources: RunResources,
) -> dict[str, bytes]:
    """The report's files and its audit, by path in the report's folder, all checks passed.

    notebooks: the executed ones, by step.
    settings: the run's, whose processed folder contains what the steps made.
    Raises Problem if the page, or a file made of it, contains what must not be published, or if
    this machine cannot make a format, unless the others are accepted: then there is a notice.
    """
    _freeze_loaded_objects()
    notebook = notebooks[settings.steps[-1]]
    figures = Published.read(settings)
    page = Page(render_html(notebook, settings, options.final, figures), settings, figures)
    # The PDF takes as long as all else together, which is done meanwhile.
    pdf = None
    if "pdf" in options.formats and resources.pdf_executor:
        pdf = PdfJob(page.html, resources.pdf_executor, settings.council.run_limits)
    for check in PAGE_CHECKS:
        check(page, {}, settings)
    files: dict[str, bytes] = {}
    missing: list[str] = []
    if "html" in options.formats:
        files = {REPORT_PAGE: page.html.encode("utf-8"), **attachments(settings)}
    second_process = resources.documents_executor
    with ThreadPoolExecutor(1) as thread:  # which waits for pandoc half of the time
        word = audit_pages = None
        if "docx" in options.formats:
            word = (second_process or thread).submit(
                render_word, page.html, notebook, settings, options.final, figures
            )
        if resources.with_audit and second_process:
            audit_pages = second_process.submit(_audit_pages, page.html, notebooks, settings)
        if resources.open_data:
            files |= resources.open_data.result()
        elif "data" in options.formats:
            files |= open_data_files(settings, figures, options.final)
        audit = {}
        if resources.with_audit and not second_process:
            is_chapter = not options.formats and JOINT in settings.council.reports
            audit = build_audit_site(page, notebooks, settings, is_chapter)
    if word:
        with noted_if_unavailable(missing):
            files |= word.result()
    report_files = ReportFiles(files, pdf, missing)
    for check in FILE_CHECKS if options.formats else ():  # or a joint report checks its chapter
        check(page, report_files, settings)
    files = dict(report_files)
    if missing and not (files and resources.accepts_missing_formats):
        raise unavailable_formats(missing, options.formats)
    progress.notices += missing
    if audit_pages:
        audit = audit_pages.result()
    audit |= sign_off_files(files, settings, options.final) if resources.with_audit else {}
    return files | audit


def _audit_pages(
    html: str, notebooks: Mapping[str, NotebookNode], settings: Settings
) -> dict[str, bytes]:
    """The audit's site, made in another process.

    html: the finished page.
    """
    return build_audit_site(Page(html, settings, Published.read(settings)), notebooks, settings)


@cache
def _freeze_loaded_objects() -> None:
    """Keep the garbage collector from searching what is loaded by now, once in a process.

    That takes a sixth of the time of the documents. Once, since what is frozen is never collected:
    in a preview the pages of earlier drafts would be kept.
    """
    gc.freeze()
