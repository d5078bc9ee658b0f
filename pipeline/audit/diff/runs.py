"""What two runs were made of and with, held against each other: inputs, settings, software, rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from pipeline.audit.diff.changes import DiffSection, diff_mappings
from pipeline.run.record import RunRecord

HASH_PREFIX_CHARACTERS = 8  # characters of a hash by which people tell two apart


def compare_runs(old: RunRecord, new: RunRecord) -> list[DiffSection]:
    """A part for each of what a run record tells, whether anything changed in it or not."""
    parts = {
        "Inputs": _input_files,
        "Settings": _settings_values,
        "Software": _software_versions,
        "Rows": _row_counts,
    }
    return [DiffSection(title, diff_mappings(of(old), of(new))) for title, of in parts.items()]


def _input_files(record: RunRecord) -> dict[str, str]:
    """Each file with its rows, as far as rows were read from it, its size and its content."""
    rows: Counter[str] = Counter()
    for one in record.extracts:
        rows[one.file.partition(" · ")[0]] += one.rows
    of_rows = {path: f"{number:,} rows, " for path, number in rows.items()}
    return {
        one.path: f"{of_rows.get(one.path, '')}{one.bytes:,} bytes, SHA-256 {one.sha256[:HASH_PREFIX_CHARACTERS]}" for one in record.inputs
    }  # fmt: skip


def _settings_values(record: RunRecord) -> dict[str, str]:
    asked = {"formats": record.asked.formats, "final": "yes" if record.asked.final else "no"}
    held = {
        "council.yaml": record.council,
        "report.yaml": record.report,
        "annual-report run": asked,
    }
    return dict(
        setting for place, settings in held.items() for setting in _flatten(place, settings)
    )


def _flatten(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Each setting by its key, the keys around it first."""
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _flatten(f"{place}, {key}", held)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, one in enumerate(value, 1):
            yield from _flatten(f"{place}, entry {number}", one)
    else:
        yield (
            place,
            ", ".join(map(str, value))
            if isinstance(value, list)
            else "not set"
            if value is None
            else str(value),
        )


def _software_versions(record: RunRecord) -> dict[str, str]:
    used = record.software
    changed = {True: "", False: ", with changes", None: ""}[used.clean]
    return {
        "annual-report": f"{used.version}, commit {(used.commit or 'not known')[:HASH_PREFIX_CHARACTERS]}{changed}",
        "the package's code": used.code_sha256[:HASH_PREFIX_CHARACTERS],
        "requirements.lock": (used.lock_sha256 or "none")[:HASH_PREFIX_CHARACTERS],
        "Python": used.python,
        "platform": used.platform,
        **{
            f"notebooks/{step.name}.ipynb": step.notebook_sha256[:HASH_PREFIX_CHARACTERS]
            for step in record.steps
        },
    }


def _row_counts(record: RunRecord) -> dict[str, str]:
    return {f"{one.extract}, {one.rule}": f"{one.rows:,}" for one in record.reconciliation}
