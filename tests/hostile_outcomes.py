"""What a command does with a hostile input: its exit code, its costs, and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil
from builders import COMMAND, file_bytes
from hostile_cases import HostileCase
from runs import YEAR, unfinished_folders

from pipeline.problem import Kind

DOCUMENTED_EXIT_CODES = {0, 2, *Kind} - {Kind.INTERNAL}
MAX_CPU_SECONDS = 60
MAX_BYTES = 1_000_000_000
HANG_SECONDS = 300  # of the clock: a machine may be busy with other work
SAMPLE_SECONDS = 0.4
CASE_VARIABLE = "HOSTILE_CASE"  # marks the processes of a case
REPLACES_REPORTS = {"run", "batch"}
ADDS_YEARS = {"new", "init", "batch"}


@dataclass
class Outcome:
    """A command that has ended.

    bytes: the most that its processes had in memory together, each page counted once.
    """

    exit_code: int
    cpu_seconds: float
    seconds: float
    bytes: int
    output: str


def try_case(case: HostileCase) -> tuple[Outcome, list[str]]:
    """What the command of a case did, and everything that is wrong with that."""
    raw = case.workspace / "data" / "raw"
    report = case.workspace / "reports" / YEAR
    raw_before, report_before = file_bytes(raw), file_bytes(report)
    outcome = run_case(case)
    faults = list(_faults(case, outcome))
    raw_after = file_bytes(raw)
    if case.words[0] in ADDS_YEARS:
        raw_after = {name: raw_after.get(name) for name in raw_before}
    if raw_after != raw_before:
        faults.append("raw data changed")
    is_replaced = case.words[0] in REPLACES_REPORTS and outcome.exit_code in (0, Kind.SOME_FAILED)
    if not is_replaced and file_bytes(report) != report_before:
        faults.append("the last report changed")
    return outcome, faults


def _faults(case: HostileCase, outcome: Outcome) -> Iterator[str]:
    if outcome.exit_code not in DOCUMENTED_EXIT_CODES:
        yield f"exit code {outcome.exit_code}"
    if "Traceback" in outcome.output:
        yield "a traceback"
    if "\x1b" in outcome.output and "FORCE_COLOR" not in case.environment:
        yield "an escape sequence"
    if outcome.cpu_seconds > MAX_CPU_SECONDS:
        yield f"{outcome.cpu_seconds:.0f} s of CPU"
    if outcome.seconds > HANG_SECONDS:
        yield f"did not end in {HANG_SECONDS} s"
    if outcome.bytes > MAX_BYTES:
        yield f"{outcome.bytes / 1e6:,.0f} MB"
    left = [path.name for path in (case.folder / "t").iterdir()]
    if left:
        yield f"left in the temporary folder: {left}"
    if unfinished_folders(case.workspace):
        yield f"left in the workspace: {unfinished_folders(case.workspace)}"
    processes = psutil.wait_procs(_processes(case), timeout=5)[1]
    if processes:
        yield f"left running: {processes}"


def run_case(case: HostileCase) -> Outcome:
    """Run the command of a case."""
    (case.folder / "t").mkdir()
    environment = os.environ | {"TMPDIR": str(case.folder / "t")} | case.environment
    environment[CASE_VARIABLE] = str(case.seed)
    start = time.monotonic()
    with (case.folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [COMMAND, *case.words],
            cwd=case.workspace,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        peak = max(peak, _memory(process.pid))
        if time.monotonic() - start > HANG_SECONDS:
            for each in _processes(case):
                each.kill()
        time.sleep(SAMPLE_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Outcome(
        exit_code=process.returncode,
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        seconds=time.monotonic() - start,
        bytes=peak,
        output=(case.folder / "output").read_text(encoding="utf-8", errors="replace"),
    )


def _memory(pid: int) -> int:
    """The bytes in memory of a process and of all that it started, each page counted once."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += each.memory_full_info().pss
    return total


def _processes(case: HostileCase) -> list[psutil.Process]:
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(CASE_VARIABLE) == str(case.seed):
                processes.append(process)
    return processes


def stop_processes(case: HostileCase) -> None:
    """End whatever a case has left running."""
    for process in _processes(case):
        with suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(_processes(case), timeout=5)
