"""How a figure is declared: once, above the function that selects its rows."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.aggregate.figure import CleanedData, Figure
from pipeline.settings import Council

REGISTRY: dict[str, Figure] = {}
NOT_RECORDED = "not recorded"


def figure(id: str, title: str, **attributes) -> Callable:
    """Declare a figure; the function below it selects the rows."""

    def declare(select: Callable[[CleanedData], pd.DataFrame | None]):
        REGISTRY[id] = Figure(id, title, select=select, **attributes)
        return select

    return declare


def fixed_categories(*categories: str) -> Callable[[Council], tuple[str, ...]]:
    """Categories that are the same for every council."""
    return lambda council: categories


def service_areas(council: Council) -> tuple[str, ...]:
    return council.service_areas


def fill_not_recorded(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows with a category for those in which a column is empty."""
    return rows.assign(**{column: rows[column].fillna(NOT_RECORDED)})


def open_at_start_of_year(rows: pd.DataFrame, end_column: str, data: CleanedData) -> pd.DataFrame:
    """Rows of earlier years that were open when a year began, under that year; a row may be open at several."""
    parts = []
    for year in data.settings.available_years:
        first_day = pd.Timestamp(year.first_day)
        earlier = rows[(rows["year"] < str(year)) & ~(rows[end_column] < first_day)]
        parts.append(earlier.assign(year=str(year)))
    return pd.concat(parts, ignore_index=True)
