"""Reports that were replaced, each whole and with its audit, so that what somebody has read is not lost."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipeline.run.record import RECORD, finished_of


def history_of(published: Path) -> Path:
    """The folder of a year's replaced reports, `reports/history/<year>`: the oldest first by name."""
    return published.parent / "history" / published.name


def place_for(published: Path) -> Path | None:
    """Where a report goes that is about to be replaced, named after when it was made; None where there is no report."""
    if not published.is_dir():
        return None
    try:
        made = datetime.fromisoformat(finished_of(published / RECORD) or "")
    except (ValueError, TypeError):
        made = datetime.fromtimestamp(published.stat().st_mtime, UTC)
    name = made.strftime("%Y-%m-%d-%H%M%S")
    history = history_of(published)
    history.mkdir(parents=True, exist_ok=True)
    names = (name, *(f"{name}-{number:02}" for number in range(2, 100)))
    return next(history / one for one in names if not (history / one).exists())


def keep_only(published: Path, most: int) -> None:
    """Delete the oldest of a year's replaced reports, all but so many."""
    history = history_of(published)
    if not history.is_dir():
        return
    kept = sorted(history.iterdir())
    for path in kept[: max(len(kept) - most, 0)]:
        shutil.rmtree(path)
