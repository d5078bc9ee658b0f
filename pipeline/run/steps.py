"""The four steps: their notebooks, what each is handed, and what it reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.artifacts import OPEN_DATA
from pipeline.settings import Settings

STEP_DEPENDENCIES = {
    "2_clean": ("1_validate",),
    "3_aggregate": ("1_validate", "2_clean"),
    "4_report": ("3_aggregate",),
}  # what others made
PROJECT_ROOT = Path(__file__).resolve().parents[2]


def notebook_path(step: str, workspace: Path) -> Path:
    """A step's notebook: the workspace's own where it has one, otherwise the project's."""
    own = workspace / "notebooks" / f"{step}.ipynb"
    return own if own.is_file() else PROJECT_ROOT / "notebooks" / f"{step}.ipynb"


def notebook_parameters(settings: Settings) -> dict[str, str]:
    """What every notebook is handed: relative, so that an executed notebook is the same wherever the workspace lies."""
    return {"workspace": "../../..", "year": str(settings.year), "processed": "."}


def input_files(settings: Settings) -> Iterator[Path]:
    """The files that a report is made of, in the order of their paths: a change in one can change the report."""
    held = {str(year) for year in settings.available_years}
    for path in sorted(settings.raw.rglob("*")):
        place = path.relative_to(settings.raw).parts
        if (
            path.is_file()
            and not path.name.startswith(".")
            and (len(place) == 1 or place[0] in held)
        ):
            yield path
    yield from sorted((settings.workspace / "notebooks").glob("*.ipynb"))
    yield from (
        folder / OPEN_DATA
        for folder in settings.earlier_report_folders
        if (folder / OPEN_DATA).is_file()
    )


def copy_inputs(settings: Settings, workspace: Path) -> None:
    """Copy the inputs, and nothing else, into another workspace, where a run disturbs nothing."""
    for place in ("data/raw", "notebooks"):
        shutil.rmtree(workspace / place, ignore_errors=True)
    for earlier in (workspace / "reports").glob(f"*/{OPEN_DATA}"):
        if earlier.parent.name != str(settings.year):
            earlier.unlink()
    for path in input_files(settings):
        to = workspace / path.relative_to(settings.workspace)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, to)


def step_reads(step: str, path: Path) -> bool:
    """Whether a step may read one of the inputs; settings apart, on which each step depends as they are understood."""
    if path.name in {"council.yaml", "report.yaml"} or path.suffix == ".ipynb":
        return False
    match step:
        case "1_validate":
            return path.name not in {"commentary.md", OPEN_DATA}
        case "3_aggregate":
            return path.name == OPEN_DATA
        case "4_report":
            return path.name == "commentary.md"
        case _:
            return False
