"""All years in one tidy table: from extracts where there are any, else from published.csv."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from pipeline.aggregate.catalogue import CATALOGUE
from pipeline.aggregate.figure import CategoryKey, CleanedData, Figure
from pipeline.artifacts import NumberKey
from pipeline.problem import Kind, Problem, did_you_mean

FIGURE_TABLE_COLUMNS = [
    "figure",
    "title",
    "unit",
    "rule",
    "measure",
    "base",
    "overlapping",
    "year",
    "category",
    "detail",
    "value",
    "shorthand",
    "once_published",
    "source",
]
COLUMN_TYPES = dict.fromkeys(FIGURE_TABLE_COLUMNS, "str") | {
    "value": "Float64",
    "once_published": "Float64",
}
NOT_AVAILABLE = "x"
NOT_APPLICABLE = "z"
REVISED = "r"
EXTRACTS = "extracts"  # the source of a number made from rows
PRINT_TOLERANCE = 0.05  # a published number may have been rounded to one decimal place
USE_AN_ID = "Use the id of a figure; docs/figures.md lists them."


class SourcedNumber(NamedTuple):
    """A number and its source; the source is empty if there is neither."""

    value: float | None
    source: str


Numbers = dict[CategoryKey, SourcedNumber]


def number_keys(figures: pd.DataFrame) -> list[NumberKey]:
    """The key of each row of the table of figures."""
    columns = (figures[name] for name in NumberKey._fields)
    return [NumberKey(*parts) for parts in zip(*columns, strict=True)]


def build_figure_table(
    data: CleanedData,
    published: pd.DataFrame,
    write_lineage: Callable[[pa.Table], None] = lambda lineage: None,
) -> pd.DataFrame:
    """Every figure in every year of the window: FIGURE_TABLE_COLUMNS, in the catalogue's order.

    published: the rows of published.csv.
    write_lineage: called with the rows behind each figure as soon as they are selected, so that
        only one figure's rows are in memory.

    shorthand is `x` where there is no data and `z` where there is nothing to measure, and `value`
    is then missing. It is `r` where another number was published before, in `once_published`.
    Raises Problem if published.csv or a series break names a figure or category that does not
    exist.
    """
    _check_published(published, data)
    _check_series_breaks(data)
    published_numbers = numbers_in_published_csv(published)
    numbers_by_figure: dict[str, Numbers] = {}
    for figure in CATALOGUE.values():
        rows = figure.selected_rows(data)
        numbers_by_figure[figure.id] = _numbers_of_figure(
            figure, rows, published_numbers.get(figure.id, {}), data
        )
        if rows is not None and len(rows):
            write_lineage(figure.lineage(rows))
    table_rows = []
    for figure in CATALOGUE.values():
        attributes = (
            figure.id,
            figure.title,
            figure.unit,
            figure.rule,
            figure.measure,
            figure.base or "",
            "yes" if figure.overlapping else "",
        )
        for key, number in _divide_by_base(figure, numbers_by_figure).items():
            published_number = published_numbers.get(figure.id, {}).get(key)
            shorthand, once_published = _shorthand(figure, number, published_number)
            table_rows.append(
                (*attributes, *key, number.value, shorthand, once_published, number.source)
            )
    return pd.DataFrame(table_rows, columns=FIGURE_TABLE_COLUMNS).astype(COLUMN_TYPES)


def numbers_in_published_csv(published: pd.DataFrame) -> dict[str, Numbers]:
    """The numbers of published.csv and where each was published, by figure."""
    numbers: dict[str, Numbers] = {}
    for row in published.itertuples():
        key = (row.year, "" if pd.isna(row.category) else row.category, "")
        numbers.setdefault(row.figure, {})[key] = SourcedNumber(float(row.value), row.source)
    return numbers


def _numbers_of_figure(
    figure: Figure, rows: pd.DataFrame | None, published_numbers: Numbers, data: CleanedData
) -> Numbers:
    """The number for each year of the window and each category; none is silently left out."""
    available_years = [] if rows is None else figure.available_years(data)
    numbers_from_rows = {} if rows is None else figure.numbers(rows)
    categories = _fixed_categories(figure, data)
    if categories is not None:
        unknown = {category for _, category, _ in numbers_from_rows} - set(categories)
        if unknown:
            raise AssertionError(
                f"{figure.id}: rows in categories that it does not declare: {sorted(unknown)}"
            )
    numbers: Numbers = {}
    for year in map(str, data.settings.window):
        is_available = year in available_years
        if categories is not None:
            keys = [(year, category, "") for category in categories]
        else:
            # Texts differ from year to year. A year without any gets one row: a true 0 if its
            # extracts are available.
            occurring = numbers_from_rows if is_available else published_numbers
            keys = sorted(key for key in occurring if key[0] == year) or [(year, "", "")]
        for key in keys:
            if is_available:
                value = numbers_from_rows.get(key, figure.value_without_rows)
                numbers[key] = SourcedNumber(value, EXTRACTS)
            else:
                numbers[key] = published_numbers.get(key, SourcedNumber(None, ""))
    return numbers


def _fixed_categories(figure: Figure, data: CleanedData) -> tuple[str, ...] | None:
    """The categories that every year has; None if they are the texts that occur."""
    if figure.categories:
        return figure.categories(data.settings.council)
    return None if figure.by else ("",)


def _divide_by_base(figure: Figure, numbers_by_figure: dict[str, Numbers]) -> Numbers:
    """The numbers of a rate divided by its base; those of any other figure unchanged."""
    numbers = numbers_by_figure[figure.id]
    if figure.measure != "rate" or figure.base is None or figure.per is None:
        return numbers
    base_numbers = numbers_by_figure[figure.base]
    base_values = {year: number.value for (year, _, _), number in base_numbers.items()}
    rates: Numbers = {}
    for key, number in numbers.items():
        base = base_values[key[0]]
        if number.source != EXTRACTS:  # published as a rate
            rates[key] = number
        elif number.value is None or not base:
            rates[key] = SourcedNumber(None, number.source)
        else:
            rates[key] = SourcedNumber(number.value / base * figure.per, number.source)
    return rates


def _shorthand(
    figure: Figure, number: SourcedNumber, published_number: SourcedNumber | None
) -> tuple[str, float | None]:
    """The shorthand of a number, and the published number if that was another."""
    is_from_extracts = number.source == EXTRACTS
    if number.value is None:
        has_nothing_to_measure = is_from_extracts and figure.measure in ("median", "longest")
        return (NOT_APPLICABLE if has_nothing_to_measure else NOT_AVAILABLE), None
    published_value = published_number.value if published_number else None
    if not is_from_extracts or published_value is None:
        return "", None
    is_revised = abs(published_value - number.value) >= PRINT_TOLERANCE
    return (REVISED, published_value) if is_revised else ("", None)


def _check_published(published: pd.DataFrame, data: CleanedData) -> None:
    for row in published.itertuples():
        where = f"data/raw/published.csv, row {row.row}"
        figure = CATALOGUE.get(row.figure)
        if figure is None:
            hint = did_you_mean(row.figure, list(CATALOGUE))
            raise Problem(
                kind=Kind.DATA,
                where=f"{where}, figure",
                what=f'there is no figure "{row.figure}".{hint}',
                remedy=USE_AN_ID,
            )
        allowed = figure.categories(data.settings.council) if figure.categories else ("",)
        category = "" if pd.isna(row.category) else row.category
        if category not in allowed:
            hint = did_you_mean(category, list(allowed))
            raise Problem(
                kind=Kind.DATA,
                where=f"{where}, category",
                what=f'"{category}" is not a category of {figure.id}.{hint}',
                remedy=f"Use one of: {'; '.join(allowed)}."
                if any(allowed)
                else "Leave the category empty.",
            )


def _check_series_breaks(data: CleanedData) -> None:
    for position, series_break in enumerate(data.settings.council.series_breaks, 1):
        if series_break.figure not in CATALOGUE:
            hint = did_you_mean(series_break.figure, list(CATALOGUE))
            raise Problem(
                kind=Kind.SETTINGS,
                where=f"data/raw/council.yaml, series_breaks, entry {position}",
                what=f'there is no figure "{series_break.figure}".{hint}',
                remedy=USE_AN_ID,
            )
