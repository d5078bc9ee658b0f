"""A finished report to spoil, and a place for what a run writes aside."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def reported(sample_report, tmp_path) -> Path:
    """A workspace with a good report in it."""
    shutil.copytree(sample_report.workspace, tmp_path / "reported")
    return tmp_path / "reported"


@pytest.fixture
def temporary():
    """A temporary folder of a run's own, with a path short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)
