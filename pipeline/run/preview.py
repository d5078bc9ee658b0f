"""The draft of a year on a page that follows every change: of an extract, a setting, a notebook, a template or a sentence.

It is made in a folder aside, where only what changed is run, by kernels kept ready; the last report stays as it was.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from pipeline.problem import Problem
from pipeline.run.kernels import Kernels, private_kernels
from pipeline.run.serve import Board, serving
from pipeline.run.steps import PROJECT, STEPS
from pipeline.settings import Settings, load_settings

TEMPLATES = PROJECT / "pipeline" / "report" / "templates"
A_MOMENT = 50  # milliseconds in which changes are taken as one
Make = Callable[[Settings, Kernels], bool]


def preview(settings: Settings, make: Make, port: int, tell: Callable[[str], None], stop: Event | None = None) -> None:
    """Serve a year's draft on this machine alone, and make it anew whenever something changes, until stopped.

    make: makes the HTML report of a workspace with kernels that are ready; whether there was anything to make. port: 0 for any
    that is free. tell: takes a line for the person at the keyboard.
    """
    from watchfiles import DefaultFilter, watch

    with _aside(settings) as workspace, private_kernels() as kernels, serving(port) as board:
        tell(f"The draft of {settings.year} is at {board.address} and follows every change. Ctrl-C ends it.")
        reports = workspace / "reports" / str(settings.year)
        board.files = {"report": reports / "annual-report.html",
                       "findings": workspace / "data" / "processed" / str(settings.year) / "1_validate" / "findings.html"}  # fmt: skip
        _draft(workspace, settings, make, kernels, board, tell)
        watched = [settings.raw, _notebooks(settings.workspace), TEMPLATES]
        for changes in watch(*watched, watch_filter=DefaultFilter(), debounce=A_MOMENT, step=A_MOMENT // 5, stop_event=stop,
                             raise_interrupt=True):  # fmt: skip
            if changes:
                _draft(workspace, settings, make, kernels, board, tell)


def _draft(workspace: Path, settings: Settings, make: Make, kernels: Kernels, board: Board, tell: Callable[[str], None]) -> None:
    """Make the draft once, and show what came of it."""
    began = time.perf_counter()
    board.show(state="Making the draft …")
    try:
        now = load_settings(workspace, str(settings.year))
        made = make(now, kernels)
        said = f"Made in {time.perf_counter() - began:.1f} s" if made else "As before: nothing in it has changed"
        board.show(state=said, problem="", title=f"Draft: {now.council.authority}, {settings.year}", made=made)
    except Problem as problem:
        said = f"Stopped: {problem.where}"
        board.show(state="Not made", problem=str(problem))
    tell(f"  {time.strftime('%H:%M:%S')}  {said}")
    kernels.get_ready(STEPS)


def _notebooks(workspace: Path) -> Path:
    own = workspace / "notebooks"
    return own if own.is_dir() else PROJECT / "notebooks"


@contextmanager
def _aside(settings: Settings) -> Iterator[Path]:
    """A workspace that reads the real one's data and notebooks, and begins with a copy of what its last run made."""
    year, real = str(settings.year), settings.workspace
    with tempfile.TemporaryDirectory(prefix="annual-report-", ignore_cleanup_errors=True) as folder:
        workspace = Path(folder).resolve()
        for name in ("data/processed", "reports"):
            (workspace / name).mkdir(parents=True)
            with suppress(FileNotFoundError):
                shutil.copytree(real / name / year, workspace / name / year)
        (workspace / "data" / "raw").symlink_to(settings.raw)
        for earlier in settings.published_before:
            (workspace / "reports" / earlier.name).symlink_to(earlier)
        if (real / "notebooks").is_dir():
            (workspace / "notebooks").symlink_to(real / "notebooks")
        yield workspace
