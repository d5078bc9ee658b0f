"""The commands that start a council and a year, and check its extracts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.artifacts import FINDINGS_FILE, FINDINGS_PAGE
from pipeline.cli.app import (
    app,
    display_path,
    is_interactive,
    load_recovered_settings,
    print_unsupported_claims,
    shell_path,
)
from pipeline.cli.options import (
    Example,
    NewFolder,
    NewYear,
    SetValues,
    ShowPersonal,
    Workspace,
    YearName,
)
from pipeline.problem import Kind, Problem

if TYPE_CHECKING:
    from pipeline.settings import Settings

NO_VALUES: list[str] = []


@app.command()
def init(folder: NewFolder, example: Example = None, values: SetValues = NO_VALUES) -> None:
    """Start a workspace for a council: its settings, to be filled in, and a place for its data.

    On a terminal it asks for the values that every council has to give.
    """
    from pipeline.start.example import create_example
    from pipeline.start.folders import create_workspace
    from pipeline.start.values import keys_without_value, parse_values, unanswered_keys

    option = f" --workspace {shell_path(folder)}"
    if example is not None:
        year = create_example(folder, example)
        typer.echo(
            f"Made {display_path(folder)}, a working example with invented data.\n\nNext:\n"
            f"  annual-report check {year}{option}\n"
            f"  annual-report run {year}{option}"
        )
        return
    answers = parse_values(values)
    if not answers and is_interactive():
        answers = _ask_values(unanswered_keys())
    files = [display_path(path) for path in create_workspace(folder, answers)]
    typer.echo("\n  ".join(["Made:", *files]))
    typer.echo(
        "\nNext:\n"
        f"  1. Fill in council.yaml: {', '.join(keys_without_value(folder))}.\n"
        "  2. If earlier years were published, enter their totals in published.csv: "
        "docs/published.md explains how.\n"
        "  3. If your case system has its own headings or codes: annual-report map FILE… --write "
        f"--year 2022-23{option}, with the year that you report\n"
        f"  4. annual-report new 2022-23{option}"
    )


def _ask_values(notes: dict[str, str]) -> dict[str, str]:
    """What a person enters for each key; Return leaves it for later."""
    typer.echo("Return leaves a value for later.")
    answers = {
        key: typer.prompt(f"{key} ({note})", default="", show_default=False).strip()
        for key, note in notes.items()
    }
    return {key: answer for key, answer in answers.items() if answer}


@app.command()
def new(year: NewYear, workspace: Workspace = Path()) -> None:
    """Start a year: its folder, with settings, headings for your words and blank spreadsheets."""
    from pipeline.start.folders import create_year

    folder, keys = create_year(workspace, year)
    option = "" if workspace == Path() else f" --workspace {shell_path(workspace)}"
    folder_name = display_path(folder)
    typer.echo(
        f"Made {folder_name}:\n"
        "  report.yaml    what belongs to this one report\n"
        "  commentary.md  a heading for your own words in each section\n"
        "  templates/     a blank spreadsheet for each extract, with notes and lists to choose "
        "from\n\n"
        "Next:\n"
        f"  1. Fill in report.yaml: {', '.join(keys)}. Check the rest of it.\n"
        f"  2. Put the extracts into {folder_name}: exports of your case system, or templates "
        "that you have filled in.\n"
        f"  3. annual-report check {year}{option}\n"
        f"  4. annual-report run {year}{option}"
    )


@app.command()
def check(
    year: YearName, workspace: Workspace = Path(), show_personal: ShowPersonal = False
) -> None:
    """Report what is wrong with a year's extracts and how to fix it. Makes no report."""
    from pipeline.run.swap import protect_workspace

    if show_personal and not sys.stdout.isatty():
        raise Problem(
            kind=Kind.SETTINGS,
            where="--show-personal",
            what="personal values are shown on a terminal only, and this is a file or a pipe",
            remedy="Leave it out: values of personal columns are then masked.",
        )
    settings = load_recovered_settings(workspace, year)
    protect_workspace(settings)
    if settings.is_joint:
        _check_all(settings, show_personal)
    else:
        _check_one(settings, show_personal)


def _check_all(settings: Settings, show_personal: bool) -> None:
    """Check what each procedure's report is made of, and then the words of the joint report.

    Raises typer.Exit with the first exit code that is not 0, once all has been checked.
    """
    from pipeline.inputs import faults_text, word_faults
    from pipeline.settings import load_procedures

    exits = []
    for procedure in load_procedures(settings):
        try:
            _check_one(procedure, show_personal)
        except typer.Exit as stop:
            exits.append(stop)
        typer.echo("")
    faults = word_faults(settings)
    if faults:
        typer.echo(f"In the joint report:\n\n{faults_text(faults)}")
        exits.append(typer.Exit(faults[0].kind))
    print_unsupported_claims(settings)
    if exits:
        raise exits[0]
    typer.echo(f"All procedures are ready. Next: annual-report run {settings.name}")


def _check_one(settings: Settings, show_personal: bool) -> None:
    """Check what one report is made of; typer.Exit if something would stop it."""
    from pipeline.inputs import check_inputs, faults_text
    from pipeline.validate.checklist import checklist, checklist_text
    from pipeline.validate.findings import findings_text
    from pipeline.validate.store import format_supplied, save_findings, supplied

    checked = check_inputs(settings)
    validated = checked.validated
    typer.echo(f"{settings.council.authority}, {settings.name}. Rows read:\n")
    typer.echo(format_supplied(supplied(validated, settings)))
    typer.echo("\n" + findings_text(validated.findings, show_personal))
    folder = save_findings(validated, settings)
    if validated.findings:
        files = [display_path(folder / name) for name in (FINDINGS_PAGE, FINDINGS_FILE)]
        typer.echo(f"\nThe same as a page and as a spreadsheet: {', '.join(files)}")
    if checked.faults:
        faults = faults_text(checked.faults)
        typer.echo(f"\nBesides, in settings, commentary and notebook:\n\n{faults}")
    if validated.stops or checked.faults:
        typer.echo(
            f"\nFix the critical findings, then run again: annual-report check {settings.name}"
        )
        raise typer.Exit(Kind.DATA if validated.stops else checked.faults[0].kind)
    typer.echo("\n" + checklist_text(checklist(validated.tables, settings)))
    print_unsupported_claims(settings)
    typer.echo(f"\nThe extracts are ready. Next: annual-report run {settings.name}")
