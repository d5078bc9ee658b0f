"""Finished reports to compare: a year's own, and an earlier one, wherever that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.run.history import history_folder
from pipeline.run.record import RECORD_PATH, RunRecord, load_record
from pipeline.settings import Settings
from pipeline.system.archives import extract_zip
from pipeline.system.temporary import temporary_folder


@dataclass(frozen=True)
class FinishedReport:
    """A finished report. name: by which a reader knows its folder, or the archive that it came in."""

    name: str
    folder: Path
    record: RunRecord

    def __str__(self) -> str:
        finished = datetime.fromisoformat(self.record.finished).astimezone(UTC)
        return f"{self.name}, {'final' if self.record.asked.final else 'a draft'}, made {finished:%Y-%m-%d at %H:%M} UTC"


def current_report(settings: Settings) -> FinishedReport:
    """The year's report as it is now."""
    return _load_report(
        settings.published_folder,
        f"reports/{settings.year}",
        f"Make it: annual-report run {settings.year}",
    )


@contextmanager
def earlier_report(settings: Settings, requested: str | None) -> Iterator[FinishedReport]:
    """The report asked for: by default the last of the year that was kept.

    asked: the name of a kept one, such as 2022-10-01-093000, a year, a folder, or an archive that `verify --bundle` made. Raises
    a Problem where there is none.
    """
    published = settings.published_folder
    history = history_folder(published)
    kept = sorted(path.name for path in history.iterdir()) if history.is_dir() else []
    others = "a year, a report's folder, an archive of verify --bundle, or: published"
    if requested is None and not kept:
        raise Problem(
            Kind.NOTHING_TO_DO, f"reports/history/{settings.year}", "no earlier report of this year is kept",
            f"A report is kept when a run replaces it. Or name another with --against: {others}.",
        )  # fmt: skip
    name = requested or kept[-1]
    places = (history / name, published.parent / name, settings.workspace / name, Path(name))
    found = next((path for path in places if path.exists()), None)
    if found is None:
        raise Problem(
            Kind.SETTINGS, "--against", f'there is no report "{name}".{did_you_mean(name, kept)}',
            f"Kept of {settings.year}: {', '.join(kept) or 'none'}. Or name {others}.",
        )  # fmt: skip
    shown = (
        found.relative_to(settings.workspace).as_posix()
        if found.is_relative_to(settings.workspace)
        else name
    )
    how = "Compare with a report that this version of annual-report has made."
    if found.is_dir():
        yield _load_report(found, shown, how)
        return
    with temporary_folder() as folder:
        extract_zip(found, folder)
        yield _load_report(folder / "report", shown, how)


def _load_report(folder: Path, name: str, how: str) -> FinishedReport:
    try:
        return FinishedReport(name, folder, load_record(folder))
    except Problem as problem:
        raise Problem(problem.kind, f"{name}/{RECORD_PATH}", problem.what, how) from None
