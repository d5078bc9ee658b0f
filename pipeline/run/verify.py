"""Can a report be reproduced? Compare every hash, then repeat the run in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import (
    CRATE_PATH,
    LOCK_FILE,
    RECORD_PATH,
    REPORT_PDF,
    REPORT_WORD,
)
from pipeline.problem import Kind, Problem
from pipeline.run import steps
from pipeline.run.causes import ANOTHER, Cause, software_causes
from pipeline.run.freshness import tables_digest
from pipeline.run.record import (
    FileRecord,
    RunRecord,
    accepted_digests,
    changed_fields,
    check_complete,
    current_software,
    file_digest,
    file_record,
    is_manifest,
    load_record,
    manifest_text,
    output_files,
    record_faults,
    table_files,
    table_in_workspace,
)
from pipeline.run.snapshot import copy_inputs
from pipeline.run.steps import input_files
from pipeline.settings import Settings
from pipeline.system.archives import extract_zip, zip_files
from pipeline.system.temporary import temporary_folder

BUNDLED_REPORT = "report"  # the folder of the report in an archive
BUNDLED_MANIFEST = f"{BUNDLED_REPORT}/MANIFEST.sha256"
BUNDLED_RECORD = f"{BUNDLED_REPORT}/{RECORD_PATH}"
CHANGED = "changed"
MISSING = "is missing"
NEW = "is new"
# What is said of a file of which a repeated run has another content, none, or one more.
REPEATED = {
    CHANGED: "is different when the run is repeated",
    MISSING: "is not made when the run is repeated",
    NEW: "is made in addition when the run is repeated",
}
SINCE_MADE = "since the report was made"
SINCE_PACKED = "since the archive was packed"
BY_HAND = f"by hand or by another program, {SINCE_MADE}"
NO_CAUSE = (
    "although inputs and software are the same: unless somebody edited the record, please report "
    "this as a bug"
)
RepeatRun = Callable[[Path, RunRecord], Path]


@dataclass(frozen=True)
class Difference:
    """Something that is not as the record says, and the likely reason."""

    name: str
    what: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name} {self.what}: {self.reason}"


def verify_report(settings: Settings, repeat_run: RepeatRun) -> tuple[RunRecord, list[Difference]]:
    """The record of a finished report, and everything that differs from it.

    repeat_run: makes the report that a record describes in a workspace; returns its folder.
    """
    record = load_record(settings.published_folder)
    inputs = changed_inputs(settings, record)
    return record, [
        *inputs,
        *changed_outputs(settings, record),
        *changed_tables(settings, record),
        *_record_differences(settings.published_folder, record),
        *_changes_since(settings, record, inputs, repeat_run),
    ]


def _record_differences(report_folder: Path, record: RunRecord) -> list[Difference]:
    """What of the record its own report contradicts."""
    return [Difference(name, what, BY_HAND) for name, what in record_faults(report_folder, record)]


def changed_outputs(
    settings: Settings, record: RunRecord, names: Collection[str] = ()
) -> list[Difference]:
    """The files of the report that are not as the run left them.

    names: those to look at; by default all.
    """
    folder = settings.published_folder
    recorded = [file for file in record.outputs if not names or file.path in names]
    paths = [folder / name for name in names] if names else output_files(folder)
    changes = _changed_files(recorded, _files(filter(Path.is_file, paths), folder))
    return [Difference(_report_path(settings, path), what, BY_HAND) for path, what in changes]


def changed_tables(settings: Settings, record: RunRecord) -> list[Difference]:
    """The processed tables that are not those that the report was made from."""
    current = _tables(settings, settings.processed)
    if not current:
        return [Difference(settings.tables_name, MISSING, BY_HAND)]
    if record.tables:
        changes = list(_changed_files(record.tables, current))
    else:  # a record made before tables were listed has one digest for each step
        changes = [
            (f"{settings.tables_name}/{step.name}", CHANGED)
            for step in record.steps
            if tables_digest(step.name, settings.processed) != step.made_sha256
        ]
    return [Difference(path, what, BY_HAND) for path, what in changes]


def changed_inputs(settings: Settings, record: RunRecord) -> list[Difference]:
    """The inputs that are not those that the report was made from."""
    inputs = _files(input_files(settings), settings.workspace)
    changes = _changed_files(record.inputs, inputs)
    return [Difference(path, what, f"an input, {SINCE_MADE}") for path, what in changes]


def _changes_since(
    settings: Settings, record: RunRecord, inputs: list[Difference], repeat_run: RepeatRun | None
) -> Iterator[Difference]:
    """What has changed of the software, and what a repeated run makes otherwise.

    inputs: that have changed.
    """
    with temporary_folder() as workspace:
        repeated: Path | None = None
        stop = ""
        if repeat_run:
            copy_inputs(settings, workspace)
            try:
                repeated = repeat_run(workspace, record)
            except Problem as problem:
                stop = f"\n    {problem}"
        software = list(software_causes(settings, record, repeated))
        for cause in software:
            yield Difference(cause.name, cause.what, _scope(cause.format_name))
        causes = [*(Cause(changed.name, ANOTHER) for changed in inputs), *software]
        if stop:
            yield Difference("The run", "stops when it is repeated", _reason(causes, "") + stop)
        if repeated:
            yield from _repeated_differences(settings, record, repeated, causes)


def _repeated_differences(
    settings: Settings, record: RunRecord, repeated: Path, causes: list[Cause]
) -> Iterator[Difference]:
    """What a repeated run makes that differs from the record: the tables, then the files."""
    for field in changed_fields(record, load_record(repeated)):
        yield Difference(f"{RECORD_PATH}, {field}", REPEATED[CHANGED], _reason(causes, ""))
    processed = repeated.parents[1] / settings.tables_name
    if record.tables and processed.is_dir():
        for path, what in _changed_files(record.tables, _tables(settings, processed)):
            yield Difference(path, REPEATED[what], _reason(causes, ""))
    for path, what in _changed_files(record.outputs, _files(output_files(repeated), repeated)):
        if path != CRATE_PATH:  # it contains the time of the run
            name = _report_path(settings, path)
            yield Difference(name, REPEATED[what], _reason(causes, _format_of(path)))


def _reason(causes: list[Cause], format_name: str) -> str:
    """Why a file of a format is different."""
    named = [str(cause) for cause in causes if cause.format_name in ("", format_name)]
    return f"because of {', '.join(named)}" if named else NO_CAUSE


def _scope(format_name: str) -> str:
    return f"the format {format_name} depends on it" if format_name else SINCE_MADE


def _format_of(path: str) -> str:
    """The format that a file of the report belongs to, as the record names it; empty for data."""
    return {REPORT_PDF: "pdf", REPORT_WORD: "docx"}.get(path, "html" if ".html" in path else "")


def pack_bundle(settings: Settings) -> bytes:
    """The report, its audit and the lock as an archive that `verify_bundle` checks."""
    published = settings.published_folder
    record = load_record(published)
    packed = [*output_files(published), published / RECORD_PATH]
    files = {
        f"{BUNDLED_REPORT}/{file.relative_to(published).as_posix()}": file.read_bytes()
        for file in packed
    }
    files[BUNDLED_MANIFEST] = manifest_text(record.outputs).encode("utf-8")
    lock = record.software.lock_sha256
    if lock and lock == current_software().lock_sha256:
        files[LOCK_FILE] = (steps.PROJECT_ROOT / LOCK_FILE).read_bytes()
    return zip_files(files, settings.report.data_as_at)


def verify_bundle(
    archive: Path,
    settings: Settings | None,
    repeat_run: RepeatRun | None = None,
    digest: str = "",
) -> tuple[RunRecord, list[Difference]]:
    """The record in an archive, and everything that differs from it.

    settings: of a workspace that contains the inputs, which are then compared too.
    repeat_run: makes the report again from those inputs.
    digest: what was printed when the archive was packed, of the record or of the manifest, or for
        the minutes, of the published files.
    Raises Problem if the record lists less than a run makes.
    """
    with temporary_folder() as folder:
        extract_zip(archive, folder)
        report = folder / BUNDLED_REPORT
        record = load_record(report)
        check_complete(record, str(archive))
        manifest = folder / BUNDLED_MANIFEST
        has_manifest = is_manifest(manifest, record.outputs)
        manifest.unlink(missing_ok=True)
        files = _files(output_files(report), report)
        changes = list(_changed_files(record.outputs, files))
        if not has_manifest:
            changes.append((BUNDLED_MANIFEST, "does not list the files of the record"))
        if digest and digest not in accepted_digests(report, record.outputs):
            changes.append((RECORD_PATH, "is not the record of which the SHA-256 was given"))
        changes += record_faults(report, record)
        lock = folder / LOCK_FILE
        if lock.is_file() and file_digest(lock) != record.software.lock_sha256:
            changes.append((LOCK_FILE, CHANGED))
    differences = [Difference(path, what, SINCE_PACKED) for path, what in changes]
    if settings:
        inputs = changed_inputs(settings, record)
        differences += [*inputs, *_changes_since(settings, record, inputs, repeat_run)]
    return record, differences


def bundled_record(archive: Path) -> tuple[RunRecord, str]:
    """The record in an archive, and its SHA-256."""
    with temporary_folder() as folder:
        extract_zip(archive, folder, [BUNDLED_RECORD])
        report = folder / BUNDLED_REPORT
        return load_record(report), file_digest(report / RECORD_PATH)


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


def _tables(settings: Settings, processed: Path) -> list[FileRecord]:
    """The processed tables of all steps, with their paths in the workspace."""
    return [
        table_in_workspace(table, settings)
        for step in settings.steps
        for table in table_files(step, processed)
    ]


def _files(paths: Iterable[Path], root: Path) -> list[FileRecord]:
    return [file_record(path, root) for path in paths]


def _changed_files(
    recorded: Iterable[FileRecord], current: Iterable[FileRecord]
) -> Iterator[tuple[str, str]]:
    """The files that are not as recorded, each with what happened to it, sorted by path."""
    old = {file.path: (file.sha256, file.bytes) for file in recorded}
    new = {file.path: (file.sha256, file.bytes) for file in current}
    for path in sorted({*old, *new}):
        if path not in new:
            yield path, MISSING
        elif path not in old:
            yield path, NEW
        elif old[path] != new[path]:
            yield path, CHANGED


def _report_path(settings: Settings, path: str) -> str:
    return f"{settings.report_name}/{path}"
