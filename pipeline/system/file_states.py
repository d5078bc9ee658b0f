"""What the system knows of files without reading them: that one was written, or that it is none.

A pipe, a socket or a device is no file: a program that opens one may wait, or read, for ever.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.problem import Kind, Problem

# The time of the last change of the content and of the entry, the size, and which file it is. A
# program may set the first, and nobody can set the second.
FileState = tuple[int, int, int, int]
SPECIAL_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# A folder that may be a link to another disk; other links to folders are not followed.
YEAR_FOLDER = re.compile(r"\d{4}-\d{2}")


def file_states(paths: Iterable[Path]) -> dict[Path, FileState | None]:
    """The state of each file; None for one that is not there. A link counts as what it leads to."""
    return {path: _state(path) for path in paths}


def module_states(package: Path) -> dict[Path, FileState | None]:
    """The state of each Python module below a folder."""
    return file_states(_modules(package))


def check_no_special_files(workspace: Path, *names: str) -> None:
    """Raise a Problem for a pipe, a socket or a device in a folder's place or below it.

    The same for a link to one.

    names: of the folders in the workspace. What cannot be listed is left to its reader.
    """
    for name in names:
        for path, kind in _special_files(os.path.join(workspace, name)):  # noqa: PTH118  quick
            raise Problem(
                kind=Kind.SETTINGS,
                where=Path(path).relative_to(workspace).as_posix(),
                what=f"this is {kind} and not a file, so reading it might never end",
                remedy="Delete it, or move it to another folder. If a file of that name belongs "
                "here, put it back.",
            )


def _state(path: Path) -> FileState | None:
    try:
        status = os.stat(path)  # noqa: PTH116  Path.stat takes twice as long
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _modules(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield Path(entry.path)
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _modules(Path(entry.path))


def _special_files(folder: str, follows_link: bool = True) -> Iterator[tuple[str, str]]:
    """The path and the kind of each. Most entries are recognised without a look at the disk.

    follows_link: whether the folder of a year may be a link, which is not so behind such a link.
    """
    if kind := _kind_of(folder):
        yield folder, kind
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_file(follow_symlinks=False):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _special_files(entry.path, follows_link)
        elif follows_link and YEAR_FOLDER.fullmatch(entry.name) and entry.is_dir():
            yield from _special_files(entry.path, follows_link=False)
        elif kind := _kind_of(entry.path):
            yield entry.path, kind


def _kind_of(path: str) -> str:
    """What a path is, if it is neither a file nor a folder; otherwise ""."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  a path in a large folder is only text
    except OSError:  # a link to nothing, or to itself
        return ""
    return next((kind for is_kind, kind in SPECIAL_KINDS if is_kind(mode)), "")
