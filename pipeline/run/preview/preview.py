"""The draft of a year on a page that follows every change: of an extract, a setting, a notebook, a template or a sentence.

It is made in a folder aside, where only what changed is run, by kernels kept ready; the last report stays as it was.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Event

from pipeline.artifacts import STEPS
from pipeline.problem import Problem
from pipeline.run.kernels.managers import Kernels, private_kernels
from pipeline.run.preview.server import Board, serving
from pipeline.run.reachable_code import reached_from
from pipeline.run.steps import PROJECT, bring_inputs, notebook_of
from pipeline.settings import Settings, load_settings
from pipeline.system.temporary import scratch

A_MOMENT = 50  # milliseconds in which changes are taken as one
Make = Callable[[Settings, Kernels], bool]


def preview(
    settings: Settings,
    make: Make,
    port: int,
    tell: Callable[[str], None],
    stop: Event | None = None,
) -> None:
    """Serve a year's draft on this machine alone, and make it anew whenever something changes, until stopped.

    make: makes the HTML report of a workspace with kernels that are ready; whether there was anything to make. port: 0 for any
    that is free. tell: takes a line for the person at the keyboard.
    """
    from watchfiles import watch

    watched = {settings.raw, _notebooks(settings.workspace), *_templates(settings.workspace)}
    with _aside(settings) as aside, private_kernels() as kernels, serving(port) as board:
        board.files = {
            "report": aside / "reports" / str(settings.year) / "annual-report.html",
            "findings": aside
            / "data"
            / "processed"
            / str(settings.year)
            / "1_validate"
            / "findings.html",
        }
        tell(
            f"The draft of {settings.year} is at {board.address} and follows every change. Ctrl-C ends it."
        )
        changes = watch(
            *watched, debounce=A_MOMENT, step=A_MOMENT // 5, stop_event=stop, yield_on_timeout=False
        )
        for _ in chain([None], changes):
            _draft(settings, aside, make, kernels, board, tell)
            kernels.get_ready(STEPS)


def _draft(
    settings: Settings,
    aside: Path,
    make: Make,
    kernels: Kernels,
    board: Board,
    tell: Callable[[str], None],
) -> None:
    """Make the draft once, and show what came of it."""
    began = time.perf_counter()
    board.show(state="Making the draft …")
    try:
        now = load_settings(settings.workspace, str(settings.year))
        bring_inputs(now, aside)
        made = make(load_settings(aside, str(settings.year)), kernels)
        said = (
            f"Made in {time.perf_counter() - began:.1f} s"
            if made
            else "As before: nothing in it has changed"
        )
        board.show(
            state=said,
            problem="",
            title=f"Draft: {now.council.authority}, {settings.year}",
            made=made,
        )
    except Problem as problem:
        said = f"Stopped: {problem.where}: {problem.what.splitlines()[0]}"
        board.show(state="Not made", problem=str(problem))
    tell(f"  {time.strftime('%H:%M:%S')}  {said}")


def _notebooks(workspace: Path) -> Path:
    own = workspace / "notebooks"
    return own if own.is_dir() else PROJECT / "notebooks"


def _templates(workspace: Path) -> set[Path]:
    """The folders of the templates and styles that the report's notebook reaches."""
    reached = reached_from(notebook_of("4_report", workspace))
    return {path.parent for path in reached if path.suffix not in {".py", ".pyc"}}


@contextmanager
def _aside(settings: Settings) -> Iterator[Path]:
    """A workspace apart, that begins with a copy of what the last run made."""
    with scratch() as aside:
        for made in (settings.processed, settings.published_folder):
            if made.is_dir():
                shutil.copytree(made, aside / made.relative_to(settings.workspace))
        yield aside
