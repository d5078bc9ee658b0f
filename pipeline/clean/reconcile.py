"""What is left out, and the account of it: personal columns, then rows by named rules, so that nothing goes missing unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from pipeline.validate.dictionary import EXTRACTS_BY_NAME

SOURCE_COLUMNS = ["year", "file", "row"]
TABLE_OF_EXTRACT = {"complaints": "cases"}  # every other extract keeps its name

# What tells one row from another. Informal concerns and training sessions have no reference: two alike may well be two, so
# none of those is ever taken for a duplicate.
UNIQUE_KEYS = {
    "complaints": ["reference"],
    "investigations": ["complaint", "stage"],
    "ombudsman": ["reference"],
    "compliments": ["reference"],
    "learning": ["reference"],
    "activity": ["service_area", "measure", "as_at"],
}

DropRule = Callable[[pd.DataFrame], pd.Series]
ROWS_IN, ROWS_KEPT = "rows in", "rows kept"
DUPLICATE_RULE = "exact duplicate of an earlier row"


@dataclass(frozen=True)
class Cleaned:
    """Cleaned tables and the account of what was left out of them; one that does not add up cannot be made.

    tables: by name (`cases`, `investigations`, then the other extracts under their own names). reconciliation: extract, rule,
    rows; for each extract "rows in", each rule that drops rows, "rows kept". dropped_rows: extract, rule, year, file, row.
    dropped_columns: extract, column, reason.
    """

    tables: dict[str, pd.DataFrame]
    reconciliation: pd.DataFrame
    dropped_rows: pd.DataFrame
    dropped_columns: pd.DataFrame

    def __post_init__(self):
        for extract, account in self.reconciliation.groupby("extract", sort=False):
            rows = account.set_index("rule")["rows"]
            dropped = rows.drop([ROWS_IN, ROWS_KEPT]).sum()
            named = (self.dropped_rows["extract"] == extract).sum()
            held = len(self.tables[TABLE_OF_EXTRACT.get(extract, extract)])
            if (
                rows[ROWS_IN] != rows[ROWS_KEPT] + dropped
                or rows[ROWS_KEPT] != held
                or dropped != named
            ):
                raise AssertionError(
                    f"{extract}: {rows.to_dict()}, with {held} rows held and {named} named, do not add up"
                )


def filter_extract(
    extract: str, table: pd.DataFrame, rules: dict[str, DropRule] | None = None
) -> Cleaned:
    """Keep what the report may use of an extract: the dictionary's columns that are not personal, and rows no rule drops.

    Columns: year, file, row, then those of the dictionary in its order. rules: further rules, by name; each says which of the
    rows still there it drops, after exact duplicates (alike in year and every column kept) have gone.
    """
    known = EXTRACTS_BY_NAME[extract]
    wanted = [name for name in known.column_names if name not in known.personal_columns]
    gone = [(extract, name, "personal") for name in known.personal_columns if name in table]
    gone += [
        (extract, name, "not in the data dictionary")
        for name in sorted(set(table) - set(known.column_names) - set(SOURCE_COLUMNS))
    ]
    kept = table[[*SOURCE_COLUMNS, *wanted]].reset_index(drop=True)
    account, dropped = [(extract, ROWS_IN, len(kept))], []
    if extract in UNIQUE_KEYS:
        rules = {
            DUPLICATE_RULE: lambda rows: _is_duplicate(rows, UNIQUE_KEYS[extract], wanted),
            **(rules or {}),
        }
    for rule, falls_under in (rules or {}).items():
        out = falls_under(kept)
        account.append((extract, rule, int(out.sum())))
        if out.any():
            dropped.append(kept.loc[out, SOURCE_COLUMNS].assign(extract=extract, rule=rule))
            kept = kept[~out]
    account.append((extract, ROWS_KEPT, len(kept)))
    return Cleaned(
        {TABLE_OF_EXTRACT.get(extract, extract): kept.reset_index(drop=True)},
        pd.DataFrame(account, columns=["extract", "rule", "rows"]),
        _dropped_rows_table(dropped),
        pd.DataFrame(gone, columns=["extract", "column", "reason"], dtype="str"),
    )


def combine(parts: Iterable[Cleaned]) -> Cleaned:
    """One account of several extracts, in the order given."""
    parts = list(parts)
    return Cleaned(
        {name: table for part in parts for name, table in part.tables.items()},
        pd.concat([part.reconciliation for part in parts], ignore_index=True),
        _dropped_rows_table([part.dropped_rows for part in parts if len(part.dropped_rows)]),
        pd.concat([part.dropped_columns for part in parts], ignore_index=True),
    )


def _is_duplicate(rows: pd.DataFrame, key: list[str], columns: list[str]) -> pd.Series:
    # Comparing every column of every row is slow, so only rows that share a key are compared in full.
    suspects = rows[rows.duplicated(key, keep=False)]
    return suspects.duplicated(["year", *columns]).reindex(rows.index, fill_value=False)


def _dropped_rows_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    columns = ["extract", "rule", *SOURCE_COLUMNS]
    if not parts:
        return pd.DataFrame(columns=columns, dtype="str").astype({"row": "int64"})
    return pd.concat(parts, ignore_index=True)[columns]
