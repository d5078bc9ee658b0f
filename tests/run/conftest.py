"""What the tests of runs may ask for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def temporary():
    """A temporary folder of a run's own, with a path short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)
