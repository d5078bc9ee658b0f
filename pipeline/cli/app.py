"""The application that the commands belong to, and what several of them need."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import system
from pipeline.artifacts import DISTRIBUTION

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer(
    name="annual-report",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The statutory annual report on children's social care complaints, from raw extracts to "
    "the committee's page.",
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version

        typer.echo(f"annual-report {version(DISTRIBUTION)}")
        raise typer.Exit


@app.callback()
def options_of_every_command(
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Take what may be typed in place of a command. Its help is that of the application."""


def load_recovered_settings(workspace: Path, year: str) -> Settings:
    """The settings of a year, after what interrupted runs left has been cleared up."""
    from pipeline.run.swap import recover_interrupted_runs
    from pipeline.settings import load_settings

    settings = load_settings(workspace, year)
    recover_interrupted_runs(settings)
    return settings


def print_unsupported_claims(settings: Settings) -> None:
    from pipeline.report.narrative.claims import unsupported_claims

    for claim in unsupported_claims(settings):
        typer.echo(f"\nwarning: {claim.where}\n  {claim.what}\n  → {claim.remedy}")


def is_interactive() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def shell_path(path: Path) -> str:
    """A path as it has to be typed in a command, quoted if it has spaces or an apostrophe."""
    from subprocess import list2cmdline

    text = display_path(path)
    return shlex.quote(text) if system.IS_POSIX else list2cmdline([text])


def display_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
