"""Large years: `annual-report check`, and each step after it, on 10 thousand, 100 thousand and 1 million complaints.

Each complaint has two investigations. Every command runs in a process of its own; seconds and the peak of its memory are printed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from bench import BIN, PROJECT, timed

sys.path.insert(0, str(PROJECT / "tests" / "sample"))
from other_years import of_a_large_council

SIZES = (10_000, 100_000, 1_000_000)
STEPS = {
    "clean": "from pipeline.clean import clean, store; from pipeline.validate.store import load_tables; "
             "store.save(clean(load_tables(settings), settings), settings)",
    "aggregate": "from pipeline.aggregate.store import make; make(settings)",
}  # fmt: skip
VALIDATE = "from pipeline.validate import {0}, store; store.save({0}(settings), settings)"


def workspace(folder: Path, complaints: int) -> Path:
    """The sample council with one year of so many complaints, twice as many investigations, and nothing wrong with them."""
    raw = folder / "data" / "raw"
    shutil.copytree(PROJECT / "data" / "raw", raw)
    shutil.rmtree(raw / "2020-21")
    of_a_large_council(raw, complaints)
    return folder


def main() -> None:
    print(f"{'complaints':>12}  {'step':<24}  {'s':>7}  {'MB':>6}  {'microseconds a row':>18}", flush=True)
    for complaints in SIZES:
        with tempfile.TemporaryDirectory() as parent:
            folder = workspace(Path(parent), complaints)
            opened = f"from pipeline.settings import load_settings; settings = load_settings({str(folder)!r}, '2021-22'); "
            commands = {
                "annual-report check": [str(BIN / "annual-report"), "check", "2021-22", "--workspace", str(folder)],
                "validate, with GX": [sys.executable, "-c", opened + VALIDATE.format("validate")],
                **{step: [sys.executable, "-c", opened + code] for step, code in STEPS.items()},
            }
            for step, command in commands.items():
                seconds, megabytes = timed([command])
                each = seconds / (3 * complaints) * 1e6
                print(f"{complaints:>12,}  {step:<24}  {seconds:7.1f}  {megabytes:6.0f}  {each:18.1f}", flush=True)


if __name__ == "__main__":
    main()
