"""Replaced reports, each with its audit, so that what somebody has read is kept.

The models of the record are imported only where there are such reports: `check` is quick.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipeline.artifacts import RECORD_PATH
from pipeline.system.folders import make_durably
from pipeline.system.portability.renames import rename


def history_folder(published: Path) -> Path:
    """The folder of a year's replaced reports, `reports/history/<year>`."""
    return published.parent / "history" / published.name


def kept_reports(published: Path) -> list[Path]:
    """A year's replaced reports, the oldest first.

    Each record names the one that it replaced, so the order does not depend on the clock. Reports
    that this chain does not reach come first, by time.
    """
    history = history_folder(published)
    if not history.is_dir():
        return []
    from pipeline.run.record import file_digest, read_replaced_digest

    by_time = sorted(path for path in history.iterdir() if not path.name.startswith("."))
    records = [path / RECORD_PATH for path in by_time]
    by_digest = {
        file_digest(record): path
        for record, path in zip(records, by_time, strict=True)
        if record.is_file()
    }
    newest_first: list[Path] = []
    replaced = by_digest.pop(read_replaced_digest(published / RECORD_PATH) or "", None)
    while replaced:
        newest_first.append(replaced)
        replaced = by_digest.pop(read_replaced_digest(replaced / RECORD_PATH) or "", None)
    return [path for path in by_time if path not in newest_first] + newest_first[::-1]


def history_path(published: Path, report: Path) -> Path:
    """Where a replaced report goes; its name is the time at which it was made.

    published: the folder of the year's report.
    report: where the replaced one is now.
    """
    from pipeline.run.record import read_finished

    try:
        finished = datetime.fromisoformat(read_finished(report / RECORD_PATH) or "")
    except ValueError:
        finished = datetime.fromtimestamp(report.stat().st_mtime, UTC)
    name = finished.strftime("%Y-%m-%d-%H%M%S")
    history = history_folder(published)
    make_durably(history)
    names = (name, *(f"{name}-{number:02}" for number in range(2, 100)))
    return next(history / free for free in names if not (history / free).exists())


def prune_history(published: Path, keep: int) -> None:
    """Delete the oldest of a year's replaced reports, so that `keep` remain.

    A report is renamed before it is deleted: one that a killed run half deleted is not a report.
    """
    reports = kept_reports(published)
    for path in reports[: max(len(reports) - keep, 0)]:
        rename(path, path.with_name(f".{path.name}.gone"))
    for path in history_folder(published).glob(".*.gone"):
        shutil.rmtree(path)
