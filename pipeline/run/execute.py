"""One notebook, run with papermill in a kernel of its own; what stops it is said with the cell where it stopped."""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.run.kernels.engine import ENGINE_NAME
from pipeline.run.steps import notebook_parameters, notebook_path
from pipeline.settings import Settings
from pipeline.system.errors import machine_problem, machine_problem_in_notebook

PAPERMILL_CELL_TAGS = {
    "injected-parameters",
    "papermill-error-cell-tag",
}  # cells that papermill puts in


def execute_step(
    step: str, settings: Settings, processed: Path, executed_path: Path, manager_class: type
) -> nbformat.NotebookNode:
    """Run a step's notebook and keep it, with its outputs and without times, as `to`.

    processed: the folder in which it runs, for what it makes. kernels: a class of kernel managers. Raises a Problem for whatever
    stops it.
    """
    for logger in ("papermill", "asyncio"):  # a kernel that ends early is told of once, by us
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    source = notebook_path(step, settings.workspace)
    parameters = notebook_parameters(settings)
    _check_parameters(source, parameters)
    # Not by `cwd`: this process would go there too, and what is forked meanwhile would begin in a folder that may soon be gone.
    its_folder = {"metadata": {"path": str(processed)}}
    try:
        executed = papermill.execute_notebook(
            source, executed_path, parameters, engine_name=ENGINE_NAME, kernel_manager_class=manager_class, resources=its_folder, progress_bar=False,
            request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        raise _problem_of_notebook_error(
            step, error, nbformat.read(executed_path, as_version=4), executed_path, settings
        ) from None
    except RuntimeError as error:  # the kernel is no longer there
        raise (
            machine_problem(error, settings.workspace, f"notebooks/{step}.ipynb") or error
        ) from None
    _strip_times(executed)
    nbformat.write(executed, executed_path)
    return executed


def load_executed_notebook(path: Path) -> nbformat.NotebookNode:
    """An executed notebook as it was kept."""
    return nbformat.read(path, as_version=4)


def _check_parameters(source: Path, parameters: dict[str, str]) -> None:
    """Papermill only warns of a parameter that a notebook does not declare, and then runs with the default."""
    try:
        declared = list(papermill.inspect_notebook(source))
    except Exception as error:
        raise Problem(
            Kind.NOTEBOOK,
            f"notebooks/{source.name}",
            f"the notebook cannot be read: {error}",
            "Restore it from the repository.",
        ) from None
    for name in parameters:
        if name not in declared:
            what = f'its parameters cell does not set "{name}".{did_you_mean(name, declared)}'
            how = f"Give the cell tagged `parameters` a line for each of: {', '.join(parameters)}."
            raise Problem(Kind.NOTEBOOK, f"notebooks/{source.name}", what, how)


def _problem_of_notebook_error(
    step: str,
    error: PapermillExecutionError,
    executed: nbformat.NotebookNode,
    executed_path: Path,
    settings: Settings,
) -> Problem:
    """What stopped a notebook, with the cell where it stopped, counted as in the notebook before papermill added its own."""
    if of_the_machine := machine_problem_in_notebook(
        error.ename, error.evalue, settings.workspace, f"notebooks/{step}.ipynb"
    ):
        return of_the_machine
    own = [
        cell
        for cell in executed.cells
        if not PAPERMILL_CELL_TAGS & set(cell.metadata.get("tags", []))
    ]
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
    kept = (
        settings.processed.with_name(f"{settings.year}.failed").relative_to(settings.workspace)
        / executed_path.name
    )
    how = f"The notebook as far as it ran is kept as {kept.as_posix()}: open it to see what led there."
    return Problem(Kind.NOTEBOOK, place, f"{error.ename}: {error.evalue}", how)


def _strip_times(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs from run to run; times are in the run record."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
