"""One year from raw extracts to the report: four notebooks in order, built aside, swapped in when all is well."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.artifacts import DOCUMENTS, STEPS
from pipeline.problem import Problem
from pipeline.run.freshness import State, made_by, planned
from pipeline.run.kernels import fork_server
from pipeline.run.record import Asked, as_step, write_record
from pipeline.run.steps import notebook_of
from pipeline.run.swap import only_run, swap_in
from pipeline.settings import Settings
from pipeline.system.folders import new_of

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pipeline.run.kernels.managers import Kernels

    Documents = Callable[[dict[str, NotebookNode], Settings], dict[str, bytes]]


@dataclass
class Progress:
    """What a run tells while it works: override to show it. notices: sentences for when it is done."""

    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def begins(self, step: str) -> None:
        self.started[step] = time.perf_counter()

    def ends(self, step: str) -> None:
        self.seconds[step] = round(time.perf_counter() - self.started[step], 2)

    def is_unchanged(self, step: str) -> None:
        """A step is taken from the last run."""


def run(
    settings: Settings, documents: Callable[[], Documents], progress: Progress, asked: Asked, force: bool = False,
    patience: float = 0, kernels: Kernels | None = None,
) -> bool:  # fmt: skip
    """Make one year's report and put it in place of the last; whether there was anything to make.

    What is as it was is taken from the last run, unless forced. documents: gives, once imported, what makes the report's files,
    by name, of the executed notebooks by step. asked: for the run record. patience: seconds to wait for another run of this year.
    kernels: where some are kept ready. Raises a Problem for whatever a user can mend; then the last good report and everything
    under `data/raw` are as they were.
    """
    with only_run(settings, patience):
        state = State(settings, asked, force)
        plan = planned(state)
        if plan.nothing:
            return False
        fork_server.start()  # which imports while we do
        from pipeline.run.kernels.managers import private_kernels

        with nullcontext(kernels) if kernels else private_kernels() as ready:
            ready.get_ready(plan.steps)
            return _Run(state, documents, progress, ready).make()


class _Run:
    """A run under way: what it has made so far, aside."""

    def __init__(
        self, state: State, documents: Callable[[], Documents], progress: Progress, kernels: Kernels
    ):
        settings = state.settings
        self.state, self.settings, self.documents, self.progress, self.kernels = (
            state,
            settings,
            documents,
            progress,
            kernels,
        )
        self.processed, self.published = (
            new_of(settings.processed),
            new_of(settings.published_folder),
        )
        self.audit = self.published / "audit"
        self.aside = settings.model_copy(
            update={"processed": self.processed}
        )  # what the steps make is not in its place yet
        self.notebooks: dict[str, NotebookNode] = {}
        self.made: dict[str, str] = {}  # by step, the digest of what it made

    def make(self) -> bool:
        """Do each step, then the documents, and swap in what came out."""
        failed = self.settings.processed.with_name(f"{self.settings.year}.failed")
        shutil.rmtree(failed, ignore_errors=True)
        try:
            for folder in (
                self.audit,
                self.processed,
            ):  # new tables without a new report would be taken for a swap to finish
                folder.mkdir(parents=True)
            done = self._steps()
            if done:
                swap_in(self.settings)
            return done
        except Problem:
            if any(self.audit.glob("*.ipynb")):
                self.audit.rename(failed)
            raise
        finally:
            for folder in (self.processed, self.published):
                shutil.rmtree(folder, ignore_errors=True)

    def _steps(self) -> bool:
        # Before the documents: papermill and pandas import pyarrow, and of two threads at it one may find half a library.
        import pipeline.run.execute  # noqa: F401

        steps = []
        with ThreadPoolExecutor(1) as loading:
            documents = loading.submit(self.documents)  # imported while the kernels work
            for step in STEPS:
                key = self.state.key(step, self.made)
                unchanged = self.state.has(step, key)
                if unchanged:
                    self._take_over(step)
                else:
                    self._execute(step)
                self.made[step] = made_by(step, self.processed)
                notebook, executed = (
                    notebook_of(step, self.settings.workspace),
                    self.audit / f"{step}.ipynb",
                )
                steps.append(as_step(step, notebook, executed, self.made[step], key, unchanged))
            key = self.state.documents_key(
                {one.name: one.executed_sha256 for one in steps}, self.made
            )
            if self.state.has_documents(key):
                return False
            complete = self._make_documents(documents.result())
        write_record(
            self.published,
            self.aside,
            self.state.asked,
            self.state.inputs,
            steps,
            key if complete else {},
            self.progress.seconds,
        )
        return True

    def _execute(self, step: str) -> None:
        from pipeline.run.execute import execute

        self.progress.begins(step)
        self.notebooks[step] = execute(
            step, self.settings, self.processed, self.audit / f"{step}.ipynb", self.kernels.of(step)
        )
        self.progress.ends(step)

    def _take_over(self, step: str) -> None:
        from pipeline.run.execute import executed_before

        self.progress.is_unchanged(step)
        if (made := self.settings.processed / step).exists():
            shutil.copytree(made, self.processed / step)
        kept = shutil.copy(self.settings.published_folder / "audit" / f"{step}.ipynb", self.audit)
        self.notebooks[step] = executed_before(Path(kept))

    def _make_documents(self, documents: Documents) -> bool:
        """Write the report's files; whether every format asked for could be made."""
        self.progress.begins(DOCUMENTS)
        made = documents(self.notebooks, self.aside)
        for name, content in made.items():
            (self.published / name).parent.mkdir(parents=True, exist_ok=True)
            (self.published / name).write_bytes(content)
        self.progress.ends(DOCUMENTS)
        return all(
            f"annual-report.{name}" in made for name in self.state.asked.formats if name != "data"
        )
