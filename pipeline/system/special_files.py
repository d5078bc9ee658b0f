"""Pipes, sockets and devices: a program that opens one may wait, or read, for ever."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.problem import Kind, Problem

SPECIAL_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# A folder that may be a link to another disk; other links to folders are not followed.
YEAR_FOLDER = re.compile(r"\d{4}-\d{2}")


def check_no_special_files(workspace: Path, *names: str) -> None:
    """Raise a Problem for a pipe, a socket or a device below a folder, or a link to one.

    names: of the folders in a workspace, or "" for a folder as a whole. What cannot be listed is
    left to whoever opens it.
    """
    for name in names:
        for path, kind in _special_files(os.path.join(workspace, name)):  # noqa: PTH118  quick
            raise Problem(
                kind=Kind.SETTINGS,
                where=os.path.relpath(path, workspace),
                what=f"this is {kind} and not a file, so reading it might never end",
                remedy="Delete it, or move it to another folder. If a file of that name belongs "
                "here, put it back.",
            )


def special_kind(mode: int) -> str:
    """What a path of this mode is, if it is neither a file nor a folder; otherwise ""."""
    return next((kind for is_kind, kind in SPECIAL_KINDS if is_kind(mode)), "")


def _special_files(folder: str, follows_link: bool = True) -> Iterator[tuple[str, str]]:
    """The path and the kind of each. Most entries are told apart without a look at the disk.

    follows_link: whether the folder of a year may be a link, which is not so behind such a link.
    """
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
        elif kind := _kind_of(entry):
            yield entry.path, kind


def _kind_of(entry: os.DirEntry[str]) -> str:
    try:
        return special_kind(entry.stat().st_mode)
    except OSError:  # a link to nothing, or to itself
        return ""
