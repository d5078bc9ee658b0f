"""The commands. Each imports what it needs when it runs, so that asking for help is quick."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.problem import Kind, Problem
from pipeline.workflow import (
    RunResources,
    check_warnings_accepted,
    make_council_year,
    make_report,
    parse_formats,
    run_options,
)

SIGINT_EXIT_CODE = 130  # typer's exit code for Ctrl-C, of which it says nothing

app = typer.Typer(
    name="annual-report", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="The statutory annual report on children's social care complaints, from raw extracts to the committee's page.",
)  # fmt: skip

Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", help="The folder that holds data/raw.", show_default="this folder"
    ),
]
YearText = Annotated[
    str, typer.Argument(metavar="YEAR", help="A financial year such as 2021-22, or: latest.")
]


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder for the council's data and reports.")
    ],
) -> None:
    """Begin a workspace for a council: its settings, to be filled in, and a place for its data."""
    from pipeline.start.folders import create_workspace

    typer.echo("Made:")
    for path in create_workspace(folder):
        typer.echo(f"  {_display_path(path)}")
    typer.echo(
        "\nNext:\n"
        "  1. Fill in council.yaml: names, service areas, how small numbers are published.\n"
        "  2. If earlier years were published, put their totals into published.csv: docs/dictionary.md says how.\n"
        f"  3. annual-report new 2022-23 --workspace {_display_path(folder)}, with the year that you report"
    )


@app.command()
def new(year: Annotated[str, typer.Argument(metavar="YEAR", help="The financial year, such as 2022-23.")],
        workspace: Workspace = Path()) -> None:  # fmt: skip
    """Begin a year: its folder, with settings, headings for your words, and a blank spreadsheet for each extract."""
    from pipeline.start.folders import create_year

    folder, to_fill_in = create_year(workspace, year)
    at = "" if workspace == Path() else f" --workspace {_display_path(workspace)}"
    typer.echo(
        f"Made {_display_path(folder)}:\n"
        "  report.yaml    what belongs to this one report\n"
        "  commentary.md  a heading for your own words in each section\n"
        "  templates/     a blank spreadsheet for each extract, with notes and lists to choose from\n\n"
        "Next:\n"
        f"  1. Fill in report.yaml: {', '.join(to_fill_in)}. Look at the rest of it.\n"
        f"  2. Put the extracts into {_display_path(folder)}: what your case system exports, or templates that you have filled in.\n"
        f"  3. annual-report check {year}{at}\n"
        f"  4. annual-report run {year}{at}"
    )


@app.command()
def check(
    year: YearText, workspace: Workspace = Path(),
    show_personal: Annotated[bool, typer.Option("--show-personal", help="Show names and the like, on a terminal only.")] = False,
) -> None:  # fmt: skip
    """Say what is wrong with a year's extracts, and what to do about it. Makes no report."""
    from pipeline.settings import load_settings
    from pipeline.validate import check as checked
    from pipeline.validate.checklist import checklist
    from pipeline.validate.checklist import checklist_text as checklist_as_text
    from pipeline.validate.findings import findings_text
    from pipeline.validate.store import format_supplied, save_findings, supplied

    if show_personal and not sys.stdout.isatty():
        raise Problem(
            Kind.SETTINGS, "--show-personal", "personal values are shown on a terminal only, and this is a file or a pipe",
            "Leave it out: values of personal columns are then masked.",
        )  # fmt: skip
    settings = load_settings(workspace, year)
    validated = checked(settings)
    typer.echo(f"{settings.council.authority}, {settings.year}. Rows read:\n")
    typer.echo(format_supplied(supplied(validated, settings)))
    typer.echo("\n" + findings_text(validated.findings, show_personal))
    kept = save_findings(validated, settings)
    if validated.findings:
        typer.echo(
            f"\nThe same as a page and as a spreadsheet: {_display_path(kept / 'findings.html')}, {_display_path(kept / 'findings.csv')}"
        )
    if validated.stops:
        typer.echo(
            f"\nWhat is critical has to be put right first. Then once more: annual-report check {settings.year}"
        )
        raise typer.Exit(Kind.DATA)
    typer.echo("\n" + checklist_as_text(checklist(validated.tables, settings)))
    _print_unsupported_claims(settings)
    typer.echo(f"\nNothing stands in the way of a report. Next: annual-report run {settings.year}")


@app.command()
def run(
    year: YearText, workspace: Workspace = Path(),
    formats: Annotated[str | None, typer.Option("--formats", help="Those to make, with commas.", show_default="all")] = None,
    final: Annotated[bool, typer.Option("--final", help="No draft: only once warnings are accepted in report.yaml.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Make all anew, also what has not changed.")] = False,
) -> None:  # fmt: skip
    """Make the report of a year: validate, clean, aggregate, write. The last good report stays until this one is done.

    What has not changed since the last run is taken from it.
    """
    from pipeline.run.kernels import fork_server

    if force or not any(
        workspace.glob("reports/*/audit/run.json")
    ):  # then there is nothing to take from a last run
        fork_server.start()
    from pipeline.run.display import show_progress
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    asked = run_options(settings, formats, final)
    if final:
        check_warnings_accepted(settings)
    with show_progress(settings) as progress:
        if not fork_server.CAN_FORK:
            progress.notices.append(
                "On this system each notebook starts from nothing, for processes cannot be forked: a run takes longer."
            )
        made = make_report(settings, asked, progress, force)
    folder = settings.published_folder
    if not made:
        typer.echo(
            f"Nothing has changed since {_display_path(folder)} was made: it is as it was. With --force all is made anew."
        )
        return
    typer.echo(f"Made in {sum(progress.seconds.values()):.1f} seconds:")
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        typer.echo(f"  {_display_path(path)}")
    for notice in progress.notices:
        typer.echo(notice)
    typer.echo(
        f"For the auditor, not for publication: {_display_path(folder / 'audit' / 'index.html')}"
    )
    _print_unsupported_claims(settings)


@app.command()
def batch(
    workspaces: Annotated[list[Path], typer.Argument(metavar="WORKSPACE...", help="Folders that hold data/raw.")],
    years: Annotated[str | None, typer.Option("--years", help="Such as 2019-20:2023-24.", show_default="all held")] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Reports made at once.", show_default="one a core")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", help="Of a Dask cluster, such as tcp://node1:8786.")] = None,
    formats: Annotated[str | None, typer.Option("--formats", help="Those to make, with commas.", show_default="all")] = None,
    force: Annotated[bool, typer.Option("--force", help="Make all anew, also what has not changed.")] = False,
    page: Annotated[Path, typer.Option("--page", help="Where the page of results goes.")] = Path("batch.html"),
) -> None:  # fmt: skip
    """Make the reports of many councils and years. One that fails stops no other; given again, only the rest is made."""
    from functools import partial

    from pipeline.run.batch.executors import open_executor

    parse_formats(formats)
    with open_executor(jobs, scheduler) as where:  # which imports while we do
        from pipeline.report.documents.batch import BatchRow, render_batch_page
        from pipeline.run.batch.batch import FAILED, council_years, parse_year_range, run_all
        from pipeline.run.batch.display import result_counts, show_batch_progress, summary_table
        from pipeline.system.folders import check_outside_workspace

        asked = council_years(workspaces, parse_year_range(years) if years else None)
        check_outside_workspace(
            page, *(one.workspace / folder for one in asked for folder in ("data", "reports"))
        )
        with show_batch_progress(asked) as tell:
            results = run_all(
                asked, partial(make_council_year, formats=formats, force=force), where, tell
            )
    rows = [
        BatchRow(one.council, one.year, one.result, one.report_folder, str(one.problem or ""))
        for one in results
    ]
    page.write_text(
        render_batch_page(rows, result_counts(results), page), encoding="utf-8", newline=""
    )
    typer.echo(
        f"\n{summary_table(results)}\nThe same as a page, with each report: {_display_path(page)}"
    )
    if any(one.result == FAILED for one in results):
        raise typer.Exit(Kind.SOME_FAILED)


@app.command()
def status(year: YearText = "latest", workspace: Workspace = Path()) -> None:
    """Say what a run would do, and why; it does nothing itself. Formats, and draft or final, are taken as last time."""
    from pipeline.run.display import STEP_TITLES
    from pipeline.run.freshness import Freshness, plan_run
    from pipeline.run.record import last_run_options
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    recover_interrupted_runs(settings)
    asked = last_run_options(settings.published_folder) or run_options(settings, None, False)
    typer.echo(f"{settings.council.authority}, {settings.year}")
    for step, why in plan_run(Freshness(settings, asked)).reasons.items():
        typer.echo(
            f"  {STEP_TITLES[step].partition(':')[0]:<9}  {f'to do: {why}' if why else 'unchanged'}"
        )


@app.command()
def preview(
    year: YearText = "latest", workspace: Workspace = Path(),
    port: Annotated[int, typer.Option("--port", help="Of the page's address.", show_default="any that is free")] = 0,
) -> None:  # fmt: skip
    """Show the draft in a browser, on this machine alone, made anew whenever an input, a notebook or a template changes."""
    from pipeline.run.chain import Progress
    from pipeline.run.kernels import fork_server
    from pipeline.run.preview.preview import run_preview as follow
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    recover_interrupted_runs(settings)
    asked = run_options(settings, "html", False)
    fork_server.start(fork_server.DRAFT_PRELOAD)

    def draft(now, kernels) -> bool:
        resources = RunResources(kernels=kernels, with_audit=False)
        return make_report(now, asked, Progress(), resources=resources)

    follow(settings, draft, port, typer.echo)


@app.command()
def verify(
    year: YearText = "latest", workspace: Workspace = Path(),
    bundle: Annotated[Path | None, typer.Option("--bundle", help="Pack report and audit into this file.")] = None,
    archive: Annotated[Path | None, typer.Option("--from", help="Check such a file, here or on another machine.")] = None,
) -> None:  # fmt: skip
    """Prove that a report is what the code makes of its inputs: every hash again, and the whole run once more, aside."""
    from pipeline.run.chain import Progress
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.run.verify import check_no_differences, verify_bundle
    from pipeline.run.verify import verify_report as verified
    from pipeline.run.verify import write_bundle as pack
    from pipeline.settings import load_settings, years_in

    if archive:
        settings = load_settings(workspace, year) if years_in(workspace) else None
        record, differences = verify_bundle(archive, settings)
        check_no_differences(differences, str(archive))
        typer.echo(
            f"{archive}: all {len(record.outputs)} files are as they were when the report was made, {record.finished}."
        )
        if not settings:
            typer.echo(
                "There are no inputs here to compare: give the folder that holds data/raw with --workspace."
            )
        return
    settings = load_settings(workspace, year)
    recover_interrupted_runs(settings)

    def again(aside: Path, record) -> Path:
        copy, progress = load_settings(aside, str(settings.year)), Progress()
        make_report(copy, record.asked, progress)
        for notice in progress.notices:
            typer.echo(notice)
        return copy.published_folder

    record, differences = verified(settings, again)
    check_no_differences(differences, f"reports/{settings.year}")
    typer.echo(
        f"reports/{settings.year}, made {record.finished}: {len(record.inputs)} inputs and {len(record.outputs)} outputs are as "
        "recorded, and the report came out the same, byte for byte, when it was made again."
    )
    if bundle:
        pack(settings, bundle)
        typer.echo(f"Packed, for the auditor and not for publication: {_display_path(bundle)}")


@app.command()
def trace(
    figure: Annotated[str, typer.Argument(metavar="FIGURE", help="Such as complaints.by_outcome.", show_default=False)] = "",
    category: Annotated[str, typer.Option("--category", help="Such as: partially upheld.")] = "",
    detail: Annotated[str, typer.Option("--detail", help="Of a figure of two things at once.")] = "",
    year: Annotated[str | None, typer.Option("--year", help="Of the number.", show_default="the reported year")] = None,
    section: Annotated[str | None, typer.Option("--section", help="List the numbers printed in a section, such as 2.4.")] = None,
    report: Annotated[str, typer.Option("--report", help="The year whose report is asked.")] = "latest",
    workspace: Workspace = Path(),
) -> None:  # fmt: skip
    """Say what stands behind a number of a report: its rule, its base, its rows, and where the report says it."""
    from pipeline.audit.trace import trace_number, trace_section
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.settings import load_settings

    settings = load_settings(workspace, report)
    recover_interrupted_runs(settings)
    if section:
        typer.echo(trace_section(settings, section))
    elif figure:
        typer.echo(trace_number(settings, figure, year, category, detail))
    else:
        raise Problem(
            Kind.SETTINGS, "trace", "there is neither a figure nor a section to trace",
            "Name a figure, such as complaints.by_outcome, or list the numbers of a section with --section 2.4.",
        )  # fmt: skip


@app.command()
def diff(
    year: YearText = "latest", workspace: Workspace = Path(),
    against: Annotated[str | None, typer.Option(
        "--against", show_default="the last that was kept",
        help="A kept report by name, a year, a report's folder, an archive of verify --bundle, or: published.",
    )] = None,
    page: Annotated[Path | None, typer.Option("--page", help="Write all of it as a page into this file.")] = None,
) -> None:  # fmt: skip
    """Say what changed since an earlier report: what it was made of, findings, figures, sentences and charts."""
    from pipeline.audit.diff.earlier import current_report, earlier_report
    from pipeline.audit.diff.reports import compare_reports, compare_with_published
    from pipeline.audit.diff.runs import compare_runs
    from pipeline.audit.diff.show import diff_page, diff_text, write_page
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    recover_interrupted_runs(settings)
    now = current_report(settings)
    if against == "published":
        before, parts = compare_with_published(settings)
    else:
        with earlier_report(settings, against) as earlier:
            before, parts = (
                str(earlier),
                [
                    *compare_runs(earlier.record, now.record),
                    *compare_reports(earlier.folder, now.folder),
                ],
            )
    if page:
        write_page(page, diff_page(settings, before, str(now), parts), settings)
    typer.echo(diff_text(settings, before, str(now), parts))
    if page:
        typer.echo(
            f"\nAll of it as a page, for the auditor and not for publication: {_display_path(page)}"
        )


def _print_unsupported_claims(settings) -> None:
    from pipeline.report.narrative.claims import unsupported_claims

    for warning in unsupported_claims(settings):
        typer.echo(f"\nwarning: {warning.where}\n  {warning.what}\n  → {warning.remedy}")


def _display_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def main() -> None:
    """Run a command; a Problem ends it with its message and exit code, without a traceback."""
    for number in (
        signal.SIGTERM,
        getattr(signal, "SIGHUP", signal.SIGTERM),
    ):  # which Windows lacks
        if (
            signal.getsignal(number) == signal.SIG_DFL
        ):  # as `nohup` has it, a terminal that is closed ends nothing
            signal.signal(number, signal.default_int_handler)  # told to end, it ends as on Ctrl-C
    try:
        app()
    except Problem as problem:
        typer.echo(f"\n{problem}", err=True)
        sys.exit(problem.kind)
    except SystemExit as ended:
        if ended.code == SIGINT_EXIT_CODE:
            typer.echo("\nStopped. The last good report is as it was.", err=True)
        raise
    except Exception as error:
        import traceback

        from pipeline.system.errors import internal_problem, machine_problem

        said, trace = f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error))
        problem = machine_problem(error) or internal_problem(said, trace)
        typer.echo(f"\n{problem}", err=True)
        sys.exit(problem.kind)
