"""The rows of a stage that its figures count."""

from __future__ import annotations

from functools import cache

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import ROW_LOCATION
from pipeline.aggregate.figures.registry import NOT_RECORDED, with_values

INVESTIGATION_COLUMNS = [
    *ROW_LOCATION,
    *("complaint", "outcome", "bypassed", "cost", "timeliness", "days", "days_late"),
]
IN_TIME = ("within limit", "within extension")


def investigations_at(stage: str, data: CleanedData, *columns: str) -> pd.DataFrame:
    """The investigations of a stage, with INVESTIGATION_COLUMNS and these alone.

    Every column costs time, for they are copied for each of fifty figures; those without further
    columns are copied once for all figures of a stage.
    """
    if not columns:
        rows = data.select(select_all(stage))
        assert rows is not None
        return rows
    investigations = data.rows("investigations")
    return investigations.loc[investigations["stage"] == stage, [*INVESTIGATION_COLUMNS, *columns]]


@cache
def select_all(stage: str) -> Select:
    def select(data: CleanedData) -> pd.DataFrame:
        investigations = data.rows("investigations")
        return investigations.loc[investigations["stage"] == stage, INVESTIGATION_COLUMNS]

    return select


def select_answered(stage: str) -> Select:
    return lambda data: investigations_at(stage, data).dropna(subset="days")


def select_in_time(stage: str) -> Select:
    return lambda data: with_values(investigations_at(stage, data), "timeliness", IN_TIME)


def select_upheld(stage: str) -> Select:
    return lambda data: with_values(
        investigations_at(stage, data), "outcome", data.settings.council.procedure.upheld
    )


def select_late(stage: str) -> Select:
    return lambda data: with_values(investigations_at(stage, data), "timeliness", ["late"]).dropna(
        subset="days_late"
    )


def select_costed(stage: str) -> Select:
    return lambda data: investigations_at(stage, data).dropna(subset="cost")


def select_with_outcome(stage: str) -> Select:
    """Investigations with the category of each: its outcome, or that it is open or withdrawn."""

    def select(data: CleanedData) -> pd.DataFrame:
        rows = investigations_at(stage, data)
        outcome = rows["outcome"]
        has_not_ended = outcome.isna() & rows["timeliness"].isin(["open", "withdrawn"])
        outcome = outcome.mask(has_not_ended, rows["timeliness"])
        return rows.assign(outcome=outcome.fillna(NOT_RECORDED))

    return select
