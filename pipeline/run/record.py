"""The run record: what ran, on what, and what came out. Times live here and nowhere else."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.problem import Kind, Problem
from pipeline.run.steps import PROJECT_ROOT, notebook_parameters
from pipeline.settings import Settings

RECORD_PATH = "audit/run.json"  # in the report's folder
CRATE_PATH = "audit/ro-crate-metadata.json"  # the name that the format asks for
LOCK_FILE = "requirements.lock"
RECORD_VERSION = 2


class RecordPart(BaseModel):
    """A part of the record; what it does not name it does not take."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(RecordPart):
    """A file by its content."""

    path: str = Field(
        description="Inside the workspace for an input, inside the report's folder for an output."
    )
    bytes: int
    sha256: str


class ExtractRecord(RecordPart):
    """What was read of a file, or of one sheet of it."""

    extract: str
    year: str
    file: str = Field(description="Path inside the workspace; of a workbook with its sheet.")
    rows: int
    columns: int = Field(description="Columns of the data dictionary.")


class Software(RecordPart):
    """What made the report, as far as it can change a number or a byte."""

    version: str
    commit: str | None = Field(
        description="Of the project's git repository; null where it is installed without one."
    )
    clean: bool | None = Field(description="Whether nothing was changed since that commit.")
    code_sha256: str = Field(description="Of the package: every module, template and style.")
    lock_sha256: str | None = Field(
        description="Of requirements.lock, the versions of every library."
    )
    python: str
    platform: str


class RunOptions(RecordPart):
    """What the run was asked for."""

    year: str
    formats: list[str]
    final: bool


class StepRecord(RecordPart):
    """A notebook that was run."""

    name: str
    notebook_sha256: str = Field(description="Before it was run.")
    executed_sha256: str = Field(description="With its outputs, as kept in the audit.")
    made_sha256: str = Field(description="Of its tables among the processed data.")
    key: dict[str, str] = Field(
        description="The digest of all that it depends on, by part: while none changes it is not run again."
    )
    warnings: int = Field(description="Outputs that a library wrote as a warning.")
    status: Literal["done", "unchanged"] = Field(
        description="Whether it was run, or taken from the last run."
    )


class ReconciliationRow(RecordPart):
    """Rows of an extract under one rule: in, left out, kept."""

    extract: str
    rule: str
    rows: int


class ReplacedRun(RecordPart):
    """The run whose report this one took the place of."""

    finished: str
    sha256: str = Field(description="Of its run record.")


class RunRecord(RecordPart):
    """What ran, on what, with what, and what came out."""

    record_version: int = Field(
        description="Of this record's layout; another number is another layout."
    )
    finished: str = Field(description="In UTC.")
    asked: RunOptions
    software: Software
    inputs: list[FileRecord] = Field(
        description="Settings, extracts, commentary, own notebooks, and what earlier reports told."
    )
    extracts: list[ExtractRecord]
    council: dict[str, Any] = Field(description="council.yaml as it was understood.")
    report: dict[str, Any] = Field(description="report.yaml as it was understood.")
    parameters: dict[str, str] = Field(description="Handed to each notebook.")
    steps: list[StepRecord]
    documents_key: dict[str, str] = Field(
        description="As of a step; empty where this machine could not make every format."
    )
    seconds: dict[str, float] = Field(
        description="Of each step that was run, and of making the documents."
    )
    reconciliation: list[ReconciliationRow]
    findings: dict[str, int] = Field(description="By severity.")
    withheld: dict[str, int] = Field(description="Numbers withheld by disclosure control, by rule.")
    outputs: list[FileRecord]
    replaced: ReplacedRun | None


def write_record(
    report_folder: Path, settings: Settings, options: RunOptions, inputs: list[FileRecord], steps: list[StepRecord], documents_key: dict[str, str],
    seconds: dict[str, float],
) -> None:  # fmt: skip
    """Write the record of a run beside its finished report, and the same as an RO-Crate.

    published: where the report was built. settings: with what the steps made. inputs: as they were when the run began.
    """
    from pipeline.run.crate import build_crate  # late, for rocrate takes its time

    made = settings.processed
    record = RunRecord(
        record_version=RECORD_VERSION, finished=datetime.now(UTC).isoformat(timespec="seconds"), asked=options, software=current_software(),
        inputs=inputs,
        extracts=[ExtractRecord(**row) for row in _csv_rows(made / "1_validate" / "sources.csv")],
        council=settings.council.model_dump(mode="json"), report=settings.report.model_dump(mode="json"),
        parameters=notebook_parameters(settings), steps=steps, documents_key=documents_key, seconds=seconds,
        reconciliation=[ReconciliationRow(**row) for row in _csv_rows(made / "2_clean" / "reconciliation.csv")],
        findings=_count_by(made / "1_validate" / "findings.csv", "severity"),
        withheld=_count_by(made / "3_aggregate" / "disclosure.csv", "rule"),
        outputs=[file_record(path, report_folder) for path in output_files(report_folder)],
        replaced=_replaced_run(settings.published_folder / RECORD_PATH),
    )  # fmt: skip
    (report_folder / CRATE_PATH).write_bytes(build_crate(record))
    whole = record.model_copy(
        update={
            "outputs": [*record.outputs, file_record(report_folder / CRATE_PATH, report_folder)]
        }
    )
    (report_folder / RECORD_PATH).write_text(
        whole.model_dump_json(indent=1) + "\n", encoding="utf-8"
    )


def load_record(report_folder: Path) -> RunRecord:
    """The record of a finished report; a Problem where there is none, or none of this layout."""
    path = report_folder / RECORD_PATH
    where, how = (
        f"reports/{report_folder.name}/{RECORD_PATH}",
        f"Make the report once more: annual-report run {report_folder.name}",
    )
    if not path.is_file():
        raise Problem(Kind.NOTHING_TO_DO, where, "there is no record of a run", how)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.get("record_version") != RECORD_VERSION:
            raise Problem(
                Kind.DIFFERS,
                where,
                "this record is of another version of annual-report, with another layout",
                how,
            )
        return RunRecord.model_validate(held)
    except ValueError:
        raise Problem(
            Kind.DIFFERS,
            where,
            "this is no record of a run: it was changed by hand, or is broken",
            how,
        ) from None


def last_run_options(report_folder: Path) -> RunOptions | None:
    """What the last run was asked for; None where there is no record of it."""
    try:
        return load_record(report_folder).asked
    except Problem:
        return None


def read_finished(record: Path) -> str | None:
    """When the run of a record, of whatever layout, was done; None where that cannot be read."""
    return _read_field(record, "finished")


def read_replaced_digest(record: Path) -> str | None:
    """The SHA-256 of the record that the run of a record, of whatever layout, replaced; None where none is named."""
    return _read_field(record, "replaced", "sha256")


def _read_field(record: Path, *keys: str) -> str | None:
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        for key in keys:
            told = told[key]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def output_files(report_folder: Path) -> list[Path]:
    """The files of a report and its audit, but for the record itself."""
    return [
        path
        for path in sorted(report_folder.rglob("*"))
        if path.is_file() and path != report_folder / RECORD_PATH
    ]


def file_record(path: Path, root: Path) -> FileRecord:
    """A file by its content, named inside a folder."""
    return FileRecord(
        path=path.relative_to(root).as_posix(), bytes=path.stat().st_size, sha256=file_digest(path)
    )


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def current_software() -> Software:
    """The software as it is here and now."""
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return Software(
        version=version("annual-report"), commit=commit, clean=None if changes is None else not changes,
        code_sha256=package_digest(), lock_sha256=lock_digest(), python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}",
    )  # fmt: skip


def package_digest() -> str:
    """The SHA-256 of the package: every module, template and style."""
    told = hashlib.sha256()
    for path in sorted(
        path
        for path in (PROJECT_ROOT / "pipeline").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ):
        told.update(f"{path.relative_to(PROJECT_ROOT).as_posix()} {file_digest(path)}\n".encode())
    return told.hexdigest()


def lock_digest() -> str | None:
    """The SHA-256 of the lock; None where the package is installed without one."""
    return file_digest(PROJECT_ROOT / LOCK_FILE) if (PROJECT_ROOT / LOCK_FILE).is_file() else None


def _git(*args: str) -> str | None:
    if not (PROJECT_ROOT / ".git").exists():
        return None
    try:
        ended = subprocess.run(
            ["git", "-C", str(PROJECT_ROOT), *args], capture_output=True, text=True, check=False
        )
    except OSError:  # there is no git
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None


def step_record(
    name: str,
    notebook: Path,
    executed: Path,
    tables_sha256: str,
    key: dict[str, str],
    unchanged: bool,
) -> StepRecord:
    """A step as the record tells of it. made: the digest of its tables."""
    outputs = [
        output
        for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", [])
    ]
    warnings = sum(output.get("name") == "stderr" for output in outputs)
    return StepRecord(
        name=name, notebook_sha256=file_digest(notebook), executed_sha256=file_digest(executed), made_sha256=tables_sha256, key=key,
        warnings=warnings, status="unchanged" if unchanged else "done",
    )  # fmt: skip


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def _count_by(path: Path, column: str) -> dict[str, int]:
    return dict(sorted(Counter(row[column] for row in _csv_rows(path)).items()))


def _replaced_run(record_path: Path) -> ReplacedRun | None:
    finished = read_finished(record_path)
    return ReplacedRun(finished=finished, sha256=file_digest(record_path)) if finished else None
