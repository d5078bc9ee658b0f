"""Times the whole run, in every format, of 10 thousand, 100 thousand and 1 million complaints.

Each complaint has two investigations. Prints the seconds of each step and the peak memory of the
largest process; for the whole run also the processor seconds, which other load on the machine does
not affect; and how much more ten times the rows need.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from bench import BIN, REPOSITORY, YEAR, peak_memory, print_machine

sys.path.insert(0, str(REPOSITORY / "tests" / "sample"))
from other_years import write_large_year

SIZES = (10_000, 100_000, 1_000_000)
ROWS_PER_COMPLAINT = 3  # its own, and one for each of two stages
STEP_DONE = re.compile(r"  \d/\d  (\w+)")


class Measurement(NamedTuple):
    """What a step, or the whole command, needed; processor_seconds only for the whole."""

    step: str
    seconds: float
    megabytes: float
    processor_seconds: float | None = None


class WholeRun(NamedTuple):
    """The measurement of a whole run, and the sizes of its files in kilobytes."""

    complaints: int
    measurement: Measurement
    html_kilobytes: float
    audit_kilobytes: float


def large_workspace(folder: Path, complaints: int) -> Path:
    """The sample council with a single valid year of that many complaints."""
    raw = folder / "data" / "raw"
    shutil.copytree(REPOSITORY / "data" / "raw", raw)
    shutil.rmtree(raw / "2020-21")
    write_large_year(raw, complaints)
    return folder


def measure(name: str, folder: Path) -> Iterator[Measurement]:
    """Each step of a command as it ends, then the whole command."""
    command = [str(BIN / "annual-report"), name, YEAR, "--workspace", str(folder)]
    processor_start = children_processor_seconds()
    start = step_start = time.perf_counter()
    largest = 0
    with (
        peak_memory() as peaks,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process,
    ):
        for line in process.stdout:
            largest = max(largest, *peaks.values())
            step = STEP_DONE.match(line)
            if step:
                now = time.perf_counter()
                peak = max(peaks.values(), default=0)
                yield Measurement(f"{name}, {step[1].lower()}", now - step_start, peak / 1e6)
                step_start = now
                peaks.clear()
        largest = max(largest, *peaks.values())
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    seconds = time.perf_counter() - start
    processor = children_processor_seconds() - processor_start
    yield Measurement(name, seconds, largest / 1e6, processor)


def children_processor_seconds() -> float:
    """The processor seconds of all child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def kilobytes(folder: Path, pattern: str) -> float:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file()) / 1e3


def print_measurement(complaints: int, measurement: Measurement) -> None:
    processor = measurement.processor_seconds
    cpu = f"{processor:6.1f}" if processor else " " * 6
    microseconds = measurement.seconds / (ROWS_PER_COMPLAINT * complaints) * 1e6
    print(
        f"{complaints:>10,}  {measurement.step:<16}  {measurement.seconds:6.1f}  {cpu}  "
        f"{measurement.megabytes:5.0f}  {microseconds:8.1f}",
        flush=True,
    )


def print_whole_runs(runs: list[WholeRun]) -> None:
    print(f"\n{'complaints':>10}  {'run, CPU s':>10}  {'MB':>5}  {'HTML, kB':>8}  {'audit, kB':>9}")
    for run in runs:
        print(
            f"{run.complaints:>10,}  {run.measurement.processor_seconds:10.1f}  "
            f"{run.measurement.megabytes:5.0f}  {run.html_kilobytes:8.0f}  "
            f"{run.audit_kilobytes:9.0f}"
        )
    print("Ten times the rows need this many times as much:")
    for smaller, larger in pairwise(runs):
        seconds = larger.measurement.processor_seconds / smaller.measurement.processor_seconds
        memory = larger.measurement.megabytes / smaller.measurement.megabytes
        print(f"{larger.complaints:>10,}  {seconds:10.1f}  {memory:5.1f}")


def main() -> None:
    print_machine()
    print(f"{'complaints':>10}  {'step':<16}  {'s':>6}  {'CPU s':>6}  {'MB':>5}  {'µs a row':>8}")
    runs = []
    for complaints in SIZES:
        with tempfile.TemporaryDirectory() as parent:
            folder = large_workspace(Path(parent), complaints)
            for command in ("check", "run"):
                for measurement in measure(command, folder):
                    print_measurement(complaints, measurement)
            report = folder / "reports" / YEAR
            html = kilobytes(report, "annual-report.html")
            audit = kilobytes(report / "audit", "*")
            runs.append(WholeRun(complaints, measurement, html, audit))
    print_whole_runs(runs)


if __name__ == "__main__":
    main()
