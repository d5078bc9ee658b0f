"""One year's run: the steps work in a staging folder, which is swapped in whole."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.artifacts import AUDIT_FOLDER, DOCUMENTS_STEP, folders_of_step
from pipeline.problem import Kind, Problem
from pipeline.run.freshness import Freshness, combined_tables_digest
from pipeline.run.record import (
    CRATE_PATH,
    RECORD_PATH,
    ExecutedStep,
    FileRecord,
    FinishedSteps,
    StepRecord,
    build_record,
    file_record,
    manifest_digest,
    step_record,
    table_files,
    table_in_workspace,
)
from pipeline.run.snapshot import ProjectFiles
from pipeline.run.steps import notebook_path
from pipeline.run.swap import swap_in
from pipeline.settings.years import is_internal
from pipeline.system.folders import (
    PRIVATE_FOLDER_MODE,
    make_durably,
    make_private,
    staging_path,
)
from pipeline.system.portability.renames import rename
from pipeline.system.processes.signals import raise_if_stop_requested

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from pipeline.run.kernels.managers import Kernels


@dataclass
class Progress:
    """What a run reports while it works; a subclass shows it.

    started: when each step began, in seconds of the performance counter.
    seconds: how long each finished step took.
    notices: sentences to print when the run is done.
    """

    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def step_started(self, step: str) -> None:
        self.started[step] = time.perf_counter()

    def step_finished(self, step: str) -> None:
        self.seconds[step] = round(time.perf_counter() - self.started[step], 2)

    def step_skipped(self, step: str) -> None:
        """A step is up to date and was taken from the last run."""


class StagedRun:
    """A run under way: what it has made so far, in folders of its own.

    settings: the run's, of the copy of its inputs, next to which its tables are made.
    notebooks: the executed notebook of each finished step.
    """

    def __init__(self, freshness: Freshness, progress: Progress) -> None:
        self.freshness = freshness
        self.progress = progress
        self.settings = freshness.settings
        self.processed = self.settings.processed
        self.report_folder = staging_path(freshness.published_folder)
        self.audit = self.report_folder / AUDIT_FOLDER
        self.notebooks: dict[str, NotebookNode] = {}
        self.is_finished = False
        self._tables: list[FileRecord] = []
        self._table_digests: dict[str, str] = {}
        self._steps: list[StepRecord] = []

    def run_steps(self, kernels: Kernels) -> Iterator[str]:
        """Run each step whose inputs have changed; take the others from the last run.

        Gives the name of each step once its tables are there.
        """
        for step in self.settings.steps:
            raise_if_stop_requested()
            key = self.freshness.step_key(step, self._table_digests)
            is_current = self.freshness.is_current(step, key)
            if is_current:
                self._reuse_step(step)
            else:
                self._execute_step(step, kernels)
            tables = table_files(step, self.processed)
            self._tables += tables
            self._table_digests[step] = combined_tables_digest(tables)
            executed = ExecutedStep(
                name=step,
                notebook=notebook_path(step, self.settings.workspace),
                executed=self.audit / f"{step}.ipynb",
                tables_sha256=self._table_digests[step],
                key=key,
                is_reused=is_current,
            )
            self._steps.append(step_record(executed))
            yield step

    def documents_key(self) -> dict[str, str]:
        """The digests of all that the report's files are made of, once the steps are done."""
        executed = {step.name: step.executed_sha256 for step in self._steps}
        return self.freshness.documents_key(executed, self._table_digests)

    def finish(
        self, files: Mapping[str, bytes], format_software: dict[str, dict[str, str]]
    ) -> None:
        """Write the report's files and the run record; from now on the run may be swapped in.

        files: content by path inside the report's folder.
        format_software: what each format was made with, as the record has it.
        """
        for name, content in files.items():
            path = self.report_folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.progress.step_finished(DOCUMENTS_STEP)
        options = self.freshness.options
        is_complete = all(
            f"annual-report.{name}" in files for name in options.formats if name != "data"
        )
        finished = FinishedSteps(
            options=options,
            inputs=self.freshness.inputs,
            steps=self._steps,
            tables=[table_in_workspace(table, self.settings) for table in self._tables],
            documents_key=self.documents_key() if is_complete else {},
            format_software=format_software,
            last_record=self.freshness.published_folder / RECORD_PATH,
            seconds=self.progress.seconds,
        )
        self._write_record(finished)
        for folder in (self.audit, self.processed):
            make_private(folder)
        if is_internal(self.settings):
            make_private(self.report_folder)
        self.is_finished = True

    def _write_record(self, finished: FinishedSteps) -> None:
        """Write the run record, and the same as an RO-Crate, which is one of the outputs."""
        from pipeline.run.record.crate import build_crate  # late, because rocrate is slow to import

        record = build_record(self.report_folder, self.settings, finished)
        crate = self.report_folder / CRATE_PATH
        crate.write_bytes(build_crate(record))
        outputs = [*record.outputs, file_record(crate, self.report_folder)]
        digest = manifest_digest(outputs)
        record = record.model_copy(update={"outputs": outputs, "manifest_sha256": digest})
        text = record.model_dump_json(indent=1) + "\n"
        (self.report_folder / RECORD_PATH).write_text(text, encoding="utf-8", newline="\n")

    def _execute_step(self, step: str, kernels: Kernels) -> None:
        from pipeline.run.execute import execute_step

        self.progress.step_started(step)
        executed_path = self.audit / f"{step}.ipynb"
        self.notebooks[step] = execute_step(
            step, self.settings, executed_path, kernels.manager_class(step)
        )
        self.progress.step_finished(step)

    def _reuse_step(self, step: str) -> None:
        from pipeline.run.execute import load_executed_notebook

        self.progress.step_skipped(step)
        last = self.freshness
        for folder in folders_of_step(step):
            if (last.processed / folder).exists():
                shutil.copytree(last.processed / folder, self.processed / folder)
        notebook = last.published_folder / AUDIT_FOLDER / f"{step}.ipynb"
        self.notebooks[step] = load_executed_notebook(Path(shutil.copy(notebook, self.audit)))


def _keep_failed_notebook(audit: Path, failed: Path) -> None:
    """Keep the last notebook that ran, without what it published: nobody has checked that."""
    from pipeline.run.execute import load_executed_notebook, write_errors

    paths = sorted(audit.glob("*.ipynb"))
    if paths:
        failed.mkdir(PRIVATE_FOLDER_MODE)
        write_errors(load_executed_notebook(paths[-1]), failed / paths[-1].name)
        make_private(failed)


@contextmanager
def staged_run(freshness: Freshness, progress: Progress) -> Iterator[StagedRun]:
    """A run whose folders are swapped in if it finishes; otherwise nothing is changed.

    The notebook at whose fault a run stops is kept in `data/processed/<year>.failed`.
    """
    files = ProjectFiles()
    run = StagedRun(freshness, progress)
    target = freshness.target or freshness.settings
    failed = target.processed.with_name(f"{target.year}.failed")
    shutil.rmtree(failed, ignore_errors=True)
    try:
        make_durably(target.published_folder.parent)
        # Both folders, or new tables without a new report would look like a swap to finish.
        for folder in (run.audit, run.processed):
            folder.mkdir(PRIVATE_FOLDER_MODE, parents=True)
        yield run
        if run.is_finished:
            files.check_unchanged()
            raise_if_stop_requested()  # a library that lost it may have gone on with half a result
            rename(run.processed, staging_path(target.processed))
            swap_in(target)
    except Problem as problem:
        if problem.kind == Kind.NOTEBOOK:
            _keep_failed_notebook(run.audit, failed)
        raise
    finally:
        for folder in (run.processed, run.report_folder):
            shutil.rmtree(folder, ignore_errors=True)
