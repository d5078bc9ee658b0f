"""Times a batch of 20 council-years against a loop of stock papermill and nbconvert.

Ten councils have two years each. The batch makes as many reports at once as there are cores; the
loop runs one notebook after another, over a single year, because all years are alike. Prints the
council-years per hour of each and the ratio, and judges nothing.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from bench import BIN, REPOSITORY, new_workspace, stock_commands, timed

COUNCILS = 10
YEARS_PER_COUNCIL = 2
SECONDS_PER_HOUR = 3600


def new_council(folder: Path) -> Path:
    """A workspace with the sample's two years, before any run."""
    shutil.copytree(REPOSITORY / "data" / "raw", folder / "data" / "raw")
    return folder


def batch_command(folders: list[Path], page: Path) -> list[str]:
    """Our batch of all workspaces, in HTML only."""
    command = [str(BIN / "annual-report"), "batch", *map(str, folders)]
    return [*command, "--formats", "html", "--page", str(page)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="how many pairs to time")
    parser.add_argument(
        "--councils", type=int, default=COUNCILS, help="how many councils, each with two years"
    )
    options = parser.parse_args()
    council_years = options.councils * YEARS_PER_COUNCIL
    print(
        f"{council_years} council-years. Reports per hour: "
        f"{'ours':>8}  {'stock':>8}  {'ours / stock':>12}",
        flush=True,
    )
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as parent:
            stock_seconds = timed(stock_commands(new_workspace(parent, "stock"))).seconds
            folders = [
                new_council(Path(parent) / f"council-{number}")
                for number in range(options.councils)
            ]
            batch_seconds = timed([batch_command(folders, Path(parent) / "batch.html")]).seconds
        ours = council_years / batch_seconds * SECONDS_PER_HOUR
        stock = SECONDS_PER_HOUR / stock_seconds
        print(f"{'':>36}{ours:>8.0f}  {stock:>8.0f}  {ours / stock:>12.1f}", flush=True)


if __name__ == "__main__":
    main()
