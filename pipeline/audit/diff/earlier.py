"""Finished reports to compare: the year's own, and an earlier one, wherever that is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.artifacts import RECORD_PATH
from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.run.history import history_folder
from pipeline.run.record import RunRecord, load_record
from pipeline.settings import Settings
from pipeline.system.archives import extract_zip
from pipeline.system.temporary import temporary_folder

OTHER_REPORTS = "a year, a report's folder, an archive of verify --bundle, or: published"
COMPARE_REMEDY = "Compare with a report made by this version of annual-report."


@dataclass(frozen=True)
class FinishedReport:
    """A finished report.

    name: what a reader calls its folder, or the archive that contained it.
    """

    name: str
    folder: Path
    record: RunRecord

    def __str__(self) -> str:
        finished = datetime.fromisoformat(self.record.finished).astimezone(UTC)
        version = "final" if self.record.asked.final else "a draft"
        return f"{self.name}, {version}, made {finished:%Y-%m-%d at %H:%M} UTC"


def current_report(settings: Settings) -> FinishedReport:
    """The year's latest report."""
    return _load_report(
        settings.published_folder,
        name=f"{settings.report_name}",
        remedy=f"Make it: annual-report run {settings.name}",
    )


@contextmanager
def earlier_report(settings: Settings, requested: str | None) -> Iterator[FinishedReport]:
    """The report to compare with; an archive is extracted for as long as the block lasts.

    requested: the name of a report in the year's history, such as 2022-10-01-093000; a year; a
    folder; or an archive made by `verify --bundle`. By default the last report in the history.
    Raises Problem if there is none.
    """
    history = _history_names(settings)
    if requested is None and not history:
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where=f"reports/history/{settings.folder_name}",
            what="no earlier report on this year has been kept",
            remedy=(
                "A report is kept when a run replaces it. "
                f"Or name another with --against: {OTHER_REPORTS}."
            ),
        )
    path = _find_report(settings, requested or history[-1], history)
    if path.is_relative_to(settings.workspace):
        name = path.relative_to(settings.workspace).as_posix()
    else:
        name = requested or path.name
    if path.is_dir():
        yield _load_report(path, name, COMPARE_REMEDY)
        return
    with temporary_folder() as folder:
        extract_zip(path, folder)
        yield _load_report(folder / "report", name, COMPARE_REMEDY)


def _history_names(settings: Settings) -> list[str]:
    """The names of the year's reports that were replaced, oldest first."""
    folder = history_folder(settings.published_folder)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _find_report(settings: Settings, name: str, history: list[str]) -> Path:
    """The first folder or file that the name may mean."""
    published = settings.published_folder
    candidates = (
        history_folder(published) / name,
        published.parent / name,
        settings.workspace / name,
        Path(name),
    )
    for path in candidates:
        if path.exists():
            return path
    raise Problem(
        kind=Kind.SETTINGS,
        where="--against",
        what=f'there is no report "{name}".{did_you_mean(name, history)}',
        remedy=(
            f"Kept for {settings.year}: {', '.join(history) or 'none'}. Or name {OTHER_REPORTS}."
        ),
    )


def _load_report(folder: Path, name: str, remedy: str) -> FinishedReport:
    try:
        record = load_record(folder)
    except Problem as problem:
        raise Problem(
            kind=problem.kind,
            where=f"{name}/{RECORD_PATH}",
            what=problem.what,
            remedy=remedy,
        ) from None
    return FinishedReport(name, folder, record)
