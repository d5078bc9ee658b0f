"""The commands that verify, trace and compare finished reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.app import app, display_path, load_recovered_settings
from pipeline.cli.options import (
    Against,
    Archive,
    Bundle,
    Category,
    Detail,
    DiffPage,
    DiffWord,
    Digest,
    FigureId,
    NumberYear,
    Overwrite,
    ReportYear,
    Section,
    Workspace,
    YearName,
)
from pipeline.problem import Kind, Problem
from pipeline.system.output_files import OutputFile
from pipeline.workflow import RunResources, make_report

if TYPE_CHECKING:
    from pipeline.run.record import RunRecord
    from pipeline.settings import Settings


@app.command()
def verify(
    year: YearName = "latest",
    workspace: Workspace = Path(),
    bundle: Bundle = None,
    archive: Archive = None,
    overwrite: Overwrite = False,
    digest: Digest = "",
) -> None:
    """Prove that a report can be reproduced: compare every hash, then repeat the run."""
    from pipeline.run.record import RECORD_PATH, UNPROVED, file_digest
    from pipeline.run.verify import (
        BUNDLED_RECORD,
        check_no_differences,
        pack_bundle,
        verify_report,
    )

    if archive and bundle:
        raise Problem(
            kind=Kind.SETTINGS,
            where="verify",
            what="--from checks an archive, and --bundle makes one",
            remedy="Leave one of them out.",
        )
    if archive:
        _verify_archive(archive, workspace, year, digest.strip().casefold())
        return
    settings = load_recovered_settings(workspace, year)
    output = bundle and OutputFile(
        "--bundle", bundle, BUNDLED_RECORD, overwrite, [settings.workspace]
    )
    if output:
        output.check()
    record, differences = verify_report(settings, _repeat_run)
    check_no_differences(differences, f"{settings.report_name}")
    typer.echo(
        f"{settings.report_name}, made {record.finished}: {len(record.inputs)} inputs and "
        f"{len(record.outputs)} outputs are as recorded, and a repeated run made the same report, "
        f"byte for byte. The tables in {settings.tables_name} are as recorded, too."
    )
    typer.echo(f"Nothing proves {UNPROVED}.")
    record_digest = file_digest(settings.published_folder / RECORD_PATH)
    typer.echo(_digest_notice(record_digest, record.manifest_sha256))
    if output:
        output.write(pack_bundle(settings))
        typer.echo(f"Packed, for the auditor and not for publication: {display_path(output.path)}")


def _verify_archive(archive: Path, workspace: Path, year: str, digest: str) -> None:
    """Compare an archive with its own record, and with a report made again from a workspace."""
    from pipeline.run.record import UNPROVED, published_digest
    from pipeline.run.verify import bundled_record, check_no_differences, verify_bundle
    from pipeline.settings import load_settings, years_in
    from pipeline.settings.years import LATEST

    record, record_digest = bundled_record(archive)
    archived_year = record.asked.year
    if year not in (LATEST, archived_year):
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(archive),
            what=f"this archive contains the report on {archived_year}, not on {year}",
            remedy=f"Leave the year out, or write {archived_year}.",
        )
    has_inputs = archived_year in map(str, years_in(workspace))
    settings = load_settings(workspace, record.asked.year_text) if has_inputs else None
    record, differences = verify_bundle(
        archive, settings, _repeat_run if settings else None, digest
    )
    check_no_differences(differences, str(archive))
    typer.echo(
        f"{archive}: each of the {len(record.outputs)} files agrees with the record inside this "
        f"archive, made {record.finished}."
    )
    if digest:
        is_of_published = digest == published_digest(record.outputs)
        proved = "The published files are those" if is_of_published else "The record is the one"
        what = "published file" if is_of_published else "file"
        typer.echo(f"{proved} whose SHA-256 you gave, so nobody has changed a {what}.")
    else:
        typer.echo(
            "Anyone who changed a file could have changed that record, too. --digest, with the "
            "SHA-256 that was printed when the archive was packed, proves that nobody did."
        )
        typer.echo(_digest_notice(record_digest, record.manifest_sha256))
    if settings:
        typer.echo(
            f"A run on the inputs in {display_path(settings.workspace)} made the same report, "
            f"byte for byte. Nothing proves {UNPROVED}."
        )
    else:
        typer.echo(
            f"No inputs of {archived_year} are here, so the report was not made again. Name the "
            "folder that contains data/raw with --workspace."
        )


def _digest_notice(record_digest: str, manifest_digest: str) -> str:
    """What tells one run record from any other, for a copy kept where nobody can change both."""
    notice = f"SHA-256 of its run record, to compare with a copy kept elsewhere: {record_digest}"
    return f"{notice}\nSHA-256 of its manifest: {manifest_digest}" if manifest_digest else notice


def _repeat_run(copy: Path, record: RunRecord) -> Path:
    """Make the report that a record describes from a copy of its inputs; its folder."""
    from pipeline.run.chain import Progress
    from pipeline.settings import load_settings

    settings = load_settings(copy, record.asked.year_text)
    progress = Progress()
    resources = RunResources(accepts_missing_formats=True)  # its absence is a difference
    make_report(settings, record.asked, progress, resources=resources)
    for notice in progress.notices:
        typer.echo(notice)
    return settings.published_folder


@app.command()
def trace(
    figure: FigureId = "",
    category: Category = "",
    detail: Detail = "",
    year: NumberYear = None,
    section: Section = None,
    report: ReportYear = "latest",
    workspace: Workspace = Path(),
) -> None:
    """Explain a number of a report: its rule, base and rows, and where the report prints it."""
    from pipeline.audit.damage import damage_explained
    from pipeline.audit.trace import trace_number, trace_section

    settings = load_recovered_settings(workspace, report)
    if section or figure:
        with damage_explained(settings.workspace, settings.published_folder):
            if section:
                text = trace_section(settings, section)
            else:
                text = trace_number(settings, figure, year, category, detail)
        typer.echo(text)
    else:
        raise Problem(
            kind=Kind.SETTINGS,
            where="trace",
            what="neither a figure nor a section is named",
            remedy="Name a figure, such as complaints.by_outcome, or list the numbers of a "
            "section with --section 2.4.",
        )


@app.command()
def diff(
    year: YearName = "latest",
    workspace: Workspace = Path(),
    against: Against = None,
    page: DiffPage = None,
    docx: DiffWord = None,
    overwrite: Overwrite = False,
) -> None:
    """Report what changed since an earlier report: inputs, findings, figures, text and charts."""
    from pipeline.audit.damage import damage_explained
    from pipeline.audit.diff.earlier import current_report, earlier_report
    from pipeline.audit.diff.reports import compare_reports, compare_with_published
    from pipeline.audit.diff.runs import compare_runs
    from pipeline.audit.diff.show import PAGE_TITLE, diff_page, diff_text

    settings = load_recovered_settings(workspace, year)
    if docx:
        _write_redline(settings, against, docx, overwrite)
        if not page:
            return
    output = page and OutputFile("--page", page, PAGE_TITLE, overwrite, [settings.workspace])
    if output:
        output.check()
    current = current_report(settings)
    if against == "published":
        with damage_explained(settings.workspace, settings.published_folder):
            old_name, sections = compare_with_published(settings)
    else:
        with (
            earlier_report(settings, against) as earlier,
            damage_explained(settings.workspace, settings.published_folder, earlier.folder),
        ):
            old_name = str(earlier)
            sections = compare_runs(earlier.record, current.record)
            sections += compare_reports(earlier.folder, current.folder)
    if output:
        output.write(diff_page(settings, old_name, str(current), sections))
    typer.echo(diff_text(settings, old_name, str(current), sections))
    if page:
        typer.echo(
            "\nAll differences as a page, for the auditor and not for publication: "
            f"{display_path(page)}"
        )


def _write_redline(settings: Settings, against: str | None, path: Path, overwrite: bool) -> None:
    """Write the Word file with tracked changes since the draft that readers had last.

    against: another report to compare with; without either, the last one kept.
    """
    from pipeline.audit.diff.earlier import earlier_report
    from pipeline.review.redline import redline, word_file_of
    from pipeline.review.saving import last_read_report

    output = OutputFile("--docx", path, "", overwrite, [settings.workspace])
    output.check()
    new = word_file_of(settings.published_folder, settings.workspace)
    last_read = None if against else last_read_report(settings)
    if last_read:
        old, name = word_file_of(last_read, settings.workspace), display_path(last_read)
    else:
        with earlier_report(settings, against) as earlier:
            old, name = word_file_of(earlier.folder, settings.workspace), str(earlier)
    output.write(redline(old, new, settings.report.data_as_at))
    typer.echo(f"The changes since {name}, as tracked changes: {display_path(output.path)}")
