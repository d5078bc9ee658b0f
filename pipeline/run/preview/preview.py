"""The draft of a year on a page that follows every change of an input, notebook or template.

It is made in a temporary workspace, where only what changed runs again, by kernels that are kept
ready. The last report stays unchanged.
"""

from __future__ import annotations

import gc
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from pipeline.artifacts import (
    FINDINGS_PAGE,
    REPORT_PAGE,
    REPORT_STEP,
    VALIDATE_STEP,
    standard_notebooks,
)
from pipeline.problem import Problem
from pipeline.run.kernels.managers import Kernels, private_kernels
from pipeline.run.preview.server import LivePage, page_server
from pipeline.run.reachable_code import reachable_files
from pipeline.run.snapshot import copy_inputs
from pipeline.run.steps import notebook_path
from pipeline.settings import Settings, load_settings
from pipeline.system.processes.signals import raise_if_stop_requested
from pipeline.system.temporary import temporary_folder

if TYPE_CHECKING:
    from watchfiles.main import FileChange

DEBOUNCE_MS = 50  # changes within this time make one draft
STEP_MS = 10  # between two looks at the files
NO_CHANGE_MS = 50  # after this time without a change, the watch says so
# Makes the HTML report of a workspace with these kernels: whether there was anything to make.
MakeDraft = Callable[[Settings, Kernels], bool]


def run_preview(
    settings: Settings,
    make: MakeDraft,
    port: int,
    print_line: Callable[[str], None],
    stop: Event | None = None,
) -> None:
    """Serve a year's draft on this machine, and rebuild it on every change until stopped.

    port: 0 for any free one. print_line: takes a line for the user.
    """
    with (
        _copied_workspace(settings) as workspace,
        private_kernels() as kernels,
        page_server(port) as page,
    ):
        page.files = {
            "report": workspace / settings.report_name / REPORT_PAGE,
            "findings": workspace / settings.tables_name / VALIDATE_STEP / FINDINGS_PAGE,
        }
        print_line(
            f"The draft of {settings.name} is at {page.address} and follows every change. "
            "Ctrl-C ends it."
        )
        changes = _changes(settings, stop)
        draft = Draft(settings, workspace, make, kernels, page)
        while True:
            print_line(f"  {time.strftime('%H:%M:%S')}  {draft.update()}")
            kernels.prepare(settings.steps)
            gc.collect()  # the page of this draft, which would stay for dozens of others
            if next(changes, None) is None:
                return


def _changes(settings: Settings, stop: Event | None) -> Iterator[set[FileChange]]:
    """The files that changed, each time that some did, from this call on until stopped.

    The watch begins here, before the first draft reads its inputs: a file that is saved while a
    draft is made is never missed.
    """
    from watchfiles import watch

    folders = {settings.raw, _notebook_folder(settings.workspace), *_templates(settings.workspace)}
    changes = watch(
        *folders,
        debounce=DEBOUNCE_MS,
        step=STEP_MS,
        rust_timeout=NO_CHANGE_MS,
        yield_on_timeout=True,
        stop_event=stop,
    )
    first = next(changes, set())  # the watch begins when its first value is asked for
    return _without_pauses(chain([first], changes))


def _without_pauses(changes: Iterable[set[FileChange]]) -> Iterator[set[FileChange]]:
    """The changes without those in which nothing changed; raises the error of a request to stop."""
    for changed in changes:
        raise_if_stop_requested()
        if changed:
            yield changed


class Draft:
    """A year's draft in a temporary workspace, and the page that shows it."""

    def __init__(
        self,
        settings: Settings,
        workspace: Path,
        make: MakeDraft,
        kernels: Kernels,
        page: LivePage,
    ) -> None:
        self._settings = settings
        self._workspace = workspace
        self._make = make
        self._kernels = kernels
        self._page = page

    def update(self) -> str:
        """Make the draft of the inputs as they are now and show it; a line for the user."""
        start = time.perf_counter()
        year = self._settings.name
        self._page.update(state="Making the draft …")
        try:
            settings = load_settings(self._settings.workspace, year)
            copy_inputs(settings, self._workspace)
            is_new = self._make(load_settings(self._workspace, year), self._kernels)
        except Problem as problem:
            self._page.update(state="Not made", problem=str(problem))
            return f"Stopped: {problem.where}: {problem.what.splitlines()[0]}"
        seconds = time.perf_counter() - start
        state = f"Made in {seconds:.1f} s" if is_new else "Unchanged"
        title = f"Draft: {settings.council.authority}, {year}"
        self._page.update(state=state, problem="", title=title, is_new_draft=is_new)
        return state


def _notebook_folder(workspace: Path) -> Path:
    """The workspace's own notebooks, or else the project's."""
    own = workspace / "notebooks"
    return own if own.is_dir() else standard_notebooks()


def _templates(workspace: Path) -> set[Path]:
    """The folders of the templates and styles that the report's notebook reaches."""
    files = reachable_files(notebook_path(REPORT_STEP, workspace))
    return {path.parent for path in files if path.suffix != ".py"}


@contextmanager
def _copied_workspace(settings: Settings) -> Iterator[Path]:
    """A temporary workspace that begins with a copy of the last run's tables and report."""
    with temporary_folder() as workspace:
        for folder in (settings.processed, settings.published_folder):
            if folder.is_dir():
                shutil.copytree(folder, workspace / folder.relative_to(settings.workspace))
        yield workspace
