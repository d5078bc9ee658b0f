"""The small table of reference data that a workspace keeps, in `data/raw/reference/`."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from pipeline.problem import Kind, Problem
from pipeline.settings import Settings
from pipeline.settings.workspace import REFERENCE_FOLDER
from pipeline.system.folders import replace_atomically

ROWS_FILE = "reference.csv"
SOURCES_FILE = "sources.csv"


class ReferenceRow(NamedTuple):
    """A number that another body published.

    year: the financial year, such as 2024-25; empty where it has none.
    code, name: of the area. value: the number, or a symbol in its place.
    file, row: where it was read.
    """

    source: str
    measure: str
    year: str
    code: str
    name: str
    value: str
    file: str
    row: str


class Source(NamedTuple):
    """A file that was read.

    key: what a later file of the same kind replaces. read_on: the day on which it was read.
    """

    key: str
    source: str
    file: str
    title: str
    publisher: str
    licence: str
    address: str
    read_on: str
    sha256: str


class Reference(NamedTuple):
    """All reference data of a workspace."""

    rows: list[ReferenceRow]
    sources: list[Source]

    def values(self, measure: str, year: str) -> dict[str, ReferenceRow]:
        """The rows of a measure in a year, by the code of the area."""
        return {row.code: row for row in self.rows if (row.measure, row.year) == (measure, year)}


def reference_folder(raw: Path) -> Path:
    return raw / REFERENCE_FOLDER


def load_reference(settings: Settings) -> Reference:
    """What was kept; nothing if there is none. Raises Problem for a damaged file."""
    folder = reference_folder(settings.raw)
    if not (folder / ROWS_FILE).is_file():
        return Reference([], [])
    try:
        rows = [ReferenceRow(**row) for row in _read(folder / ROWS_FILE)]
        sources = [Source(**row) for row in _read(folder / SOURCES_FILE)]
    except (TypeError, ValueError, OSError, csv.Error):
        raise Problem(
            kind=Kind.DATA,
            where=f"data/raw/{REFERENCE_FOLDER}",
            what="a file in this folder, which `annual-report reference` writes, is damaged",
            remedy="Delete the folder, and read the downloaded files again.",
        ) from None
    return Reference(rows, sources)


def save_reference(reference: Reference, settings: Settings) -> Path:
    """Write the folder as a whole; its path."""
    target = reference_folder(settings.raw)
    with replace_atomically(target) as folder:
        _write(folder / ROWS_FILE, ReferenceRow._fields, sorted(reference.rows))
        _write(folder / SOURCES_FILE, Source._fields, sorted(reference.sources))
    return target


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, fields: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(fields)
        writer.writerows(rows)
