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

from pipeline.artifacts import DOCUMENTS_STEP, STEPS
from pipeline.problem import Problem
from pipeline.run.freshness import Freshness, plan_run, tables_digest
from pipeline.run.kernels import fork_server
from pipeline.run.record import RunOptions, step_record, write_record
from pipeline.run.steps import notebook_path
from pipeline.run.swap import exclusive_run, swap_in
from pipeline.settings import Settings
from pipeline.system.folders import staging_path

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pipeline.run.kernels.managers import Kernels

    DocumentMaker = Callable[[dict[str, NotebookNode], Settings], dict[str, bytes]]


@dataclass
class Progress:
    """What a run tells while it works: override to show it. notices: sentences for when it is done."""

    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def step_started(self, step: str) -> None:
        self.started[step] = time.perf_counter()

    def step_finished(self, step: str) -> None:
        self.seconds[step] = round(time.perf_counter() - self.started[step], 2)

    def step_skipped(self, step: str) -> None:
        """A step is taken from the last run."""


def run(
    settings: Settings, load_document_maker: Callable[[], DocumentMaker], progress: Progress, options: RunOptions, force: bool = False,
    lock_wait_seconds: float = 0, kernels: Kernels | None = None,
) -> bool:  # fmt: skip
    """Make one year's report and put it in place of the last; whether there was anything to make.

    What is as it was is taken from the last run, unless forced. documents: gives, once imported, what makes the report's files,
    by name, of the executed notebooks by step. asked: for the run record. patience: seconds to wait for another run of this year.
    kernels: where some are kept ready. Raises a Problem for whatever a user can mend; then the last good report and everything
    under `data/raw` are as they were.
    """
    with exclusive_run(settings, lock_wait_seconds):
        state = Freshness(settings, options, force)
        plan = plan_run(state)
        if plan.is_empty:
            return False
        fork_server.start()  # which imports while we do
        from pipeline.run.kernels.managers import private_kernels

        with nullcontext(kernels) if kernels else private_kernels() as ready:
            ready.prepare(plan.stale_steps)
            return _ChainRun(state, load_document_maker, progress, ready).make()


class _ChainRun:
    """A run under way: what it has made so far, aside."""

    def __init__(
        self,
        state: Freshness,
        documents: Callable[[], DocumentMaker],
        progress: Progress,
        kernels: Kernels,
    ):
        settings = state.settings
        self.freshness, self.settings, self.load_document_maker, self.progress, self.kernels = (
            state,
            settings,
            documents,
            progress,
            kernels,
        )
        self.processed, self.published = (
            staging_path(settings.processed),
            staging_path(settings.published_folder),
        )
        self.audit = self.published / "audit"
        self.staged_settings = settings.model_copy(
            update={"processed": self.processed}
        )  # what the steps make is not in its place yet
        self.executed_notebooks: dict[str, NotebookNode] = {}
        self.table_digests: dict[str, str] = {}  # by step, the digest of what it made

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
            done = self._run_steps()
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

    def _run_steps(self) -> bool:
        # Before the documents: papermill and pandas import pyarrow, and of two threads at it one may find half a library.
        import pipeline.run.execute  # noqa: F401

        steps = []
        with ThreadPoolExecutor(1) as loading:
            documents = loading.submit(self.load_document_maker)  # imported while the kernels work
            for step in STEPS:
                key = self.freshness.step_key(step, self.table_digests)
                unchanged = self.freshness.is_current(step, key)
                if unchanged:
                    self._reuse_step(step)
                else:
                    self._run_step(step)
                self.table_digests[step] = tables_digest(step, self.processed)
                notebook, executed = (
                    notebook_path(step, self.settings.workspace),
                    self.audit / f"{step}.ipynb",
                )
                steps.append(
                    step_record(step, notebook, executed, self.table_digests[step], key, unchanged)
                )
            key = self.freshness.documents_key(
                {one.name: one.executed_sha256 for one in steps}, self.table_digests
            )
            if self.freshness.documents_are_current(key):
                return False
            complete = self._write_documents(documents.result())
        write_record(
            self.published,
            self.staged_settings,
            self.freshness.options,
            self.freshness.inputs,
            steps,
            key if complete else {},
            self.progress.seconds,
        )
        return True

    def _run_step(self, step: str) -> None:
        from pipeline.run.execute import execute_step

        self.progress.step_started(step)
        self.executed_notebooks[step] = execute_step(
            step,
            self.settings,
            self.processed,
            self.audit / f"{step}.ipynb",
            self.kernels.manager_class(step),
        )
        self.progress.step_finished(step)

    def _reuse_step(self, step: str) -> None:
        from pipeline.run.execute import load_executed_notebook

        self.progress.step_skipped(step)
        if (made := self.settings.processed / step).exists():
            shutil.copytree(made, self.processed / step)
        kept = shutil.copy(self.settings.published_folder / "audit" / f"{step}.ipynb", self.audit)
        self.executed_notebooks[step] = load_executed_notebook(Path(kept))

    def _write_documents(self, documents: DocumentMaker) -> bool:
        """Write the report's files; whether every format asked for could be made."""
        self.progress.step_started(DOCUMENTS_STEP)
        made = documents(self.executed_notebooks, self.staged_settings)
        for name, content in made.items():
            (self.published / name).parent.mkdir(parents=True, exist_ok=True)
            (self.published / name).write_bytes(content)
        self.progress.step_finished(DOCUMENTS_STEP)
        return all(
            f"annual-report.{name}" in made
            for name in self.freshness.options.formats
            if name != "data"
        )
