"""The commands for open data, reference data, and the list of open cases."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline.cli.app import app, display_path
from pipeline.cli.options import ReferenceFiles, ReferenceYear, Workspace, YearName
from pipeline.problem import Kind, Problem, printable

COMBINED_FOLDER = "open-data"  # in `reports`
OPEN_CASES = "open_cases.csv"


@app.command("open-data")
def open_data(workspace: Workspace = Path()) -> None:
    """Combine the open data of all reports into one set of files, with revisions marked."""
    from pipeline.artifacts import OPEN_DATA
    from pipeline.open_data.combine import REVISIONS, YearData, combined_files
    from pipeline.settings import load_settings
    from pipeline.system.folders import replace_atomically

    settings = load_settings(workspace, "latest")
    folders = [*settings.earlier_report_folders, settings.published_folder]
    reports = [
        YearData(folder.name, {path.name: path.read_bytes() for path in _data_files(folder)})
        for folder in folders
        if (folder / OPEN_DATA).is_file()
    ]
    if not reports:
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where="reports",
            what="no report here has open data",
            remedy="Make a report with it: annual-report run latest",
        )
    target = settings.published_folder.parent / COMBINED_FOLDER
    files = combined_files(reports)
    with replace_atomically(target) as staging:
        for name, content in files.items():
            (staging / name).write_bytes(content)
    years = ", ".join(report.year for report in reports)
    typer.echo(f"Combined the open data of {years}:")
    for name in sorted(files):
        typer.echo(f"  {display_path(target / name)}")
    count = len(files[REVISIONS].splitlines()) - 1
    if count:
        revised = "1 number was" if count == 1 else f"{count} numbers were"
        typer.echo(f"{revised} revised by a later report: {REVISIONS} lists what changed.")
    else:
        typer.echo("No number was revised by a later report.")


def _data_files(folder: Path) -> list[Path]:
    """The open data of a report, without its spreadsheets."""
    return [path for path in folder.iterdir() if path.suffix in (".csv", ".json", ".txt")]


@app.command()
def reference(
    files: ReferenceFiles, workspace: Workspace = Path(), year: ReferenceYear = "latest"
) -> None:
    """Read published data to compare with, and keep the rows that matter in data/raw/reference."""
    from datetime import date

    from pipeline.reference.store import load_reference, save_reference
    from pipeline.reference.take import take_files
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    reading = take_files(files, settings, load_reference(settings), date.today())
    folder = save_reference(reading.reference, settings)
    typer.echo(f"{settings.council.authority}, {settings.year}. Read:\n")
    for line in reading.used:
        typer.echo(f"  {printable(line)}")
    for note in reading.notes:
        typer.echo(f"\nnote: {printable(note)}")
    typer.echo(f"\nKept in {display_path(folder)}. Next: annual-report run {settings.year}")


@app.command("open-cases")
def open_case_list(year: YearName = "latest", workspace: Workspace = Path()) -> None:
    """List open cases by age, and responses due in the next ten working days. Never published."""
    from pipeline.artifacts import write_table
    from pipeline.clean import clean
    from pipeline.clean.open_cases import open_case_summary, open_cases
    from pipeline.inputs import check_inputs
    from pipeline.settings import load_settings
    from pipeline.system.folders import replace_atomically
    from pipeline.validate.findings import raise_critical

    settings = load_settings(workspace, year)
    validated = check_inputs(settings).validated
    raise_critical(validated.findings)
    tables = clean(validated.tables, settings).tables
    missing = {"cases", "investigations"} - tables.keys()
    if missing:
        raise Problem(
            kind=Kind.DATA,
            where=f"data/raw/{settings.year}",
            what=f"there are no {' and no '.join(sorted(missing))}, so nothing can be listed",
            remedy="Put complaints and investigations into the folder of the year.",
        )
    as_at = settings.report.data_as_at
    table = open_cases(tables["cases"], tables["investigations"], settings.council, as_at)
    target = settings.processed.with_name(f"{settings.folder_name}.open")
    with replace_atomically(target) as folder:
        write_table(table, folder / OPEN_CASES)
    typer.echo(f"{settings.council.authority}, as at {as_at}: {open_case_summary(table)}")
    typer.echo(f"\nFor the team, not for publication: {display_path(target / OPEN_CASES)}")
