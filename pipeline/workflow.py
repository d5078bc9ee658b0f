"""How one report is made: the steps, the documents, the checks and the audit, in order.

Each function imports what it needs when it is called, so that a command without work is quick.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.artifacts import (
    DOCUMENTS_STEP,
    FORMATS,
    REPORT_PAGE,
    REPORT_PDF,
    VALIDATE_STEP,
)
from pipeline.problem import Kind, Problem, did_you_mean, joined

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

    from nbformat import NotebookNode

    from pipeline.run.chain import Progress
    from pipeline.run.freshness import Freshness, Plan
    from pipeline.run.kernels.managers import Kernels
    from pipeline.run.record import RunOptions
    from pipeline.settings import Settings

# How long a batch waits for another run of a year, such as one of a cluster's worker that was lost.
LOCK_WAIT_SECONDS = 120


@dataclass(frozen=True)
class RunResources:
    """What a run works with, besides its inputs.

    kernels: kernels that are kept ready, as in a preview; without them the run forks its own.
    pdf_context: how the process starts that lays out the PDF; by default without anything of this.
    pdf_executor: that process, which a run starts if it makes a PDF.
    lock_wait_seconds: how long to wait for another run of the same year.
    kernel_preload: what the fork server imports if a run reads the extracts; by default only what
        every kernel needs.
    with_audit: whether the auditor's pages are made.
    accepts_missing_formats: whether a report replaces the last one even if this machine cannot
        make one of its formats.
    """

    kernels: Kernels | None = None
    pdf_context: BaseContext | None = None
    pdf_executor: Executor | None = None
    lock_wait_seconds: float = 0
    kernel_preload: str | None = None
    with_audit: bool = True
    accepts_missing_formats: bool = False


def run_options(settings: Settings, formats: str | None, final: bool) -> RunOptions:
    """What a run is to make, with formats separated by commas; all if None."""
    from pipeline.run.part_year import part_options
    from pipeline.run.record import RunOptions

    year = "/".join(filter(None, (str(settings.year), settings.procedure)))
    options = RunOptions(year=year, formats=parse_formats(formats), final=final)
    return part_options(options, settings.to, bool(formats)) if settings.to else options


def parse_formats(formats: str | None) -> list[str]:
    """The formats named, or all if None. Raises Problem for a name that is no format."""
    if formats is None:
        return list(FORMATS)
    names = [name.strip() for name in formats.split(",") if name.strip()]
    for name in names or [""]:
        if name not in FORMATS:
            raise Problem(
                kind=Kind.SETTINGS,
                where="--formats",
                what=f'"{name}" is not a format.{did_you_mean(name, list(FORMATS))}',
                remedy=f"Use one or more of: {', '.join(FORMATS)}.",
            )
    return names


def make_report(
    settings: Settings,
    options: RunOptions,
    progress: Progress,
    force: bool = False,
    resources: RunResources = RunResources(),
) -> bool:
    """Make one year's report and put it in place of the last; whether there was anything to make.

    options: what to make; the run record keeps it.
    force: whether steps that are up to date run again.
    Raises Problem for everything that a user can fix. The last good report and `data/raw` are
    then unchanged.
    """
    from pipeline.inputs import check_final
    from pipeline.run.freshness import Freshness, plan_run
    from pipeline.run.snapshot import input_snapshot
    from pipeline.run.swap import exclusive_run

    with (
        exclusive_run(settings, resources.lock_wait_seconds),
        input_snapshot(settings) as snapshot,
    ):
        if options.final:
            check_final(snapshot)
        freshness = Freshness(snapshot, options, force, target=settings)
        plan = plan_run(freshness)
        if plan.is_empty:
            return False
        return _run_plan(plan, freshness, progress, resources)


def _run_plan(
    plan: Plan, freshness: Freshness, progress: Progress, resources: RunResources
) -> bool:
    from pipeline.run.kernels import fork_server

    # It imports what every kernel needs while this process goes on.
    fork_server.start(resources.kernel_preload if VALIDATE_STEP in plan.stale_steps else None)
    from pipeline.report.documents.open_data import record_numbers
    from pipeline.report.documents.pdf import pdf_process
    from pipeline.report.documents.software import format_software
    from pipeline.run.chain import staged_run
    from pipeline.run.kernels.managers import private_kernels
    from pipeline.system.imports import imported_when_used

    formats = freshness.options.formats
    with (
        pdf_process(resources.pdf_context) if "pdf" in formats else nullcontext() as pdf_executor,
        nullcontext(resources.kernels) if resources.kernels else private_kernels() as kernels,
        ThreadPoolExecutor(1) as importer,
        staged_run(freshness, progress) as run,
    ):
        kernels.prepare(plan.stale_steps)
        if freshness.settings.steps[-1] in plan.stale_steps:
            _check_words(freshness.settings)
        # Before the documents, for if two threads import pyarrow at once, one may see half of it.
        with imported_when_used("requests"):  # papermill's, for notebooks on the web
            import pipeline.run.execute  # noqa: F401

        documents_imported = importer.submit(_prepare_documents, pdf_executor)
        run.run_steps(kernels)
        if freshness.documents_are_current(run.documents_key()):
            return False
        documents_imported.result()
        progress.step_started(DOCUMENTS_STEP)
        resources = replace(resources, pdf_executor=pdf_executor)
        options = freshness.options
        files = make_documents(run.notebooks, run.settings, options, progress, resources)
        record_numbers(run.settings, (freshness.target or freshness.settings).ledger)
        run.finish(files, format_software(files, pdf_executor))
    return True


def _check_words(settings: Settings) -> None:
    """Raise one Problem for everything that would stop the report after minutes of other work."""
    from pipeline.inputs import word_faults

    faults = word_faults(settings)
    if faults:
        raise joined(faults)


def _prepare_documents(pdf_executor: Executor | None) -> None:
    """Import what makes the documents, while the notebooks run."""
    from pipeline.report.documents.pdf import preload_pdf_libraries

    if pdf_executor:
        pdf_executor.submit(preload_pdf_libraries)
    import_documents()


def import_documents() -> None:
    """Import what makes and checks the report's files."""
    import pipeline.audit.site
    import pipeline.release.checks
    import pipeline.report.documents.html
    import pipeline.report.documents.open_data
    import pipeline.report.documents.pdf
    import pipeline.report.documents.word  # noqa: F401


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
    from pipeline.audit.sign_off import sign_off_files
    from pipeline.audit.site import build_audit_site
    from pipeline.release.checks import FILE_CHECKS, PAGE_CHECKS
    from pipeline.release.missing_formats import noted_if_unavailable, unavailable_formats
    from pipeline.report.attachments import attachments
    from pipeline.report.documents.html import render_html
    from pipeline.report.documents.open_data import open_data_files
    from pipeline.report.documents.page import Page
    from pipeline.report.documents.pdf import PdfJob
    from pipeline.report.documents.word import render_word
    from pipeline.report.figures import Published

    _freeze_loaded_objects()
    notebook = notebooks[settings.steps[-1]]
    figures = Published.read(settings)
    page = Page(render_html(notebook, settings, options.final, figures), settings, figures)
    for check in PAGE_CHECKS:
        check(page, {}, settings)
    files: dict[str, bytes] = {}
    missing: list[str] = []
    if "html" in options.formats:
        files = {REPORT_PAGE: page.html.encode("utf-8"), **attachments(settings)}
    # The PDF takes as long as all other files together, which are made meanwhile.
    pdf = None
    if "pdf" in options.formats and resources.pdf_executor:
        pdf = PdfJob(page.html, resources.pdf_executor, settings.council.run_limits)
    if "data" in options.formats:
        files |= open_data_files(settings, page.figures, options.final)
    audit = build_audit_site(page, notebooks, settings) if resources.with_audit else {}
    if "docx" in options.formats:
        with noted_if_unavailable(missing):
            files |= render_word(page.html, notebook, settings, options.final, figures)
    if pdf:
        with noted_if_unavailable(missing):
            files[REPORT_PDF] = pdf.result()
    if missing and not (files and resources.accepts_missing_formats):
        raise unavailable_formats(missing, options.formats)
    progress.notices += missing
    for check in FILE_CHECKS if options.formats else ():  # or a joint report checks its chapter
        check(page, files, settings)
    audit |= sign_off_files(files, settings, options.final) if resources.with_audit else {}
    return files | audit


@cache
def _freeze_loaded_objects() -> None:
    """Keep the garbage collector from searching what is loaded by now, once in a process.

    That takes a sixth of the time of the documents. Once, since what is frozen is never collected:
    in a preview the pages of earlier drafts would be kept.
    """
    gc.freeze()


def make_council_year(
    workspace: Path,
    year: str,
    formats: str | None,
    force: bool,
    accepts_missing_formats: bool = False,
) -> tuple[bool, list[str]]:
    """One report of a batch, final if the last was: whether there was anything to make; notices."""
    from pipeline.joint.plan import planned_reports
    from pipeline.run.chain import Progress
    from pipeline.run.kernels.fork_server import start_method_context
    from pipeline.run.record import last_run_options
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    last_options = last_run_options(settings.published_folder)
    options = run_options(settings, formats, final=last_options is not None and last_options.final)
    progress = Progress()
    resources = RunResources(
        pdf_context=start_method_context(),
        lock_wait_seconds=LOCK_WAIT_SECONDS,
        accepts_missing_formats=accepts_missing_formats,
    )
    reports = planned_reports(settings, options)
    is_new = [make_report(*report, progress, force, resources) for report in reports]
    return any(is_new), progress.notices
