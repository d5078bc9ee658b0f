"""The models of the run record: what ran, on what, and what came out. Times are recorded only here."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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
