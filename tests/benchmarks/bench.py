"""`make bench`: our run against the same four notebooks with stock papermill and stock nbconvert, in turn, in one sitting.

Prints seconds, the ratio pair by pair and the largest single process; judges nothing.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")


def ours(folder: Path) -> list[list[str]]:
    """Our command, in a fresh workspace."""
    return [[str(BIN / "annual-report"), "run", "2021-22", "--workspace", str(folder)]]


def stock(folder: Path) -> list[list[str]]:
    """A papermill command for each notebook, then nbconvert for the last, as the manuals say."""
    notebooks, processed = folder / "notebooks", folder / "data" / "processed" / "2021-22"
    parameters = ["-p", "workspace", "..", "-p", "year", "2021-22", "-p", "processed", str(processed)]
    steps = [
        [str(BIN / "papermill"), str(notebooks / f"{step}.ipynb"), str(folder / f"{step}.ipynb"), "--cwd", str(notebooks),
         "--no-progress-bar", *parameters]
        for step in STEPS
    ]  # fmt: skip
    return [*steps, [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(folder / "4_report.ipynb")]]


def timed(commands: list[list[str]]) -> tuple[float, float]:
    """Seconds for all commands one after the other, and the peak resident megabytes of the largest single process."""
    with peaks() as by_process:
        begun = time.perf_counter()
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
        seconds = time.perf_counter() - begun
    return seconds, max(by_process.values(), default=0) / 1e6


@contextmanager
def peaks() -> Iterator[dict[int, int]]:
    """The most resident bytes of each process started meanwhile, by its id."""
    by_process, done = {}, threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not done.wait(0.05):
            for child in me.children(recursive=True):
                try:
                    by_process[child.pid] = max(by_process.get(child.pid, 0), child.memory_info().rss)
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield by_process
    finally:
        done.set()
        watcher.join()


def fresh(parent: str, name: str) -> Path:
    """A workspace of its own, so that nothing is there from the run before."""
    folder = Path(parent) / name
    shutil.copytree(PROJECT / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(PROJECT / "notebooks", folder / "notebooks")
    return folder


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="how many pairs to time")
    runs = options.parse_args().runs
    print(f"{date.today()}, {platform.platform()}, {psutil.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{'pair':>4}  {'ours, s':>8}  {'stock, s':>8}  {'stock / ours':>12}  {'ours, MB':>8}  {'stock, MB':>9}")
    pairs = []
    for number in range(1, runs + 1):
        with tempfile.TemporaryDirectory() as parent:
            a, b = timed(ours(fresh(parent, "ours"))), timed(stock(fresh(parent, "stock")))
        pairs.append((a[0], b[0], b[0] / a[0], a[1], b[1]))
        print(_line(number, pairs[-1]), flush=True)
    print(_line("med.", tuple(statistics.median(column) for column in zip(*pairs, strict=True))))


def _line(name: int | str, row: tuple[float, ...]) -> str:
    return f"{name:>4}  {row[0]:8.1f}  {row[1]:8.1f}  {row[2]:12.2f}  {row[3]:8.0f}  {row[4]:9.0f}"


if __name__ == "__main__":
    main()
