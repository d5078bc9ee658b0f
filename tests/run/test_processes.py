"""The processes of a run: no open port, one message when stopped, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from builders import COMMAND_SECONDS
from runs import (
    POLL_SECONDS,
    STOP_SECONDS,
    STOPPED_EXIT_CODE,
    STOPPED_MESSAGE,
    YEAR,
    finish,
    is_under_way,
    kernel_pids,
    press_ctrl_c,
    run_processes,
    start_command,
    surviving_processes,
    unfinished_folders,
    wait_until,
    write_own_notebook,
    year_files,
)

KERNELS_PER_RUN = 4  # one per step
LISTENING = "0A"  # the state of a socket in /proc/net
RUNS_IN_A_ROW = 2  # with the one before, more than are kept
KEPT_REPORTS = 1
pytestmark = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="reads /proc, which only Linux has"
)


def start_run(workspace: Path, year: str, temp_folder: Path) -> subprocess.Popen:
    """The shortest run: HTML only, from the first step."""
    words = ("run", year, "--workspace", workspace, "--formats", "html", "--force")
    return start_command(temp_folder, *words)


def listening_sockets() -> dict[str, str]:
    """The address of each TCP socket that listens, by inode."""
    sockets = {}
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if table.exists():
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING:
                    sockets[fields[9]] = fields[1]
    return sockets


def open_ports(pids: list[int]) -> set[str]:
    """The addresses on which the processes listen."""
    sockets = listening_sockets()
    addresses = set()
    for pid in pids:
        with suppress(OSError):
            targets = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
            addresses |= {sockets[inode] for inode in sockets if f"socket:[{inode}]" in targets}
    return addresses


def hang_up(command: subprocess.Popen) -> None:
    """Close the terminal of a command."""
    os.killpg(command.pid, signal.SIGHUP)


@pytest.mark.slow
def test_two_years_at_once_open_no_port_and_leave_nothing(workspace, sample_report, temp_folder):
    years = ("2020-21", YEAR)
    runs = [start_run(workspace, year, temp_folder) for year in years]
    kernels: set[int] = set()
    ports: set[str] = set()
    deadline = time.monotonic() + COMMAND_SECONDS
    while any(run.poll() is None for run in runs):
        assert time.monotonic() < deadline
        kernels.update(kernel_pids(temp_folder))
        ports |= open_ports([process.pid for process in run_processes(temp_folder)])
        time.sleep(POLL_SECONDS)
    for run in runs:
        assert run.returncode == 0, run.stderr.read()
    assert len(kernels) == KERNELS_PER_RUN * len(years)
    assert ports == set()
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.glob("annual-report-*")) == []
    for year in years:
        assert (workspace / "reports" / year / "annual-report.html").is_file()
    html = workspace / "reports" / YEAR / "annual-report.html"
    assert html.read_bytes() == sample_report.html.read_bytes()


WAYS_TO_STOP = [
    press_ctrl_c,
    pytest.param(subprocess.Popen.terminate, marks=pytest.mark.slow),
    pytest.param(hang_up, marks=pytest.mark.slow),
]


@pytest.mark.parametrize("stop", WAYS_TO_STOP)
@pytest.mark.slow
def test_stopped_run_leaves_the_last_report_and_no_process(reported_workspace, temp_folder, stop):
    files = year_files(reported_workspace)
    run = start_run(reported_workspace, YEAR, temp_folder)
    wait_until(lambda: is_under_way(reported_workspace), run)
    stop(run)
    output, errors = finish(run, STOP_SECONDS)
    assert run.returncode == STOPPED_EXIT_CODE, errors
    if stop == hang_up:  # Python's own resource tracker dies of it, with a warning
        assert STOPPED_MESSAGE in errors
    else:
        assert errors.strip() == STOPPED_MESSAGE
    assert "Made in" not in output
    assert year_files(reported_workspace) == files
    assert unfinished_folders(reported_workspace) == []
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


PROCESS_COUNTS = [2, *(pytest.param(count, marks=pytest.mark.slow) for count in (3, 7))]


@pytest.mark.parametrize("process_count", PROCESS_COUNTS)
def test_only_the_command_handles_ctrl_c(workspace, temp_folder, process_count):
    """A fork server, kernel or PDF process that is just starting must not print a traceback."""
    run = start_command(temp_folder, "run", YEAR, "--workspace", workspace)
    wait_until(lambda: len(run_processes(temp_folder)) >= process_count, run)
    press_ctrl_c(run)
    _, errors = finish(run, STOP_SECONDS)
    assert (run.returncode, errors.strip()) == (STOPPED_EXIT_CODE, STOPPED_MESSAGE)
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


# Writes at its end which thread imported which library, in order.
RECORD_IMPORTS = """
import atexit, json, sys, threading
from pathlib import Path
from pipeline.cli import main
imports = []
def hook(event, args):
    if event == "import":
        imports.append((threading.current_thread().name, args[0].partition(".")[0]))
if __name__ == "__main__":
    atexit.register(lambda file: Path(file).write_text(json.dumps(imports)), sys.argv.pop(1))
    sys.addaudithook(hook)
    main()
"""


@dataclass(frozen=True)
class ObservedRun:
    """A run in a folder with modules named as libraries are, whose terminal was closed meanwhile.

    imports: thread and library, in order. folders: in which the parents of a kernel are.
    """

    workspace: Path
    exit_code: int
    imports: list[tuple[str, str]]
    folders: list[str]
    survivors: list[psutil.Process]


@pytest.fixture(scope="module")
def observed_run(sample_workspace, tmp_path_factory) -> ObservedRun:
    tmp_path = tmp_path_factory.mktemp("observed")
    workspace = sample_workspace(tmp_path / "workspace")
    for name in ("pandas.py", "json.py"):
        (workspace / name).write_text("raise SystemExit('this is not the library')\n")
    script, imports, folders = (tmp_path / name for name in ("record.py", "imports", "folders"))
    script.write_text(RECORD_IMPORTS)
    code = (
        "import json, pathlib, psutil\n"
        "parents = psutil.Process().parents()[:2]\n"
        f"pathlib.Path({str(folders)!r}).write_text(json.dumps([each.cwd() for each in parents]))\n"
    )
    write_own_notebook(workspace, "1_validate", "from pipeline", f"{code}from pipeline")
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        program = ["nohup", sys.executable, script, imports]
        words = ("run", YEAR, "--workspace", workspace)
        run = start_command(Path(folder), *words, program=program, cwd=workspace)
        wait_until(lambda: is_under_way(workspace), run)
        hang_up(run)
        finish(run)
        survivors = surviving_processes(Path(folder))
    recorded = json.loads(imports.read_text())
    return ObservedRun(
        workspace, run.returncode, recorded, json.loads(folders.read_text()), survivors
    )


@pytest.mark.slow
def test_command_under_nohup_outlives_its_terminal(observed_run):
    assert observed_run.exit_code == 0
    assert observed_run.survivors == []


@pytest.mark.slow
def test_file_in_the_current_folder_hides_no_library(observed_run):
    """A workspace may happen to contain pandas.py."""
    assert "pandas" in {library for _, library in observed_run.imports}
    assert observed_run.exit_code == 0


@pytest.mark.slow
def test_run_stays_in_the_folder_where_it_was_called(observed_run):
    """Otherwise a kernel could start in a staging folder that a stopped run removes."""
    assert observed_run.folders == [str(observed_run.workspace)] * 2


@pytest.mark.slow
def test_no_library_is_imported_by_two_threads_at_once(observed_run):
    """If two threads import pyarrow at once, one can see a partly initialised module."""
    imports = observed_run.imports
    threads = {thread for thread, _ in imports} - {"MainThread"}
    assert threads
    for thread in threads:
        places = [place for place, (importer, _) in enumerate(imports) if importer == thread]
        meanwhile = imports[places[0] : places[-1]]
        in_thread = {library for importer, library in meanwhile if importer == thread}
        in_main = {library for importer, library in meanwhile if importer == "MainThread"}
        assert (in_main & in_thread) - set(sys.stdlib_module_names) - {"pipeline"} == set()


@pytest.mark.slow
def test_runs_in_a_row_leave_no_process_and_no_file(reported_workspace, temp_folder, annual_report):
    """Each run follows a change in the commentary, so that it makes a report."""
    commentary = reported_workspace / "data" / "raw" / YEAR / "commentary.md"
    with (reported_workspace / "data" / "raw" / "council.yaml").open("a") as council:
        council.write(f"keep_runs: {KEPT_REPORTS}\n")
    words = ("run", YEAR, "--workspace", reported_workspace, "--formats", "html")
    for number in range(RUNS_IN_A_ROW):
        with commentary.open("a") as file:
            file.write("\n")
        result = annual_report(*words, TMPDIR=str(temp_folder))
        assert result.returncode == 0, result.stderr
        assert "Made in" in result.stdout, number
        assert surviving_processes(temp_folder) == []
        assert list(temp_folder.iterdir()) == []
    history = reported_workspace / "reports" / "history" / YEAR
    assert len(list(history.iterdir())) == KEPT_REPORTS
