"""Fixtures for tests of runs: a finished report to change, and a temporary folder for a run."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def reported(sample_report, tmp_path) -> Path:
    """A workspace with a good report, which a test may change."""
    shutil.copytree(sample_report.workspace, tmp_path / "reported")
    return tmp_path / "reported"


@pytest.fixture
def temporary():
    """A temporary folder for one run, with a path short enough for the name of a socket."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)
