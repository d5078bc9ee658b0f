"""The four steps: their notebooks, their parameters, and what each reads."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.artifacts import (
    AGGREGATE_STEP,
    AUDIT_FOLDER,
    CLEAN_STEP,
    CODE_FOLDER,
    DATA_PACKAGE,
    JOINT_STEP,
    LEDGER_FOLDER,
    OPEN_DATA,
    PACKAGED_FOLDER,
    REPORT_STEP,
    VALIDATE_STEP,
    folders_of_step,
    standard_notebooks,
)
from pipeline.problem import Kind, Problem
from pipeline.settings import Settings
from pipeline.settings.procedures import OWN_FOLDER
from pipeline.settings.workspace import COMMENTS_FILE, REFERENCE_FOLDER
from pipeline.system.folders import check_own_file, leads_outside

# The steps whose tables a step reads.
STEP_DEPENDENCIES = {
    CLEAN_STEP: (VALIDATE_STEP,),
    AGGREGATE_STEP: (VALIDATE_STEP, CLEAN_STEP),
    REPORT_STEP: (AGGREGATE_STEP,),
}
# With a name between the dots, they are of one procedure.
SETTINGS_FILES = re.compile(r"(council|report)(\.\w+)?\.yaml")
COMMENTARY = re.compile(r"commentary(\.\w+)?\.md")
# Of reports on earlier years: their numbers, and whether they were final.
EARLIER_FILES = (DATA_PACKAGE, OPEN_DATA)
PROJECT_ROOT = CODE_FOLDER
# In the package's folder, what is no part of it: Python's caches; and a wheel's notebooks.
NOT_OF_PACKAGE = {"__pycache__", PACKAGED_FOLDER}


def package_files(folder: Path) -> Iterator[Path]:
    """The files in a folder of the package: the same of a checkout and of a wheel.

    Python writes its caches meanwhile.
    """
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OF_PACKAGE]
        yield from (Path(parent, name) for name in names)


def notebook_path(step: str, workspace: Path) -> Path:
    """A step's notebook: the workspace's own if it has one, otherwise the project's.

    Raises Problem if the workspace's own is a link to elsewhere.
    """
    own = workspace / "notebooks" / f"{step}.ipynb"
    check_own_file(own, workspace)
    return own if own.is_file() else standard_notebooks(PROJECT_ROOT) / f"{step}.ipynb"


def unreadable_notebook(notebook: Path) -> Problem:
    """The Problem of a file that is no notebook."""
    return Problem(
        kind=Kind.NOTEBOOK,
        where=f"notebooks/{notebook.name}",
        what="the notebook cannot be read: it is damaged, or no notebook",
        remedy="Restore it from the repository.",
    )


def notebook_parameters(settings: Settings) -> dict[str, str]:
    """The parameters of every notebook.

    The paths are relative, so that an executed notebook is the same wherever the workspace is.
    """
    folders = settings.tables_name.split("/")
    parameters = {
        "workspace": "/".join([".."] * len(folders)),
        "year": settings.year_text,
        "processed": ".",
    }
    return parameters | ({"procedure": settings.procedure} if settings.procedure else {})


def input_files(settings: Settings) -> Iterator[Path]:
    """The files that a report is made of, sorted by path. A change in one can change the report."""
    for path in sorted(entries_below(settings.raw, settings.workspace)):
        if path.is_file() and not path.name.startswith(".") and _is_of_window(path, settings):
            yield path
    yield from sorted((settings.workspace / "notebooks").glob("*.ipynb"))
    folders = {*settings.earlier_report_folders, *settings.earlier_final_reports}
    for folder in sorted(folders):
        for name in EARLIER_FILES:
            if (folder / name).is_file():
                yield folder / name
    yield from settings.earlier_ledgers
    if settings.reader_comments.is_file():
        yield settings.reader_comments
    if settings.is_joint:
        yield from _files_of_procedures(settings)


def _files_of_procedures(settings: Settings) -> Iterator[Path]:
    """What the runs of the procedures have left, of which a joint report is made."""
    for procedure in settings.council.procedures:
        own = settings.model_copy(update={"procedure": procedure.name})
        for step in folders_of_step(JOINT_STEP):
            yield from sorted((own.workspace / own.tables_name / step).glob("*"))
        executed = own.published_folder / AUDIT_FOLDER / f"{REPORT_STEP}.ipynb"
        if executed.is_file():
            yield executed


def other_entries(settings: Settings) -> list[Path]:
    """What else is in `data/raw`, sorted. Its names are read, and not its content.

    They are the folders, and the files other than those of the years compared.
    """
    return [
        path
        for path in sorted(entries_below(settings.raw, settings.workspace))
        if not path.is_file() or not _is_of_window(path, settings)
    ]


def entries_below(
    folder: Path, workspace: Path, ancestors: frozenset[Path] = frozenset()
) -> Iterator[Path]:
    """Everything below a folder, also through links that stay in the workspace.

    ancestors: the folders around it, so that a link to one of them is not followed.
    """
    own_path = folder.resolve()
    if own_path in ancestors:
        return
    for path in folder.iterdir():
        yield path
        if path.is_dir() and not (path.is_symlink() and leads_outside(path, workspace)):
            yield from entries_below(path, workspace, ancestors | {own_path})


def _is_of_window(path: Path, settings: Settings) -> bool:
    """Whether something in `data/raw` is in no folder, or in one that is read."""
    parts = path.relative_to(settings.raw).parts
    read_folders = {OWN_FOLDER, REFERENCE_FOLDER, *(str(year) for year in settings.available_years)}
    return len(parts) == 1 or parts[0] in read_folders


def step_reads(step: str, path: Path) -> bool:
    """Whether a step may read one of the inputs.

    Settings files and notebooks are left out: every step depends on the settings as they were
    understood, and on its own notebook.
    """
    if step == JOINT_STEP:
        return True
    name = path.name.casefold()  # many disks find commentary.md under the name Commentary.md
    if SETTINGS_FILES.fullmatch(name) or path.suffix == ".ipynb":
        return False
    if path.parent.name == OWN_FOLDER:  # what a procedure says, all steps depend on
        return True
    if name == COMMENTS_FILE:  # the audit lists them, and no step reads them
        return False
    if path.parent.name == REFERENCE_FOLDER:
        return step == REPORT_STEP
    is_commentary = bool(COMMENTARY.fullmatch(name))
    is_of_earlier_report = path.name in EARLIER_FILES or path.parent.name == LEDGER_FOLDER
    if step == VALIDATE_STEP:
        return not is_commentary and not is_of_earlier_report
    if step == AGGREGATE_STEP:
        return is_of_earlier_report
    return step == REPORT_STEP and is_commentary
