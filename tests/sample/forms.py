"""The sample in the three forms that councils use: CSV, one workbook, and a wide export."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import openpyxl
import wide_export
import yaml

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
WHOLE_NUMBER = re.compile(r"[1-9]\d{0,5}")


def as_csv(raw: Path) -> None:
    """Leave the extracts as they are in the repository."""


def as_workbook(raw: Path) -> None:
    """Move every extract of a year into one workbook, with date cells and number cells."""
    for year in raw.glob("*/"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for path in sorted(year.glob("*.csv")):
            sheet = book.create_sheet(path.stem)
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file):
                    sheet.append([_cell_value(text) for text in row])
            path.unlink()
        book.save(year / "From the case system.xlsx")


def as_wide_export(raw: Path) -> None:
    """Write one row per case with a block of columns per stage, and the mapping to read it."""
    for year in raw.glob("*/"):
        complaints = year / "complaints.csv"
        investigations = year / "investigations.csv"
        rows = wide_export.widen(complaints.read_text(), investigations.read_text())
        complaints.write_text(wide_export.as_csv(rows))
        investigations.unlink()
    council = raw / "council.yaml"
    mapping = yaml.safe_dump(wide_export.MAPPING, sort_keys=False)
    council.write_text(council.read_text() + mapping)


def _cell_value(text: str) -> object:
    if ISO_DATE.fullmatch(text):
        return datetime.datetime.fromisoformat(text)
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return text or None
