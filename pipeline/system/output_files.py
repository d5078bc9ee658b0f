"""The files that an option names for what a command makes: one way in which they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from pipeline.problem import Kind, Problem
from pipeline.system.folders import (
    PRIVATE_FILE_MODE,
    check_text_names,
    flush,
    rename_durably,
)
from pipeline.system.temporary import deleted_if_killed

# Of a workspace: inputs and what runs make of them. No other file is written there.
OUR_FOLDERS = ("data", "reports", "notebooks")
RAW_DATA = Path("data", "raw")  # what makes a folder a workspace
GENERATOR = b'<meta name="generator" content="annual-report '
MARKED_BYTES = 10_000  # the beginning of a page, in which its generator and its title are


@dataclass(frozen=True)
class OutputFile:
    """A file that an option names.

    option: such as `--page`, for messages. path: as it was typed.
    mark: what a page of this kind has for a title, or an archive of this kind among its names.
    overwrite: whether a file that is not ours may be replaced.
    workspaces: those that the command works on; any around the file counts, too.
    """

    option: str
    path: Path
    mark: str
    overwrite: bool
    workspaces: Sequence[Path]

    def check(self) -> None:
        """Raise a Problem unless the file may be written, before the work for it begins."""
        check_text_names([self.path])
        path = Path(os.path.realpath(self.path))
        another = f"Name a file in another folder, such as {self.path.name or 'page.html'}."
        if any(_lies_in(path, folder) for folder in self._reserved_folders()):
            raise self._problem("this is inside data/, reports/ or notebooks/", another)
        if path.is_dir():
            raise self._problem("this is a folder", another)
        if not path.parent.is_dir():
            raise self._problem("its folder does not exist", another)
        if not path.exists():
            return
        if not path.is_file():
            raise self._problem("this is not an ordinary file", another)
        if not self.overwrite and path.stat().st_size and not self._is_ours(path):
            raise self._problem(
                "this file exists, and another program or command wrote it",
                "Name another file. To replace this one, add --overwrite.",
            )

    def write(self, content: bytes) -> None:
        """Replace the file by this content, whole or not at all. Only this user may read it."""
        self.check()
        path = Path(os.path.realpath(self.path))
        unfinished = path.with_name(f".{uuid4()}.new")
        with deleted_if_killed(unfinished):
            try:
                unfinished.touch(PRIVATE_FILE_MODE, exist_ok=False)
                unfinished.write_bytes(content)
                flush(unfinished)
                rename_durably(unfinished, path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _reserved_folders(self) -> Iterator[Path]:
        typed = Path(os.path.abspath(self.path))  # noqa: PTH100  keeps the links
        around = [*typed.parents, *Path(os.path.realpath(self.path)).parents]
        for workspace in [*self.workspaces, *around]:
            if (workspace / RAW_DATA).is_dir():
                for name in OUR_FOLDERS:
                    yield Path(os.path.realpath(workspace / name))

    def _is_ours(self, path: Path) -> bool:
        """Whether an earlier command of the same kind wrote a file."""
        with path.open("rb") as file:
            start = file.read(MARKED_BYTES)
        if GENERATOR in start:
            return f"<title>{self.mark}".encode() in start
        try:
            with ZipFile(path) as archive:
                return self.mark in archive.namelist()
        except (BadZipFile, OSError, ValueError, NotImplementedError):
            return False

    def _problem(self, what: str, remedy: str) -> Problem:
        return Problem(
            kind=Kind.SETTINGS, where=f"{self.option} {self.path}", what=what, remedy=remedy
        )


def _lies_in(path: Path, folder: Path) -> bool:
    """Whether a path is a folder's or lies in it, also where DATA is another name for data."""
    around = (path, *path.parents)
    return folder in around or (
        folder.exists() and any(each.exists() and each.samefile(folder) for each in around)
    )
