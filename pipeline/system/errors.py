"""What the machine did not allow, in words: the disk is full, a folder is closed, memory ran out, a process was ended."""

from __future__ import annotations

import errno
import re
import shutil
import tempfile
from pathlib import Path

from pipeline.problem import Kind, Problem

DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
PERMISSION_ERRNOS = {errno.EACCES, errno.EPERM, errno.EROFS}
# What nbclient, concurrent.futures, Dask and our batch call a process that is no longer there.
KILLED_PROCESS_ERRORS = {"DeadKernelError", "BrokenProcessPool", "KilledWorker", "ProcessKilled"}
FULL_DISK_MAX_FREE_BYTES = 1_000_000  # bytes, at most: what failed to be written may leave a little
OS_ERROR_MESSAGE = re.compile(r"\[[Ee]rrno (\d+)\] [^:\[]*(?:: '(.+?)')?")
MEMORY_REMEDY = (
    "Close other programs, or use a machine with more memory, then give the command once more."
)


def machine_problem(
    error: BaseException, workspace: Path | None = None, where: str = ""
) -> Problem | None:
    """The Problem that an error of the machine is; None for an error of another kind.

    workspace: where to look for the full disk when the error does not name a file. where: what was at work.
    """
    file = getattr(error, "filename", None)
    number = getattr(error, "errno", None)
    ended = type(error).__name__ in KILLED_PROCESS_ERRORS or "Kernel died" in str(error)
    if number in DISK_FULL_ERRNOS or (
        ended and _full_disk(workspace)
    ):  # a process that finds the disk full may end without a word
        place = file or _full_disk(workspace) or workspace or _temporary_folder()
        how = f"Free some space there, then give the command once more. Temporary files go to {_temporary_folder()}; TMPDIR names another."
        return Problem(Kind.MACHINE, str(place), "the disk is full", how)
    if number in PERMISSION_ERRNOS:
        what = (
            "this disk can only be read"
            if number == errno.EROFS
            else "this user may not write here, or may not read it"
        )
        how = "Have the rights on the folder put right, or work on a copy of the workspace that is yours."
        return Problem(Kind.MACHINE, str(file or workspace or where), what, how)
    if "No usable temporary directory" in str(error):
        how = "Free some space, or name a folder in TMPDIR, then give the command once more."
        return Problem(
            Kind.MACHINE,
            "temporary files",
            "there is no folder for them that is not full or closed",
            how,
        )
    if type(error).__name__.endswith("MemoryError") or "NULL without setting an exception" in str(
        error
    ):  # of an import
        return Problem(
            Kind.MACHINE,
            where or "memory",
            "the memory of this machine was not enough",
            MEMORY_REMEDY,
        )
    if ended:
        what = "a process of this run was ended from outside, most often because memory ran out"
        return Problem(Kind.MACHINE, where or "annual-report", what, MEMORY_REMEDY)
    return None


def internal_problem(message: str, trace: str) -> Problem:
    """What the user cannot mend, such as a mistake of ours: its traceback is kept in a file, with what to do about it."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="annual-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as kept:
        kept.write(trace)
    how = (
        f"The last good report is as it was. What happened is kept in {kept.name}: send it with a description of what you did, "
        "after you have checked that it holds nothing personal."
    )
    return Problem(Kind.INTERNAL, "Something went wrong inside annual-report", message, how)


def machine_problem_in_notebook(
    error_name: str, message: str, workspace: Path, where: str
) -> Problem | None:
    """The same of an error in a notebook, of which only the name and the words are known."""
    if error_name.endswith("MemoryError"):
        return machine_problem(MemoryError(message), workspace, where)
    found = OS_ERROR_MESSAGE.search(message) if error_name.endswith("Error") else None
    return (
        machine_problem(OSError(int(found[1]), message, found[2]), workspace, where)
        if found
        else None
    )


def _full_disk(workspace: Path | None) -> str | None:
    """Where nothing is left, of the places that a run writes to; None where there is room."""
    places = [str(path) for path in (workspace, _temporary_folder()) if path]
    return next(
        (path for path in places if shutil.disk_usage(path).free < FULL_DISK_MAX_FREE_BYTES), None
    )


def _temporary_folder() -> str | None:
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:
        return None
