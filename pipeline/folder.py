"""Folders that are replaced whole or not at all, so that nobody ever finds half of one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """Build a folder's new content aside; it takes the old one's place when the block ends, and only if it ends well."""
    aside = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        swap_in(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def swap_in(new: Path, folder: Path, keep: Path | None = None) -> None:
    """Put a finished folder in another's place; only when the new one stands is the old one deleted, or put where it is kept."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    finally:
        mend(folder)
    if keep and old.exists():
        old.rename(keep)
    shutil.rmtree(old, ignore_errors=True)


def mend(folder: Path) -> None:
    """Finish what a killed run left: put the old folder back where it was moved away and nothing took its place."""
    old = folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        old.rename(folder)
