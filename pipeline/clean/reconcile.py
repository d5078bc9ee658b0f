"""What is left out of the report, and the account of it.

Personal columns are not even saved by the first step. Rows are dropped by named rules, so that
nothing is lost unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from pipeline.validate.definitions import Extract
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.left_out import LEFT_OUT_TYPES, left_out_table

SOURCE_COLUMNS = ["year", "file", "row"]
TABLE_OF_EXTRACT = {"complaints": "cases"}  # every other extract keeps its name

# The columns that identify a row. Informal concerns and training sessions have no reference: two
# that look the same may well be two, so they are never treated as duplicates.
UNIQUE_KEYS = {
    "complaints": ["reference"],
    "investigations": ["complaint", "stage"],
    "ombudsman": ["reference"],
    "compliments": ["reference"],
    "learning": ["reference"],
    "activity": ["service_area", "measure", "as_at"],
}

DropRule = Callable[[pd.DataFrame], pd.Series]
ROWS_IN = "rows in"
ROWS_KEPT = "rows kept"
DUPLICATE_RULE = "exact duplicate of an earlier row"


@dataclass(frozen=True)
class Cleaned:
    """Cleaned tables and the account of what was left out of them.

    tables: by name (`cases`, `investigations`, then the other extracts under their own names).
    reconciliation: extract, rule, rows; for each extract ROWS_IN, each rule that drops rows, and
        ROWS_KEPT.
    dropped_rows: extract, rule, year, file, row, rows; row is 0 where rows counts several of them.
    dropped_columns: extract, column, reason.
    An account that does not add up is an AssertionError.
    """

    tables: dict[str, pd.DataFrame]
    reconciliation: pd.DataFrame
    dropped_rows: pd.DataFrame
    dropped_columns: pd.DataFrame

    def __post_init__(self) -> None:
        for extract, account in self.reconciliation.groupby("extract", sort=False):
            rows = account.set_index("rule")["rows"]
            rows_dropped = rows.drop([ROWS_IN, ROWS_KEPT]).sum()
            is_listed = self.dropped_rows["extract"] == extract
            rows_listed = self.dropped_rows.loc[is_listed, "rows"].sum()
            table_rows = len(self.tables[TABLE_OF_EXTRACT.get(extract, extract)])
            is_complete = rows[ROWS_IN] == rows[ROWS_KEPT] + rows_dropped
            if not is_complete or rows[ROWS_KEPT] != table_rows or rows_dropped != rows_listed:
                raise AssertionError(
                    f"{extract}: {rows.to_dict()}, with {table_rows} rows in the table and "
                    f"{rows_listed} listed as dropped, do not add up"
                )


def filter_extract(
    extract: str, table: pd.DataFrame, rules: Mapping[str, DropRule] | None = None
) -> Cleaned:
    """What the report may use of an extract: columns that are not personal, rows no rule drops.

    The columns are year, file and row, then those of the dictionary in its order.
    rules: further rules, by name; each says which of the remaining rows it drops, after exact
        duplicates (the same in year and every column kept) have been dropped.
    """
    definition = EXTRACTS_BY_NAME[extract]
    columns = [name for name in definition.column_names if name not in definition.personal_columns]
    rows = table[[*SOURCE_COLUMNS, *columns]].reset_index(drop=True)
    account = [(extract, ROWS_IN, len(rows))]
    dropped_rows = []
    all_rules: dict[str, DropRule] = {}
    if extract in UNIQUE_KEYS:
        all_rules[DUPLICATE_RULE] = lambda rows: _is_duplicate(rows, UNIQUE_KEYS[extract], columns)
    all_rules |= rules or {}
    for name, drop_rule in all_rules.items():
        is_dropped = drop_rule(rows)
        account.append((extract, name, int(is_dropped.sum())))
        if is_dropped.any():
            locations = rows.loc[is_dropped, SOURCE_COLUMNS]
            dropped_rows.append(locations.assign(extract=extract, rule=name, rows=1))
            rows = rows[~is_dropped]
    account.append((extract, ROWS_KEPT, len(rows)))
    return Cleaned(
        tables={TABLE_OF_EXTRACT.get(extract, extract): rows.reset_index(drop=True)},
        reconciliation=pd.DataFrame(account, columns=["extract", "rule", "rows"]),
        dropped_rows=_dropped_rows_table(dropped_rows),
        dropped_columns=_dropped_columns_table(definition, table),
    )


def drop_rows(cleaned: Cleaned, table: pd.DataFrame, rule: str, is_dropped: pd.Series) -> Cleaned:
    """The account of one extract after one more rule.

    table: of the extract, as it is now. is_dropped: which of its rows the rule drops.
    """
    [name] = cleaned.tables
    account = cleaned.reconciliation
    count = int(is_dropped.sum())
    last = account.tail(1).assign(rows=len(table) - count)
    rule_row = last.assign(rule=rule, rows=count)
    locations = table.loc[is_dropped, SOURCE_COLUMNS]
    dropped = locations.assign(extract=last["extract"].iloc[0], rule=rule, rows=1)
    parts = [part for part in (cleaned.dropped_rows, dropped) if len(part)]
    return replace(
        cleaned,
        tables={name: table[~is_dropped].reset_index(drop=True)},
        reconciliation=pd.concat([account.iloc[:-1], rule_row, last], ignore_index=True),
        dropped_rows=_dropped_rows_table(parts),
    )


def _dropped_columns_table(definition: Extract, table: pd.DataFrame) -> pd.DataFrame:
    unknown = sorted(set(table) - set(definition.column_names) - set(SOURCE_COLUMNS))
    rows = [(definition.name, name, "personal") for name in definition.personal_columns]
    rows += [(definition.name, name, "not in the data dictionary") for name in unknown]
    return pd.DataFrame(rows, columns=["extract", "column", "reason"], dtype="str")


def combine(parts: Iterable[Cleaned]) -> Cleaned:
    """One account of several extracts, in the order given."""
    parts = list(parts)
    tables: dict[str, pd.DataFrame] = {}
    for part in parts:
        tables |= part.tables
    return Cleaned(
        tables=tables,
        reconciliation=pd.concat([part.reconciliation for part in parts], ignore_index=True),
        dropped_rows=_dropped_rows_table(
            [part.dropped_rows for part in parts if len(part.dropped_rows)]
        ),
        dropped_columns=pd.concat([part.dropped_columns for part in parts], ignore_index=True),
    )


def add_left_out(cleaned: Cleaned, left_out: pd.DataFrame) -> Cleaned:
    """The account with the rows of the files that the first step has left out.

    left_out: its columns as those of dropped_rows.
    """
    accounts = []
    for extract, account in cleaned.reconciliation.groupby("extract", sort=False):
        rows = left_out[left_out["extract"] == extract]
        counts = rows.groupby("rule", sort=False)["rows"].sum()
        by_rule = pd.DataFrame(
            {"extract": extract, "rule": counts.index.astype("str"), "rows": counts.to_numpy()}
        )
        total = account.head(1).assign(rows=account["rows"].iloc[0] + counts.sum())
        accounts.append(pd.concat([total, by_rule, account.iloc[1:]]) if len(rows) else account)
    dropped = [part for part in (left_out, cleaned.dropped_rows) if len(part)]
    return replace(
        cleaned,
        reconciliation=pd.concat(accounts, ignore_index=True),
        dropped_rows=_dropped_rows_table(dropped),
    )


def _is_duplicate(rows: pd.DataFrame, key: list[str], columns: list[str]) -> pd.Series:
    # Comparing every column of every row is slow, so only rows that share a key are compared fully.
    candidates = rows[rows.duplicated(key, keep=False)]
    return candidates.duplicated(["year", *columns]).reindex(rows.index, fill_value=False)


def _dropped_rows_table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return left_out_table()
    return pd.concat(parts, ignore_index=True)[list(LEFT_OUT_TYPES)]
