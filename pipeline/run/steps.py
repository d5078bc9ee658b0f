"""The four steps: their notebooks, their parameters, and what each reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.artifacts import (
    AGGREGATE_STEP,
    CLEAN_STEP,
    DATA_PACKAGE,
    OPEN_DATA,
    REPORT_STEP,
    VALIDATE_STEP,
)
from pipeline.settings import Settings

# The steps whose tables a step reads.
STEP_DEPENDENCIES = {
    CLEAN_STEP: (VALIDATE_STEP,),
    AGGREGATE_STEP: (VALIDATE_STEP, CLEAN_STEP),
    REPORT_STEP: (AGGREGATE_STEP,),
}
SETTINGS_FILES = {"council.yaml", "report.yaml"}
COMMENTARY = "commentary.md"
# Of reports on earlier years: their numbers, and whether they were final.
EARLIER_FILES = (DATA_PACKAGE, OPEN_DATA)
PROJECT_ROOT = Path(__file__).resolve().parents[2]


def notebook_path(step: str, workspace: Path) -> Path:
    """A step's notebook: the workspace's own if it has one, otherwise the project's."""
    own = workspace / "notebooks" / f"{step}.ipynb"
    return own if own.is_file() else PROJECT_ROOT / "notebooks" / f"{step}.ipynb"


def notebook_parameters(settings: Settings) -> dict[str, str]:
    """The parameters of every notebook.

    The paths are relative, so that an executed notebook is the same wherever the workspace is.
    """
    return {"workspace": "../../..", "year": str(settings.year), "processed": "."}


def input_files(settings: Settings) -> Iterator[Path]:
    """The files that a report is made of, sorted by path. A change in one can change the report."""
    years = {str(year) for year in settings.available_years}
    for path in sorted(settings.raw.rglob("*")):
        parts = path.relative_to(settings.raw).parts
        is_of_window = len(parts) == 1 or parts[0] in years
        if path.is_file() and not path.name.startswith(".") and is_of_window:
            yield path
    yield from sorted((settings.workspace / "notebooks").glob("*.ipynb"))
    folders = {*settings.earlier_report_folders, *settings.earlier_final_reports}
    for folder in sorted(folders):
        for name in EARLIER_FILES:
            if (folder / name).is_file():
                yield folder / name


def copy_inputs(settings: Settings, workspace: Path) -> None:
    """Copy the inputs, and nothing else, into another workspace, where a run disturbs nothing."""
    for folder in ("data/raw", "notebooks"):
        shutil.rmtree(workspace / folder, ignore_errors=True)
    for name in EARLIER_FILES:
        for earlier in (workspace / "reports").rglob(name):
            if earlier.parent.name != str(settings.year):
                earlier.unlink()
    for path in input_files(settings):
        copy = workspace / path.relative_to(settings.workspace)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def step_reads(step: str, path: Path) -> bool:
    """Whether a step may read one of the inputs.

    Settings files and notebooks are left out: every step depends on the settings as they were
    understood, and on its own notebook.
    """
    if path.name in SETTINGS_FILES or path.suffix == ".ipynb":
        return False
    if step == VALIDATE_STEP:
        return path.name not in {COMMENTARY, *EARLIER_FILES}
    if step == AGGREGATE_STEP:
        return path.name in EARLIER_FILES
    return step == REPORT_STEP and path.name == COMMENTARY
