"""Temporary folders, which may contain a copy of the raw data, and unfinished files elsewhere.

If a command is killed, the next one, of any kind, deletes what it left.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

from filelock import AcquireReturnProxy, FileLock, Timeout

from pipeline import system
from pipeline.system.folders import OTHER_USERS, PRIVATE_FOLDER_MODE

TEMPORARY_PREFIX = "annual-report-"
# Locked while the folder is in use: the system releases the lock however a process ends.
LOCK_NAME = ".held"
NOTE_PREFIX = "unfinished-"  # of a file that names a path outside the folder
OUR_NAME = re.compile(f"{TEMPORARY_PREFIX}[a-z0-9_]{{8}}")  # as the standard library makes it


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that only this user can open; deleted when the block ends."""
    remove_abandoned_folders()
    with (
        tempfile.TemporaryDirectory(prefix=TEMPORARY_PREFIX, ignore_cleanup_errors=True) as name,
        _lock(Path(name)),
    ):
        folder = Path(name).resolve()
        # If another command deleted the folder, the lock recreated it, open to others.
        folder.chmod(PRIVATE_FOLDER_MODE)
        yield folder


def _lock(folder: Path) -> AcquireReturnProxy[FileLock]:
    """Lock a new folder.

    Another command may delete the folder just before it is locked; the lock then recreates it,
    and has to be taken again if the deletion came in between.
    """
    while True:
        with suppress(FileNotFoundError, FileExistsError):
            return FileLock(folder / LOCK_NAME).acquire()


def use_for_temporary_files(folder: Path) -> None:
    """Let this process, and programs that it starts, keep their temporary files in a folder."""
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)


@cache
def command_folder() -> Path:
    """A folder of this process for what its libraries need as long as it runs, such as sockets."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(temporary_folder())


@contextmanager
def deleted_if_killed(*unfinished: Path) -> Iterator[None]:
    """Have hidden files or folders deleted by the next command if this one is killed in the block.

    unfinished: their paths, which nothing else uses. The block itself deletes or renames them.
    """
    note = command_folder() / f"{NOTE_PREFIX}{uuid4()}"
    note.write_bytes(b"\0".join(os.fsencode(path.absolute()) for path in unfinished))
    yield
    note.unlink(missing_ok=True)


def remove_abandoned_folders() -> None:
    """Delete this user's folders that no process has locked, and what their notes name."""
    with suppress(OSError):
        for folder in list(Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*/")):
            with suppress(Timeout, OSError):
                _remove_if_abandoned(folder)


def _remove_if_abandoned(folder: Path) -> None:
    """Delete a folder that no process has locked. Raises OSError for one of another user."""
    lock = folder / LOCK_NAME
    if lock.is_file():
        with FileLock(lock, timeout=0):
            if _is_private(folder):  # so nobody else has written the notes
                _delete_unfinished(folder)
            shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)  # Windows deletes no file that is locked
    elif OUR_NAME.fullmatch(folder.name) and _is_private(folder):
        # A command was killed before it locked it. One that is about to lock it makes it again.
        folder.rmdir()  # with content it is none of ours


def _is_private(folder: Path) -> bool:
    status = folder.lstat()
    if not system.IS_POSIX:  # on Windows each user has a folder for temporary files
        return True
    return status.st_uid == os.getuid() and not status.st_mode & OTHER_USERS


def _delete_unfinished(folder: Path) -> None:
    """Delete what the notes in a folder name."""
    for note in folder.rglob(f"{NOTE_PREFIX}*"):
        for name in filter(None, note.read_bytes().split(b"\0")):
            path = Path(os.fsdecode(name))
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
