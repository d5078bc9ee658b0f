"""Building the record of a run."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.artifacts import (
    AGGREGATE_STEP,
    CLEAN_STEP,
    DECISIONS_FILE,
    FINDINGS_FILE,
    RECONCILIATION_FILE,
    SOURCES_FILE,
    VALIDATE_STEP,
)
from pipeline.run.record.models import (
    RECORD_VERSION,
    ExtractRecord,
    FileRecord,
    ReconciliationRow,
    ReplacedRun,
    RunOptions,
    RunRecord,
    StepRecord,
)
from pipeline.run.record.reading import read_finished
from pipeline.run.record.software import (
    current_software,
    file_digest,
    file_record,
    output_files,
)
from pipeline.run.steps import notebook_parameters
from pipeline.settings import Settings


@dataclass(frozen=True)
class FinishedSteps:
    """What a run has done before its record is written.

    inputs: as they were when the run began.
    tables: the processed tables of the steps.
    documents_key: the digests of all that the documents depend on; empty if one is missing.
    format_software: what each format was made with besides the package and its libraries.
    last_record: where the record of the run is that this one replaces, if there is one.
    seconds: how long each step took that was run, and the documents.
    """

    options: RunOptions
    inputs: list[FileRecord]
    steps: list[StepRecord]
    tables: list[FileRecord]
    documents_key: dict[str, str]
    format_software: dict[str, dict[str, str]]
    last_record: Path
    seconds: dict[str, float]


def build_record(report_folder: Path, settings: Settings, finished: FinishedSteps) -> RunRecord:
    """The record of a run whose files are all written.

    report_folder: where they are.
    settings: the run's, whose processed folder contains what the steps made.
    """
    tables = settings.processed
    sources = _csv_rows(tables / VALIDATE_STEP / SOURCES_FILE)
    accounts = _csv_rows(tables / CLEAN_STEP / RECONCILIATION_FILE)
    return RunRecord(
        record_version=RECORD_VERSION,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        asked=finished.options,
        software=current_software(finished.format_software),
        inputs=finished.inputs,
        extracts=[ExtractRecord.model_validate(row) for row in sources],
        council=settings.council.model_dump(mode="json"),
        report=settings.report.model_dump(mode="json"),
        parameters=notebook_parameters(settings),
        steps=finished.steps,
        documents_key=finished.documents_key,
        seconds=finished.seconds,
        reconciliation=[ReconciliationRow.model_validate(row) for row in accounts],
        findings=_count_by(tables / VALIDATE_STEP / FINDINGS_FILE, "severity"),
        withheld=_count_by(tables / AGGREGATE_STEP / DECISIONS_FILE, "rule"),
        tables=finished.tables,
        outputs=[file_record(path, report_folder) for path in output_files(report_folder)],
        replaced=_replaced_run(finished.last_record),
    )


@dataclass(frozen=True)
class ExecutedStep:
    """A step that was run, or taken from the last run.

    notebook: the source. executed: the notebook with its outputs.
    tables_sha256: of the step's processed tables. key: the digests of all that it depends on.
    """

    name: str
    notebook: Path
    executed: Path
    tables_sha256: str
    key: dict[str, str]
    is_reused: bool


def step_record(step: ExecutedStep) -> StepRecord:
    """A step's entry in the record."""
    cells = json.loads(step.executed.read_text(encoding="utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return StepRecord(
        name=step.name,
        notebook_sha256=file_digest(step.notebook),
        executed_sha256=file_digest(step.executed),
        made_sha256=step.tables_sha256,
        key=step.key,
        warnings=sum(output.get("name") == "stderr" for output in outputs),
        status="unchanged" if step.is_reused else "done",
    )


def _csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _count_by(path: Path, column: str) -> dict[str, int]:
    """How many rows of a CSV file have each value of a column, by value."""
    return dict(sorted(Counter(row[column] for row in _csv_rows(path)).items()))


def _replaced_run(record_path: Path) -> ReplacedRun | None:
    finished = read_finished(record_path)
    return ReplacedRun(finished=finished, sha256=file_digest(record_path)) if finished else None
