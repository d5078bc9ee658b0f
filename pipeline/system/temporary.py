"""Temporary folders, which may hold a copy of the raw data: what a killed command left in one is taken away by the next."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

TEMPORARY_PREFIX = "annual-report-"
LOCK_NAME = ".held"  # locked while the folder is in use: the system lets go of the lock however a process ends


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that only this user may open; it is gone when the block ends or, after a kill, when somebody needs the next."""
    _remove_abandoned_folders()
    with (
        tempfile.TemporaryDirectory(prefix=TEMPORARY_PREFIX, ignore_cleanup_errors=True) as name,
        _lock(Path(name)),
    ):
        folder = Path(name).resolve()
        folder.chmod(0o700)  # which it is not where the lock has made it anew
        yield folder


def _lock(folder: Path) -> AbstractContextManager:
    """Hold a folder that was made just now, though another command may take it for left, and away, in the moment before."""
    while True:
        with suppress(FileNotFoundError):
            return FileLock(folder / LOCK_NAME).acquire()


def _remove_abandoned_folders() -> None:
    """Delete the folders that nobody holds any more, if they are this user's: another's cannot be looked into."""
    for held in list(Path(tempfile.gettempdir()).glob(f"{TEMPORARY_PREFIX}*/{LOCK_NAME}")):
        with suppress(Timeout, OSError), FileLock(held, timeout=0):
            shutil.rmtree(held.parent, ignore_errors=True)
