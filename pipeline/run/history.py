"""Reports that were replaced, each whole and with its audit, so that what somebody has read is not lost."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipeline.run.record import RECORD_PATH, file_digest, read_finished, read_replaced_digest


def history_folder(published: Path) -> Path:
    """The folder of a year's replaced reports, `reports/history/<year>`."""
    return published.parent / "history" / published.name


def kept_reports(published: Path) -> list[Path]:
    """A year's replaced reports, the oldest first.

    Each record names the one that it replaced, so the order is known whatever the clock said; only where that thread is broken
    does the time count.
    """
    history = history_folder(published)
    if not history.is_dir():
        return []
    by_time = sorted(path for path in history.iterdir() if not path.name.startswith("."))
    by_digest = {
        file_digest(path / RECORD_PATH): path for path in by_time if (path / RECORD_PATH).is_file()
    }
    newest_first, report = [], published
    while report := by_digest.pop(read_replaced_digest(report / RECORD_PATH), None):
        newest_first.append(report)
    return [path for path in by_time if path not in newest_first] + newest_first[::-1]


def history_path(published: Path, report: Path) -> Path:
    """Where a report goes that was replaced, named after when it was made.

    published: the folder of the year's reports. report: where the replaced one lies.
    """
    try:
        made = datetime.fromisoformat(read_finished(report / RECORD_PATH) or "")
    except (ValueError, TypeError):
        made = datetime.fromtimestamp(report.stat().st_mtime, UTC)
    name = made.strftime("%Y-%m-%d-%H%M%S")
    history = history_folder(published)
    history.mkdir(parents=True, exist_ok=True)
    names = (name, *(f"{name}-{number:02}" for number in range(2, 100)))
    return next(history / one for one in names if not (history / one).exists())


def prune_history(published: Path, keep: int) -> None:
    """Delete the oldest of a year's replaced reports, all but so many; one that a killed run half deleted is no report."""
    kept = kept_reports(published)
    for path in kept[: max(len(kept) - keep, 0)]:
        path.rename(path.with_name(f".{path.name}.gone"))
    for path in history_folder(published).glob(".*.gone"):
        shutil.rmtree(path)
