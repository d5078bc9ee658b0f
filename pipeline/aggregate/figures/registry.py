"""How a figure is declared: once, above the function that selects its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.procedures import Procedure
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

SelectT = TypeVar("SelectT", bound=Select)
Declaration = Callable[[Procedure], Iterable[Figure]]
DECLARATIONS: list[Declaration] = []
NOT_RECORDED = "not recorded"


def figure(id: str, title: str, **attributes: Any) -> Callable[[SelectT], SelectT]:
    """A decorator that declares a figure of every procedure; the function below selects the rows.

    attributes: the other fields of Figure.
    """

    def declare(select: SelectT) -> SelectT:
        declared = (Figure(id, title, select=select, **attributes),)
        DECLARATIONS.append(lambda procedure: declared)
        return select

    return declare


def figures_of_procedure(declare: Declaration) -> Declaration:
    """A decorator of a function that yields figures which depend on the procedure."""
    DECLARATIONS.append(declare)
    return declare


def fixed_categories(*categories: str) -> Callable[[Council], tuple[str, ...]]:
    """Categories that are the same for every council."""
    return lambda council: categories


def column_codes(extract: str, column: str) -> tuple[str, ...]:
    """The codes of a column in the data dictionary."""
    return EXTRACTS_BY_NAME[extract].column(column).codes or ()


def service_areas(council: Council) -> tuple[str, ...]:
    """The council's service areas, as categories."""
    return council.service_areas


def with_values(rows: pd.DataFrame, column: str, values: Collection[str]) -> pd.DataFrame:
    """The rows with one of these values, which a query takes longer to select."""
    return rows[rows[column].isin(values)]


def fill_not_recorded(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows with a category of their own where a column is empty."""
    return rows.assign(**{column: rows[column].fillna(NOT_RECORDED)})


def open_at_start_of_year(rows: pd.DataFrame, end_column: str, data: CleanedData) -> pd.DataFrame:
    """Rows of earlier years that were still open when a year began, counted in that year.

    A row may be open at the start of several years.
    """
    parts = []
    for year in data.settings.available_years:
        has_ended = rows[end_column] < pd.Timestamp(year.first_day)
        is_earlier = rows["year"].astype("str") < str(year)
        parts.append(rows[is_earlier & ~has_ended].assign(year=str(year)))
    return pd.concat(parts, ignore_index=True)
