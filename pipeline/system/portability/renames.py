"""Renaming and deleting where a file that is open stands in the way."""

from __future__ import annotations

import time
from pathlib import Path

from pipeline import system

PATIENCE_SECONDS = 10.0
RETRY_SECONDS = 0.1


def rename(source: Path, target: Path) -> None:
    """Rename a file or folder; a file of the new name is replaced.

    Windows refuses that as long as a file in it is open, for instance in a virus scanner, which is
    done in a moment. Raises PermissionError if it stays open.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            source.replace(target)
            return
        except PermissionError:
            if system.IS_POSIX or time.monotonic() > deadline:
                raise
        time.sleep(RETRY_SECONDS)
