"""Figures of the actions that came of complaints."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import CleanedData, Part, Term
from pipeline.aggregate.figures.registry import (
    column_codes,
    figure,
    fill_not_recorded,
    fixed_categories,
    open_at_start_of_year,
)


@figure(
    "learning.recorded",
    "Learning actions recorded",
    unit="action",
    needs=("learning",),
    rule="Actions that came of the year's complaints.",
)
@figure(
    "learning.by_status",
    "Learning actions by status",
    unit="action",
    by=("status",),
    needs=("learning",),
    categories=fixed_categories(*column_codes("learning", "status")),
    base="learning.recorded",
    rule="Actions that came of the year's complaints, by how far they have come.",
)
@figure(
    "learning.actions",
    "Learning actions",
    unit="action",
    by=("action", "status"),
    needs=("learning",),
    rule="Each action that came of the year's complaints, with how far it has come.",
)
def _learning_actions(data: CleanedData) -> pd.DataFrame:
    return data.rows("learning")


@figure(
    "learning.overdue",
    "Learning actions overdue",
    unit="action",
    needs=("learning",),
    base="learning.recorded",
    part_of=(Part(Term("learning.by_status", "in progress")),),
    rule=(
        "Actions that came of the year's complaints, in progress though due before the data was "
        "taken."
    ),
)
def _overdue_actions(data: CleanedData) -> pd.DataFrame:
    as_at = pd.Timestamp(data.settings.report.data_as_at)
    rows = data.rows("learning").query("status == 'in progress'")
    return rows[rows["due"] < as_at]


@figure(
    "learning.carried_over",
    "Learning actions carried over",
    unit="action",
    needs=("learning",),
    needs_year_before=True,
    rule=(
        "Actions of an earlier year with extracts, neither completed nor given up when the year "
        "began."
    ),
)
def _actions_carried_over(data: CleanedData) -> pd.DataFrame:
    return open_at_start_of_year(
        data.rows("learning").query("status != 'not implemented'"), "completed", data
    )


@figure(
    "learning.not_implemented",
    "Learning actions decided against",
    unit="action",
    by=("action", "reason"),
    needs=("learning",),
    rule="Actions of the year that it was decided not to carry out, each with the reason.",
)
def _actions_not_implemented(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(data.rows("learning").query("status == 'not implemented'"), "reason")
