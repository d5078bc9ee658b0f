"""Large years: the whole `annual-report run`, with every format, of 10 thousand, 100 thousand and 1 million complaints.

Each complaint has two investigations. Of each step the seconds and the peak memory of the largest process are printed, of the
whole also the processor's seconds, which other work on the machine does not lengthen; then how much more ten times the rows take.
"""

from __future__ import annotations

import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import psutil
from bench import BIN, PROJECT, peaks

sys.path.insert(0, str(PROJECT / "tests" / "sample"))
from other_years import write_large_year

SIZES = (10_000, 100_000, 1_000_000)
ROWS = 3  # of a complaint: its own, and one for each of two stages
STEP_DONE = re.compile(r"  \d/\d  (\w+)")


class Took(NamedTuple):
    """What was measured of a step, or of the whole run; processor: seconds, of the whole only."""

    step: str
    seconds: float
    megabytes: float
    processor: float | None = None


def workspace(folder: Path, complaints: int) -> Path:
    """The sample council with one year of so many complaints, twice as many investigations, and nothing wrong with them."""
    raw = folder / "data" / "raw"
    shutil.copytree(PROJECT / "data" / "raw", raw)
    shutil.rmtree(raw / "2020-21")
    write_large_year(raw, complaints)
    return folder


def run(command: str, folder: Path) -> Iterator[Took]:
    """Each step of a command, then the whole of it."""
    called = [str(BIN / "annual-report"), command, "2021-22", "--workspace", str(folder)]
    before, begun, largest = processor(), time.perf_counter(), 0.0
    with (
        peaks() as by_process,
        subprocess.Popen(called, stdout=subprocess.PIPE, text=True) as process,
    ):
        since = begun
        for line in process.stdout:
            largest = max(largest, *by_process.values())
            if done := STEP_DONE.match(line):
                now = time.perf_counter()
                yield Took(
                    f"{command}, {done[1].lower()}",
                    now - since,
                    max(by_process.values(), default=0) / 1e6,
                )
                since = now
                by_process.clear()
        largest = max(largest, *by_process.values())
    if process.returncode:
        sys.exit(f"{' '.join(called)} ended with {process.returncode}")
    yield Took(command, time.perf_counter() - begun, largest / 1e6, processor() - before)


def processor() -> float:
    """Seconds of the processor that ended processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kilobytes(folder: Path, pattern: str) -> float:
    return sum(path.stat().st_size for path in folder.rglob(pattern) if path.is_file()) / 1e3


def main() -> None:
    print(
        f"{date.today()}, {platform.platform()}, {psutil.cpu_count()} cores, Python {platform.python_version()}"
    )
    print(f"{'complaints':>10}  {'step':<16}  {'s':>6}  {'CPU s':>6}  {'MB':>5}  {'µs a row':>8}")
    whole = []
    for complaints in SIZES:
        with tempfile.TemporaryDirectory() as parent:
            folder = workspace(Path(parent), complaints)
            for took in (*run("check", folder), *run("run", folder)):
                cpu = f"{took.processor:6.1f}" if took.processor else " " * 6
                each = took.seconds / (ROWS * complaints) * 1e6
                print(
                    f"{complaints:>10,}  {took.step:<16}  {took.seconds:6.1f}  {cpu}  {took.megabytes:5.0f}  {each:8.1f}",
                    flush=True,
                )
            report = folder / "reports" / "2021-22"
            whole.append(
                (
                    complaints,
                    took,
                    kilobytes(report, "annual-report.html"),
                    kilobytes(report / "audit", "*"),
                )
            )
    print(f"\n{'complaints':>10}  {'run, CPU s':>10}  {'MB':>5}  {'HTML, kB':>8}  {'audit, kB':>9}")
    for complaints, took, html, audit in whole:
        print(
            f"{complaints:>10,}  {took.processor:10.1f}  {took.megabytes:5.0f}  {html:8.0f}  {audit:9.0f}"
        )
    print("Ten times the rows take so many times as much:")
    for (_, less, *_), (complaints, more, *_) in pairwise(whole):
        print(
            f"{complaints:>10,}  {more.processor / less.processor:10.1f}  {more.megabytes / less.megabytes:5.1f}"
        )


if __name__ == "__main__":
    main()
