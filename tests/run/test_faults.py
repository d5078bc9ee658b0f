"""A run that is killed or runs out of memory leaves the last report, and the next run works."""

from __future__ import annotations

import json
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from builders import REPOSITORY
from faulty_runs import (
    END_SECONDS,
    Snapshot,
    agrees_with_its_record,
    errors_of,
    folder_digests,
    on_linux,
    raw_bytes,
    start_html_run,
)
from runs import STOP_SECONDS, YEAR, surviving_processes, unfinished_folders, wait_until

from pipeline.problem import Kind

# The two states of the raw data between which the test of kills changes to and fro.
CHANGES = {
    "commentary.md": ("Members may", "Members could"),
    "learning.csv": ("Make sure that staff", "Make certain that staff"),
}
KILLS_OVER_THE_RUN = 3  # more with tests/benchmarks/kill_commands.py
KILL_ATTEMPTS = 5  # for a run that ends before it can be killed


# Killed


def toggle_raw_data(workspace: Path) -> None:
    """Change the raw data from one state to the other."""
    for name, (first, second) in CHANGES.items():
        path = workspace / "data" / "raw" / YEAR / name
        text = path.read_text()
        assert (first in text) != (second in text)
        changed = text.replace(first, second) if first in text else text.replace(second, first)
        path.write_text(changed)


def is_first_state(workspace: Path) -> bool:
    commentary = workspace / "data" / "raw" / YEAR / "commentary.md"
    return CHANGES["commentary.md"][0] in commentary.read_text()


@dataclass
class TwoStates:
    """A workspace whose raw data has two states.

    second, first: the digests of tables and report made from each state.
    seconds: how long a run takes.
    """

    workspace: Path
    second: dict[str, str]
    first: dict[str, str]
    seconds: float

    def change_what_a_run_would_make(self) -> None:
        """Put the raw data into the state that the present report was not made from."""
        if (folder_digests(self.workspace) == self.second) != is_first_state(self.workspace):
            toggle_raw_data(self.workspace)


@pytest.fixture
def two_states(reported_workspace, temp_folder) -> TwoStates:
    digests = []
    for _ in range(2):
        toggle_raw_data(reported_workspace)
        start = time.monotonic()
        run = start_html_run(reported_workspace, temp_folder)
        errors = errors_of(run)
        assert run.returncode == 0, errors
        seconds = time.monotonic() - start
        digests.append(folder_digests(reported_workspace))
    second, first = digests
    assert not set(second.values()) & set(first.values())
    return TwoStates(reported_workspace, second, first, seconds)


def check_after_a_kill(
    states: TwoStates, raw: dict[str, bytes], temp_folder: Path, annual_report: Callable
) -> None:
    workspace = states.workspace
    assert surviving_processes(temp_folder, END_SECONDS) == []
    assert raw_bytes(workspace) == raw
    visible = {path.name for path in (workspace / "reports").iterdir()}
    assert {name for name in visible if not name.startswith(".")} <= {YEAR, "history", "numbers"}
    for name, digest in folder_digests(workspace).items():
        assert digest in {states.second[name], states.first[name]}, "mixed"
    # Any command recovers what the killed run left.
    finished = annual_report("trace", "complaints.received", "--workspace", workspace)
    assert finished.returncode == 0, finished.stderr
    digests = folder_digests(workspace)
    assert digests in (states.second, states.first), "tables and report are from two runs"
    history = workspace / "reports" / "history" / YEAR
    for report in (workspace / "reports" / YEAR, *history.glob("[0-9]*")):
        assert agrees_with_its_record(report)


@on_linux
@pytest.mark.slow
def test_run_killed_at_any_moment_leaves_a_whole_report(two_states, temp_folder, annual_report):
    """A run that ends before its kill is measured: the next is killed at the same part of it.

    `test_swap.py` kills the swap before each change of the disk.
    """
    workspace = two_states.workspace
    chance = random.Random(0)
    for part in range(KILLS_OVER_THE_RUN):
        moment = (part + chance.random()) / KILLS_OVER_THE_RUN
        for _ in range(KILL_ATTEMPTS):
            two_states.change_what_a_run_would_make()
            raw = raw_bytes(workspace)
            start = time.monotonic()
            run = start_html_run(workspace, temp_folder)
            with suppress(subprocess.TimeoutExpired):
                run.wait(timeout=moment * two_states.seconds)
                two_states.seconds = time.monotonic() - start
            run.kill()
            run.communicate(timeout=STOP_SECONDS)
            check_after_a_kill(two_states, raw, temp_folder, annual_report)
            if run.returncode:
                break
        assert run.returncode == -signal.SIGKILL
    options = ("--workspace", workspace, "--formats", "html")
    finished = annual_report("run", YEAR, *options)
    assert finished.returncode == 0, finished.stderr


# A lost process, no memory


def add_to_last_cell(workspace: Path, step: str, code: str) -> None:
    """Give a workspace its own notebook, whose last code cell begins with more code."""
    notebook = json.loads((REPOSITORY / "notebooks" / f"{step}.ipynb").read_text())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    cells[-1]["source"] = [f"{code}\n", *cells[-1]["source"]]
    (workspace / "notebooks").mkdir()
    (workspace / "notebooks" / f"{step}.ipynb").write_text(json.dumps(notebook))


# fmt: off
BREAKDOWNS = [
    pytest.param(
        "2_clean", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        ("notebooks/2_clean.ipynb: a process was killed", "ran out of memory"),
        id="lost kernel", marks=pytest.mark.slow,
    ),
    pytest.param(
        "1_validate", "bytearray(1 << 60)",
        ("notebooks/1_validate.ipynb: this machine ran out of memory",),
        id="no memory", marks=pytest.mark.slow,
    ),
    pytest.param(
        "3_aggregate", "import numpy\nnumpy.ones(1 << 55)",
        ("notebooks/3_aggregate.ipynb: this machine ran out of memory",),
        id="no memory for a table", marks=pytest.mark.slow,
    ),
]
# fmt: on


@on_linux
@pytest.mark.parametrize(("step", "code", "texts"), BREAKDOWNS)
def test_step_that_breaks_down_is_reported_and_does_no_harm(
    reported_workspace, temp_folder, step, code, texts
):
    untouched = Snapshot.of(reported_workspace)
    add_to_last_cell(reported_workspace, step, code)
    run = start_html_run(reported_workspace, temp_folder)
    errors = errors_of(run)
    assert run.returncode == Kind.MACHINE, errors
    assert all(text in errors for text in texts), errors
    assert "Traceback" not in errors
    assert Snapshot.of(reported_workspace) == untouched
    assert surviving_processes(temp_folder, END_SECONDS) == []
    assert unfinished_folders(reported_workspace) == []


@on_linux
@pytest.mark.slow
def test_run_that_loses_a_process_reports_it_or_goes_on(reported_workspace, temp_folder):
    """Python's own helper processes may complain, but every run ends."""
    untouched = Snapshot.of(reported_workspace)
    run = start_html_run(reported_workspace, temp_folder)
    chance = random.Random(1)
    processes: list[psutil.Process] = []

    def has_started_enough() -> bool:
        """Whether the run has had so many processes, or has ended."""
        if run.poll() is not None:
            return True
        with suppress(psutil.Error):
            children = psutil.Process(run.pid).children(recursive=True)
            processes.extend(child for child in children if child not in processes)
        return len(processes) > 1

    wait_until(has_started_enough, poll_seconds=chance.uniform(0.05, 0.4))
    with suppress(psutil.Error, IndexError):
        processes[1].kill()
    errors = errors_of(run)
    assert run.returncode in (0, Kind.MACHINE), errors
    assert raw_bytes(reported_workspace) == untouched.raw
    assert run.returncode == 0 or folder_digests(reported_workspace) == untouched.digests
    assert surviving_processes(temp_folder, END_SECONDS) == []


@on_linux
@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [300, 1000])
def test_run_with_little_memory_leaves_the_last_report(reported_workspace, temp_folder, megabytes):
    untouched = Snapshot.of(reported_workspace)
    limits = (megabytes << 20, megabytes << 20)
    run = start_html_run(
        reported_workspace,
        temp_folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limits),
    )
    try:
        errors_of(run, STOP_SECONDS)
    except (
        subprocess.TimeoutExpired
    ):  # a library may wait for memory for ever: a user would stop it
        run.kill()
        errors_of(run)
    assert raw_bytes(reported_workspace) == untouched.raw
    if run.returncode:
        assert folder_digests(reported_workspace) == untouched.digests
    assert surviving_processes(temp_folder, END_SECONDS) == []
