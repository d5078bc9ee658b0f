"""The command that says what this machine lacks."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import typer

from pipeline.artifacts import FormatUnavailable
from pipeline.cli.app import app
from pipeline.cli.options import Workspace
from pipeline.problem import Kind, Problem

INSTALL_LIBRARIES = "python -m pip install --require-hashes -r requirements.lock"
SHOWN_CHARACTERS = 8  # of a digest


class Check(NamedTuple):
    """Something that a run needs: what is missing, or "", and how to fix that.

    is_needed: whether nothing works without it.
    """

    subject: str
    lack: str = ""
    remedy: str = ""
    is_needed: bool = True


@app.command()
def doctor(workspace: Workspace = Path()) -> None:
    """Report what this machine lacks for making reports, and how to install it."""
    checks = [*_library_checks(), *_format_checks(), *_workspace_checks(workspace)]
    for check in checks:
        typer.echo(f"{'lacks' if check.lack else 'ok':<7}{check.subject}")
        if check.lack:
            typer.echo(f"         {check.lack}\n       → {check.remedy}")
    if any(check.lack and check.is_needed for check in checks):
        raise typer.Exit(Kind.MACHINE)
    typer.echo("\nThis machine can make reports.")


def _library_checks() -> Iterator[Check]:
    from pipeline.run.kernels.fork_server import CAN_FORK
    from pipeline.run.record.software import library_versions, missing_libraries

    yield Check(f"Python {sys.version.split()[0]}")
    missing = missing_libraries()
    lack = f"not installed: {', '.join(missing)}" if missing else ""
    yield Check(
        f"{len(library_versions())} libraries",
        lack,
        f"{INSTALL_LIBRARIES}, in the program's folder",
    )
    slow = "each notebook starts its own Python, so a run takes longer"
    yield Check(
        "processes that fork",
        "" if CAN_FORK else slow,
        "Nothing to do; on Windows, WSL has them.",
        is_needed=False,
    )


def _format_checks() -> Iterator[Check]:
    """The formats that depend on more than Python's libraries, with what a run record says."""
    from pipeline.report.documents import software
    from pipeline.report.documents.pdf import check_pdf_available
    from pipeline.report.documents.word import pandoc_path

    yield _font_check()
    yield Check("web page, spreadsheets and open data")
    for subject, check in (("PDF", check_pdf_available), ("Word file", pandoc_path)):
        try:
            check()
            if subject == "PDF":
                yield _layout_check(software.layout_versions())
            else:
                yield Check(f"{subject}: {software.pandoc_version()}")
        except FormatUnavailable as unavailable:
            what, _, how = str(unavailable).partition(". ")
            remedy = f"{how}. To make the other formats: run with --accept-missing-formats."
            yield Check(subject, f"{what}.".replace("was not made", "cannot be made"), remedy)


def _font_check() -> Check:
    from pipeline.report.documents.software import fonts_digest
    from pipeline.report.fonts import FONT_FACES, FONT_FAMILY, face_path

    missing = [face_path(*face).name for face in FONT_FACES if not face_path(*face).is_file()]
    if missing:
        lack = f"missing from the program's files: {', '.join(missing)}"
        return Check(f"font {FONT_FAMILY}", lack, "Install the program again.")
    return Check(f"font {FONT_FAMILY}, {fonts_digest()[:SHOWN_CHARACTERS]}")


def _layout_check(versions: Mapping[str, str]) -> Check:
    """Whether the libraries of the PDF, by name, are as new as WeasyPrint needs."""
    from pipeline.report.documents.pdf import OLDEST_PANGO, install_command

    pango = tuple(int(part) for part in re.findall(r"\d+", versions["pango"]))
    oldest = ".".join(map(str, OLDEST_PANGO))
    lack = f"pango is older than {oldest}" if pango and pango < OLDEST_PANGO else ""
    return Check(f"PDF: {', '.join(map(' '.join, versions.items()))}", lack, install_command())


def _workspace_checks(workspace: Path) -> Iterator[Check]:
    """Whether disk and memory suffice for the latest year, if there is one."""
    from pipeline.run.snapshot import expected_shortages
    from pipeline.settings import load_settings

    try:
        settings = load_settings(workspace, "latest")
    except Problem:
        return  # `check` explains it
    shortages = expected_shortages(settings)
    yield Check(
        f"disk and memory for {settings.council.authority}, {settings.year}",
        " ".join(shortages),
        "Free some, or move the workspace to another disk.",
    )
