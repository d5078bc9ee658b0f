"""A working example of a workspace, with invented data. It is part of the package.

`data/raw` of a checkout has the same files, until somebody puts a council's own data there.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.start.folders import RAW_FOLDER, new_workspace

EXAMPLES_FOLDER = Path(__file__).parent / "examples"


def create_example(folder: Path, name: str) -> str:
    """Copy an example into a new workspace; returns the year to report.

    Raises Problem for an unknown name, or if the folder has data already.
    """
    names = sorted(path.name for path in EXAMPLES_FOLDER.iterdir())
    if name not in names:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--example",
            what=f'there is no example "{name}".{did_you_mean(name, names)}',
            remedy=f"Use: {', '.join(names)}.",
        )
    with new_workspace(folder) as staging:
        raw = staging / RAW_FOLDER
        shutil.copytree(
            EXAMPLES_FOLDER / name, raw, copy_function=shutil.copyfile, dirs_exist_ok=True
        )
        return max(path.name for path in raw.iterdir() if path.is_dir())
