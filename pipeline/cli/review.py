"""The command that brings edits made in Word back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli.app import app, display_path, is_interactive, load_recovered_settings
from pipeline.cli.options import Apply, ApplyAll, Overwrite, Returned, ReviewPage, Workspace
from pipeline.problem import Kind, Problem, printable
from pipeline.system.output_files import OutputFile

if TYPE_CHECKING:
    from pipeline.review.session import Review
    from pipeline.settings import Settings


@app.command()
def review(
    files: Returned,
    workspace: Workspace = Path(),
    apply: Apply = False,
    apply_all: ApplyAll = False,
    page: ReviewPage = None,
    overwrite: Overwrite = False,
) -> None:
    """Show what readers changed and commented on in copies of the Word file, and apply edits."""
    from pipeline.review.saving import save_review
    from pipeline.review.session import review_files
    from pipeline.review.show import PAGE_TITLE, review_page, review_text

    apply = apply or apply_all
    if apply and not apply_all and not is_interactive():
        raise Problem(
            kind=Kind.SETTINGS,
            where="--apply",
            what="there is no terminal on which to ask about each edit",
            remedy="Add --all to apply every safe edit.",
        )
    output = page and OutputFile("--page", page, PAGE_TITLE, overwrite, [workspace])
    if output:
        output.check()
    result = review_files(workspace.resolve(), files)
    settings = load_recovered_settings(workspace, result.report)
    decisions: dict[int, str] = {}
    changed: list[Path] = []
    if apply:
        decisions, changed = _apply(result, settings, ask=not apply_all)
    if not apply or apply_all:
        typer.echo(review_text(result, settings, decisions))
    table = save_review(result, settings, decisions)
    typer.echo(f"\nThe same as a table: {display_path(table)}")
    if output:
        output.write(review_page(result, settings, decisions))
        typer.echo(f"The same as a page, not for publication: {display_path(output.path)}")
    for path in changed:
        typer.echo(f"Changed: {display_path(path)}")
    if changed:
        replaced = display_path(settings.review_folder / "replaced")
        typer.echo(f"The versions before are in {replaced}.")
        typer.echo(f"Next: annual-report run {settings.name}")
    elif apply:
        typer.echo("No file was changed.")
    elif any(entry.is_safe for entry in result.entries):
        typer.echo("Nothing was changed. To apply edits: the same command with --apply.")


def _apply(result: Review, settings: Settings, ask: bool) -> tuple[dict[int, str], list[Path]]:
    """Apply the safe edits; what became of each change, and the files that were written."""
    from pipeline.review.edits.applying import Workbench
    from pipeline.review.show import APPLIED, LEFT, FigureNotes, entry_lines

    workbench = Workbench(settings)
    notes = FigureNotes(settings)
    decisions = {}
    for entry in result.entries:
        if ask:
            typer.echo(printable("\n" + "\n".join(entry_lines(entry, notes))))
        if not entry.is_safe:
            continue
        if ask and not typer.confirm("Apply it?", default=False):
            decisions[entry.number] = f"{LEFT}: declined"
            continue
        fault = workbench.apply(entry)
        decisions[entry.number] = f"{LEFT}: {fault}" if fault else APPLIED
        if ask and fault:
            typer.echo(printable(f"Not applied: {fault}"))
    return decisions, workbench.write()
