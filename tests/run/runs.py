"""What the tests of runs do to a workspace, and how they watch a command and its processes."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import psutil
import pytest
from builders import COMMAND, REPOSITORY, file_bytes

from pipeline import system

YEAR = "2021-22"
STOPPED_EXIT_CODE = 130  # the exit code of a command that Ctrl-C stopped
STOPPED_MESSAGE = "Stopped. The last good report is unchanged."
STOP_SECONDS = 60  # for a command that was told to stop
RUN_SECONDS = 300  # for a whole run, on a busy machine
POLL_SECONDS = 0.05
# The only files of a report that hold times.
TIMED_FILES = {"run.json", "ro-crate-metadata.json"}
on_posix = pytest.mark.skipif(os.name != "posix", reason="processes are killed by signals")

Value = TypeVar("Value")


def wait_until(
    condition: Callable[[], Value],
    command: subprocess.Popen | None = None,
    seconds: float = RUN_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> Value:
    """The first true value of a condition.

    Fails if there is none in so many seconds, or if the command ends first.
    """
    deadline = time.monotonic() + seconds
    value = condition()
    while not value:
        if command is not None:
            assert command.poll() is None, f"the command ended: {command.communicate()}"
        assert time.monotonic() < deadline, f"this took more than {seconds} seconds"
        time.sleep(poll_seconds)
        value = condition()
    return value


def finish(command: subprocess.Popen, seconds: float = RUN_SECONDS) -> tuple[str, str]:
    """The output and the errors of a command, once it has ended by itself."""
    return command.communicate(timeout=seconds)


def write_own_notebook(workspace: Path, step: str, old: str, new: str) -> None:
    """Give a workspace its own notebook: the project's, with one text replaced."""
    folder = workspace / "notebooks"
    folder.mkdir(exist_ok=True)
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{step}.ipynb", as_version=4)
    cells = [cell for cell in notebook.cells if old in cell.source]
    assert cells, f"no cell contains {old!r}"
    cells[0].source = cells[0].source.replace(old, new)
    nbformat.write(notebook, folder / f"{step}.ipynb")


def year_files(workspace: Path) -> dict[str, dict[str, bytes]]:
    """Every file of the raw data, the tables and the report."""
    folders = ("data/raw", f"data/processed/{YEAR}", f"reports/{YEAR}")
    return {folder: file_bytes(workspace / folder) for folder in folders}


def untimed_bytes(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder that holds no time, by its relative path."""
    contents = file_bytes(folder)
    return {
        path: content for path, content in contents.items() if Path(path).name not in TIMED_FILES
    }


def unfinished_folders(workspace: Path) -> list[str]:
    """What a swap leaves when it is interrupted."""
    hidden = [path.name for path in workspace.rglob(".*")]
    return sorted(name for name in hidden if name.endswith((".new", ".old", ".inputs")))


def start_command(
    temp_folder: Path,
    *words: str | Path,
    program: Sequence[str | Path] = (COMMAND,),
    cwd: Path | None = None,
) -> subprocess.Popen:
    """`annual-report` as in a terminal of its own, with its own temporary folder.

    program: what is started with the words. cwd: where; by default here.
    """
    return subprocess.Popen(
        [*program, *words],
        cwd=cwd,
        env=os.environ | {"TMPDIR": str(temp_folder)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=_heed_signals,
    )


def _heed_signals() -> None:
    """Undo what a child inherits of tests in the background, or under nohup: signals ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def is_under_way(workspace: Path) -> bool:
    """Whether the run of a year is past its first step."""
    return any(workspace.glob("data/processed/.*.inputs/data/processed/*/1_validate"))


def wait_until_under_way(command: subprocess.Popen, *workspaces: Path) -> None:
    """Wait until one of the workspaces has a run that is past its first step."""
    wait_until(lambda: any(is_under_way(workspace) for workspace in workspaces), command)


def press_ctrl_c(command: subprocess.Popen) -> None:
    """Interrupt every process of a command, as a terminal does."""
    if system.IS_POSIX:
        os.killpg(command.pid, signal.SIGINT)
        return
    started = psutil.Process(command.pid)
    for process in (*started.children(recursive=True), started):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)


def run_processes(temp_folder: Path) -> list[psutil.Process]:
    """Every process of a run, which its temporary folder identifies."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(temp_folder):
                processes.append(process)
    return processes


def surviving_processes(temp_folder: Path, seconds: float = 10) -> list[psutil.Process]:
    """The processes of a run that are still there after so many seconds.

    Python's own resource tracker ends shortly after its parent.
    """
    return psutil.wait_procs(run_processes(temp_folder), timeout=seconds)[1]


def is_fork_server(process: psutil.Process) -> bool:
    """Whether a process is multiprocessing's fork server, and not one that it forked."""
    return has_word(process, "multiprocessing.forkserver") and not has_word(
        process.parent(), "multiprocessing.forkserver"
    )


def has_word(process: psutil.Process | None, text: str) -> bool:
    """Whether the command line of a process contains a text."""
    return process is not None and any(text in word for word in process.cmdline())


def kernel_pids(temp_folder: Path) -> list[int]:
    """The processes that were forked from a run's fork server."""
    pids = []
    for process in run_processes(temp_folder):
        with suppress(psutil.Error):
            parent = process.parent()
            if parent is not None and is_fork_server(parent):
                pids.append(process.pid)
    return pids


def write_notebook(folder: Path, *cells: str) -> Path:
    """A notebook with these cells of code, for a kernel of this Python."""
    kernelspec = {"name": "python3", "display_name": "", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernelspec})
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, folder / "notebook.ipynb")
    return folder / "notebook.ipynb"


def merge_streams(outputs: list[Any]) -> list[tuple[str, str]]:
    """Kind and text of each output; what was printed in one go may arrive in several parts."""
    texts: list[tuple[str, str]] = []
    for output in outputs:
        kind = output.get("name", output.output_type)
        text = output.get("text") or output.data["text/plain"]
        if output.output_type == "stream" and texts and texts[-1][0] == kind:
            text = texts.pop()[1] + text
        texts.append((kind, text))
    return texts
