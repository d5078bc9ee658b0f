"""A temporary folder for a run's own processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def temp_folder() -> Iterator[Path]:
    """A run's own temporary folder, whose path is short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)
