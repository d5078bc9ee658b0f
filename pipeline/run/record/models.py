"""The models of the run record, whose fields are the keys of `run.json`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

RECORD_VERSION = 2


class RecordPart(BaseModel):
    """What the parts of the record have in common: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRecord(RecordPart):
    """A file by its content."""

    path: str = Field(
        description="Relative to the report's folder for an output, else to the workspace."
    )
    bytes: int
    sha256: str


class ExtractRecord(RecordPart):
    """What was read from a file, or from one sheet of it."""

    extract: str
    year: str
    file: str = Field(description="Path in the workspace; for a workbook, with the sheet.")
    rows: int
    columns: int = Field(description="Number of columns that are in the data dictionary.")


class Software(RecordPart):
    """What made the report, as far as it can change a number or a byte."""

    version: str
    commit: str | None = Field(
        description="Of the project's git repository; null if it is installed without one."
    )
    clean: bool | None = Field(description="Whether nothing has been changed since that commit.")
    code_sha256: str = Field(description="Of the package: every module, template and style.")
    lock_sha256: str | None = Field(
        description="Of requirements.lock, the versions of every library."
    )
    python: str
    platform: str
    libraries: dict[str, str] = Field(
        default={},
        description="The version of each library that the package itself asks for, as installed.",
    )
    formats: dict[str, dict[str, str]] = Field(
        default={},
        description="What the bytes of each format that was made depend on besides: the SHA-256 of "
        "the fonts, and the versions of pango, harfbuzz, harfbuzz_subset and pandoc.",
    )


class RunOptions(RecordPart):
    """What the run was asked to make."""

    year: str
    formats: list[str]
    final: bool
    to: str | None = Field(default=None, description="The last day of part of a year.")

    @property
    def year_text(self) -> str:
        """The year as `load_settings` reads it."""
        year, slash, procedure = self.year.partition("/")
        return f"{year}:{self.to}{slash}{procedure}" if self.to else self.year


class StepRecord(RecordPart):
    """A notebook that was run."""

    name: str
    notebook_sha256: str = Field(description="Before it was run.")
    executed_sha256: str = Field(description="With its outputs, as kept in the audit.")
    made_sha256: str = Field(description="Of the tables that it wrote to the processed data.")
    key: dict[str, str] = Field(
        description="The digests of everything that it depends on, by part: while none changes, it "
        "is not run again."
    )
    warnings: int = Field(description="Number of outputs that a library wrote as a warning.")
    status: Literal["done", "unchanged"] = Field(
        description="Whether it was run or taken from the last run."
    )


class ReconciliationRow(RecordPart):
    """The number of rows of an extract under one rule: read, left out or kept."""

    extract: str
    rule: str
    rows: int


class ReplacedRun(RecordPart):
    """The run whose report this one replaced."""

    finished: str
    sha256: str = Field(description="Of its run record.")


class RunRecord(RecordPart):
    """What ran, on what, with which software, and what came out."""

    record_version: int = Field(description="Version of this record's layout.")
    finished: str = Field(description="In UTC.")
    asked: RunOptions
    software: Software
    inputs: list[FileRecord] = Field(
        description="Settings, extracts, commentary, own notebooks and earlier open data."
    )
    extracts: list[ExtractRecord]
    council: dict[str, Any] = Field(description="council.yaml as it was understood.")
    report: dict[str, Any] = Field(description="report.yaml as it was understood.")
    parameters: dict[str, str] = Field(description="The parameters of each notebook.")
    steps: list[StepRecord]
    documents_key: dict[str, str] = Field(
        description="Like the key of a step; empty if this machine could not make every format."
    )
    seconds: dict[str, float] = Field(
        description="How long each step that was run took, and the documents."
    )
    reconciliation: list[ReconciliationRow]
    findings: dict[str, int] = Field(description="By severity.")
    withheld: dict[str, int] = Field(description="Numbers withheld by disclosure control, by rule.")
    tables: list[FileRecord] = Field(
        default=[],
        description="The tables of the processed data that the report was made from.",
    )
    outputs: list[FileRecord]
    manifest_sha256: str = Field(
        default="",
        description="Of the list of the outputs with their digests, which an archive contains.",
    )
    replaced: ReplacedRun | None
