"""A finished report to change, and a temporary folder for a run's own processes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def reported_workspace(sample_report, tmp_path) -> Path:
    """A workspace with a finished report, whose files a test may change."""
    return Path(shutil.copytree(sample_report.workspace, tmp_path / "reported"))


@pytest.fixture
def temp_folder() -> Iterator[Path]:
    """A run's own temporary folder, whose path is short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)
