"""The commands. Each imports what it needs when it runs, so that asking for help is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.problem import Kind, Problem

STOPPED = 130  # typer's exit code for Ctrl-C, of which it says nothing

app = typer.Typer(
    name="annual-report", add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="The statutory annual report on children's social care complaints, from raw extracts to the committee's page.",
)  # fmt: skip

Workspace = Annotated[Path, typer.Option("--workspace", "-w", help="The folder that holds data/raw.", show_default="this folder")]
YearText = Annotated[str, typer.Argument(metavar="YEAR", help="A financial year such as 2021-22, or: latest.")]


@app.callback()
def _commands() -> None:
    """Keeps `run` a command of its own while it is the only one."""


@app.command()
def run(year: YearText, workspace: Workspace = Path()) -> None:
    """Make the report of a year: validate, clean, aggregate, write. The last good report stays until this one is done."""
    from pipeline.report.render import documents
    from pipeline.run import chain
    from pipeline.run.display import display
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    with display(settings) as progress:
        folder = chain.run(settings, documents, progress)
    made = sorted(path for path in folder.iterdir() if path.is_file())
    typer.echo(f"Made in {sum(progress.seconds.values()):.1f} seconds:")
    for path in made:
        typer.echo(f"  {_shown(path)}")
    typer.echo(f"For the auditor, not for publication: {_shown(folder / 'audit')}")


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def main() -> None:
    """Run a command; a Problem ends it with its message and exit code, without a traceback."""
    try:
        app()
    except Problem as problem:
        typer.echo(f"\n{problem}", err=True)
        sys.exit(problem.kind)
    except SystemExit as ended:
        if ended.code == STOPPED:
            typer.echo("\nStopped. The last good report is as it was.", err=True)
        raise
    except Exception as error:
        _internal(error)


def _internal(error: Exception) -> None:
    """An error that the user cannot mend: keep its traceback in a file and say what to do with it."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="annual-report-", suffix=".txt", delete=False, encoding="utf-8") as kept:
        traceback.print_exception(error, file=kept)
    typer.echo(
        f"\nSomething went wrong inside annual-report: {type(error).__name__}: {error}\n"
        f"The last good report is as it was. What happened is kept in {kept.name}: send it with a description of what you did, "
        "after you have checked that it holds nothing personal.",
        err=True,
    )
    sys.exit(Kind.INTERNAL)
