"""A working example of a workspace: the sample of the repository, with its data."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.start.folders import RAW_FOLDER, new_workspace

SAMPLE_RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
# By name, what is copied of the sample's raw data; the last one is the year to report.
EXAMPLES = {"children": ("council.yaml", "published.csv", "2020-21", "2021-22")}


def create_example(folder: Path, name: str) -> str:
    """Copy an example into a new workspace; returns the year to report.

    Raises Problem for an unknown name, or if the folder has data already.
    """
    if name not in EXAMPLES:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--example",
            what=f'there is no example "{name}".{did_you_mean(name, list(EXAMPLES))}',
            remedy=f"Use: {', '.join(EXAMPLES)}.",
        )
    with new_workspace(folder) as staging:
        for part in EXAMPLES[name]:
            source = SAMPLE_RAW / part
            if source.is_dir():
                shutil.copytree(source, staging / RAW_FOLDER / part)
            else:
                shutil.copyfile(source, staging / RAW_FOLDER / part)
    return EXAMPLES[name][-1]
