"""The run record: what ran, on what, and what came out. Times live here and nowhere else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pipeline.settings import Settings

RECORD = "run.json"


def write_record(published: Path, settings: Settings, seconds: dict[str, float]) -> None:
    """Write `audit/run.json` beside the finished report: version, inputs and outputs with their SHA-256, seconds a step."""
    held = {str(year) for year in settings.years_held}
    inputs = [path for path in sorted(settings.raw.rglob("*")) if path.is_file() and _is_input(path, settings.raw, held)]
    outputs = [path for path in sorted(published.rglob("*")) if path.is_file()]
    record = {
        "version": version("annual-report"),
        "year": str(settings.year),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "inputs": [_file(path, settings.workspace) for path in inputs],
        "outputs": [_file(path, published) for path in outputs],
    }
    (published / "audit" / RECORD).write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _is_input(path: Path, raw: Path, held: set[str]) -> bool:
    place = path.relative_to(raw).parts
    return len(place) == 1 or place[0] in held


def _file(path: Path, root: Path) -> dict[str, str | int]:
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {"path": path.relative_to(root).as_posix(), "bytes": path.stat().st_size, "sha256": digest}
