"""The sample's extracts in the layouts in which case systems and people export them."""

from __future__ import annotations

import csv
import datetime
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from builders import SAMPLE_RAW
from workbook_files import workbook_bytes

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.clean import clean
from pipeline.settings import load_settings
from pipeline.validate.finding_tables import to_frame
from pipeline.validate.reading.read import Reading, read_extracts

YEAR = "2021-22"
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
Rows = list[list[str]]


def read_rows(path: Path) -> Rows:
    """The rows of a file of the sample, the headings among them."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_text(rows: Rows, delimiter: str = ",") -> str:
    """A CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def as_cells(rows: Rows) -> list[list[object]]:
    """The same with dates as dates and numbers as numbers, as a workbook holds them."""
    return [[_cell(text) for text in row] for row in rows]


def _cell(text: str) -> object:
    if ISO_DATE.fullmatch(text):
        return datetime.date.fromisoformat(text)
    return int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else text


def put(folder: Path, name: str, rows: Rows, ending: str = ".csv") -> None:
    """Write an extract in place of the sample's."""
    (folder / f"{name}.csv").unlink(missing_ok=True)
    path = folder / f"{name}{ending}"
    if ending in (".csv", ".tsv"):
        path.write_text(as_text(rows, "\t" if ending == ".tsv" else ","), encoding="utf-8")
    else:
        path.write_bytes(workbook_bytes(ending, {name: as_cells(rows)}))


class SampleCopy:
    """A copy of the sample, whose extracts may be changed before it is checked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(SAMPLE_RAW, folder / "data" / "raw")

    @property
    def raw(self) -> Path:
        return self.folder / "data" / "raw"

    def each(self, *names: str, change: Callable[[Rows], Rows], ending: str = ".csv") -> None:
        """Change these extracts of both years."""
        for year in sorted(self.raw.glob("*/")):
            for name in names:
                if (year / f"{name}.csv").is_file():
                    put(year, name, change(read_rows(year / f"{name}.csv")), ending)

    def add_settings(self, text: str) -> None:
        """Add lines to council.yaml."""
        path = self.raw / "council.yaml"
        path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")

    def read(self) -> Reading:
        return read_extracts(load_settings(self.folder, YEAR))

    def figures(self, validated: Reading) -> pd.DataFrame:
        """The figures of what was read."""
        settings = load_settings(self.folder, YEAR)
        tables = dict(clean(validated.tables, settings).tables)
        tables["findings"] = to_frame([]).assign(year=YEAR, reason="")
        missing = {(str(year), name) for year, name in validated.missing_extracts}
        supplied = {
            (str(year), name) for year in settings.available_years for name in validated.tables
        }
        data = CleanedData(tables, frozenset(supplied - missing), settings)
        return build_figure_table(data, validated.published)
