"""Findings as a table, and as a CSV file for a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import fields
from pathlib import Path

import pandas as pd

from pipeline.validate.findings import Finding, masked, sort_findings

FINDING_COLUMNS = [field.name for field in fields(Finding) if field.name != "hidden"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def to_frame(findings: list[Finding]) -> pd.DataFrame:
    """One row per finding, in order, personal values masked.

    The columns are the fields of Finding; numbers are Int64.
    """
    visible = [masked(finding) for finding in sort_findings(findings)]
    rows = [[getattr(finding, name) for name in FINDING_COLUMNS] for finding in visible]
    dtypes = {name: "Int64" if name in ("row", "stands_for") else "str" for name in FINDING_COLUMNS}
    return pd.DataFrame(rows, columns=FINDING_COLUMNS).astype(dtypes)


def write_csv(findings: list[Finding], path: Path) -> None:
    """Write the table of `to_frame`, which a spreadsheet opens as text and never as a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FINDING_COLUMNS)
    for cells in to_frame(findings).itertuples(index=False):
        writer.writerow("" if pd.isna(cell) else _escape_formula(cell) for cell in cells)
    # The byte order mark tells Excel that the file is UTF-8.
    Path(path).write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _escape_formula(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.lstrip().startswith(FORMULA_STARTS):
        return "'" + cell
    return cell
