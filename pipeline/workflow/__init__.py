"""How one report is made: the steps, the documents, the checks and the audit, in order.

This is the run as a whole; `documents.py` makes the files of the executed notebooks.

Each function imports what it needs when it is called, so that a command without work is quick.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.artifacts import (
    AGGREGATE_STEP,
    DOCUMENTS_STEP,
    FORMATS,
    JOINT_STEP,
)
from pipeline.problem import Kind, Problem, did_you_mean

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

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
    documents_executor: the process that makes the Word file and the auditor's pages; by default
        this one.
    open_data: the open data, which a run makes while the notebook of the report is executed.
    lock_wait_seconds: how long to wait for another run of the same year.
    with_word_check: whether the words are checked before the first step, as they must be unless
        that has been done.
    with_audit: whether the auditor's pages are made.
    accepts_missing_formats: whether a report replaces the last one even if this machine cannot
        make one of its formats.
    """

    kernels: Kernels | None = None
    pdf_context: BaseContext | None = None
    pdf_executor: Executor | None = None
    documents_executor: Executor | None = None
    open_data: Future[dict[str, bytes]] | None = None
    lock_wait_seconds: float = 0
    with_word_check: bool = True
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
    from pipeline.inputs import check_words
    from pipeline.run.kernels import fork_server

    # It imports while this process goes on.
    fork_server.start(withholds=freshness.settings.council.disclosure.withholds)
    from pipeline.report.documents.open_data import record_numbers
    from pipeline.report.documents.pdf import pdf_process
    from pipeline.report.documents.software import format_software
    from pipeline.run.chain import staged_run
    from pipeline.run.kernels.managers import private_kernels
    from pipeline.system.imports import imported_when_used

    options = freshness.options
    formats = options.formats
    with (
        pdf_process(resources.pdf_context) if "pdf" in formats else nullcontext() as pdf_executor,
        nullcontext(resources.kernels) if resources.kernels else private_kernels() as kernels,
        ThreadPoolExecutor(1) as background,
        staged_run(freshness, progress) as run,
    ):
        # The first step takes longest and needs a processor, so the last kernels are forked later.
        kernels.prepare(plan.stale_steps[:2])
        if resources.with_word_check and freshness.settings.steps[-1] in plan.stale_steps:
            check_words([freshness.settings])
        # Before the documents, for if two threads import pyarrow at once, one may see half of it.
        with imported_when_used("requests"):  # papermill's, for notebooks on the web
            import pipeline.run.execute  # noqa: F401

        documents_imported = background.submit(_prepare_documents, pdf_executor)
        open_data = None
        for step in run.run_steps(kernels):
            if step == run.settings.steps[0]:
                kernels.prepare(plan.stale_steps[2:])
            if step in (AGGREGATE_STEP, JOINT_STEP) and "data" in formats:
                open_data = background.submit(_make_open_data, run.settings, options.final)
        if freshness.documents_are_current(run.documents_key()):
            return False
        documents_imported.result()
        from pipeline.workflow.documents import make_documents

        progress.step_started(DOCUMENTS_STEP)
        resources = replace(resources, pdf_executor=pdf_executor, open_data=open_data)
        files = make_documents(run.notebooks, run.settings, options, progress, resources)
        record_numbers(run.settings, (freshness.target or freshness.settings).ledger)
        run.finish(files, format_software(files, pdf_executor))
    return True


def _prepare_documents(pdf_executor: Executor | None) -> None:
    """Import what makes the documents, while the notebooks run."""
    from pipeline.report.documents.pdf import preload_pdf_libraries

    import_documents()
    if pdf_executor:  # not before, for the same reason as the last kernels
        pdf_executor.submit(preload_pdf_libraries)


def _make_open_data(settings: Settings, final: bool) -> dict[str, bytes]:
    from pipeline.report.documents.open_data import open_data_files
    from pipeline.report.figures import Published

    return open_data_files(settings, Published.read(settings), final)


def import_documents() -> None:
    """Import what makes and checks the report's files."""
    import pipeline.workflow.documents  # noqa: F401


def make_council_year(
    workspace: Path,
    year: str,
    formats: str | None,
    force: bool,
    accepts_missing_formats: bool = False,
) -> tuple[bool, list[str]]:
    """One report of a batch, final if the last was: whether there was anything to make; notices."""
    from pipeline.inputs import check_words
    from pipeline.joint.plan import planned_reports
    from pipeline.run.chain import Progress
    from pipeline.run.kernels.fork_server import start_method_context
    from pipeline.run.record import last_run_options
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    last_options = last_run_options(settings.published_folder)
    options = run_options(settings, formats, final=last_options is not None and last_options.final)
    progress = Progress()
    reports = planned_reports(settings, options)
    if settings.is_joint:
        check_words(report.settings for report in reports)
    resources = RunResources(
        pdf_context=start_method_context(),
        lock_wait_seconds=LOCK_WAIT_SECONDS,
        with_word_check=not settings.is_joint,
        accepts_missing_formats=accepts_missing_formats,
    )
    is_new = [
        make_report(report.settings, report.options, progress, force, resources)
        for report in reports
    ]
    return any(is_new), progress.notices
