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

# Who and when, before how far: a due date and a status never contain the separator of details.
TRACKER_COLUMNS = ("action", "owner", "due_text", "status")


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
@figure(
    "learning.tracker",
    "Learning actions with owner and due date",
    unit="action",
    by=TRACKER_COLUMNS,
    needs=("learning",),
    rule=(
        "Each action that came of the year's complaints, with who is to do it, when it is due and "
        "how far it has come."
    ),
)
def _learning_actions(data: CleanedData) -> pd.DataFrame:
    return _with_tracker_texts(data.rows("learning"))


def _with_tracker_texts(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions with the due date in words, and with a text where an owner or date is missing."""
    dates = actions["due"].dt
    day, year = (part.astype("Int64").astype("str") for part in (dates.day, dates.year))
    # The names of months are English in every locale.
    actions = actions.assign(due_text=day + " " + dates.month_name() + " " + year)
    return fill_not_recorded(fill_not_recorded(actions, "owner"), "due_text")


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
    return _overdue(data.rows("learning"), data)


def _overdue(actions: pd.DataFrame, data: CleanedData) -> pd.DataFrame:
    as_at = pd.Timestamp(data.settings.report.data_as_at)
    return actions[(actions["status"] == "in progress") & (actions["due"] < as_at)]


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
@figure(
    "learning.carried_over_by_status",
    "Learning actions carried over, by status",
    unit="action",
    by=("status",),
    needs=("learning",),
    needs_year_before=True,
    categories=fixed_categories("implemented", "in progress"),
    base="learning.carried_over",
    rule=(
        "Actions of an earlier year with extracts, neither completed nor given up when the year "
        "began, by how far they had come when the data was taken."
    ),
)
@figure(
    "learning.carried_over_tracker",
    "Learning actions carried over, with owner and due date",
    unit="action",
    by=TRACKER_COLUMNS,
    needs=("learning",),
    needs_year_before=True,
    rule=(
        "Each action of an earlier year with extracts, neither completed nor given up when the "
        "year began, with who is to do it, when it is due and how far it had come when the data "
        "was taken."
    ),
)
def _actions_carried_over(data: CleanedData) -> pd.DataFrame:
    actions = data.rows("learning").query("status != 'not implemented'")
    return _with_tracker_texts(open_at_start_of_year(actions, "completed", data))


@figure(
    "learning.overdue_carried_over",
    "Learning actions carried over and overdue",
    unit="action",
    needs=("learning",),
    needs_year_before=True,
    base="learning.carried_over",
    part_of=(Part(Term("learning.carried_over_by_status", "in progress")),),
    rule=(
        "Actions of an earlier year with extracts, neither completed nor given up when the year "
        "began, in progress though due before the data was taken."
    ),
)
def _overdue_carried_over(data: CleanedData) -> pd.DataFrame:
    return _overdue(_actions_carried_over(data), data)


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
