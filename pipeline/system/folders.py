"""Folders that are replaced whole or not at all, so that a reader never sees half of one."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline import system
from pipeline.problem import Kind, Problem
from pipeline.system.portability.names import check_portable_names
from pipeline.system.portability.renames import rename

OTHER_USERS = stat.S_IRWXG | stat.S_IRWXO
PRIVATE_FOLDER_MODE = stat.S_IRWXU
PRIVATE_FILE_MODE = stat.S_IRUSR | stat.S_IWUSR
FLUSH_THREADS = 16
NO_FLUSH_ERRNOS = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF}
# Of a text, a notebook without outputs, or a picture, which a person makes.
MAX_OWN_FILE_BYTES = 5_000_000
MAX_SOCKET_ADDRESS_BYTES = 107 if sys.platform == "linux" else 103


def make_private(path: Path) -> None:
    """Take other users' access to a file, or to a folder and all in it, as far as we may.

    A link, another owner's file and a read-only disk stay as they are, and another run may delete
    its own files meanwhile.
    """
    contents = (
        Path(parent, name)
        for parent, folders, files in os.walk(path)
        for name in (*folders, *files)
    )
    for part in (path, *contents):
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


def snapshot_path(folder: Path) -> Path:
    """Where a run keeps the inputs that it reads: a hidden folder next to its tables."""
    return folder.with_name(f".{folder.name}.inputs")


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
        rename(folder, backup)
    try:
        rename(staging, folder)
    finally:
        restore_backup(folder)
    shutil.rmtree(backup, ignore_errors=True)


def restore_backup(folder: Path) -> None:
    """Put the backup back if a killed run removed the folder and did not replace it."""
    backup = backup_path(folder)
    if backup.exists() and not folder.exists():
        rename_durably(backup, folder)


def flush(path: Path) -> None:
    """Wait until the disk has what was written to a file, or the names in a folder.

    Disks that cannot are left alone, and so are folders and files of Windows that may only be
    read. A disk that is full may say so only here.
    """
    if not system.IS_POSIX and (path.is_dir() or not os.access(path, os.W_OK)):
        return
    descriptor = os.open(path, os.O_RDONLY if system.IS_POSIX else os.O_RDWR)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_FLUSH_ERRNOS:
            raise
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Wait until the disk has everything below a folder: the contents, then the names."""
    paths = list(folder.rglob("*"))
    files = [path for path in paths if path.is_file()]
    folders = [path for path in paths if path.is_dir()]
    with ThreadPoolExecutor(FLUSH_THREADS) as threads:  # a disk takes many in one go
        list(threads.map(flush, files))
        list(threads.map(flush, [*folders, folder]))


def make_durably(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it, and wait until the disk has their names."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode, parents=True, exist_ok=True)
    for each in missing:
        flush(each.parent)


def rename_durably(source: Path, target: Path) -> None:
    """Rename, and wait until the disk has the new name: what follows may rely on it.

    A file of that name is replaced.
    """
    rename(source, target)
    for parent in {source.parent, target.parent}:
        flush(parent)


def nearest_existing(path: Path) -> Path | None:
    """The path, or the nearest folder around it that is there and may be looked at."""
    # os.path.exists, since Path.exists raises for what is in a folder closed to us
    return next((each for each in (path, *path.parents) if os.path.exists(each)), None)  # noqa: PTH110


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether a path, followed through every link, ends outside a folder."""
    # realpath, since resolve() raises for a link to itself
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def check_own_file(path: Path, workspace: Path) -> None:
    """Raise a Problem for an input that is no ordinary file, too large, or a link to elsewhere.

    A file that is not there is left to the reader.
    """
    if leads_outside(path, workspace):
        what = "this is a link to a file outside the workspace"
        remedy = "Copy the file itself into the folder."
    elif path.exists() and not path.is_file():
        what = "this is not an ordinary file"
        remedy = "Put a file of that name in its place."
    elif path.is_file() and path.stat().st_size > MAX_OWN_FILE_BYTES:
        what = f"the file is larger than {MAX_OWN_FILE_BYTES:,} bytes"
        remedy = "Check that it is the right file."
    else:
        return
    name = path.relative_to(workspace).as_posix()
    raise Problem(kind=Kind.SETTINGS, where=name, what=what, remedy=remedy)


def check_socket_address(path: Path) -> None:
    """Raise a Problem if a socket cannot have this path, which systems limit to a short name."""
    if system.IS_POSIX and len(os.fsencode(path)) > MAX_SOCKET_ADDRESS_BYTES:
        raise Problem(
            kind=Kind.MACHINE,
            where=str(tempfile.gettempdir()),
            what="the name of the folder for temporary files is too long for the sockets in it",
            remedy="Name a folder with a shorter path in TMPDIR, then run the command again.",
        )


def check_text_names(paths: Iterable[Path]) -> None:
    """Raise a Problem for a path that cannot be printed, recorded or hashed, as it is no text.

    The same for one that this system does not have.
    """
    for path in paths:
        check_portable_names(path)
        name = str(path)
        if not name.isascii() and name != name.encode("utf-8", "replace").decode("utf-8"):
            raise Problem(
                kind=Kind.SETTINGS,
                where=os.fsencode(path).decode("utf-8", "backslashreplace"),
                what="this name contains a byte that stands for no character",
                remedy="Give the file or folder another name. A program that packed or copied it "
                "may have used another encoding than UTF-8.",
            )
