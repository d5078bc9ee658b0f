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
from pipeline.run.steps import PROJECT, parameters_of
from pipeline.settings import Settings

RECORD = "audit/run.json"  # in the report's folder
CRATE = "audit/ro-crate-metadata.json"  # the name that the format asks for
LOCK = "requirements.lock"
SCHEMA = 2


class Part(BaseModel):
    """A part of the record; what it does not name it does not take."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class File(Part):
    """A file by its content."""

    path: str = Field(
        description="Inside the workspace for an input, inside the report's folder for an output."
    )
    bytes: int
    sha256: str


class Extract(Part):
    """What was read of a file, or of one sheet of it."""

    extract: str
    year: str
    file: str = Field(description="Path inside the workspace; of a workbook with its sheet.")
    rows: int
    columns: int = Field(description="Columns of the data dictionary.")


class Software(Part):
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


class Asked(Part):
    """What the run was asked for."""

    year: str
    formats: list[str]
    final: bool


class Step(Part):
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


class Account(Part):
    """Rows of an extract under one rule: in, left out, kept."""

    extract: str
    rule: str
    rows: int


class Replaced(Part):
    """The run whose report this one took the place of."""

    finished: str
    sha256: str = Field(description="Of its run record.")


class RunRecord(Part):
    """What ran, on what, with what, and what came out."""

    record_version: int = Field(
        description="Of this record's layout; another number is another layout."
    )
    finished: str = Field(description="In UTC.")
    asked: Asked
    software: Software
    inputs: list[File] = Field(
        description="Settings, extracts, commentary, own notebooks, and what earlier reports told."
    )
    extracts: list[Extract]
    council: dict[str, Any] = Field(description="council.yaml as it was understood.")
    report: dict[str, Any] = Field(description="report.yaml as it was understood.")
    parameters: dict[str, str] = Field(description="Handed to each notebook.")
    steps: list[Step]
    documents_key: dict[str, str] = Field(
        description="As of a step; empty where this machine could not make every format."
    )
    seconds: dict[str, float] = Field(
        description="Of each step that was run, and of making the documents."
    )
    reconciliation: list[Account]
    findings: dict[str, int] = Field(description="By severity.")
    withheld: dict[str, int] = Field(description="Numbers withheld by disclosure control, by rule.")
    outputs: list[File]
    replaced: Replaced | None


def write_record(
    published: Path, settings: Settings, asked: Asked, inputs: list[File], steps: list[Step], documents_key: dict[str, str],
    seconds: dict[str, float],
) -> None:  # fmt: skip
    """Write the record of a run beside its finished report, and the same as an RO-Crate.

    published: where the report was built. settings: with what the steps made. inputs: as they were when the run began.
    """
    from pipeline.run.crate import crate_of  # late, for rocrate takes its time

    made = settings.processed
    record = RunRecord(
        record_version=SCHEMA, finished=datetime.now(UTC).isoformat(timespec="seconds"), asked=asked, software=software(),
        inputs=inputs,
        extracts=[Extract(**row) for row in _rows(made / "1_validate" / "sources.csv")],
        council=settings.council.model_dump(mode="json"), report=settings.report.model_dump(mode="json"),
        parameters=parameters_of(settings), steps=steps, documents_key=documents_key, seconds=seconds,
        reconciliation=[Account(**row) for row in _rows(made / "2_clean" / "reconciliation.csv")],
        findings=_counted(made / "1_validate" / "findings.csv", "severity"),
        withheld=_counted(made / "3_aggregate" / "disclosure.csv", "rule"),
        outputs=[as_file(path, published) for path in outputs_of(published)],
        replaced=_replaced(settings.published_folder / RECORD),
    )  # fmt: skip
    (published / CRATE).write_bytes(crate_of(record))
    whole = record.model_copy(
        update={"outputs": [*record.outputs, as_file(published / CRATE, published)]}
    )
    (published / RECORD).write_text(whole.model_dump_json(indent=1) + "\n", encoding="utf-8")


def load_record(published: Path) -> RunRecord:
    """The record of a finished report; a Problem where there is none, or none of this layout."""
    path = published / RECORD
    where, how = (
        f"reports/{published.name}/{RECORD}",
        f"Make the report once more: annual-report run {published.name}",
    )
    if not path.is_file():
        raise Problem(Kind.NOTHING_TO_DO, where, "there is no record of a run", how)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held.get("record_version") != SCHEMA:
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


def asked_before(published: Path) -> Asked | None:
    """What the last run was asked for; None where there is no record of it."""
    try:
        return load_record(published).asked
    except Problem:
        return None


def finished_of(record: Path) -> str | None:
    """When the run of a record, of whatever layout, was done; None where that cannot be read."""
    return _told_by(record, "finished")


def replaced_by(record: Path) -> str | None:
    """The SHA-256 of the record that the run of a record, of whatever layout, replaced; None where none is named."""
    return _told_by(record, "replaced", "sha256")


def _told_by(record: Path, *keys: str) -> str | None:
    try:
        told = json.loads(record.read_text(encoding="utf-8"))
        for key in keys:
            told = told[key]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def outputs_of(published: Path) -> list[Path]:
    """The files of a report and its audit, but for the record itself."""
    return [
        path
        for path in sorted(published.rglob("*"))
        if path.is_file() and path != published / RECORD
    ]


def as_file(path: Path, root: Path) -> File:
    """A file by its content, named inside a folder."""
    return File(
        path=path.relative_to(root).as_posix(), bytes=path.stat().st_size, sha256=digest(path)
    )


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def software() -> Software:
    """The software as it is here and now."""
    commit, changes = _git("rev-parse", "HEAD"), _git("status", "--porcelain")
    return Software(
        version=version("annual-report"), commit=commit, clean=None if changes is None else not changes,
        code_sha256=code_digest(), lock_sha256=lock_digest(), python=platform.python_version(),
        platform=f"{sys.platform} {platform.machine()}",
    )  # fmt: skip


def code_digest() -> str:
    """The SHA-256 of the package: every module, template and style."""
    told = hashlib.sha256()
    for path in sorted(
        path
        for path in (PROJECT / "pipeline").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ):
        told.update(f"{path.relative_to(PROJECT).as_posix()} {digest(path)}\n".encode())
    return told.hexdigest()


def lock_digest() -> str | None:
    """The SHA-256 of the lock; None where the package is installed without one."""
    return digest(PROJECT / LOCK) if (PROJECT / LOCK).is_file() else None


def _git(*asked: str) -> str | None:
    if not (PROJECT / ".git").exists():
        return None
    try:
        ended = subprocess.run(
            ["git", "-C", str(PROJECT), *asked], capture_output=True, text=True, check=False
        )
    except OSError:  # there is no git
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None


def as_step(
    name: str, notebook: Path, executed: Path, made: str, key: dict[str, str], unchanged: bool
) -> Step:
    """A step as the record tells of it. made: the digest of its tables."""
    outputs = [
        output
        for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]
        for output in cell.get("outputs", [])
    ]
    warnings = sum(output.get("name") == "stderr" for output in outputs)
    return Step(
        name=name, notebook_sha256=digest(notebook), executed_sha256=digest(executed), made_sha256=made, key=key,
        warnings=warnings, status="unchanged" if unchanged else "done",
    )  # fmt: skip


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def _counted(path: Path, column: str) -> dict[str, int]:
    return dict(sorted(Counter(row[column] for row in _rows(path)).items()))


def _replaced(before: Path) -> Replaced | None:
    finished = finished_of(before)
    return Replaced(finished=finished, sha256=digest(before)) if finished else None
