"""Five years in one tidy table: from extracts where they exist, from published.csv where they do not."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.figure import Data, Figure
from pipeline.problem import Kind, Problem, did_you_mean

COLUMNS = ["figure", "title", "unit", "rule", "measure", "base", "year", "category", "detail", "value", "shorthand", "source"]
NOT_AVAILABLE = "x"


def figures_of(data: Data, published: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every figure of the catalogue for every year of the window, and the rows behind each.

    First table: COLUMNS, in the catalogue's order; `shorthand` is `x` where there is no data and `value` is then missing.
    Second table: figure, year, category, detail, extract, file, row. Raises a Problem where published.csv names a figure or a
    category that does not exist.
    """
    _check(published, data)
    values, lineage = [], []
    for figure in CATALOGUE.values():
        rows = figure.select(data) if all(need in data.tables or need == "complaints" for need in figure.needs) else None
        held = _held(figure, data)
        values.append(_joined(figure, rows, held, published, data))
        if rows is not None:
            lineage.append(figure.lineage(rows, held))
    return pd.concat(values, ignore_index=True)[COLUMNS], pd.concat(lineage, ignore_index=True)


def _held(figure: Figure, data: Data) -> list[str]:
    """The years whose extracts hold all that the figure needs; only they have a number made of rows."""
    years = [str(year) for year in data.settings.years_held]
    return [year for year in years if all((year, need) in data.supplied for need in figure.needs)]


def _joined(figure: Figure, rows: pd.DataFrame | None, held: list[str], published: pd.DataFrame, data: Data) -> pd.DataFrame:
    settings = data.settings
    parts = []
    if rows is not None:
        counted = figure.values(rows, settings)
        parts.append(counted[counted["year"].isin(held)].assign(source="extracts"))
    window = [str(year) for year in settings.window]
    once = published[(published["figure"] == figure.id) & published["year"].isin(set(window) - set(held))]
    parts.append(once.assign(category=once["category"].fillna(""), detail=""))
    joined = pd.concat([part[["year", "category", "detail", "value", "source"]] for part in parts], ignore_index=True)
    joined = _with_gaps(figure, joined, window, held, data)
    return joined.assign(
        figure=figure.id, title=figure.title, unit=figure.unit, rule=figure.rule, measure=figure.measure, base=figure.base or "",
        shorthand=joined["value"].isna().map({True: NOT_AVAILABLE, False: ""}),
    )  # fmt: skip


def _with_gaps(figure: Figure, joined: pd.DataFrame, window: list[str], held: list[str], data: Data) -> pd.DataFrame:
    """A row for each year and category that has no number, so that nothing is left out in silence; sorted for print."""
    if len(figure.by) == 2:
        # Texts differ from year to year, so only a year without any lacks a row: a true 0 where its extracts are held.
        missing = [(year, "", "") for year in window if year not in set(joined["year"])]
    else:
        categories = [""] if not figure.by else list(figure.categories(data.settings.council) if figure.categories else ())
        have = set(zip(joined["year"], joined["category"], strict=True))
        missing = [(year, category, "") for year in window for category in categories if (year, category) not in have]
    gaps = pd.DataFrame(missing, columns=["year", "category", "detail"]).astype("str").assign(source="")
    none = gaps["year"].isin(held if len(figure.by) == 2 else [])
    gaps = gaps.assign(value=pd.Series(pd.NA, gaps.index, "Float64").mask(none, 0))
    joined = pd.concat([joined, gaps], ignore_index=True)
    if figure.categories:
        order = {category: place for place, category in enumerate(figure.categories(data.settings.council))}
        joined = joined.assign(order=joined["category"].map(order))
        return joined.sort_values(["year", "order", "detail"], kind="stable").drop(columns="order")
    return joined.sort_values(["year", "category", "detail"], kind="stable")


def _check(published: pd.DataFrame, data: Data) -> None:
    council = data.settings.council
    for row in published.itertuples():
        where = f"data/raw/published.csv, row {row.row}"
        figure = CATALOGUE.get(row.figure)
        if figure is None:
            hint = did_you_mean(row.figure, list(CATALOGUE))
            raise Problem(Kind.DATA, f"{where}, figure", f'there is no figure "{row.figure}".{hint}',
                          "Use the id of a figure; docs/figures.md lists them.")  # fmt: skip
        allowed = tuple(figure.categories(council)) if figure.categories else ("",)
        category = "" if pd.isna(row.category) else row.category
        if category not in allowed:
            hint = did_you_mean(category, list(allowed))
            raise Problem(Kind.DATA, f"{where}, category", f'"{category}" is not a category of {figure.id}.{hint}',
                          "Use one of: " + "; ".join(allowed) + "." if any(allowed) else "Leave the category empty.")  # fmt: skip
