"""How the tests of faults start a run and compare what it leaves."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from builders import COMMAND, file_bytes
from runs import RUN_SECONDS, YEAR, untimed_bytes

from pipeline.run.record import RECORD_PATH, file_digest

END_SECONDS = 20  # for the last processes of a run that was killed or failed
on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="kills processes, mounts disks and sets limits as on Linux"
)


def start_html_run(
    workspace: Path, temp_folder: Path, command: Sequence[str | Path] = (), **options: Any
) -> subprocess.Popen:
    """A run of HTML alone, the shortest there is, from the first step.

    command: what starts instead of `annual-report`. options: of Popen.
    """
    arguments = ["run", YEAR, "--workspace", workspace, "--formats", "html", "--force"]
    return subprocess.Popen(
        [*(command or [COMMAND]), *arguments],
        env=os.environ | {"TMPDIR": str(temp_folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def errors_of(run: subprocess.Popen, seconds: float = RUN_SECONDS) -> str:
    """What a run writes to standard error until it ends."""
    return run.communicate(timeout=seconds)[1]


def folder_digests(workspace: Path) -> dict[str, str]:
    """The digests of the tables and the report, without times; none for a missing folder."""
    digests = {}
    for name in ("data/processed", "reports"):
        folder = workspace / name / YEAR
        if folder.exists():
            content = repr(sorted(untimed_bytes(folder).items()))
            digests[name] = hashlib.sha256(content.encode()).hexdigest()
    return digests


def raw_bytes(workspace: Path) -> dict[str, bytes]:
    return file_bytes(workspace / "data" / "raw")


@dataclass(frozen=True)
class Snapshot:
    """A workspace's raw data, and the digests of its tables and its report."""

    raw: dict[str, bytes]
    digests: dict[str, str]

    @classmethod
    def of(cls, workspace: Path) -> Snapshot:
        return cls(raw_bytes(workspace), folder_digests(workspace))


def agrees_with_its_record(report: Path) -> bool:
    """Whether a report has exactly the files that its record names, with their content."""
    record = json.loads((report / RECORD_PATH).read_text(encoding="utf-8"))
    digests = {file["path"]: file["sha256"] for file in record["outputs"]}
    paths = file_bytes(report).keys() - {RECORD_PATH}
    return digests == {path: file_digest(report / path) for path in paths}
