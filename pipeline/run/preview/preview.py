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
from pipeline.run.preview.server import LivePage, page_server
from pipeline.run.reachable_code import reachable_files
from pipeline.run.steps import PROJECT_ROOT, copy_inputs, notebook_path
from pipeline.settings import Settings, load_settings
from pipeline.system.temporary import temporary_folder

DEBOUNCE_MS = 50  # milliseconds in which changes are taken as one
MakeDraft = Callable[[Settings, Kernels], bool]


def run_preview(
    settings: Settings,
    make: MakeDraft,
    port: int,
    print_line: Callable[[str], None],
    stop: Event | None = None,
) -> None:
    """Serve a year's draft on this machine alone, and make it anew whenever something changes, until stopped.

    make: makes the HTML report of a workspace with kernels that are ready; whether there was anything to make. port: 0 for any
    that is free. tell: takes a line for the person at the keyboard.
    """
    from watchfiles import watch

    watched = {settings.raw, _notebook_folder(settings.workspace), *_templates(settings.workspace)}
    with (
        _copied_workspace(settings) as aside,
        private_kernels() as kernels,
        page_server(port) as board,
    ):
        board.files = {
            "report": aside / "reports" / str(settings.year) / "annual-report.html",
            "findings": aside
            / "data"
            / "processed"
            / str(settings.year)
            / "1_validate"
            / "findings.html",
        }
        print_line(
            f"The draft of {settings.year} is at {board.address} and follows every change. Ctrl-C ends it."
        )
        changes = watch(
            *watched,
            debounce=DEBOUNCE_MS,
            step=DEBOUNCE_MS // 5,
            stop_event=stop,
            yield_on_timeout=False,
        )
        for _ in chain([None], changes):
            _make_draft(settings, aside, make, kernels, board, print_line)
            kernels.prepare(STEPS)


def _make_draft(
    settings: Settings,
    draft_workspace: Path,
    make: MakeDraft,
    kernels: Kernels,
    page: LivePage,
    print_line: Callable[[str], None],
) -> None:
    """Make the draft once, and show what came of it."""
    began = time.perf_counter()
    page.update(state="Making the draft …")
    try:
        now = load_settings(settings.workspace, str(settings.year))
        copy_inputs(now, draft_workspace)
        made = make(load_settings(draft_workspace, str(settings.year)), kernels)
        said = (
            f"Made in {time.perf_counter() - began:.1f} s"
            if made
            else "As before: nothing in it has changed"
        )
        page.update(
            state=said,
            problem="",
            title=f"Draft: {now.council.authority}, {settings.year}",
            is_new_draft=made,
        )
    except Problem as problem:
        said = f"Stopped: {problem.where}: {problem.what.splitlines()[0]}"
        page.update(state="Not made", problem=str(problem))
    print_line(f"  {time.strftime('%H:%M:%S')}  {said}")


def _notebook_folder(workspace: Path) -> Path:
    own = workspace / "notebooks"
    return own if own.is_dir() else PROJECT_ROOT / "notebooks"


def _templates(workspace: Path) -> set[Path]:
    """The folders of the templates and styles that the report's notebook reaches."""
    reached = reachable_files(notebook_path("4_report", workspace))
    return {path.parent for path in reached if path.suffix not in {".py", ".pyc"}}


@contextmanager
def _copied_workspace(settings: Settings) -> Iterator[Path]:
    """A workspace apart, that begins with a copy of what the last run made."""
    with temporary_folder() as aside:
        for made in (settings.processed, settings.published_folder):
            if made.is_dir():
                shutil.copytree(made, aside / made.relative_to(settings.workspace))
        yield aside
