"""Folders that are replaced whole or not at all, so that nobody ever finds half of one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.problem import Kind, Problem


def staging_path(folder: Path) -> Path:
    """Where a folder's new content is built, out of the sight of whoever looks for folders."""
    return folder.with_name(f".{folder.name}.new")


def backup_path(folder: Path) -> Path:
    """Where a folder waits until another stands in its place."""
    return folder.with_name(f".{folder.name}.old")


@contextmanager
def replace_atomically(folder: Path) -> Iterator[Path]:
    """Build a folder's new content aside; it takes the old one's place when the block ends, and only if it ends well."""
    aside = staging_path(folder)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        swap_in(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def swap_in(staging: Path, folder: Path) -> None:
    """Put a finished folder in another's place; only when the new one stands is the old one deleted."""
    old = backup_path(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        staging.rename(folder)
    finally:
        restore_backup(folder)
    shutil.rmtree(old, ignore_errors=True)


def restore_backup(folder: Path) -> None:
    """Finish what a killed run left: put the old folder back where it was moved away and nothing took its place."""
    if backup_path(folder).exists() and not folder.exists():
        backup_path(folder).rename(folder)


def check_outside_workspace(page: Path, *reserved: Path) -> None:
    """Raise a Problem where a page is asked for in a folder that a run replaces or that is never written to, or in none."""
    at = page.resolve()
    if (
        any(at.is_relative_to(folder) for folder in reserved)
        or at.is_dir()
        or not at.parent.is_dir()
    ):
        raise Problem(
            Kind.SETTINGS, f"--page {page}", "this is a folder, or in no folder, or where the data or the reports are kept",
            "Name a file in another folder, such as changes.html.",
        )  # fmt: skip
