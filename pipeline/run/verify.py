"""Is the report what the code makes of these inputs? Hashes first, then the whole run once more, aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.run.record import (
    CRATE_PATH,
    LOCK_FILE,
    RECORD_PATH,
    FileRecord,
    RunRecord,
    current_software,
    file_digest,
    file_record,
    load_record,
    output_files,
)
from pipeline.run.steps import PROJECT_ROOT, copy_inputs, input_files, notebook_path
from pipeline.settings import Settings
from pipeline.system.archives import extract_zip, zip_files
from pipeline.system.temporary import temporary_folder

CHANGED, GONE, NEW = "changed", "is gone", "is new"
SOFTWARE_NAMES = {
    "code_sha256": "the package", "lock_sha256": "the versions of the libraries (requirements.lock)", "python": "Python",
    "platform": "the kind of machine",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A file that is not as the record says, and why that may be."""

    file: str
    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.file} {self.what}: {self.why}"


def verify_report(
    settings: Settings, rerun: Callable[[Path, RunRecord], Path]
) -> tuple[RunRecord, list[Difference]]:
    """The record of a finished report and all that differs from it: inputs, outputs, and what a further run makes.

    rerun: makes the report again in the workspace given, as the record says that it was made; its folder.
    """
    record, published = load_record(settings.published_folder), settings.published_folder
    inputs = list(
        _changed_files(
            record.inputs, [file_record(path, settings.workspace) for path in input_files(settings)]
        )
    )
    outputs = list(
        _changed_files(
            record.outputs, [file_record(path, published) for path in output_files(published)]
        )
    )
    found = [
        Difference(file, what, "an input of the report, since it was made") for file, what in inputs
    ]
    found += [
        Difference(
            _report_path(settings, file), what, "by hand, or by another program, since it was made"
        )
        for file, what in outputs
    ]
    now = current_software()
    other = [
        said
        for name, said in SOFTWARE_NAMES.items()
        if getattr(record.software, name) != getattr(now, name)
    ]
    other += [
        f"notebooks/{step.name}.ipynb"
        for step in record.steps
        if step.notebook_sha256 != file_digest(notebook_path(step.name, settings.workspace))
    ]
    found += [Difference(said, "is another one", "since the report was made") for said in other]
    because = [*(file for file, _ in inputs), *other]
    why = (
        f"because of {', '.join(because)}"
        if because
        else "from the same inputs with the same software: this is a defect"
    )
    with temporary_folder() as workspace:
        copy_inputs(settings, workspace)
        try:
            made = rerun(workspace, record)
        except Problem as problem:
            return record, [
                *found,
                Difference(
                    "The run", "stops when the report is made again", f"{why}\n    {problem}"
                ),
            ]
        again = _changed_files(
            record.outputs, [file_record(path, made) for path in output_files(made)]
        )
        found += [
            Difference(
                _report_path(settings, file), "comes out otherwise when it is made again", why
            )
            for file, _ in again
            if file != CRATE_PATH  # which says when the run was
        ]
    return record, found


def write_bundle(settings: Settings, path: Path) -> None:
    """Pack the report, its audit and the lock into one archive, which `verify_bundle` checks anywhere."""
    record, published = load_record(settings.published_folder), settings.published_folder
    files = {
        f"report/{path.relative_to(published).as_posix()}": path
        for path in [*output_files(published), published / RECORD_PATH]
    }
    if (
        record.software.lock_sha256
        and current_software().lock_sha256 == record.software.lock_sha256
    ):
        files[LOCK_FILE] = PROJECT_ROOT / LOCK_FILE
    path.write_bytes(zip_files(files, settings.report.data_as_at))


def verify_bundle(archive: Path, settings: Settings | None) -> tuple[RunRecord, list[Difference]]:
    """The record in an archive, and all that differs from it: its files, and the inputs where a workspace holds them."""
    with temporary_folder() as here:
        extract_zip(archive, here)
        record = load_record(here / "report")
        files = [file_record(path, here / "report") for path in output_files(here / "report")]
        found = [
            Difference(file, what, "since the archive was packed")
            for file, what in _changed_files(record.outputs, files)
        ]
        if (here / LOCK_FILE).is_file() and file_digest(
            here / LOCK_FILE
        ) != record.software.lock_sha256:
            found.append(Difference(LOCK_FILE, CHANGED, "since the archive was packed"))
    if settings:
        inputs = [file_record(path, settings.workspace) for path in input_files(settings)]
        found += [
            Difference(file, what, "an input, since the report was made")
            for file, what in _changed_files(record.inputs, inputs)
        ]
    return record, found


def check_no_differences(differences: list[Difference], where: str) -> None:
    """Raise a Problem that lists what differs."""
    if differences:
        raise Problem(
            Kind.DIFFERS, where, f"{len(differences)} differences\n" + "\n".join(f"  {one}" for one in differences),
            "Where an input or the package has changed for good reason, make the report again; otherwise put the file back.",
        )  # fmt: skip


def _changed_files(
    recorded: Iterable[FileRecord], now: Iterable[FileRecord]
) -> Iterator[tuple[str, str]]:
    """The files that are other than recorded, gone or new, in the order of their paths."""
    before, after = ({one.path: one.sha256 for one in files} for files in (recorded, now))
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            yield path, GONE if path not in after else NEW if path not in before else CHANGED


def _report_path(settings: Settings, file: str) -> str:
    return f"reports/{settings.year}/{file}"
