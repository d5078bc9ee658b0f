"""What tests of runs do to a workspace, and what they look for during a command and after it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from builders import COMMAND, COMMAND_SECONDS, REPOSITORY, file_bytes
from builders import replace_text as edit

__all__ = ["edit"]  # the name by which the tests of runs change a file

YEAR = "2021-22"
POLL_SECONDS = 0.05
START_SECONDS = 60  # for a command to get as far as a test waits for
LINGER_SECONDS = 10  # Python's own resource tracker ends a moment after its parent


def wait_until(condition: Callable[[], object], command: subprocess.Popen) -> None:
    """Wait until a condition holds. Fails if the command ends first, or after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        assert command.poll() is None, f"the command ended: {command.communicate()}"
        assert time.monotonic() < deadline, f"this took more than {START_SECONDS} seconds"
        time.sleep(POLL_SECONDS)


def finish(command: subprocess.Popen, seconds: float = COMMAND_SECONDS) -> tuple[str, str]:
    """The output and the errors of a command, once it has ended by itself."""
    return command.communicate(timeout=seconds)


def write_own_notebook(workspace: Path, step: str, old: str, new: str) -> Path:
    """Give a workspace its own notebook: the project's, with one text replaced."""
    folder = workspace / "notebooks"
    folder.mkdir(exist_ok=True)
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{step}.ipynb", as_version=4)
    cell = next(cell for cell in notebook.cells if old in cell.source)
    cell.source = cell.source.replace(old, new)
    path = folder / f"{step}.ipynb"
    nbformat.write(notebook, path)
    return path


def year_files(workspace: Path) -> dict[str, dict[str, bytes]]:
    """Every file of the raw data, the tables and the report."""
    folders = ("data/raw", f"data/processed/{YEAR}", f"reports/{YEAR}")
    return {folder: file_bytes(workspace / folder) for folder in folders}


def unfinished_folders(workspace: Path) -> list[str]:
    """The staging folders and backups that a run should have removed."""
    return sorted(
        path.name for path in workspace.rglob(".*") if path.name.endswith((".new", ".old"))
    )


def start_command(
    temporary: Path, *words: str | Path, prefix: Sequence[str] = ()
) -> subprocess.Popen:
    """Start `annual-report` as in a terminal, with its own temporary folder.

    prefix: the words before the command.
    """
    return subprocess.Popen(
        [*prefix, COMMAND, *words],
        env=os.environ | {"TMPDIR": str(temporary)},
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Tests that run in the background ignore Ctrl-C, and their child processes would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def is_under_way(workspace: Path) -> bool:
    """Whether the run of a year is past its first step."""
    return any(workspace.glob("data/processed/.*.new/1_validate"))


def press_ctrl_c(command: subprocess.Popen) -> None:
    """Interrupt every process of a command, as a terminal does."""
    os.killpg(command.pid, signal.SIGINT)


def run_processes(temporary: Path) -> list[psutil.Process]:
    """Every process of a run, identified by its temporary folder."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(temporary):
                processes.append(process)
    return processes


def surviving_processes(temporary: Path, seconds: float = LINGER_SECONDS) -> list[psutil.Process]:
    """The processes of a run that have not ended after that time."""
    return psutil.wait_procs(run_processes(temporary), timeout=seconds)[1]


def kernel_pids(temporary: Path) -> list[int]:
    """The processes forked from a run's fork server."""
    processes = {process.pid: process for process in run_processes(temporary)}
    servers = set()
    for process in processes.values():
        with suppress(psutil.Error):
            is_server = any("multiprocessing.forkserver" in word for word in process.cmdline())
            if is_server and process.ppid() in processes:
                servers.add(process.pid)
    pids = []
    for process in processes.values():
        with suppress(psutil.Error):
            if process.is_running() and process.ppid() in servers:
                pids.append(process.pid)
    return pids
