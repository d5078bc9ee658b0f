"""How a figure is declared: once, above the function that selects its rows."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from pipeline.aggregate.figure import Data, Figure
from pipeline.settings import Council

DECLARED: dict[str, Figure] = {}
NOT_RECORDED = "not recorded"


def figure(id: str, title: str, **declared) -> Callable:
    """Declare a figure; the function below it selects the rows."""

    def declare(select: Callable[[Data], pd.DataFrame | None]):
        DECLARED[id] = Figure(id, title, select=select, **declared)
        return select

    return declare


def always(*categories: str) -> Callable[[Council], tuple[str, ...]]:
    """Categories that are the same for every council."""
    return lambda council: categories


def service_areas(council: Council) -> tuple[str, ...]:
    return council.service_areas


def or_not_recorded(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows with a category for those in which a column is empty."""
    return rows.assign(**{column: rows[column].fillna(NOT_RECORDED)})


def still_open(rows: pd.DataFrame, ended: str, data: Data) -> pd.DataFrame:
    """Rows of earlier years that were open when a year began, under that year; a row may be open at several."""
    parts = []
    for year in data.settings.years_held:
        first_day = pd.Timestamp(year.first_day)
        earlier = rows[(rows["year"] < str(year)) & ~(rows[ended] < first_day)]
        parts.append(earlier.assign(year=str(year)))
    return pd.concat(parts, ignore_index=True)
