"""What was made of the files: which headings were mapped, and which rows are in no table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

LEFT_OUT_TYPES = {
    "extract": "str",
    "rule": "str",
    "year": "str",
    "file": "str",
    "row": "int64",
    "rows": "int64",
}
COUNTED = 0  # in place of a row's number, if the rows of a file are counted and not listed
MAPPED_COLUMNS = ["extract", "year", "file", "column", "heading"]


def left_out_table(rows: Iterable[tuple[str, str, str, str, int, int]] = ()) -> pd.DataFrame:
    """One row per row left out, or per file if they are counted; its columns as in a Reading."""
    return pd.DataFrame(rows, columns=list(LEFT_OUT_TYPES)).astype(LEFT_OUT_TYPES)


def mapped_table(columns: Iterable[tuple[str, str, str, str, str]] = ()) -> pd.DataFrame:
    """One row per column with a heading other than its name: extract, year, file, both names."""
    return pd.DataFrame(columns, columns=MAPPED_COLUMNS, dtype="str")
