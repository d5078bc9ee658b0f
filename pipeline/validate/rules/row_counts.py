"""Whether the number of rows is one to believe: against last year's, and against the totals once published."""

from __future__ import annotations

import pandas as pd

from pipeline.significance import two_count_p_value
from pipeline.validate.rules.rule import RuleContext

COUNTED_EXTRACTS = (
    "complaints",
    "ombudsman",
    "compliments",
    "learning",
    "concerns",
)  # investigations follow complaints
EXTRACT_BY_KIND = {
    "complaints": "complaints",
    "ombudsman cases": "ombudsman",
    "compliments": "compliments",
}
SIGNIFICANCE_LEVEL = (
    0.01  # a change that chance alone brings about less often than this is worth a question
)


def row_counts(context: RuleContext) -> pd.DataFrame:
    """One row an extract: `extract`, `rows` in the year reported, `rows_before` and `year_before`, where that is known."""
    year, before = str(context.settings.year), str(context.settings.year.previous)
    totals, rows = _published_totals(context), []
    for name in COUNTED_EXTRACTS:
        table = context.tables.get(name)
        earlier = _count_rows(context, name, before) or totals.get((before, f"{name}.received", ""))
        if table is not None and earlier is not None and pd.notna(earlier) and earlier >= 0:
            files = table.loc[table["year"] == year, "file"]
            file = files.iloc[0] if len(files) else f"data/raw/{year}"
            rows.append((year, file, None, name, len(files), int(earlier), before))
    names = ["year", "file", "row", "extract", "rows", "rows_before", "year_before"]
    return pd.DataFrame(rows, columns=names).astype(
        {"row": "Int64", "rows": "int64", "rows_before": "int64"}
    )


def is_plausible_count(rows: int, earlier_rows: int, tolerance: float) -> bool:
    """Whether a count is within the tolerance of the one before, or so few that chance could explain the difference."""
    return (
        abs(rows - earlier_rows) <= tolerance * earlier_rows
        or two_count_p_value(rows, earlier_rows) >= SIGNIFICANCE_LEVEL
    )


def extract_counts(context: RuleContext, published: pd.DataFrame) -> pd.Series:
    """For each row of published.csv the number of rows in the extracts that it should equal, missing where there is none."""
    counted = []
    for row in published.itertuples():
        figure, category = row.figure, "" if pd.isna(row.category) else str(row.category).casefold()
        if figure == "representations.received" and not category:
            kinds = [_count_rows(context, name, row.year) for name in EXTRACT_BY_KIND.values()]
            counted.append(None if None in kinds else sum(kinds))
        elif figure == "representations.by_kind" and category in EXTRACT_BY_KIND:
            counted.append(_count_rows(context, EXTRACT_BY_KIND[category], row.year))
        elif not category and str(figure).endswith(".received"):
            counted.append(_count_rows(context, str(figure).removesuffix(".received"), row.year))
        else:
            counted.append(None)
    return pd.Series(counted, index=published.index, dtype="Int64")


def _count_rows(held: RuleContext, name: str, year: str) -> int | None:
    """The rows of an extract in a year, or None where that year's extract is not held."""
    table = held.tables.get(name)
    number = 0 if table is None else int((table["year"] == year).sum())
    return number or None


def _published_totals(held: RuleContext) -> dict[tuple[str, str, str], float]:
    table = held.published
    return dict(
        zip(
            zip(table["year"], table["figure"], table["category"].fillna(""), strict=True),
            table["value"],
            strict=True,
        )
    )
