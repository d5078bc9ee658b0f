"""A year's tables and its report take the place of the last ones together, or not at all, whenever a run is killed.

Four renames, in an order by which whatever is found tells how far they came: tables and report are moved away, the new report
takes its place, then the new tables take theirs. Until the new report stands all is undone; from then on all is finished.
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

from pipeline.problem import Kind, Problem
from pipeline.run.history import history_folder, history_path, prune_history
from pipeline.settings import Settings
from pipeline.system.errors import machine_problem
from pipeline.system.folders import backup_path, restore_backup, staging_path


@contextmanager
def exclusive_run(settings: Settings, lock_wait_seconds: float = 0) -> Iterator[None]:
    """One run of a year at a time, which begins with what killed runs left put right; a Problem where there is another.

    Of other years too: the reports of earlier ones are read for what has been published. patience: seconds to wait for the other.
    """
    tables, report = settings.processed, settings.published_folder
    try:
        for parent in (tables.parent, report.parent):
            parent.mkdir(parents=True, exist_ok=True)
        recover_interrupted_runs(settings)
        with _lock(tables, lock_wait_seconds):
            _roll_forward_or_back(tables, report, settings.council.keep_runs)
            yield
    except Timeout:
        raise Problem(
            Kind.SETTINGS,
            str(settings.year),
            "another run of this year is under way",
            "Wait until it has ended, then run again.",
        ) from None
    except Exception as error:
        raise machine_problem(error, settings.workspace, str(settings.year)) or error from None


def recover_interrupted_runs(settings: Settings) -> None:
    """Finish, or undo, whatever a killed run of any year left; one that is under way is left to itself."""
    parent, reports = settings.processed.parent, settings.published_folder.parent
    left = {
        path.stem[1:]
        for folder in (parent, reports)
        for kind in ("old", "new")
        for path in folder.glob(f".????-??.{kind}")
    }
    for year in sorted(left):
        tables, report = parent / year, reports / year
        with (
            suppress(Timeout, PermissionError),
            _lock(tables),
        ):  # who may only read leaves it as it is
            _roll_forward_or_back(tables, report, settings.council.keep_runs)


def swap_in(settings: Settings) -> None:
    """Put finished tables and their report in place, and the report that they replace into the history."""
    with ThreadPoolExecutor(
        1
    ) as swapping:  # in a thread of its own, where no Ctrl-C comes between: once begun it is done
        swapping.submit(
            _swap_in, settings.processed, settings.published_folder, settings.council.keep_runs
        ).result()


def _swap_in(tables: Path, report: Path, keep: int) -> None:
    if report.exists():
        history_folder(report).mkdir(parents=True, exist_ok=True)
        for folder in (
            report,
            history_folder(report),
        ):  # a folder that is closed can be renamed, but not moved or deleted
            if not os.access(folder, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    try:
        for folder in (tables, report):
            if folder.exists():
                folder.rename(backup_path(folder))
        staging_path(report).rename(report)
        staging_path(tables).rename(tables)
    finally:
        _roll_forward_or_back(tables, report, keep)


def _lock(tables: Path, wait_seconds: float = 0) -> FileLock:
    return FileLock(tables.with_name(f".{tables.name}.lock"), timeout=wait_seconds)


def _roll_forward_or_back(tables: Path, report: Path, keep: int) -> None:
    """Whatever the moment at which a swap ended, make it whole, one way or the other; nothing where it was whole."""
    if (
        report.exists()
        and not tables.exists()
        and staging_path(tables).exists()
        and not staging_path(report).exists()
    ):
        staging_path(tables).rename(tables)
    for folder in (tables, report):
        restore_backup(folder)
    if report.exists() and backup_path(report).exists():
        if keep:
            backup_path(report).rename(history_path(report, backup_path(report)))
        shutil.rmtree(backup_path(report), ignore_errors=True)
        prune_history(report, keep)
    if tables.exists():
        shutil.rmtree(backup_path(tables), ignore_errors=True)
    for folder in (tables, report):
        shutil.rmtree(staging_path(folder), ignore_errors=True)
