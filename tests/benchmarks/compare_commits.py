"""Time a cold run of two commits side by side, on the libraries that are installed.

`python tests/benchmarks/compare_commits.py 5a7d67e HEAD` makes the sample's report five times with
each, in the order A B B A, in every format. Prints the medians of CPU and time, and their ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("annual-report")
YEAR = "2021-22"


class Cost(NamedTuple):
    """What a run took, with all processes that it waited for, in seconds."""

    cpu: float
    elapsed: float


def cold_run(checkout: Path, workspace: Path) -> Cost:
    """The cost of a report made from raw data alone, by the code of a checkout."""
    shutil.rmtree(workspace, ignore_errors=True)
    shutil.copytree(checkout / "data" / "raw", workspace / "data" / "raw")
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or every run would compile every module
    start = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "run", YEAR, "--workspace", workspace],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{checkout.name}: the run ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commits", nargs=2)
    parser.add_argument("--runs", type=int, default=5, help="how many with each commit")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as parent:
        checkouts = [Path(parent) / name for name in ("a", "b")]
        for commit, checkout in zip(options.commits, checkouts, strict=True):
            archive = subprocess.run(
                ["git", "archive", commit], cwd=REPOSITORY, check=True, capture_output=True
            )
            checkout.mkdir()
            subprocess.run(["tar", "xf", "-"], cwd=checkout, input=archive.stdout, check=True)
            cold_run(checkout, Path(parent) / "workspace")  # compiles, and fills caches
        costs: dict[Path, list[Cost]] = {checkout: [] for checkout in checkouts}
        for number in range(options.runs):
            for checkout in checkouts if number % 2 == 0 else checkouts[::-1]:
                costs[checkout].append(cold_run(checkout, Path(parent) / "workspace"))
    medians = []
    for commit, checkout in zip(options.commits, checkouts, strict=True):
        cpu, elapsed = (statistics.median(values) for values in zip(*costs[checkout], strict=True))
        medians.append((cpu, elapsed))
        print(f"{commit:>12}  CPU {cpu:.2f} s  time {elapsed:.2f} s")
    (old_cpu, old_time), (new_cpu, new_time) = medians
    print(f"ratio         CPU {new_cpu / old_cpu:.3f}  time {new_time / old_time:.3f}")


if __name__ == "__main__":
    main()
