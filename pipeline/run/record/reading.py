"""Reading the record of a finished report."""

from __future__ import annotations

import json
from pathlib import Path

from pipeline.artifacts import RECORD_PATH
from pipeline.problem import Kind, Problem
from pipeline.run.record.models import RECORD_VERSION, RunOptions, RunRecord


def load_record(report_folder: Path) -> RunRecord:
    """The record of a finished report.

    Raises Problem if there is none, or if it has another layout.
    """
    path = report_folder / RECORD_PATH
    where = f"reports/{report_folder.name}/{RECORD_PATH}"
    remedy = f"Make the report again: annual-report run {report_folder.name}"
    if not path.is_file():
        raise Problem(
            kind=Kind.NOTHING_TO_DO, where=where, what="there is no run record", remedy=remedy
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content.get("record_version")
    except (ValueError, AttributeError, RecursionError):
        raise _damaged(where, remedy) from None
    if version != RECORD_VERSION:
        raise Problem(
            kind=Kind.DIFFERS,
            where=where,
            what="another version of annual-report wrote this record, with another layout",
            remedy=remedy,
        )
    try:
        return RunRecord.model_validate(content)
    except ValueError:
        raise _damaged(where, remedy) from None


def _damaged(where: str, remedy: str) -> Problem:
    return Problem(
        kind=Kind.DIFFERS,
        where=where,
        what="this is not a run record: it was edited by hand or is damaged",
        remedy=remedy,
    )


def last_run_options(report_folder: Path) -> RunOptions | None:
    """What the last run was asked to make; None if it left no record."""
    try:
        return load_record(report_folder).asked
    except Problem:
        return None


def read_finished(record: Path) -> str | None:
    """When the run of a record of any layout finished; None if it does not say."""
    return _read_field(record, "finished")


def read_replaced_digest(record: Path) -> str | None:
    """The SHA-256 of the record that a run replaced, of any layout; None if there is none."""
    return _read_field(record, "replaced", "sha256")


def _read_field(record: Path, *keys: str) -> str | None:
    try:
        value = json.loads(record.read_text(encoding="utf-8"))
        for key in keys:
            value = value[key]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if isinstance(value, str) else None
