"""Errors in reading a finished report, explained by its files that are not as its run left them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.problem import Kind, Problem
from pipeline.run.record import file_digest, load_record


@contextmanager
def damage_explained(workspace: Path, *reports: Path) -> Iterator[None]:
    """Explain an error in the block by a file of one of the reports that is damaged or was edited.

    Raises Problem if there is such a file, and otherwise the error itself.

    workspace: which contains the tables. reports: the folders of the reports that are read.
    """
    try:
        yield
    except Problem:
        raise
    except Exception:
        changed = next(_changed_files(workspace, reports), None)
        if changed is None:
            raise
        raise Problem(
            kind=Kind.DIFFERS,
            where=str(changed),
            what="this file is not as the run record says, and cannot be read",
            remedy="Restore it, or make the report again with: annual-report run --force",
        ) from None


def _changed_files(workspace: Path, reports: tuple[Path, ...]) -> Iterator[Path]:
    for folder in reports:
        record = load_record(folder)
        recorded = [(folder / file.path, file.sha256) for file in record.outputs]
        recorded += [(workspace / file.path, file.sha256) for file in record.tables]
        for path, digest in recorded:
            if path.is_file() and file_digest(path) != digest:
                yield path
