"""Whether the number of rows is one to believe: against last year's, and against the totals once published."""

from __future__ import annotations

import pandas as pd

from pipeline.significance import of_two_counts
from pipeline.validate.rules.rule import Held

COUNTED = (
    "complaints",
    "ombudsman",
    "compliments",
    "learning",
    "concerns",
)  # investigations follow complaints
KINDS = {"complaints": "complaints", "ombudsman cases": "ombudsman", "compliments": "compliments"}
CHANCE = 0.01  # a change that chance alone brings about less often than this is worth a question


def row_counts(held: Held) -> pd.DataFrame:
    """One row an extract: `extract`, `rows` in the year reported, `rows_before` and `year_before`, where that is known."""
    year, before = str(held.settings.year), str(held.settings.year.previous)
    totals, rows = _totals(held), []
    for name in COUNTED:
        table = held.tables.get(name)
        earlier = _rows(held, name, before) or totals.get((before, f"{name}.received", ""))
        if table is not None and earlier is not None and pd.notna(earlier) and earlier >= 0:
            files = table.loc[table["year"] == year, "file"]
            file = files.iloc[0] if len(files) else f"data/raw/{year}"
            rows.append((year, file, None, name, len(files), int(earlier), before))
    names = ["year", "file", "row", "extract", "rows", "rows_before", "year_before"]
    return pd.DataFrame(rows, columns=names).astype(
        {"row": "Int64", "rows": "int64", "rows_before": "int64"}
    )


def believable(now: int, before: int, tolerance: float) -> bool:
    """Whether a count is within the tolerance of the one before, or so few that chance could explain the difference."""
    return abs(now - before) <= tolerance * before or of_two_counts(now, before) >= CHANCE


def held_for(held: Held, published: pd.DataFrame) -> pd.Series:
    """For each row of published.csv the number of rows in the extracts that it should equal, missing where there is none."""
    counted = []
    for row in published.itertuples():
        figure, category = row.figure, "" if pd.isna(row.category) else str(row.category).casefold()
        if figure == "representations.received" and not category:
            kinds = [_rows(held, name, row.year) for name in KINDS.values()]
            counted.append(None if None in kinds else sum(kinds))
        elif figure == "representations.by_kind" and category in KINDS:
            counted.append(_rows(held, KINDS[category], row.year))
        elif not category and str(figure).endswith(".received"):
            counted.append(_rows(held, str(figure).removesuffix(".received"), row.year))
        else:
            counted.append(None)
    return pd.Series(counted, index=published.index, dtype="Int64")


def _rows(held: Held, name: str, year: str) -> int | None:
    """The rows of an extract in a year, or None where that year's extract is not held."""
    table = held.tables.get(name)
    number = 0 if table is None else int((table["year"] == year).sum())
    return number or None


def _totals(held: Held) -> dict[tuple[str, str, str], float]:
    table = held.published
    return dict(
        zip(
            zip(table["year"], table["figure"], table["category"].fillna(""), strict=True),
            table["value"],
            strict=True,
        )
    )
