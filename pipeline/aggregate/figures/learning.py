"""Figures of the actions from complaints."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    column_codes,
    figure,
    fill_not_recorded,
    fixed_categories,
    open_at_start_of_year,
)
from pipeline.aggregate.terms import Part, Term

CARRIED_OVER = (
    "Actions accepted in an earlier year for which there are extracts, and not completed when the "
    "year began"
)
# A due date and a status, which are last, never contain the separator of details.
TRACKER_COLUMNS = ("action", "owner", "due_text", "status")


@figure(
    "learning.recorded",
    "Learning actions recorded",
    unit="action",
    needs=("learning",),
    rule="Actions from the year's complaints.",
)
@figure(
    "learning.by_status",
    "Learning actions by status",
    unit="action",
    by=("status",),
    needs=("learning",),
    categories=fixed_categories(*column_codes("learning", "status")),
    base="learning.recorded",
    rule="Actions from the year's complaints, by status.",
)
@figure(
    "learning.actions",
    "Learning actions",
    unit="action",
    by=("action", "status"),
    needs=("learning",),
    rule="Each action from the year's complaints, with its status.",
)
@figure(
    "learning.tracker",
    "Learning actions with owner and due date",
    unit="action",
    by=TRACKER_COLUMNS,
    needs=("learning",),
    rule="Each action from the year's complaints, with its owner, due date and status.",
)
def _learning_actions(data: CleanedData) -> pd.DataFrame:
    return _with_tracker_texts(data.rows("learning"))


def _with_tracker_texts(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions with the due date in words, and with a text where an owner or date is missing."""
    return fill_not_recorded(with_dates_in_words(actions), "owner")


def with_dates_in_words(actions: pd.DataFrame) -> pd.DataFrame:
    """The actions with `due_text`, the due date in words, or a text where it is missing."""
    return fill_not_recorded(actions.assign(due_text=date_in_words(actions["due"])), "due_text")


def date_in_words(days: pd.Series) -> pd.Series:
    """Each day as "31 March 2026"; missing where it is."""
    dates = days.dt
    day, year = (part.astype("Int64").astype("str") for part in (dates.day, dates.year))
    # The names of months are English in every locale.
    return day + " " + dates.month_name() + " " + year


@figure(
    "learning.by_recommender",
    "Learning actions by who recommended them",
    unit="action",
    by=("recommended_by",),
    needs=("learning",),
    categories=fixed_categories(*column_codes("learning", "recommended_by"), NOT_RECORDED),
    base="learning.recorded",
    rule="Actions from the year's complaints, by who recommended them.",
)
def _recommended_actions(data: CleanedData) -> pd.DataFrame | None:
    actions = data.rows("learning")
    if actions["recommended_by"].isna().all():
        return None  # the council does not record it
    return fill_not_recorded(actions, "recommended_by")


@figure(
    "learning.overdue",
    "Learning actions overdue",
    unit="action",
    needs=("learning",),
    base="learning.recorded",
    part_of=(Part(Term("learning.by_status", "in progress")),),
    rule=(
        "Actions from the year's complaints that were in progress when the data was taken, "
        "although they were due before."
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
    rule=f"{CARRIED_OVER}.",
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
    rule=f"{CARRIED_OVER}, by status when the data was taken.",
)
@figure(
    "learning.carried_over_tracker",
    "Learning actions carried over, with owner and due date",
    unit="action",
    by=TRACKER_COLUMNS,
    needs=("learning",),
    needs_year_before=True,
    rule=f"{CARRIED_OVER}, each with its owner, due date and status when the data was taken.",
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
        f"{CARRIED_OVER}, that were in progress when the data was taken, although they were due "
        "before."
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
    rule="Actions of the year that were decided against, each with the reason.",
)
def _actions_not_implemented(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(data.rows("learning").query("status == 'not implemented'"), "reason")
