"""The changes between two runs: inputs, settings, software and rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.audit.diff.changes import DiffSection, diff_mappings
from pipeline.run.causes import SHA256_CHARACTERS
from pipeline.run.record import RunRecord

HASH_PREFIX_CHARACTERS = 8  # enough for a person to tell two hashes apart
CHANGES_NOTES = {True: "", False: ", with changes", None: ""}  # by whether the code was committed


def compare_runs(old: RunRecord, new: RunRecord) -> list[DiffSection]:
    """The changes between two run records: a section for each topic, even if nothing changed."""
    topics: dict[str, Callable[[RunRecord], dict[str, str]]] = {
        "Inputs": _input_files,
        "Settings": _settings_values,
        "Software": _software_versions,
        "Rows": _row_counts,
    }
    return [
        DiffSection(title, diff_mappings(describe(old), describe(new)))
        for title, describe in topics.items()
    ]


def _input_files(record: RunRecord) -> dict[str, str]:
    """The rows, size and hash of each input; the rows only if any were read from it."""
    row_counts: Counter[str] = Counter()
    for extract in record.extracts:
        path = extract.file.partition(" · ")[0]  # without the sheet of a workbook
        row_counts[path] += extract.rows
    files = {}
    for file in record.inputs:
        rows = f"{row_counts[file.path]:,} rows, " if file.path in row_counts else ""
        files[file.path] = f"{rows}{file.bytes:,} bytes, SHA-256 {_short(file.sha256)}"
    return files


def _settings_values(record: RunRecord) -> dict[str, str]:
    """Each setting, by its file and its keys."""
    options = {"formats": record.asked.formats, "final": "yes" if record.asked.final else "no"}
    values: dict[str, str] = {}
    for place, settings in (
        ("council.yaml", record.council),
        ("report.yaml", record.report),
        ("annual-report run", options),
    ):
        values.update(_flatten(place, settings))
    return values


def _flatten(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each setting below a place, outer keys first."""
    if isinstance(value, dict):
        for key, content in value.items():
            yield from _flatten(f"{place}, {key}", content)
    elif isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        for number, entry in enumerate(value, 1):
            yield from _flatten(f"{place}, entry {number}", entry)
    elif isinstance(value, list):
        yield place, ", ".join(map(str, value))
    else:
        yield place, "not set" if value is None else str(value)


def _software_versions(record: RunRecord) -> dict[str, str]:
    software = record.software
    commit = _short(software.commit or "not known")
    versions = {
        "annual-report": f"{software.version}, commit {commit}{CHANGES_NOTES[software.clean]}",
        "the package's code": _short(software.code_sha256),
        "requirements.lock": _short(software.lock_sha256 or "none"),
        "Python": software.python,
        "platform": software.platform,
    }
    versions |= software.libraries
    for format_name, formats in software.formats.items():
        for name, version in formats.items():
            versions[f"{name}, for {format_name}"] = _short_hash(version)
    for step in record.steps:
        versions[f"notebooks/{step.name}.ipynb"] = _short(step.notebook_sha256)
    return versions


def _row_counts(record: RunRecord) -> dict[str, str]:
    return {
        f"{account.extract}, {account.rule}": f"{account.rows:,}"
        for account in record.reconciliation
    }


def _short_hash(version: str) -> str:
    """A version as it is; of a hash the first characters."""
    return _short(version) if len(version) == SHA256_CHARACTERS else version


def _short(digest: str) -> str:
    return digest[:HASH_PREFIX_CHARACTERS]
