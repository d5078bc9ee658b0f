"""The sample year in the three forms in which councils have it: CSV, one workbook, a wide export with a mapping."""

from __future__ import annotations

import csv
import datetime
import re
from pathlib import Path

import openpyxl
import wide_export
import yaml


def as_text(raw: Path) -> None:
    """As it is in the repository."""


def as_workbook(raw: Path) -> None:
    """Every extract of a year in one workbook, dates as date cells, whole numbers as numbers."""
    for year in raw.glob("*/"):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for path in sorted(year.glob("*.csv")):
            sheet = book.create_sheet(path.stem)
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.reader(file):
                    sheet.append([_cell(text) for text in row])
            path.unlink()
        book.save(year / "From the case system.xlsx")


def as_wide_export(raw: Path) -> None:
    """One row a case with a block of columns a stage; council.yaml says which is which."""
    for year in raw.glob("*/"):
        complaints, investigations = (
            year / f"{name}.csv" for name in ("complaints", "investigations")
        )
        complaints.write_text(
            wide_export.as_text(
                wide_export.widen(complaints.read_text(), investigations.read_text())
            )
        )
        investigations.unlink()
    council = raw / "council.yaml"
    council.write_text(council.read_text() + yaml.safe_dump(wide_export.MAPPING, sort_keys=False))


def _cell(text: str) -> object:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.datetime.fromisoformat(text)
    return int(text) if re.fullmatch(r"[1-9]\d{0,5}", text) else text or None
