"""What the system knows of files without reading them, to notice that one was written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

# The time of the last change of the content and of the entry, the size, and which file it is. A
# program may set the first, and nobody can set the second.
FileState = tuple[int, int, int, int]


def file_states(paths: Iterable[Path]) -> dict[Path, FileState | None]:
    """The state of each file; None for one that is not there. A link counts as what it leads to."""
    return {path: _state(path) for path in paths}


def module_states(package: Path) -> dict[Path, FileState | None]:
    """The state of each Python module below a folder."""
    return file_states(_modules(package))


def _state(path: Path) -> FileState | None:
    try:
        status = os.stat(path)  # noqa: PTH116  Path.stat takes twice as long
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _modules(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _modules(Path(entry.path))
            elif entry.name.endswith(".py"):
                yield Path(entry.path)
