"""`make bench`: our run, cold, warm, with other words and with nothing changed, against what else runs notebooks, in turn.

Every row is timed once in each round, so that what the machine does besides falls on all alike. Printed are the medians, how many
times as long each takes as our cold run, and the largest single process; nothing is judged.
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

import psutil

PROJECT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
YEAR = "2021-22"
STEPS = ("1_validate", "2_clean", "3_aggregate", "4_report")
COMMENTARY = Path("data", "raw", YEAR, "commentary.md")


def ours(folder: Path, *more: str) -> list[list[str]]:
    """Our command, for the page alone."""
    return [
        [
            str(BIN / "annual-report"),
            "run",
            YEAR,
            "--workspace",
            str(folder),
            "--formats",
            "html",
            *more,
        ]
    ]


def stock(folder: Path) -> list[list[str]]:
    """A papermill command for each notebook, then nbconvert for the last, as the manuals say."""
    notebooks, processed = folder / "notebooks", folder / "data" / "processed" / YEAR
    parameters = ["-p", "workspace", "..", "-p", "year", YEAR, "-p", "processed", str(processed)]
    steps = [
        [str(BIN / "papermill"), str(notebooks / f"{step}.ipynb"), str(folder / f"{step}.ipynb"), "--cwd", str(notebooks),
         "--no-progress-bar", *parameters]
        for step in STEPS
    ]  # fmt: skip
    return [
        *steps,
        [str(BIN / "jupyter"), "nbconvert", "--to", "html", str(folder / "4_report.ipynb")],
    ]


def nbconvert(folder: Path) -> list[list[str]]:
    """`jupyter nbconvert --execute`, the four notebooks in one command."""
    notebooks = [str(folder / "notebooks" / f"{step}.ipynb") for step in STEPS]
    return [[str(BIN / "jupyter"), "nbconvert", "--to", "html", "--execute", *notebooks]]


def plain(folder: Path) -> list[list[str]]:
    """The same work in one process."""
    return [[sys.executable, str(PROJECT / "tests" / "benchmarks" / "plain.py"), str(folder)]]


@contextmanager
def peaks() -> Iterator[dict[int, int]]:
    """The most resident bytes of each process started meanwhile, by its id."""
    by_process, done = {}, threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not done.wait(0.05):
            for child in me.children(recursive=True):
                try:
                    by_process[child.pid] = max(
                        by_process.get(child.pid, 0), child.memory_info().rss
                    )
                except psutil.Error:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield by_process
    finally:
        done.set()
        watcher.join()


def timed(commands: list[list[str]]) -> tuple[float, float]:
    """Seconds for all commands one after the other, and the peak resident megabytes of the largest single process."""
    begun = time.perf_counter()
    with peaks() as by_process:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun, max(by_process.values(), default=0) / 1e6


def fresh(parent: str, name: str) -> Path:
    """A workspace of its own, so that nothing is there from the run before."""
    folder = Path(parent) / name
    shutil.copytree(PROJECT / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(
        PROJECT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    return folder


def other_words(folder: Path) -> None:
    """A line more in the commentary."""
    with (folder / COMMENTARY).open("a", encoding="utf-8") as file:
        file.write("\n")


class Preview:
    """A preview under way, and what it tells its page."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.process = subprocess.Popen(
            [str(BIN / "annual-report"), "preview", YEAR, "--workspace", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
        )
        address = re.search(r"http://\S+", self.process.stdout.readline())[0]
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self._told = self._follow(address)
        self.until(1)

    def _follow(self, address: str) -> Iterator[dict]:
        with urllib.request.urlopen(address + "events") as events:
            for line in events:
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

    def until(self, draft: int) -> None:
        """Wait for a draft; what is told meanwhile is passed over."""
        self.draft = next(told["draft"] for told in self._told if told["draft"] >= draft)

    def reload(self) -> float:
        """Seconds from saving other words until the page is told of the new draft."""
        time.sleep(3)  # until the kernels for the next draft wait
        begun = time.perf_counter()
        other_words(self.folder)
        self.until(self.draft + 1)
        return time.perf_counter() - begun


@contextmanager
def previewing(folder: Path) -> Iterator[Preview]:
    preview = Preview(folder)
    try:
        yield preview
    finally:
        preview.process.send_signal(signal.SIGINT)
        preview.process.wait()


def rows(preview: Preview, made: Path, parent: str) -> dict[str, Callable[[], tuple[float, float]]]:
    """Each row's name and how it is timed. made: a workspace that has been reported, for what follows a first run."""

    def after(commands: Callable[[Path], list[list[str]]]) -> Callable[[], tuple[float, float]]:
        return lambda: timed(commands(fresh(tempfile.mkdtemp(dir=parent), "workspace")))

    def words_changed() -> tuple[float, float]:
        other_words(made)
        return timed(ours(made))

    return {
        "ours, cold": after(ours),
        "plain script in one process": after(plain),
        "stock papermill and nbconvert": after(stock),
        "jupyter nbconvert --execute": after(nbconvert),
        "ours, other words": words_changed,
        "ours, other words, in a preview": lambda: (preview.reload(), 0),
        "ours, nothing changed": lambda: timed(ours(made)),
        "annual-report --help": lambda: timed([[str(BIN / "annual-report"), "--help"]]),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="how many rounds")
    runs = options.parse_args().runs
    print(
        f"{date.today()}, {platform.platform()}, {psutil.cpu_count()} cores, Python {platform.python_version()}, {runs} rounds"
    )
    with tempfile.TemporaryDirectory() as parent:
        made = fresh(parent, "made")
        timed(ours(made))
        with previewing(fresh(parent, "previewed")) as preview:
            timings = rows(preview, made, parent)
            measured = {name: [] for name in timings}
            for _ in range(runs):
                for name, time_it in timings.items():
                    measured[name].append(time_it())
    print(
        f"{'':<33}  {'median, s':>9}  {'to ours, cold':>13}  {'least and most, s':>17}  {'MB':>5}"
    )
    for name, each in measured.items():
        seconds = [one[0] for one in each]
        ratio = statistics.median(
            one[0] / cold[0] for one, cold in zip(each, measured["ours, cold"], strict=True)
        )
        peak = max(one[1] for one in each)
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        print(
            f"{name:<33}  {statistics.median(seconds):9.2f}  {ratio:13.2f}  {spread:>17}  {peak or float('nan'):5.0f}"
        )


if __name__ == "__main__":
    main()
