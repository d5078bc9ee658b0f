"""Rows that are the same in some columns, and where they are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

MAX_LISTED_ROWS_PER_FILE = 5
# What complaints are compared in besides their names.
COMMON_COLUMNS = ["received", "service_area", "complainant_type", "theme"]
# Of complaints with a name, and of those without.
NAMED_IDENTITY = [*COMMON_COLUMNS, "names"]
NAMELESS_IDENTITY = [*COMMON_COLUMNS, "rest"]
# Several spaces, a space of another kind, or a letter beyond a to z, whose case may not be simple.
UNUSUAL_CHARACTERS = r"  |[\t-\r\x1c-\x1f]|[^\x00-\x7f]"


def is_duplicated(table: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Whether another row has the same values in all these columns.

    A row in which one of them is missing is a duplicate of no other.
    """
    is_alike = table.duplicated(columns, keep=False)
    if is_alike.any():
        for column in columns:
            is_alike &= table[column].notna()
    return is_alike


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


def is_similar_complaint(complaints: pd.DataFrame) -> pd.Series:
    """Whether another complaint is the same, whatever their references."""
    if not complaints.duplicated(COMMON_COLUMNS).any():
        return pd.Series(False, index=complaints.index)
    comparable = _comparable_complaints(complaints)
    return is_duplicated(comparable, NAMED_IDENTITY) | is_duplicated(comparable, NAMELESS_IDENTITY)


def locate_similar_complaints(complaints: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """For each row the places of all complaints that are the same, as of `locate_matches`."""
    comparable = _comparable_complaints(complaints)
    places = locate_matches(comparable, rows, NAMED_IDENTITY)
    return places.fillna(locate_matches(comparable, rows, NAMELESS_IDENTITY))


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


def _comparable_complaints(complaints: pd.DataFrame) -> pd.DataFrame:
    """The columns of both identities, with file and row."""
    names = complaints["complainant_name"].fillna("") + "|" + complaints["child_name"].fillna("")
    is_nameless = names == "|"
    # Without a name only a row that is the same in everything else is suspicious: the common
    # columns alone are often the same by chance.
    rest = ["team", "route", "method", "accepted", "outcome", "closed"]
    hashes = pd.util.hash_pandas_object(complaints.loc[is_nameless, rest], index=False)
    return complaints[["file", "row", *COMMON_COLUMNS]].assign(
        names=_comparable_names(names).mask(is_nameless),
        rest=hashes.astype("UInt64").reindex(complaints.index),
    )


def _comparable_names(names: pd.Series) -> pd.Series:
    """The names in lower case and with single spaces. Most are plain, which is quick."""
    unusual = names[names.str.contains(UNUSUAL_CHARACTERS)]
    comparable = names.str.lower()
    comparable[unusual.index] = unusual.str.casefold().str.replace(r"\s+", " ", regex=True)
    return comparable
