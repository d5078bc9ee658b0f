"""The command that proposes how to read the exports of a case system."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli.app import app, display_path, is_interactive, shell_path
from pipeline.cli.options import Exports, MappingYear, Workspace, Write
from pipeline.problem import printable

if TYPE_CHECKING:
    from pipeline.start.mapping.proposal import Proposal
    from pipeline.year import Year


@app.command("map")
def map_exports(
    files: Exports, year: MappingYear, workspace: Workspace = Path(), write: Write = False
) -> None:
    """Propose how to read your case system's exports: their headings, codes, stages and dates.

    On a terminal it asks about what is undecided.
    """
    from pipeline.start.folders import parse_year_name
    from pipeline.start.mapping.writing.council_file import read_council, write_council
    from pipeline.start.mapping.writing.show import match_summary, proposal_text
    from pipeline.start.mapping.writing.yaml_text import council_lines

    chosen_year = parse_year_name(year)
    council = read_council(workspace, must_exist=write)
    proposal = _proposal(files, council, chosen_year)
    lines = council_lines(proposal)
    shown_lines = printable(lines.rstrip())
    typer.echo(printable(proposal_text(proposal)))
    typer.echo(match_summary(proposal))
    if not lines:
        typer.echo("The files have our own headings and codes: council.yaml needs no entry.")
    elif write:
        left_alone = write_council(workspace, lines, _may_replace)
        typer.echo(f"\nAdded to data/raw/council.yaml:\n\n{shown_lines}")
        if left_alone:
            typer.echo(
                "\nLeft as they are, because they have another value in council.yaml: "
                f"{', '.join(left_alone)}"
            )
    else:
        typer.echo(f"\nFor data/raw/council.yaml:\n\n{shown_lines}")
        typer.echo("\nNothing was written. To add these lines: the same command with --write.")
    typer.echo("\nNext:\n" + "\n".join(_next_steps(proposal, chosen_year, workspace)))


def _proposal(files: Sequence[Path], council: dict[str, Any], year: Year) -> Proposal:
    """The proposal, with a person's answers if there is one to ask."""
    from pipeline.start.mapping.exports import read_exports
    from pipeline.start.mapping.proposal import complete, council_codes, draft_tables
    from pipeline.start.mapping.questions import ask_codes, ask_columns

    tables = read_exports(list(files))
    drafts = draft_tables(tables, council, year)
    read_names = {draft.table.name for draft in drafts}
    for table in tables:
        if table.name not in read_names:
            typer.echo(printable(f"{table.name}: not read, because it is like no extract.\n"))
    if not is_interactive():
        return complete(drafts, council, year)
    proposal = complete(ask_columns(drafts, _ask), council, year)
    return ask_codes(proposal, dict(council_codes(council)), _ask)


def _ask(question: str, options: Sequence[str]) -> str:
    """What a person types; Return accepts the first option, and s skips the question."""
    typer.echo(f"\n{question}")
    for number, option in enumerate(options, 1):
        typer.echo(f"  {number}  {option}")
    answer: str = typer.prompt("Number, or s to skip", default="", show_default=False)
    return answer


def _may_replace(key: str, current: Any, proposed: Any) -> bool:
    """Whether a person allows to replace an entry; nobody is asked where there is no terminal."""
    if not is_interactive():
        return False
    typer.echo(f"\n{key} in council.yaml is {current}; proposed is {proposed}.")
    return typer.confirm("Replace it?", default=False)


def _next_steps(proposal: Proposal, year: Year, workspace: Path) -> list[str]:
    """Where each file belongs, and the command that checks it."""
    folder = f"{display_path(workspace.resolve() / 'data' / 'raw')}/{year}"
    steps = []
    for table in proposal.tables:
        files = table.table.files
        for number, file in enumerate(files, 1):
            part = f" {number}" if len(files) > 1 else ""
            name = f"{table.extract.name}{part}{Path(file).suffix.casefold()}"
            is_declared = table.table.sheet or table.table.selection
            known_as = "" if is_declared else f" as {name}"
            steps.append(f"  Put {file} into {folder}{known_as}.")
    option = "" if workspace == Path() else f" --workspace {shell_path(workspace)}"
    return [*dict.fromkeys(steps), f"  Then: annual-report check {year}{option}"]
