"""Folders that are replaced whole or not at all, so that a reader never sees half of one."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.problem import Kind, Problem

OTHER_USERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE_FOLDER_MODE = stat.S_IRWXU
PRIVATE_FILE_MODE = stat.S_IRUSR | stat.S_IWUSR


def make_private(path: Path) -> None:
    """Take other users' access to a file, or to a folder and all in it, as far as we may.

    A link, another owner's file and a read-only disk stay as they are.
    """
    for part in (path, *path.rglob("*")):
        with suppress(OSError):
            mode = part.lstat().st_mode
            if mode & OTHER_USERS and not stat.S_ISLNK(mode):
                part.chmod(stat.S_IMODE(mode) & ~OTHER_USERS)


def staging_path(folder: Path) -> Path:
    """Where the new content of a folder is built: a hidden folder next to it."""
    return folder.with_name(f".{folder.name}.new")


def backup_path(folder: Path) -> Path:
    """Where a folder is kept until its replacement is in place."""
    return folder.with_name(f".{folder.name}.old")


@contextmanager
def replace_atomically(folder: Path) -> Iterator[Path]:
    """The staging folder, which replaces `folder` when the block ends without an error.

    Only this user can open either of them.
    """
    staging = staging_path(folder)
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(PRIVATE_FOLDER_MODE, parents=True)
    try:
        yield staging
        make_private(staging)
        swap_in(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def swap_in(staging: Path, folder: Path) -> None:
    """Replace a folder by a finished one; delete the old one only when the new one is in place."""
    backup = backup_path(folder)
    shutil.rmtree(backup, ignore_errors=True)
    if folder.exists():
        folder.rename(backup)
    try:
        staging.rename(folder)
    finally:
        restore_backup(folder)
    shutil.rmtree(backup, ignore_errors=True)


def restore_backup(folder: Path) -> None:
    """Put the backup back if a killed run removed the folder and did not replace it."""
    backup = backup_path(folder)
    if backup.exists() and not folder.exists():
        backup.rename(folder)


def check_outside_workspace(page: Path, *reserved: Path) -> None:
    """Check that a page may be written where the user asks for it.

    page: the path that the user gave.
    reserved: folders that a run replaces or never writes to.
    Raises Problem if the page is in one of these, is a folder, or has no folder to be in.
    """
    path = page.resolve()
    if any(path.is_relative_to(folder) for folder in reserved):
        what = "this is inside data/ or reports/"
    elif path.is_dir():
        what = "this is a folder"
    elif not path.parent.is_dir():
        what = "its folder does not exist"
    else:
        return
    raise Problem(
        kind=Kind.SETTINGS,
        where=f"--page {page}",
        what=what,
        remedy="Name a file in another folder, such as changes.html.",
    )


def check_text_names(paths: Iterable[Path]) -> None:
    """Raise a Problem for a path that is no text, and so cannot be printed, recorded or hashed."""
    for path in paths:
        name = str(path)
        if not name.isascii() and name != name.encode("utf-8", "replace").decode("utf-8"):
            raise Problem(
                kind=Kind.SETTINGS,
                where=os.fsencode(path).decode("utf-8", "backslashreplace"),
                what="this name contains a byte that stands for no character",
                remedy="Give the file or folder another name. A program that packed or copied it "
                "may have used another encoding than UTF-8.",
            )
