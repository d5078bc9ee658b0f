"""Temporary folders, which may contain a copy of the raw data.

If a command is killed, the next one deletes the folder that it left.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import AcquireReturnProxy, FileLock, Timeout

from pipeline.system.folders import PRIVATE_FOLDER_MODE

TEMPORARY_PREFIX = "annual-report-"
# Locked while the folder is in use: the system releases the lock however a process ends.
LOCK_NAME = ".held"


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
        with suppress(FileNotFoundError):
            return FileLock(folder / LOCK_NAME).acquire()


def remove_abandoned_folders() -> None:
    """Delete this user's folders that no process has locked."""
    pattern = f"{TEMPORARY_PREFIX}*/{LOCK_NAME}"  # the folders of other users cannot be opened
    for lock in list(Path(tempfile.gettempdir()).glob(pattern)):
        with suppress(Timeout, OSError), FileLock(lock, timeout=0):
            shutil.rmtree(lock.parent, ignore_errors=True)
