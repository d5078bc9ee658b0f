"""Rows that are the same in some columns, and where they are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

MAX_LISTED_ROWS_PER_FILE = 5


def is_duplicated(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Whether another row has the same values in all these columns.

    A row in which one of them is missing is a duplicate of no other.
    """
    is_alike = table.duplicated(columns, keep=False)
    return is_alike & table[columns].notna().all(axis=1) if is_alike.any() else is_alike


def locate_matches(table: pd.DataFrame, rows: pd.DataFrame, columns: list[str]) -> pd.Series:
    """For each row the places of all rows with the same values: "rows 4 and 9 of data/raw/…".

    table: the extract, or a copy of it on the same index with columns made for comparing.
    rows: those of its rows for which matches are wanted; the result has their index and is
        missing where a row has no match.
    """
    matches = table.loc[is_duplicated(table, columns)]
    keys = pd.Series(pd.MultiIndex.from_frame(matches[columns]).to_flat_index(), matches.index)
    row_keys = keys.reindex(rows.index)
    matches = matches[keys.isin(row_keys.dropna())]
    places: dict[tuple[object, ...], dict[str, list[int]]] = {}
    for key, file, row in zip(keys[matches.index], matches["file"], matches["row"], strict=True):
        places.setdefault(key, {}).setdefault(file, []).append(row)
    texts = {key: format_rows(files, MAX_LISTED_ROWS_PER_FILE) for key, files in places.items()}
    return row_keys.map(texts).astype("str")


def format_rows(rows_by_file: Mapping[str, list[int]], max_rows: int) -> str:
    """Rows by file: "rows 4, 9 and 12 of data/raw/…"; of each file at most `max_rows`."""
    places = []
    for file, rows in rows_by_file.items():
        numbers = [f"{row:,}" for row in rows[:max_rows]]
        if len(rows) > max_rows:
            numbers.append("more")
        *all_but_last, last = numbers
        listed = f"{', '.join(all_but_last)} and {last}" if all_but_last else last
        plural = "s" if len(rows) > 1 else ""
        places.append(f"row{plural} {listed} of {file}")
    return "; ".join(places)
