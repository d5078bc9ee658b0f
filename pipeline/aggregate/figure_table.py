"""Five years in one tidy table: from extracts where they exist, from published.csv where they do not."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pyarrow as pa

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.figure import CategoryKey, CleanedData, Figure
from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem, did_you_mean

FIGURE_TABLE_COLUMNS = [
    "figure", "title", "unit", "rule", "measure", "base", "overlapping", "year", "category", "detail", "value", "shorthand",
    "once_published", "source",
]  # fmt: skip
NOT_AVAILABLE, NOT_APPLICABLE, REVISED = "x", "z", "r"
PRINT_TOLERANCE = 0.05  # a published number may have been rounded to one decimal


def number_keys(figures: pd.DataFrame) -> list[NumberKey]:
    """The key of each row of the table of figures."""
    columns = (figures[name] for name in NumberKey._fields)
    return [NumberKey(*parts) for parts in zip(*columns, strict=True)]


def build_figure_table(
    data: CleanedData,
    published: pd.DataFrame,
    write_lineage: Callable[[pa.Table], None] = lambda lineage: None,
) -> pd.DataFrame:
    """Every figure of the catalogue for every year of the window: COLUMNS, in the catalogue's order.

    keep: takes the rows behind each figure as soon as they are selected, so that they need not be held all at once.

    shorthand: `x` where there is no data and `z` where there is nothing to measure, and `value` is then missing; `r` where a
    number was published and is another now, and `once_published` is then the one published. Raises a Problem where
    published.csv, or a break in a series that council.yaml declares, names a figure or a category that does not exist.
    """
    _check_published(published, data)
    _check_series_breaks(data)
    once = numbers_in_published_csv(published)
    made = {}
    for id, figure in CATALOGUE.items():
        selected = figure.selected_rows(data)
        made[id] = _numbers_of_figure(figure, selected, once.get(id, {}), data)
        if selected is not None and len(selected):
            write_lineage(figure.lineage(selected))
    rows = [
        (id, figure.title, figure.unit, figure.rule, figure.measure, figure.base or "", "yes" if figure.overlapping else "", *key,
         value, *_shorthand(figure, value, source, once.get(id, {}).get(key)), source)
        for id, figure in CATALOGUE.items()
        for key, (value, source) in _divide_by_base(figure, made).items()
    ]  # fmt: skip
    types = dict.fromkeys(FIGURE_TABLE_COLUMNS, "str") | {
        "value": "Float64",
        "once_published": "Float64",
    }
    return pd.DataFrame(rows, columns=FIGURE_TABLE_COLUMNS).astype(types)


Numbers = dict[CategoryKey, tuple[float | None, str]]


def numbers_in_published_csv(
    published: pd.DataFrame,
) -> dict[str, dict[CategoryKey, tuple[float, str]]]:
    """The numbers of published.csv and where each was published, by figure."""
    once: dict[str, dict[CategoryKey, tuple[float, str]]] = {}
    for row in published.itertuples():
        key = (row.year, "" if pd.isna(row.category) else row.category, "")
        once.setdefault(row.figure, {})[key] = (float(row.value), row.source)
    return once


def _numbers_of_figure(
    figure: Figure,
    rows: pd.DataFrame | None,
    published_numbers: dict[CategoryKey, tuple[float, str]],
    data: CleanedData,
) -> Numbers:
    """The number and its source for each year of the window and each category, so that nothing is left out in silence."""
    held = [] if rows is None else figure.available_years(data)
    made = {} if rows is None else figure.numbers(rows)
    declared = (
        figure.categories(data.settings.council)
        if figure.categories
        else None
        if figure.by
        else ("",)
    )
    if declared is not None and (unknown := {category for _, category, _ in made} - set(declared)):
        raise AssertionError(
            f"{figure.id}: rows in categories that it does not declare: {sorted(unknown)}"
        )
    numbers: Numbers = {}
    for year in map(str, data.settings.window):
        from_rows, before = (
            {key: of[key] for key in of if key[0] == year} for of in (made, published_numbers)
        )
        if declared is not None:
            keys = [(year, category, "") for category in declared]
        else:
            # Texts differ from year to year, so only a year without any lacks a row: a true 0 where its extracts are held.
            keys = sorted(from_rows if year in held else before) or [(year, "", "")]
        for key in keys:
            numbers[key] = (
                (from_rows.get(key, figure.value_without_rows), "extracts")
                if year in held
                else before.get(key, (None, ""))
            )
    return numbers


def _divide_by_base(figure: Figure, numbers_by_figure: dict[str, Numbers]) -> Numbers:
    """A rate's counts from the extracts divided by its base; any other figure as it is."""
    if figure.measure != "rate":
        return numbers_by_figure[figure.id]
    base = {year: value for (year, _, _), (value, _) in numbers_by_figure[figure.base].items()}
    return {
        key: (value / base[key[0]] * figure.per if base[key[0]] else None, source)
        if source == "extracts"
        else (value, source)
        for key, (value, source) in numbers_by_figure[figure.id].items()
    }


def _shorthand(
    figure: Figure, value: float | None, source: str, published_number: tuple[float, str] | None
) -> tuple[str, float | None]:
    """The shorthand of a number, and what was published where that was another."""
    if value is None:  # of rows that are not there, nothing is the longest
        return NOT_APPLICABLE if source == "extracts" and figure.measure in (
            "median",
            "longest",
        ) else NOT_AVAILABLE, None
    if (
        source == "extracts"
        and published_number
        and abs(published_number[0] - value) >= PRINT_TOLERANCE
    ):
        return REVISED, published_number[0]
    return "", None


def _check_published(published: pd.DataFrame, data: CleanedData) -> None:
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


def _check_series_breaks(data: CleanedData) -> None:
    for place, declared in enumerate(data.settings.council.series_breaks, 1):
        if declared.figure not in CATALOGUE:
            raise Problem(
                Kind.SETTINGS, f"data/raw/council.yaml, series_breaks, entry {place}",
                f'there is no figure "{declared.figure}".{did_you_mean(declared.figure, list(CATALOGUE))}',
                "Use the id of a figure; docs/figures.md lists them.",
            )  # fmt: skip
