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
from pipeline.run.history import history_of, keep_only, place_for
from pipeline.settings import Settings
from pipeline.system.errors import problem_of
from pipeline.system.folders import mend, new_of, old_of


@contextmanager
def only_run(settings: Settings, patience: float = 0) -> Iterator[None]:
    """One run of a year at a time, which begins with what killed runs left put right; a Problem where there is another.

    Of other years too: the reports of earlier ones are read for what has been published. patience: seconds to wait for the other.
    """
    tables, report = settings.processed, settings.published_folder
    try:
        for parent in (tables.parent, report.parent):
            parent.mkdir(parents=True, exist_ok=True)
        put_right(settings)
        with _lock(tables, patience):
            _finish_or_undo(tables, report, settings.council.keep_runs)
            yield
    except Timeout:
        raise Problem(
            Kind.SETTINGS,
            str(settings.year),
            "another run of this year is under way",
            "Wait until it has ended, then run again.",
        ) from None
    except Exception as error:
        raise problem_of(error, settings.workspace, str(settings.year)) or error from None


def put_right(settings: Settings) -> None:
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
            _finish_or_undo(tables, report, settings.council.keep_runs)


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
        history_of(report).mkdir(parents=True, exist_ok=True)
        for folder in (
            report,
            history_of(report),
        ):  # a folder that is closed can be renamed, but not moved or deleted
            if not os.access(folder, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    try:
        for folder in (tables, report):
            if folder.exists():
                folder.rename(old_of(folder))
        new_of(report).rename(report)
        new_of(tables).rename(tables)
    finally:
        _finish_or_undo(tables, report, keep)


def _lock(tables: Path, patience: float = 0) -> FileLock:
    return FileLock(tables.with_name(f".{tables.name}.lock"), timeout=patience)


def _finish_or_undo(tables: Path, report: Path, keep: int) -> None:
    """Whatever the moment at which a swap ended, make it whole, one way or the other; nothing where it was whole."""
    if (
        report.exists()
        and not tables.exists()
        and new_of(tables).exists()
        and not new_of(report).exists()
    ):
        new_of(tables).rename(tables)
    for folder in (tables, report):
        mend(folder)
    if report.exists() and old_of(report).exists():
        if keep:
            old_of(report).rename(place_for(report, old_of(report)))
        shutil.rmtree(old_of(report), ignore_errors=True)
        keep_only(report, keep)
    if tables.exists():
        shutil.rmtree(old_of(tables), ignore_errors=True)
    for folder in (tables, report):
        shutil.rmtree(new_of(folder), ignore_errors=True)
