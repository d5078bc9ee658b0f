"""Can a report be reproduced? Compare every hash, then repeat the run in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import CRATE_PATH, LOCK_FILE, RECORD_PATH
from pipeline.problem import Kind, Problem
from pipeline.run import steps
from pipeline.run.record import (
    FileRecord,
    RunRecord,
    current_software,
    file_digest,
    file_record,
    load_record,
    output_files,
)
from pipeline.run.steps import copy_inputs, input_files, notebook_path
from pipeline.settings import Settings
from pipeline.system.archives import extract_zip, zip_files
from pipeline.system.temporary import temporary_folder

CHANGED = "changed"
MISSING = "is missing"
NEW = "is new"
# What the message calls each field of the record's software.
SOFTWARE_NAMES = {
    "code_sha256": "the package",
    "lock_sha256": "the versions of the libraries (requirements.lock)",
    "python": "Python",
    "platform": "the kind of machine",
}
SINCE_MADE = "since the report was made"
SINCE_PACKED = "since the archive was packed"


@dataclass(frozen=True)
class Difference:
    """Something that is not as the record says, and the likely reason."""

    name: str
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.what}: {self.reason}"


def verify_report(
    settings: Settings, repeat_run: Callable[[Path, RunRecord], Path]
) -> tuple[RunRecord, list[Difference]]:
    """The record of a finished report, and everything that differs from it.

    repeat_run: makes the report that a record describes in a workspace; returns its folder.
    """
    published = settings.published_folder
    record = load_record(published)
    inputs = list(_changed_files(record.inputs, _files(input_files(settings), settings.workspace)))
    outputs = _changed_files(record.outputs, _files(output_files(published), published))
    software = list(_changed_software(record, settings))
    differences = [
        *(Difference(path, what, f"an input, {SINCE_MADE}") for path, what in inputs),
        *(
            Difference(
                _report_path(settings, path), what, f"by hand or by another program, {SINCE_MADE}"
            )
            for path, what in outputs
        ),
        *(Difference(name, "is another one", SINCE_MADE) for name in software),
    ]
    causes = [*(path for path, _ in inputs), *software]
    reason = (
        f"because of {', '.join(causes)}"
        if causes
        else "although inputs and software are the same: please report this as a bug"
    )
    return record, differences + list(_repeated_differences(settings, record, repeat_run, reason))


def _changed_software(record: RunRecord, settings: Settings) -> Iterator[str]:
    """What of the recorded software is another one now, in words."""
    now = current_software()
    for field, name in SOFTWARE_NAMES.items():
        if getattr(record.software, field) != getattr(now, field):
            yield name
    for step in record.steps:
        if step.notebook_sha256 != file_digest(notebook_path(step.name, settings.workspace)):
            yield f"notebooks/{step.name}.ipynb"


def _repeated_differences(
    settings: Settings,
    record: RunRecord,
    repeat_run: Callable[[Path, RunRecord], Path],
    reason: str,
) -> Iterator[Difference]:
    """What a repeated run makes that differs from the record."""
    with temporary_folder() as workspace:
        copy_inputs(settings, workspace)
        try:
            repeated = repeat_run(workspace, record)
        except Problem as problem:
            yield Difference("The run", "stops when it is repeated", f"{reason}\n    {problem}")
            return
        files = _files(output_files(repeated), repeated)
        for path, _ in _changed_files(record.outputs, files):
            if path != CRATE_PATH:  # it contains the time of the run
                name = _report_path(settings, path)
                yield Difference(name, "is different when the run is repeated", reason)


def write_bundle(settings: Settings, path: Path) -> None:
    """Pack the report, its audit and the lock into an archive that `verify_bundle` checks."""
    published = settings.published_folder
    record = load_record(published)
    packed = [*output_files(published), published / RECORD_PATH]
    files = {f"report/{file.relative_to(published).as_posix()}": file for file in packed}
    lock = record.software.lock_sha256
    if lock and lock == current_software().lock_sha256:
        files[LOCK_FILE] = steps.PROJECT_ROOT / LOCK_FILE
    path.write_bytes(zip_files(files, settings.report.data_as_at))


def verify_bundle(archive: Path, settings: Settings | None) -> tuple[RunRecord, list[Difference]]:
    """The record in an archive, and everything that differs from it.

    settings: of a workspace that contains the inputs, which are then compared too.
    """
    with temporary_folder() as folder:
        extract_zip(archive, folder)
        report = folder / "report"
        record = load_record(report)
        files = _files(output_files(report), report)
        differences = [
            Difference(path, what, SINCE_PACKED)
            for path, what in _changed_files(record.outputs, files)
        ]
        lock = folder / LOCK_FILE
        if lock.is_file() and file_digest(lock) != record.software.lock_sha256:
            differences.append(Difference(LOCK_FILE, CHANGED, SINCE_PACKED))
    if settings:
        inputs = _files(input_files(settings), settings.workspace)
        differences += [
            Difference(path, what, f"an input, {SINCE_MADE}")
            for path, what in _changed_files(record.inputs, inputs)
        ]
    return record, differences


def check_no_differences(differences: list[Difference], where: str) -> None:
    """Raise a Problem that lists what differs."""
    if differences:
        count = f"{len(differences)} difference{'s' * (len(differences) > 1)}"
        raise Problem(
            kind=Kind.DIFFERS,
            where=where,
            what="\n".join([count, *(f"  {difference}" for difference in differences)]),
            remedy="If an input or the package changed for a good reason, make the report again; "
            "otherwise restore the file.",
        )


def _files(paths: Iterable[Path], root: Path) -> list[FileRecord]:
    return [file_record(path, root) for path in paths]


def _changed_files(
    recorded: Iterable[FileRecord], current: Iterable[FileRecord]
) -> Iterator[tuple[str, str]]:
    """The files that are not as recorded, each with what happened to it, sorted by path."""
    old = {file.path: file.sha256 for file in recorded}
    new = {file.path: file.sha256 for file in current}
    for path in sorted({*old, *new}):
        if path not in new:
            yield path, MISSING
        elif path not in old:
            yield path, NEW
        elif old[path] != new[path]:
            yield path, CHANGED


def _report_path(settings: Settings, path: str) -> str:
    return f"reports/{settings.year}/{path}"
