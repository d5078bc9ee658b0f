"""What the tests of runs do to a workspace, and what they look for while a command runs and after it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = shutil.which("annual-report", path=str(Path(sys.executable).parent))


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8", newline="")


def write_own_notebook(workspace: Path, step: str, before: str, after: str) -> None:
    """Give a workspace a notebook of its own: the project's, with one text replaced."""
    folder = workspace / "notebooks"
    folder.mkdir(exist_ok=True)
    notebook = nbformat.read(REPOSITORY / "notebooks" / f"{step}.ipynb", as_version=4)
    found = [cell for cell in notebook.cells if before in cell.source]
    assert found
    found[0].source = found[0].source.replace(before, after)
    nbformat.write(notebook, folder / f"{step}.ipynb")


def unfinished_folders(workspace: Path) -> list[str]:
    return sorted(
        path.name for path in workspace.rglob(".*") if path.name.endswith((".new", ".old"))
    )


def start_command(
    temporary: Path, *words: str | Path, prefix: Sequence[str] = ()
) -> subprocess.Popen:
    """`annual-report`, under way as in a terminal, with a temporary folder of its own. before: words before the command."""
    return subprocess.Popen(
        [*prefix, COMMAND, *words], env=os.environ | {"TMPDIR": str(temporary)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        # Tests that run in the background are deaf to Ctrl-C, and so would be what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def is_under_way(workspace: Path) -> bool:
    """Whether the run of a year is past its first step."""
    return any(workspace.glob("data/processed/.*.new/1_validate"))


def press_ctrl_c(command: subprocess.Popen) -> None:
    """A terminal sends it to every process of a command."""
    os.killpg(command.pid, signal.SIGINT)


def run_processes(temporary: Path) -> list[psutil.Process]:
    """Every process of a run, which is known by its temporary folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("TMPDIR") == str(temporary):
                found.append(process)
    return found


def surviving_processes(temporary: Path, seconds: float = 10) -> list[psutil.Process]:
    """What is left of a run after so long: Python's own resource tracker ends a moment after its parent."""
    return psutil.wait_procs(run_processes(temporary), timeout=seconds)[1]


def kernel_pids(temporary: Path) -> list[int]:
    """The processes that were forked from a run's fork server."""
    found = {process.pid: process for process in run_processes(temporary)}
    servers = set()
    for process in found.values():
        with suppress(psutil.Error):
            if (
                any("multiprocessing.forkserver" in word for word in process.cmdline())
                and process.ppid() in found
            ):
                servers.add(process.pid)
    return [
        process.pid
        for process in found.values()
        if process.is_running() and process.ppid() in servers
    ]
