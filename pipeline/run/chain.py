"""One year from raw extracts to the report: four notebooks in order, built aside, swapped in when all is well."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from pipeline.folder import new_of
from pipeline.machine import problem_in_notebook, problem_of
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.run.kernels import private_kernels
from pipeline.run.record import Asked, as_file, inputs_of, write_record
from pipeline.run.swap import only_run, swap_in
from pipeline.settings import Settings

STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")
PROJECT = Path(__file__).resolve().parents[2]
ADDED = {"injected-parameters", "papermill-error-cell-tag"}  # cells that papermill puts in
Documents = Callable[[dict[str, nbformat.NotebookNode], Settings], dict[str, bytes]]


@dataclass
class Progress:
    """What a run tells while it works: override to show it."""

    started: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def begins(self, step: str) -> None:
        self.started[step] = time.perf_counter()

    def ends(self, step: str) -> None:
        self.seconds[step] = round(time.perf_counter() - self.started[step], 2)


def run(settings: Settings, documents: Documents, progress: Progress, asked: Asked) -> Path:
    """Make one year's report and put it in place of the last; its folder, `reports/<year>`.

    documents: makes the report's files, by name, of the executed notebooks by step. asked: for the run record. Raises a Problem
    for whatever a user can mend; then the last good report and everything under `data/raw` are as they were.
    """
    for logger in ("papermill", "asyncio"):  # a kernel that ends early is told of once, by us
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    with only_run(settings):
        return _run(settings, documents, progress, asked)


def _run(settings: Settings, documents: Documents, progress: Progress, asked: Asked) -> Path:
    processed, published = new_of(settings.processed), new_of(settings.published_folder)
    failed = settings.processed.with_name(f"{settings.year}.failed")
    for folder in (processed, published, failed):
        shutil.rmtree(folder, ignore_errors=True)
    inputs = [as_file(path, settings.workspace) for path in inputs_of(settings)]  # as they are before anything is read
    audit = published / "audit"
    try:
        for folder in (audit, processed):  # new tables without a new report would be taken for a swap to finish
            folder.mkdir(parents=True)
        executed = {}
        with private_kernels() as kernels:
            for step in STEPS:
                progress.begins(step)
                executed[step] = _execute(step, settings, processed, audit / f"{step}.ipynb", kernels)
                progress.ends(step)
        progress.begins("documents")
        unfinished = settings.model_copy(update={"processed": processed})  # what the steps made is not in its place yet
        for name, content in documents(executed, unfinished).items():
            (published / name).parent.mkdir(parents=True, exist_ok=True)
            (published / name).write_bytes(content)
        progress.ends("documents")
        notebooks = {step: notebook_of(step, settings.workspace) for step in STEPS}
        write_record(published, unfinished, asked, inputs, parameters_of(settings), notebooks, progress.seconds)
        swap_in(settings)
    except Problem:
        if any(audit.glob("*.ipynb")):
            audit.rename(failed)
        raise
    finally:
        for folder in (processed, published):
            shutil.rmtree(folder, ignore_errors=True)
    return settings.published_folder


def _execute(step: str, settings: Settings, processed: Path, to: Path, kernels: type) -> nbformat.NotebookNode:
    source = notebook_of(step, settings.workspace)
    parameters = parameters_of(settings)
    _check_parameters(source, parameters)
    try:
        executed = papermill.execute_notebook(
            source, to, parameters, cwd=processed, progress_bar=False, request_save_on_cell_execute=False,
            kernel_manager_class=kernels,
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise _problem(step, error, nbformat.read(to, as_version=4), to, settings) from None
    except RuntimeError as error:  # the kernel is no longer there
        raise problem_of(error, settings.workspace, f"notebooks/{step}.ipynb") or error from None
    _without_times(executed)
    nbformat.write(executed, to)
    return executed


def parameters_of(settings: Settings) -> dict[str, str]:
    """What every notebook is handed: relative, so that an executed notebook is the same wherever the workspace lies."""
    return {"workspace": "../../..", "year": str(settings.year), "processed": "."}


def notebook_of(step: str, workspace: Path) -> Path:
    """A step's notebook: the workspace's own where it has one, otherwise the project's."""
    own = workspace / "notebooks" / f"{step}.ipynb"
    return own if own.is_file() else PROJECT / "notebooks" / f"{step}.ipynb"


def _check_parameters(source: Path, parameters: dict[str, str]) -> None:
    """Papermill only warns of a parameter that a notebook does not declare, and then runs with the default."""
    try:
        declared = list(papermill.inspect_notebook(source))
    except Exception as error:
        raise Problem(
            Kind.NOTEBOOK, f"notebooks/{source.name}", f"the notebook cannot be read: {error}", "Restore it from the repository."
        ) from None
    for name in parameters:
        if name not in declared:
            what = f'its parameters cell does not set "{name}".{did_you_mean(name, declared)}'
            how = f"Give the cell tagged `parameters` a line for each of: {', '.join(parameters)}."
            raise Problem(Kind.NOTEBOOK, f"notebooks/{source.name}", what, how)


def _problem(step: str, error: PapermillExecutionError, executed: nbformat.NotebookNode, to: Path, settings: Settings) -> Problem:
    """What stopped a notebook, with the cell where it stopped, counted as in the notebook before papermill added its own."""
    if of_the_machine := problem_in_notebook(error.ename, error.evalue, settings.workspace, f"notebooks/{step}.ipynb"):
        return of_the_machine
    own = [cell for cell in executed.cells if not ADDED & set(cell.metadata.get("tags", []))]
    number, cell, said = next(
        (number, cell, output.traceback)
        for number, cell in enumerate(own, 1)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    )
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    place = f'notebooks/{step}.ipynb, cell {number} ("{first[:50]}")'
    if len(said) == 4 and said[0] in Kind.__members__:
        kind, where, what, how = Kind[said[0]], *said[1:]
        return Problem(kind, f"{place}, {where}" if kind == Kind.NOTEBOOK else where, what, how)
    kept = settings.processed.with_name(f"{settings.year}.failed").relative_to(settings.workspace) / to.name
    how = f"The notebook as far as it ran is kept as {kept.as_posix()}: open it to see what led there."
    return Problem(Kind.NOTEBOOK, place, f"{error.ename}: {error.evalue}", how)


def _without_times(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs from run to run; times are in the run record."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
