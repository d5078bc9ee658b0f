"""A batch of 20 council-years against a loop of stock papermill and nbconvert over the same ones, in one sitting.

Ten councils with two years each, as many at once as there are cores; the loop takes one notebook after another. Prints the
council-years made in an hour by each, and the ratio; judges nothing. The loop is timed over one year a run, for all are alike.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from bench import BIN, PROJECT, fresh, stock, timed

COUNCILS, YEARS = 10, 2


def council(folder: Path) -> Path:
    """A workspace with the sample's two years, before any run."""
    shutil.copytree(PROJECT / "data" / "raw", folder / "data" / "raw")
    return folder


def ours(folders: list[Path], page: Path) -> list[list[str]]:
    """Our command, in fresh workspaces."""
    return [
        [
            str(BIN / "annual-report"),
            "batch",
            *map(str, folders),
            "--formats",
            "html",
            "--page",
            str(page),
        ]
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=3, help="how many pairs to time")
    options.add_argument(
        "--councils", type=int, default=COUNCILS, help="how many councils, each with two years"
    )
    asked = options.parse_args()
    number = asked.councils * YEARS
    print(
        f"{number} council-years. Reports an hour: {'ours':>8}  {'stock':>8}  {'ours / stock':>12}",
        flush=True,
    )
    for _ in range(asked.runs):
        with tempfile.TemporaryDirectory() as parent:
            of_one, _ = timed(stock(fresh(parent, "stock")))
            folders = [council(Path(parent) / f"council-{one}") for one in range(asked.councils)]
            of_ours, _ = timed(ours(folders, Path(parent) / "batch.html"))
        print(
            f"{'':>34}{number / of_ours * 3600:>8.0f}  {3600 / of_one:>8.0f}  {of_one * number / of_ours:>12.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
