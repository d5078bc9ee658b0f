"""Errors of the machine as Problems: a full disk, no permission, no memory, a killed process."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipeline import system
from pipeline.problem import Kind, Problem
from pipeline.system.folders import nearest_existing

DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
LOST_DISK_ERRNOS = {errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENODEV, errno.ENXIO}
WRONG_PATH_ERRNOS = {errno.EISDIR, errno.ENOTDIR, errno.EEXIST}
WRONG_LINK_ERRNOS = {errno.ELOOP, errno.ENOENT}
PERMISSION_ERRNOS = {errno.EACCES, errno.EPERM, errno.EROFS}
# What nbclient and Dask raise for a process that was killed, by module.
KILLED_PROCESS_ERRORS = {
    "nbclient.exceptions": "DeadKernelError",
    "distributed.scheduler": "KilledWorker",
}
KERNEL_DIED = "Kernel died"  # jupyter_client's words, in a plain RuntimeError
# A disk counts as full below this: a write that failed may leave a little.
FULL_DISK_MAX_FREE_BYTES = 1_000_000
OS_ERROR_MESSAGE = re.compile(r"\[[Ee]rrno (?P<number>\d+)\] [^:\[]*(?:: '(?P<file>.+?)')?")
NO_TEMPORARY_FOLDER = "No usable temporary directory"  # the standard library's words
IMPORT_WITHOUT_MEMORY = "NULL without setting an exception"  # the interpreter's words
MEMORY_REMEDY = (
    "Close other programs, or use a machine with more memory, then run the command again."
)


class ProcessKilled(Exception):
    """A process of ours was killed, or told to end, before it had a result."""


def machine_problem(
    error: BaseException, workspace: Path | None = None, where: str = ""
) -> Problem | None:
    """The Problem that describes an error of the machine; None for any other error.

    workspace: where to look for the full disk if the error does not name a file.
    where: what was running.
    """
    file = getattr(error, "filename", None)
    number = getattr(error, "errno", None)
    was_killed = _is_killed_process(error)
    # A process that finds the disk full may end without a message.
    # An error that copies a file names both, the one that was read first.
    places = [getattr(error, "filename2", None), file, *_written_folders(workspace)]
    full = _full_disk(places)
    if number in DISK_FULL_ERRNOS or (was_killed and full):
        return _disk_full(str(full or next(filter(None, places), "")))
    if number in PERMISSION_ERRNOS:
        return _no_permission(str(file or workspace or where), number)
    if number in LOST_DISK_ERRNOS:
        return Problem(
            kind=Kind.MACHINE,
            where=str(file or workspace or where),
            what="this disk, or the network that leads to it, does not answer",
            remedy="Check the disk and the connection, then run the command again.",
        )
    if number in WRONG_PATH_ERRNOS | WRONG_LINK_ERRNOS:
        wrong = _wrong_path(next(filter(None, places), None), number)
        if wrong:
            return wrong
    if isinstance(error, FileNotFoundError) and NO_TEMPORARY_FOLDER in str(error):
        return Problem(
            kind=Kind.MACHINE,
            where="temporary files",
            what="no folder for them has free space and write permission",
            remedy="Free some space, or name a folder in TMPDIR, then run the command again.",
        )
    if isinstance(error, MemoryError) or IMPORT_WITHOUT_MEMORY in str(error):
        return Problem(
            kind=Kind.MACHINE,
            where=where or "memory",
            what="this machine ran out of memory",
            remedy=MEMORY_REMEDY,
        )
    if was_killed:
        return Problem(
            kind=Kind.MACHINE,
            where=where or "annual-report",
            what="a process was killed, most likely because the machine ran out of memory",
            remedy=MEMORY_REMEDY,
        )
    return None


def machine_problem_in_notebook(
    error_name: str, message: str, workspace: Path, where: str
) -> Problem | None:
    """The Problem that describes a machine's error in a notebook; None for any other error.

    error_name: name of the error's class. The notebook's process passes on no object, so the
    class and the number of the error have to be read from its name and its message.
    """
    if error_name.endswith("MemoryError"):
        return machine_problem(MemoryError(message), workspace, where)
    if not error_name.endswith("Error"):
        return None
    match = OS_ERROR_MESSAGE.search(message)
    if match is None:
        return None
    error = OSError(int(match["number"]), message, match["file"])
    return machine_problem(error, workspace, where)


def internal_problem(message: str, trace: str) -> Problem:
    """The Problem that describes a mistake of ours; writes its traceback to a file."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="annual-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as trace_file:
        trace_file.write(trace)
    return Problem(
        kind=Kind.INTERNAL,
        where="Something went wrong inside annual-report",
        what=message,
        remedy=(
            f"The last good report is unchanged. The details are in {trace_file.name}: send "
            "it with a description of what you did, after checking that it contains nothing "
            "personal."
        ),
    )


def _is_killed_process(error: BaseException) -> bool:
    """Whether the error says that a process of the run was killed.

    An error is of a library's class only if the library is loaded, so nothing is imported here:
    that might fail if memory ran out.
    """
    modules = [module for module in KILLED_PROCESS_ERRORS if module in sys.modules]
    classes = [getattr(sys.modules[module], KILLED_PROCESS_ERRORS[module]) for module in modules]
    if isinstance(error, (ProcessKilled, *classes)):
        return True
    return isinstance(error, RuntimeError) and KERNEL_DIED in str(error)


def _disk_full(place: str) -> Problem:
    return Problem(
        kind=Kind.MACHINE,
        where=place,
        what="the disk is full",
        remedy=(
            "Free some space there, then run the command again. "
            f"Temporary files go to {_temporary_folder()}; TMPDIR names another."
        ),
    )


def _no_permission(place: str, number: int | None) -> Problem:
    if number == errno.EROFS:
        what = "this disk can only be read"
    elif system.IS_POSIX:
        what = "you do not have permission to read or write here"
    else:
        what = "you do not have permission to read or write here, or another program has it open"
    return Problem(
        kind=Kind.MACHINE,
        where=place,
        what=what,
        remedy=("Ask for access to the folder, or work on your own copy of the workspace."),
    )


def _wrong_path(place: object, number: int) -> Problem | None:
    """The Problem of a folder in a file's place, the reverse, or a broken link; otherwise None.

    number: of the error.
    """
    if not isinstance(place, str | Path):
        return None
    path = Path(place)
    nearest = nearest_existing(path) or path
    if number in WRONG_LINK_ERRNOS:
        if nearest == path or not path.is_symlink():
            return None
        nearest, what, right = path, "this link leads to nothing, or to itself", "file"
    elif nearest == path and path.is_dir():
        what, right = "this is a folder, where a file is expected", "file"
    elif not nearest.is_dir():
        what, right = "this is a file, where a folder is expected", "folder"
    else:
        return None
    return Problem(
        kind=Kind.SETTINGS,
        where=str(nearest),
        what=what,
        remedy=f"Move it to another place. If a {right} of that name belongs here, put it back.",
    )


def _written_folders(workspace: Path | None) -> list[Path]:
    """The folders that a run writes to, which may be on several disks."""
    folders = [workspace / name for name in ("data/processed", "reports", ".")] if workspace else []
    temporary = _temporary_folder()
    return [*folders, *([Path(temporary)] if temporary else []), Path()]


def _full_disk(places: Iterable[object]) -> Path | None:
    """The first place whose disk has no space, or no room for another file; None if none is."""
    for place in places:
        if not isinstance(place, str | Path):  # some errors name the number of an open file
            continue
        path = Path(place)
        nearest = nearest_existing(path)
        if nearest is not None and _is_full(nearest):
            return path
    return None


def _is_full(path: Path) -> bool:
    if shutil.disk_usage(path).free < FULL_DISK_MAX_FREE_BYTES:
        return True
    if not hasattr(os, "statvfs"):
        return False
    disk = os.statvfs(path)
    return bool(disk.f_files) and not disk.f_favail


def _temporary_folder() -> str | None:
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:
        return None
