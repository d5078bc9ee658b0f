"""Times our run against other ways of running notebooks: `make bench`.

Every row is timed once per round, so that other load on the machine affects all rows alike. Prints
the medians, the ratio to our cold run and the largest single process, and judges nothing.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import psutil

REPOSITORY = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
YEAR = "2021-22"
STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")
COMMENTARY = Path("data", "raw", YEAR, "commentary.md")
POLL_SECONDS = 0.05
KERNEL_WARM_UP_SECONDS = 3
PREVIEW_STOP_SECONDS = 30

Command = list[str]


class Timing(NamedTuple):
    """How long something took, and the peak resident memory of its largest single process."""

    seconds: float
    megabytes: float


def our_commands(folder: Path) -> list[Command]:
    """Our run, in HTML only."""
    command = [str(BIN / "annual-report"), "run", YEAR, "--workspace", str(folder)]
    return [[*command, "--formats", "html"]]


def stock_commands(folder: Path) -> list[Command]:
    """A papermill command for each notebook, then nbconvert for the last, as their manuals say."""
    notebooks = folder / "notebooks"
    processed = folder / "data" / "processed" / YEAR
    parameters = ["-p", "workspace", "..", "-p", "year", YEAR, "-p", "processed", str(processed)]
    commands = []
    for step in STEPS:
        paths = [str(notebooks / f"{step}.ipynb"), str(folder / f"{step}.ipynb")]
        options = ["--cwd", str(notebooks), "--no-progress-bar"]
        commands.append([str(BIN / "papermill"), *paths, *options, *parameters])
    convert = [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(folder / "4_report.ipynb")]
    return [*commands, convert]


def nbconvert_commands(folder: Path) -> list[Command]:
    """`jupyter nbconvert --execute` of the four notebooks in one command."""
    notebooks = [str(folder / "notebooks" / f"{step}.ipynb") for step in STEPS]
    return [[str(BIN / "jupyter"), "nbconvert", "--to", "html", "--execute", *notebooks]]


def plain_commands(folder: Path) -> list[Command]:
    """The same work in one process."""
    script = REPOSITORY / "tests" / "benchmarks" / "plain.py"
    return [[sys.executable, str(script), str(folder)]]


@contextmanager
def peak_memory() -> Iterator[dict[int, int]]:
    """The peak resident bytes of each process started in the block, by its id."""
    peaks: dict[int, int] = {}
    finished = threading.Event()

    def watch() -> None:
        this_process = psutil.Process()
        while not finished.wait(POLL_SECONDS):
            for child in this_process.children(recursive=True):
                try:
                    resident = child.memory_info().rss
                except psutil.Error:
                    continue
                peaks[child.pid] = max(peaks.get(child.pid, 0), resident)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        finished.set()
        watcher.join()


def timed(commands: list[Command]) -> Timing:
    """Run the commands one after another, and time them together."""
    start = time.perf_counter()
    with peak_memory() as peaks:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    return Timing(time.perf_counter() - start, max(peaks.values(), default=0) / 1e6)


def new_workspace(parent: str, name: str) -> Path:
    """A workspace of its own with data and notebooks, so that nothing is left from another run."""
    folder = Path(parent) / name
    shutil.copytree(REPOSITORY / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(
        REPOSITORY / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return folder


def change_commentary(folder: Path) -> None:
    """Add a line to the commentary."""
    with (folder / COMMENTARY).open("a", encoding="utf-8") as file:
        file.write("\n")


class Preview:
    """A running preview, and the events that it sends to its page."""

    def __init__(self, folder: Path):
        self.folder = folder
        command = [str(BIN / "annual-report"), "preview", YEAR, "--workspace", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        address = re.search(r"http://\S+", self.process.stdout.readline())[0]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self._events = self._read_events(address)
        self.wait_for(1)

    def _read_events(self, address: str) -> Iterator[dict]:
        with urllib.request.urlopen(address + "events") as lines:
            for line in lines:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    def wait_for(self, draft: int) -> None:
        """Wait for a draft of that number or a later one."""
        self.draft = next(event["draft"] for event in self._events if event["draft"] >= draft)

    def reload(self) -> float:
        """Seconds from saving the commentary until the page is told of the new draft."""
        time.sleep(KERNEL_WARM_UP_SECONDS)  # so that the kernels for the next draft are ready
        start = time.perf_counter()
        change_commentary(self.folder)
        self.wait_for(self.draft + 1)
        return time.perf_counter() - start


@contextmanager
def running_preview(folder: Path) -> Iterator[Preview]:
    preview = Preview(folder)
    try:
        yield preview
    finally:
        preview.process.send_signal(signal.SIGINT)
        preview.process.wait(timeout=PREVIEW_STOP_SECONDS)


def rows(preview: Preview, reported: Path, parent: str) -> dict[str, Callable[[], Timing]]:
    """Each row's name and the function that times it.

    reported: a workspace that has its report, for the rows that follow a first run.
    """

    def in_new_workspace(commands: Callable[[Path], list[Command]]) -> Callable[[], Timing]:
        return lambda: timed(commands(new_workspace(tempfile.mkdtemp(dir=parent), "workspace")))

    def with_changed_text() -> Timing:
        change_commentary(reported)
        return timed(our_commands(reported))

    return {
        "ours, cold": in_new_workspace(our_commands),
        "plain script in one process": in_new_workspace(plain_commands),
        "stock papermill and nbconvert": in_new_workspace(stock_commands),
        "jupyter nbconvert --execute": in_new_workspace(nbconvert_commands),
        "ours, changed text": with_changed_text,
        "ours, changed text, in a preview": lambda: Timing(preview.reload(), 0),
        "ours, nothing changed": lambda: timed(our_commands(reported)),
        "annual-report --help": lambda: timed([[str(BIN / "annual-report"), "--help"]]),
    }


def print_row(name: str, timings: list[Timing], cold_timings: list[Timing]) -> None:
    """One row of the table; the ratio is the median of the ratios of each round."""
    seconds = [timing.seconds for timing in timings]
    ratio = statistics.median(
        timing.seconds / cold.seconds for timing, cold in zip(timings, cold_timings, strict=True)
    )
    peak = max(timing.megabytes for timing in timings)
    spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
    print(
        f"{name:<33}  {statistics.median(seconds):9.2f}  {ratio:13.2f}  {spread:>17}  "
        f"{peak or float('nan'):5.0f}"
    )


def print_machine(details: str = "") -> None:
    """The date, the system and the Python of these timings."""
    python = f"Python {platform.python_version()}"
    cores = f"{psutil.cpu_count()} cores"
    print(f"{date.today()}, {platform.platform()}, {cores}, {python}{details}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how many rounds")
    rounds = parser.parse_args().runs
    print_machine(f", {rounds} rounds")
    with tempfile.TemporaryDirectory() as parent:
        reported = new_workspace(parent, "reported")
        timed(our_commands(reported))
        with running_preview(new_workspace(parent, "previewed")) as preview:
            functions = rows(preview, reported, parent)
            timings: dict[str, list[Timing]] = {name: [] for name in functions}
            for _ in range(rounds):
                for name, time_once in functions.items():
                    timings[name].append(time_once())
    print(
        f"{'':<33}  {'median, s':>9}  {'to ours, cold':>13}  {'least and most, s':>17}  {'MB':>5}"
    )
    for name in timings:
        print_row(name, timings[name], timings["ours, cold"])


if __name__ == "__main__":
    main()
