"""Times a joint report of 10,000 cases under four procedures against a children's report of 10,000.

Both are made from raw data alone, in every format, of cases that one generator has drawn. The runs
alternate, so that other load on the machine affects both alike. Prints the medians of processor
and elapsed time, and their ratios, of which issue 22 allows 2.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench import BIN, REPOSITORY, YEAR, print_machine
from scale import children_processor_seconds

sys.path.insert(0, str(REPOSITORY / "tests"))
from random_councils import write_joint_workspace, write_random_workspace

CASES = 10_000
PROCEDURES = ("corporate", "adult", "children", "housing")


class Cost(NamedTuple):
    """What a run took, with all processes that it waited for, in seconds."""

    processor: float
    elapsed: float


def cold_run(workspace: Path) -> Cost:
    """The cost of the reports of a workspace, of which nothing is left from another run."""
    for folder in ("data/processed", "reports"):
        shutil.rmtree(workspace / folder, ignore_errors=True)
    start, processor_start = time.perf_counter(), children_processor_seconds()
    command = [BIN / "annual-report", "run", YEAR, "--workspace", workspace]
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(f"the run of {workspace.name} ended with {done.returncode}")
    elapsed = time.perf_counter() - start
    return Cost(children_processor_seconds() - processor_start, elapsed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how many of each")
    parser.add_argument("--cases", type=int, default=CASES, help="in each year of a council")
    options = parser.parse_args()
    print_machine(f", {options.runs} runs of {options.cases:,} cases")
    shared = dict.fromkeys(PROCEDURES, options.cases // len(PROCEDURES))
    with tempfile.TemporaryDirectory() as parent:
        workspaces = {
            "children alone": write_random_workspace(
                Path(parent) / "children", "children", options.cases
            ),
            "joint": write_joint_workspace(Path(parent) / "joint", shared),
        }
        costs: dict[str, list[Cost]] = {name: [] for name in workspaces}
        for _ in range(options.runs):
            for name, workspace in workspaces.items():
                costs[name].append(cold_run(workspace))
    medians = {
        name: Cost(*(statistics.median(values) for values in zip(*runs, strict=True)))
        for name, runs in costs.items()
    }
    for name, cost in medians.items():
        print(f"{name:<14}  CPU {cost.processor:6.1f} s  time {cost.elapsed:6.1f} s")
    alone, joint = medians.values()
    processor, elapsed = joint.processor / alone.processor, joint.elapsed / alone.elapsed
    print(f"{'ratio':<14}  CPU {processor:6.2f}    time {elapsed:6.2f}")


if __name__ == "__main__":
    main()
