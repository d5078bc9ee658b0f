"""The commands that make reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.artifacts import AUDIT_FOLDER, SIGN_OFF_PATH
from pipeline.cli.app import app, display_path, load_recovered_settings, print_unsupported_claims
from pipeline.cli.options import (
    AcceptMissing,
    BatchPage,
    Final,
    Force,
    Formats,
    Jobs,
    Overwrite,
    Port,
    Scheduler,
    To,
    Workspace,
    Workspaces,
    YearName,
    Years,
)
from pipeline.problem import Kind, printable
from pipeline.system.output_files import OutputFile
from pipeline.workflow import (
    RunResources,
    make_council_year,
    make_report,
    parse_formats,
    run_options,
)

if TYPE_CHECKING:
    from pipeline.joint.plan import PlannedReport
    from pipeline.run.kernels.managers import Kernels
    from pipeline.settings import Settings


@app.command()
def run(
    year: YearName,
    workspace: Workspace = Path(),
    formats: Formats = None,
    final: Final = False,
    force: Force = False,
    accept_missing_formats: AcceptMissing = False,
    to: To = None,
) -> None:
    """Make a year's report. The last good report stays until this one is finished.

    What has not changed since the last run is reused.
    """
    from pipeline.joint.plan import planned_reports
    from pipeline.run.display import show_progress
    from pipeline.run.kernels import fork_server
    from pipeline.run.snapshot import expected_shortages
    from pipeline.settings import load_settings

    settings = load_settings(workspace, f"{year}:{to}" if to else year)
    options = run_options(settings, formats, final)
    for warning in expected_shortages(settings):
        typer.echo(f"warning: {warning}", err=True)
    if not fork_server.CAN_FORK:
        typer.echo(
            "This system cannot fork processes, so each notebook starts its own Python and a "
            "run takes longer."
        )
    if settings.is_joint:
        _run_several(planned_reports(settings, options), force, accept_missing_formats)
        return
    resources = RunResources(accepts_missing_formats=accept_missing_formats)
    with show_progress(settings) as progress:
        was_made = make_report(settings, options, progress, force, resources)
    _print_result(settings, was_made, sum(progress.seconds.values()), progress.notices)


def _run_several(reports: Sequence[PlannedReport], force: bool, accept_missing: bool) -> None:
    """Make the reports of several procedures. Raises one Problem for all that failed."""
    from pipeline.run.batch.batch import MADE
    from pipeline.workflow.side_by_side import combined_problem, make_side_by_side

    results = make_side_by_side(reports, force, accept_missing)
    for report, result in zip(reports, results, strict=False):  # a joint report may be missing
        if not result.problem:
            was_made = result.result == MADE
            _print_result(report.settings, was_made, result.seconds, result.notices)
    failure = combined_problem(results)
    if failure:
        raise failure


def _print_result(
    settings: Settings, was_made: bool, seconds: float, notices: Sequence[str]
) -> None:
    """Say what of a report was made, and where it is."""
    from pipeline.report.wording import INTERNAL_NOTICE
    from pipeline.settings.years import is_internal

    folder = settings.published_folder
    if not was_made:
        typer.echo(f"{display_path(folder)} is up to date. Use --force to rebuild it anyway.")
        return
    typer.echo(f"Made in {seconds:.1f} seconds:")
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        typer.echo(f"  {display_path(path)}")
    if is_internal(settings):
        typer.echo(f"{INTERNAL_NOTICE}. Only you can open the folder.")
    for notice in notices:
        typer.echo(notice)
    sign_off = folder / SIGN_OFF_PATH
    if sign_off.is_file():
        minutes = json.loads(sign_off.read_bytes())["minutes"]
        typer.echo(printable(f"For the minutes: {minutes}"))
    index = display_path(folder / AUDIT_FOLDER / "index.html")
    typer.echo(f"For the auditor, not for publication: {index}")
    print_unsupported_claims(settings)


@app.command()
def batch(
    workspaces: Workspaces,
    years: Years = None,
    jobs: Jobs = None,
    scheduler: Scheduler = None,
    formats: Formats = None,
    force: Force = False,
    page: BatchPage = Path("batch.html"),
    overwrite: Overwrite = False,
    accept_missing_formats: AcceptMissing = False,
) -> None:
    """Make the reports of many councils and years.

    A failure does not stop the others; run it again to make only those that are missing.
    """
    from functools import partial

    from pipeline.run.batch.executors import open_executor

    parse_formats(formats)
    with open_executor(jobs, scheduler) as executor:  # it imports meanwhile
        from pipeline.report.documents.batch import PAGE_TITLE, BatchRow, render_batch_page
        from pipeline.run.batch.batch import FAILED, council_years, parse_year_range, run_all
        from pipeline.run.batch.display import result_counts, show_batch_progress, summary_table

        planned = council_years(workspaces, parse_year_range(years) if years else None)
        output = OutputFile("--page", page, PAGE_TITLE, overwrite, workspaces)
        output.check()
        make = partial(
            make_council_year,
            formats=formats,
            force=force,
            accepts_missing_formats=accept_missing_formats,
        )
        with show_batch_progress(planned) as on_finished:
            results = run_all(planned, make, executor, on_finished)
    rows = [
        BatchRow(one.council, one.year, one.result, one.report_folder, str(one.problem or ""))
        for one in results
    ]
    html = render_batch_page(rows, result_counts(results), page)
    output.write(html.encode("utf-8"))
    typer.echo(
        f"\n{summary_table(results)}\nThe same as a page, with each report: {display_path(page)}"
    )
    if any(one.result == FAILED for one in results):
        raise typer.Exit(Kind.SOME_FAILED)


@app.command()
def status(year: YearName = "latest", workspace: Workspace = Path()) -> None:
    """Report what a run would do, and why, without doing it.

    The formats, and whether draft or final, are those of the last run.
    """
    from pipeline.joint.plan import planned_reports
    from pipeline.report.comments import open_comments
    from pipeline.run.display import STEP_TITLES
    from pipeline.run.freshness import Freshness, plan_run
    from pipeline.run.record import last_run_options

    settings = load_recovered_settings(workspace, year)
    options = last_run_options(settings.published_folder)
    options = options or run_options(settings, None, final=False)
    for report in planned_reports(settings, options):
        plan = plan_run(Freshness(report.settings, report.options))
        typer.echo(f"{report.settings.council.authority}, {report.settings.name}")
        for step, reason in plan.reasons.items():
            title = STEP_TITLES[step].partition(":")[0]
            typer.echo(f"  {title:<9}  {f'to do: {reason}' if reason else 'unchanged'}")
        for comment in open_comments(report.settings):
            typer.echo(printable(f"  open comment of {comment}"))


@app.command()
def preview(year: YearName = "latest", workspace: Workspace = Path(), port: Port = 0) -> None:
    """Show the draft in a browser, on this machine only, and rebuild it on every change."""
    from pipeline.run.chain import Progress
    from pipeline.run.kernels import fork_server
    from pipeline.run.preview.preview import run_preview

    settings = load_recovered_settings(workspace, year)
    options = run_options(settings, "html", final=False)
    fork_server.start(fork_server.DRAFT_PRELOAD, settings.council.disclosure.withholds)

    def make_draft(draft_settings: Settings, kernels: Kernels) -> bool:
        resources = RunResources(kernels=kernels, with_audit=False)
        return make_report(draft_settings, options, Progress(), resources=resources)

    run_preview(settings, make_draft, port, typer.echo)
