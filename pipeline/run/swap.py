"""Swapping a year's tables and report in together, so that a killed run leaves the old or the new.

A swap is four renames: the old tables and the old report are moved away, the new report takes its
place, then the new tables take theirs. What is found after a kill tells how far they came. Until
the new report is in place everything is undone; from then on everything is finished. Each rename
is on the disk before the next begins, and all content before the first, so that a power cut leaves
no other state than a kill.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.artifacts import LEDGER_FOLDER
from pipeline.problem import Kind, Problem
from pipeline.run.history import history_folder, history_path, prune_history
from pipeline.run.steps import PROJECT_ROOT
from pipeline.settings import Settings
from pipeline.system.errors import machine_problem
from pipeline.system.folders import (
    PRIVATE_FILE_MODE,
    backup_path,
    flush,
    flush_tree,
    make_durably,
    make_private,
    rename_durably,
    restore_backup,
    snapshot_path,
    staging_path,
)
from pipeline.system.portability.names import check_path_length


@contextmanager
def exclusive_run(settings: Settings, lock_wait_seconds: float = 0) -> Iterator[None]:
    """One run of a year at a time, which begins by clearing up what killed runs left.

    Runs of other years are cleared up too, because a report reads the earlier ones.

    lock_wait_seconds: how long to wait for another run of this year.
    Raises Problem if that takes longer, and if the machine does not allow the run.
    """
    tables = settings.processed
    report = settings.published_folder
    check_path_length(settings.workspace)
    try:
        make_durably(tables.parent)
        protect_workspace(settings)
        recover_interrupted_runs(settings)
        with _lock(tables, lock_wait_seconds):
            _roll_forward_or_back(tables, report, settings.council.keep_runs)
            yield
    except Timeout:
        raise Problem(
            kind=Kind.SETTINGS,
            where=str(settings.year),
            what="another run of this year is under way",
            remedy="Wait until it has ended, then run again.",
        ) from None
    except Exception as error:
        problem = machine_problem(error, settings.workspace, str(settings.year))
        raise problem or error from None


def protect_workspace(settings: Settings) -> None:
    """Take other users' access to everything in the workspace but the published reports."""
    workspace = settings.workspace
    make_private(workspace / "data")
    make_private(history_folder(settings.published_folder).parent)
    if workspace != PROJECT_ROOT:  # whose notebooks are the workspaces' of all users
        make_private(workspace / "notebooks")


def recover_interrupted_runs(settings: Settings) -> None:
    """Finish or undo what a killed run of any year left. A run under way is not touched."""
    tables_parent = settings.processed.parent
    reports = settings.published_folder.parent
    years: set[str] = set()
    for parent in (tables_parent, reports):
        for kind in ("old", "new", "inputs"):
            years.update(path.stem[1:] for path in parent.glob(f".????-??.{kind}"))
    for year in sorted(years):
        tables = tables_parent / year
        # A user who may only read leaves everything unchanged.
        with suppress(Timeout, PermissionError), _lock(tables):
            _roll_forward_or_back(tables, reports / year, settings.council.keep_runs)


def swap_in(settings: Settings) -> None:
    """Put finished tables and their report in place, and the replaced report into the history."""
    keep = settings.council.keep_runs
    # In a thread, where no Ctrl-C arrives: a swap that has begun is finished.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(_swap_in, settings.processed, settings.published_folder, keep).result()


def _swap_in(tables: Path, report: Path, keep: int) -> None:
    if report.exists():
        make_durably(history_folder(report))
        _check_writable(report, history_folder(report))
    # After a power cut, what is in place must be whole, and the renames done in this order.
    for folder in (tables, report):
        flush_tree(staging_path(folder))
        flush(folder.parent)
    try:
        for folder in (tables, report):
            if folder.exists():
                rename_durably(folder, backup_path(folder))
        rename_durably(staging_path(report), report)
        rename_durably(staging_path(tables), tables)
    finally:
        _roll_forward_or_back(tables, report, keep)


def _check_writable(*folders: Path) -> None:
    """Raise PermissionError for a folder that could be renamed, but neither moved nor deleted."""
    for folder in folders:
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def _lock(tables: Path, wait_seconds: float = 0) -> FileLock:
    return FileLock(tables.with_name(f".{tables.name}.lock"), wait_seconds, PRIVATE_FILE_MODE)


def _roll_forward_or_back(tables: Path, report: Path, keep: int) -> None:
    """Finish an interrupted swap if the new report is in place, otherwise undo it.

    keep: how many replaced reports stay in the history.
    """
    report_is_new = report.exists() and not staging_path(report).exists()
    if report_is_new and not tables.exists() and staging_path(tables).exists():
        rename_durably(staging_path(tables), tables)
    for folder in (tables, report):
        restore_backup(folder)
    if report.exists() and backup_path(report).exists():
        if keep:
            rename_durably(backup_path(report), history_path(report, backup_path(report)))
            make_private(history_folder(report).parent)
        shutil.rmtree(backup_path(report), ignore_errors=True)
        prune_history(report, keep)
    if tables.exists():
        shutil.rmtree(backup_path(tables), ignore_errors=True)
    for folder in (staging_path(tables), staging_path(report), snapshot_path(tables)):
        shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        staging_path(report.parent / LEDGER_FOLDER / f"{report.name}.csv").unlink()
