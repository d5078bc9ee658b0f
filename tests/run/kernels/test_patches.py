"""The patches of libraries are used only with the versions that they were written for."""

from __future__ import annotations

import platform
from importlib.metadata import version

import pytest

from pipeline.run.kernels.patches import WRITTEN_FOR


@pytest.mark.parametrize("library", WRITTEN_FOR)
def test_patched_library_has_a_version_that_was_read(library):
    installed = platform.python_version() if library == "python" else version(library)
    release = ".".join(installed.split(".")[:2])
    assert release in WRITTEN_FOR[library], (
        f"{library} is now {release}: look at pipeline/run/kernels/patches, whether each patch "
        f"still fits and is still needed, then add {release} to WRITTEN_FOR"
    )
