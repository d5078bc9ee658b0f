"""A workspace of real files for each test, and workbooks of the three kinds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
import yaml
from builders import COUNCIL, REPORT
from layout_files import SampleCopy
from workbook_files import workbook_bytes

from pipeline.settings import load_settings
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.read import Reading, read_extracts

MAX_COMPARED_BYTES = 10**8
COMPLAINT = {
    "reference": "C1",
    "received": "2021-04-30",
    "service_area": "Early Help",
    "complainant_type": "parent",
    "route": "direct",
    "theme": "delay",
    "accepted": "yes",
    "status": "open",
}


class Workspace:
    """A folder with data/raw in which every required extract of a year is there, and empty.

    council: what council.yaml says when the extracts are read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.council = dict(COUNCIL)
        self.add_year("2021-22")

    def add_year(self, name: str) -> None:
        """Write report.yaml and the headings of every required extract."""
        for extract in EXTRACTS:
            if not extract.optional:
                self.put(f"{name}/{extract.name}.csv", ",".join(extract.column_names) + "\n")
        self.put(f"{name}/report.yaml", yaml.safe_dump(REPORT))

    def path(self, name: str) -> Path:
        """The path of a file in data/raw."""
        return self.folder / "data" / "raw" / name

    def put(self, name: str, content: str | bytes) -> Path:
        """Write a file in data/raw; its path."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def remove(self, name: str) -> None:
        self.path(name).unlink()

    def rows(self, name: str, *rows: dict, delimiter: str = ",", encoding: str = "utf-8") -> None:
        """Write an extract of 2021-22; a complaint has the cells of COMPLAINT unless given."""
        defaults = COMPLAINT if name == "complaints" else {}
        text = as_csv([defaults | row for row in rows], delimiter)
        self.put(f"2021-22/{name}.csv", text.encode(encoding))

    def read(self) -> Reading:
        """What the extracts hold, after council.yaml is written."""
        self.put("council.yaml", yaml.safe_dump(self.council, sort_keys=False))
        return read_extracts(load_settings(self.folder, "latest"))

    def file_states(self) -> dict[str, tuple[int, bytes]]:
        """When each file of the workspace was changed, and its bytes; without very large files."""
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.stat().st_size < MAX_COMPARED_BYTES
        }


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path)


def as_csv(rows: list[dict], delimiter: str = ",") -> str:
    text = io.StringIO()
    headings: dict[str, None] = {}
    for row in rows:
        headings.update(dict.fromkeys(row))
    writer = csv.DictWriter(text, list(headings), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="session")
def as_workbook():
    """as_workbook(".ods", {"complaints": [[heading…], [cell…]]}): the bytes of a workbook.

    A cell may be a text, a date, a number, None, an ErrorCell or a FormulaCell; looks say which
    sheets, rows and columns are hidden and which cells are merged.
    """
    return workbook_bytes


@pytest.fixture
def sample(tmp_path) -> SampleCopy:
    """A copy of the sample, for exports in another layout."""
    return SampleCopy(tmp_path)


@pytest.fixture(scope="module")
def own_layout(tmp_path_factory) -> tuple[Reading, pd.DataFrame]:
    """What is read of the sample in our own layout, and its figures."""
    sample = SampleCopy(tmp_path_factory.mktemp("own"))
    reading = sample.read()
    return reading, sample.figures(reading)
