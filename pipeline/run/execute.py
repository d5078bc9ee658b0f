"""One notebook, run with papermill in its own kernel; an error names the cell where it stopped."""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import papermill
from jupyter_client import AsyncKernelManager
from papermill.exceptions import PapermillExecutionError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.run.kernels.engine import ENGINE_NAME, CellExceededLimit
from pipeline.run.steps import notebook_parameters, notebook_path, unreadable_notebook
from pipeline.settings import Settings
from pipeline.system.errors import machine_problem, machine_problem_in_notebook
from pipeline.system.limits import (
    CELL_MINUTES_KEY,
    SECONDS_PER_MINUTE,
    too_large_problem,
    too_slow_problem,
)

PAPERMILL_CELL_TAGS = {"injected-parameters", "papermill-error-cell-tag"}  # what papermill puts in
# How long outputs may take after a cell has ended. papermill would wait 4 seconds, too few on a
# busy machine, and outputs that a socket dropped never come.
OUTPUT_SECONDS = 60


def execute_step(
    step: str, settings: Settings, executed_path: Path, manager_class: type[AsyncKernelManager]
) -> nbformat.NotebookNode:
    """The executed notebook of a step, which is also written, without times, to `executed_path`.

    settings: the run's; the notebook runs in their processed folder.
    manager_class: jupyter_client's kernel manager for the step.
    Raises Problem for everything that stops the notebook.
    """
    for name in ("papermill", "asyncio"):  # a kernel that ends early is reported once, by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    source = notebook_path(step, settings.workspace)
    limits = settings.council.run_limits
    parameters = notebook_parameters(settings)
    _check_parameters(source, parameters)
    # Not papermill's `cwd`, which takes this whole process there: a kernel forked meanwhile would
    # start in a folder that may soon be gone.
    resources = {"metadata": {"path": str(settings.processed)}}
    try:
        executed = papermill.execute_notebook(
            source,
            executed_path,
            parameters,
            engine_name=ENGINE_NAME,
            kernel_manager_class=manager_class,
            resources=resources,
            progress_bar=False,
            request_save_on_cell_execute=False,
            execution_timeout=SECONDS_PER_MINUTE * limits.cell_minutes,
            iopub_timeout=OUTPUT_SECONDS,
            memory_gigabytes=limits.memory_gigabytes,
        )
    except PapermillExecutionError as error:
        raise _problem_of_notebook_error(step, error, executed_path, settings) from None
    except CellExceededLimit as error:
        place = _cell_place(step, _numbered(error.cell, error.notebook))
        match error.limit:
            case "memory":
                raise too_large_problem(Kind.NOTEBOOK, place, limits.memory_gigabytes) from None
            case "time":
                minutes = limits.cell_minutes
                raise too_slow_problem(Kind.NOTEBOOK, place, minutes, CELL_MINUTES_KEY) from None
        raise Problem(
            kind=Kind.NOTEBOOK,
            where=place,
            what=f"its outputs did not all arrive within {OUTPUT_SECONDS} seconds of its end",
            remedy="Show less in one cell: a table in place of thousands of outputs. If it shows "
            "little, the machine was too busy: run it again.",
        ) from None
    except RuntimeError as error:  # the kernel has ended
        lost = machine_problem(error, settings.workspace, f"notebooks/{step}.ipynb")
        raise lost or error from None
    _strip_times(executed)
    _write_notebook(executed, executed_path)
    return executed


def load_executed_notebook(path: Path) -> nbformat.NotebookNode:
    """An executed notebook that an earlier run wrote."""
    return nbformat.read(path, as_version=4)


def write_errors(executed: nbformat.NotebookNode, path: Path) -> None:
    """Write an executed notebook with no other output than its errors."""
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type == "error"]
    _write_notebook(executed, path)


def _write_notebook(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook with the same bytes on every system, which nbformat's own function lacks."""
    path.write_text(f"{nbformat.writes(notebook)}\n", encoding="utf-8", newline="\n")


def _check_parameters(source: Path, parameters: dict[str, str]) -> None:
    """Raise a Problem for a parameter that the notebook does not declare.

    Papermill only warns, and then the notebook runs with its default.
    """
    where = f"notebooks/{source.name}"
    try:
        declared = list(papermill.inspect_notebook(source))
    except Exception:
        raise unreadable_notebook(source) from None
    for name in parameters:
        if name not in declared:
            hint = did_you_mean(name, declared)
            raise Problem(
                kind=Kind.NOTEBOOK,
                where=where,
                what=f'its parameters cell does not set "{name}".{hint}',
                remedy="Give the cell tagged `parameters` a line for each of: "
                f"{', '.join(parameters)}.",
            )


def _problem_of_notebook_error(
    step: str, error: PapermillExecutionError, executed_path: Path, settings: Settings
) -> Problem:
    """What stopped a notebook, with the cell, counted as in the source notebook."""
    notebook = f"notebooks/{step}.ipynb"
    problem = machine_problem_in_notebook(error.ename, error.evalue, settings.workspace, notebook)
    if problem:
        return problem
    failed_cell = _failed_cell(nbformat.read(executed_path, as_version=4))
    place = _cell_place(step, failed_cell)
    if error.ename == Problem.__name__:
        kind_name, where, what, remedy = _traceback(failed_cell[1])
        kind = Kind[kind_name]
        where = f"{place}, {where}" if kind == Kind.NOTEBOOK else where
        return Problem(kind=kind, where=where, what=what, remedy=remedy)
    failed = settings.processed.with_name(f"{settings.folder_name}.failed") / executed_path.name
    return Problem(
        kind=Kind.NOTEBOOK,
        where=place,
        what=f"{error.ename}: {error.evalue}",
        remedy="The notebook with its error is kept as "
        f"{failed.relative_to(settings.workspace).as_posix()}: open it to see what led there.",
    )


def _cell_place(step: str, numbered_cell: tuple[int, nbformat.NotebookNode]) -> str:
    """A cell as a message names it: by its number and its first line."""
    number, cell = numbered_cell
    first_line = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f'notebooks/{step}.ipynb, cell {number} ("{first_line[:50]}")'


def _failed_cell(executed: nbformat.NotebookNode) -> tuple[int, nbformat.NotebookNode]:
    """The cell that failed, with its number."""
    return next((number, cell) for number, cell in _own_cells(executed) if _traceback(cell))


def _numbered(
    cell: nbformat.NotebookNode, executed: nbformat.NotebookNode
) -> tuple[int, nbformat.NotebookNode]:
    """A cell with its number."""
    return next((number, own) for number, own in _own_cells(executed) if own is cell)


def _own_cells(executed: nbformat.NotebookNode) -> list[tuple[int, nbformat.NotebookNode]]:
    """The cells with their numbers before papermill added cells of its own."""
    tags = [set(cell.metadata.get("tags", [])) for cell in executed.cells]
    own_cells = [
        cell
        for cell, cell_tags in zip(executed.cells, tags, strict=True)
        if not PAPERMILL_CELL_TAGS & cell_tags
    ]
    return list(enumerate(own_cells, 1))


def _traceback(cell: nbformat.NotebookNode) -> list[str]:
    """The lines that a cell's error printed; none if it had no error."""
    errors = [output for output in cell.get("outputs", []) if output.output_type == "error"]
    return errors[0].traceback if errors else []


def _strip_times(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs from run to run; times belong to the run record."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        cell["id"] = f"cell-{number}"
