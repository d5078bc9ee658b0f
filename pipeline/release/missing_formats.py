"""Formats that this machine cannot make: a notice, or what stops the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.artifacts import FormatUnavailable
from pipeline.problem import Kind, Problem


@contextmanager
def noted_if_unavailable(missing: list[str]) -> Iterator[None]:
    """Add what a format lacks that this machine cannot make."""
    try:
        yield
    except FormatUnavailable as unavailable:
        missing.append(str(unavailable))


def unavailable_formats(missing: list[str], formats: list[str]) -> Problem:
    """What stops a report of which this machine cannot make some formats."""
    return Problem(
        kind=Kind.MACHINE,
        where=f"--formats {','.join(formats)}",
        what="\n".join(missing),
        remedy="Install what is missing, or name the formats that this machine can make. "
        "To make all that it can: --accept-missing-formats. The last good report is unchanged.",
    )
