"""The application that the commands belong to, and what several of them need."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings

app = typer.Typer(
    name="annual-report",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The statutory annual report on children's social care complaints, from raw extracts to "
    "the committee's page.",
)


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


def display_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
