"""What earlier reports have published: their open data, and the ledger of all numbers.

The ledger of a year has every count that a report of the year has ever published. A report may be
replaced, and its open data need not have been made. Readers still have what they read, so
disclosure control has to know it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pipeline.artifacts import NumberKey
from pipeline.open_data.layout import read_open_data
from pipeline.problem import Kind, Problem
from pipeline.system.folders import (
    PRIVATE_FILE_MODE,
    PRIVATE_FOLDER_MODE,
    flush,
    make_durably,
    rename_durably,
    staging_path,
)

FIELDS = (*NumberKey._fields, "value")


def read_ledger(path: Path) -> Iterator[tuple[NumberKey, float]]:
    """Each number in a year's ledger, in the order of the file; none if there is no file.

    One number may have several values, of different reports.
    Raises Problem for a file that is damaged.
    """
    if path.exists():
        with _damage_explained(path):
            for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))):
                yield NumberKey(*(row[name] for name in NumberKey._fields)), float(row["value"])


def earlier_open_data(path: Path) -> list[tuple[NumberKey, float]]:
    """Each number in the open data of an earlier report. Raises Problem for a damaged file."""
    with _damage_explained(path):
        return list(read_open_data(path.read_bytes()))


@contextmanager
def _damage_explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, TypeError, csv.Error, IsADirectoryError):
        raise Problem(
            kind=Kind.DATA,
            where=f"reports/{path.parent.name}/{path.name}",
            what="this file, in which a run wrote what it published, is damaged or was edited",
            remedy="Restore it from a backup, or from an archive of verify --bundle.",
        ) from None


def add_to_ledger(path: Path, numbers: Mapping[NumberKey, float]) -> None:
    """Add the numbers of a report to its year's ledger, which never loses one."""
    entries = set(read_ledger(path))
    if entries >= set(numbers.items()):
        return
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for key, value in sorted(entries | set(numbers.items())):
        writer.writerow([*key, f"{value:.12g}"])
    make_durably(path.parent, PRIVATE_FOLDER_MODE)
    staging = staging_path(path)
    staging.write_text(out.getvalue(), encoding="utf-8", newline="")
    staging.chmod(PRIVATE_FILE_MODE)
    flush(staging)  # before the name is: a power cut must not leave an empty ledger
    rename_durably(staging, path)
