"""The inputs of a run, copied before it begins, so that a run reads nothing that may change.

A file that is saved while a run is under way changes neither its report nor its cache keys: they
describe the copy. The code of the package cannot be copied; a change of it stops the run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import pipeline
from pipeline.artifacts import LEDGER_FOLDER, standard_notebooks
from pipeline.problem import Kind, Problem
from pipeline.run import steps
from pipeline.run.batch.executors import usable_cores
from pipeline.run.steps import EARLIER_FILES, input_files, other_entries
from pipeline.settings import Settings, load_settings
from pipeline.system.file_states import FileState, file_states, module_states
from pipeline.system.folders import PRIVATE_FOLDER_MODE, leads_outside, snapshot_path
from pipeline.system.resources import available_memory, shortage_warnings

# Of a run of the sample, measured, and how it grows with the inputs of a large council.
MIN_TABLES_BYTES = 1_000_000
MIN_REPORT_BYTES = 10_000_000
TEMPORARY_BYTES = 1_000_000
MIN_MEMORY_BYTES = 500_000_000
MEMORY_PER_INPUT_BYTE = 20
# Of several procedures: one waits now and then for its kernels, while another has the core.
RUNS_PER_CORE = 2
MAX_COPIES = 20  # of inputs that are written while they are copied
RETRY_SECONDS = 0.1


@contextmanager
def input_snapshot(settings: Settings) -> Iterator[Settings]:
    """The settings of a copy of a year's inputs, in a workspace that ends with the block.

    It lies next to the processed tables, on their disk and as well protected as they are.
    """
    workspace = snapshot_path(settings.processed)
    shutil.rmtree(workspace, ignore_errors=True)
    try:
        workspace.mkdir(mode=PRIVATE_FOLDER_MODE)
        copy_inputs(settings, workspace)
        snapshot = load_settings(workspace, settings.name)
        if snapshot.council != settings.council:  # saved since: other years may be compared
            copy_inputs(settings.model_copy(update={"council": snapshot.council}), workspace)
            snapshot = load_settings(workspace, settings.name)
        yield snapshot
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


def expected_shortages(settings: Settings) -> list[str]:
    """A sentence for each disk, and for the memory, that will clearly not do for a run."""
    return list(shortage_warnings(*expected_needs(settings)))


def expected_needs(settings: Settings) -> tuple[dict[Path, int], int]:
    """What a run will write, in bytes by folder, and the bytes of memory that it will take."""
    inputs = _size_of_inputs(settings)
    tables = inputs + max(MIN_TABLES_BYTES, _folder_size(settings.processed), inputs)
    report = max(MIN_REPORT_BYTES, _folder_size(settings.published_folder), 2 * inputs)
    disk_bytes = {
        settings.processed: tables,
        settings.published_folder: report,
        Path(tempfile.gettempdir()): TEMPORARY_BYTES,
    }
    runs = runs_at_once(settings) if settings.is_joint else 1
    return disk_bytes, runs * _memory_of_run(inputs)


def runs_at_once(settings: Settings) -> int:
    """How many procedures of a council are run at once, as far as there is memory for them.

    settings: those of any of them, for they share their files.
    """
    runs = min(RUNS_PER_CORE * usable_cores(), len(settings.council.procedures))
    return max(1, min(runs, available_memory() // _memory_of_run(_size_of_inputs(settings))))


def _memory_of_run(inputs: int) -> int:
    """The bytes of memory that a run takes, by the bytes of its inputs."""
    return MIN_MEMORY_BYTES + MEMORY_PER_INPUT_BYTE * inputs


def _size_of_inputs(settings: Settings) -> int:
    return sum(path.stat().st_size for path in input_files(settings))


def _folder_size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def copy_inputs(settings: Settings, workspace: Path) -> None:
    """Copy the inputs, as they are at one moment, into another workspace.

    Of all else in `data/raw` the names are copied, and links out of the workspace stay links.
    Raises Problem if another program writes inputs all the time.
    """
    for _ in range(MAX_COPIES):
        states = _input_states(settings)
        with suppress(FileNotFoundError):  # a program saves a file by replacing it
            _copy_inputs(states, settings, workspace)
        if _input_states(settings) == states:
            return
        time.sleep(RETRY_SECONDS)
    now = _input_states(settings)
    changed = [path for path in sorted(now) if now[path] != states.get(path)]
    raise Problem(
        kind=Kind.MACHINE,
        where=str(changed[0] if changed else settings.raw),
        what="another program writes this file all the time",
        remedy="Close that program, or wait until it has finished, then run again.",
    )


def _input_states(settings: Settings) -> dict[Path, FileState | None]:
    """The state of each input, and None for all else in `data/raw`, of which the name counts."""
    others = dict.fromkeys(other_entries(settings))
    return {**others, **file_states(input_files(settings))}


def _copy_inputs(
    states: Mapping[Path, FileState | None], settings: Settings, workspace: Path
) -> None:
    for folder in ("data/raw", "notebooks"):
        shutil.rmtree(workspace / folder, ignore_errors=True)
    for name in EARLIER_FILES:
        for earlier in (workspace / "reports").rglob(name):
            if earlier.parent.name != str(settings.year):
                earlier.unlink()
    shutil.rmtree(workspace / "reports" / LEDGER_FOLDER, ignore_errors=True)
    for path, state in states.items():
        copy = workspace / path.relative_to(settings.workspace)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() and leads_outside(path, settings.workspace):
            copy.symlink_to(os.path.realpath(path))
        elif state:
            shutil.copyfile(path, copy)
        elif path.is_dir():
            copy.mkdir(exist_ok=True)
        elif path.is_file():
            copy.touch()
        else:
            copy.symlink_to(copy)  # like a pipe or a device, something that is no file


class ProjectFiles:
    """The package and the project's notebooks, as they are when this is made."""

    def __init__(self) -> None:
        self._states = _project_states()

    def check_unchanged(self) -> None:
        """Raise a Problem for a file that was written since, or a module since the command began.

        What is in memory would then be older than what a digest describes.
        """
        earlier = {**self._states, **pipeline.MODULES_AT_START}
        now = {**_project_states(), **module_states(Path(pipeline.__file__).parent)}
        changed = sorted(path for path in {*earlier, *now} if earlier.get(path) != now.get(path))
        if changed:
            raise Problem(
                kind=Kind.MACHINE,
                where=str(changed[0]),
                what="this file of the program was written while the program was running",
                remedy="Run the command again, once the program is as it should be.",
            )


def _project_states() -> dict[Path, FileState | None]:
    root = steps.PROJECT_ROOT
    notebooks = standard_notebooks(root).glob("*.ipynb")
    return file_states([*notebooks, *steps.package_files(root / "pipeline")])
