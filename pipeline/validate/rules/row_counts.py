"""Whether the number of rows is plausible, against last year's and the published totals."""

from __future__ import annotations

import pandas as pd

from pipeline.significance import count_p_value
from pipeline.validate.rules.context import RuleContext

# Investigations are not counted: they follow the number of complaints.
COUNTED_EXTRACTS = ("complaints", "ombudsman", "compliments", "learning", "concerns")
EXTRACT_BY_KIND = {
    "complaints": "complaints",
    "ombudsman cases": "ombudsman",
    "compliments": "compliments",
}
IMPLAUSIBLE_P_VALUE = 0.01  # a change with a smaller p-value is worth a question
ROW_COUNT_COLUMNS = ["year", "file", "row", "extract", "rows", "rows_before", "year_before"]


def row_counts(context: RuleContext) -> pd.DataFrame:
    """One row per extract whose count of the year before is known.

    Columns: `extract`, `rows` in the year reported, `rows_before` and `year_before`.
    """
    year = str(context.settings.year)
    previous_year = str(context.settings.year.previous)
    totals = _published_totals(context)
    rows = []
    for name in COUNTED_EXTRACTS:
        table = context.tables.get(name)
        if table is None:
            continue
        earlier_rows: float | None = _count_rows(context, name, previous_year)
        if not earlier_rows:
            earlier_rows = totals.get((previous_year, f"{name}.received", ""))
        if earlier_rows is None or pd.isna(earlier_rows) or earlier_rows < 0:
            continue
        files = table.loc[table["year"] == year, "file"]
        file = files.iloc[0] if len(files) else f"data/raw/{year}"
        rows.append((year, file, None, name, len(files), int(earlier_rows), previous_year))
    table = pd.DataFrame(rows, columns=ROW_COUNT_COLUMNS)
    return table.astype({"row": "Int64", "rows": "int64", "rows_before": "int64"})


def is_plausible_count(rows: int, earlier_rows: int, tolerance: float) -> bool:
    """Whether a count is near the one of the year before.

    It is if it differs by no more than the tolerance, a share of the earlier count, or if chance
    could explain the difference because the counts are small.
    """
    if abs(rows - earlier_rows) <= tolerance * earlier_rows:
        return True
    return count_p_value(rows, earlier_rows) >= IMPLAUSIBLE_P_VALUE


def extract_counts(context: RuleContext, published: pd.DataFrame) -> pd.Series:
    """For each row of published.csv the number of rows in the extracts that it should equal.

    Missing where no extract of that year counts the same thing.
    """
    counts = [
        _rows_of_figure(
            context,
            row.year,
            str(row.figure),
            "" if pd.isna(row.category) else str(row.category).casefold(),
        )
        for row in published.itertuples()
    ]
    return pd.Series(counts, index=published.index, dtype="Int64")


def _rows_of_figure(context: RuleContext, year: str, figure: str, category: str) -> int | None:
    if figure == "representations.received" and not category:
        total = 0
        for name in EXTRACT_BY_KIND.values():
            count = _count_rows(context, name, year)
            if count is None:
                return None
            total += count
        return total
    if figure == "representations.by_kind" and category in EXTRACT_BY_KIND:
        return _count_rows(context, EXTRACT_BY_KIND[category], year)
    if not category and figure.endswith(".received"):
        return _count_rows(context, figure.removesuffix(".received"), year)
    return None


def _count_rows(context: RuleContext, name: str, year: str) -> int | None:
    """The rows of an extract in a year, or None where that year's extract is not available."""
    table = context.tables.get(name)
    if table is None:
        return None
    return int((table["year"] == year).sum()) or None


def _published_totals(context: RuleContext) -> dict[tuple[str, str, str], float]:
    """The published value by year, figure and category ("" for a total)."""
    table = context.published
    keys = zip(table["year"], table["figure"], table["category"].fillna(""), strict=True)
    return dict(zip(keys, table["value"], strict=True))
