"""The cases that are open, by age, and the responses that are due soon: for the team alone."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from pipeline.clean.calendar import WorkingDays
from pipeline.clean.timeliness import DATE
from pipeline.settings import Council

SOON_DAYS = 10  # working days
OPEN_CASE_COLUMNS = (
    *("reference", "service_area", "received", "working_days_open", "age", "stage"),
    *("response_due", "working_days_left", "state", "file", "row"),
)
# The age of a case in working days, up to and including the number.
AGES = ((10, "up to 10 working days"), (20, "11 to 20 working days"), (65, "21 to 65 working days"))
OLDEST = "over 65 working days"
OVERDUE = "overdue"
DUE_SOON = f"due in the next {SOON_DAYS} working days"
DUE_LATER = "due later"
NO_DATE = "no response is due"


def open_cases(
    cases: pd.DataFrame, investigations: pd.DataFrame, council: Council, as_at: date
) -> pd.DataFrame:
    """One row per open case, the response that is due first at the top: OPEN_CASE_COLUMNS.

    cases, investigations: the cleaned tables. as_at: the day on which they are looked at.

    stage, response_due: of the last stage that was asked for and is not answered.
    """
    received = pd.Timestamp(as_at)
    rows = cases[cases["closed"].isna() & (cases["received"] <= received)]
    rows = rows[rows["status"] != "closed"].drop_duplicates("reference", keep="last")
    unanswered = investigations[investigations["responded"].isna()]
    unanswered = unanswered.sort_values(["requested", "stage"], kind="stable")
    last = unanswered.drop_duplicates("complaint", keep="last").set_index("complaint")
    due = last["due_extended"].fillna(last["due"])
    today = pd.Series(received, index=rows.index, dtype=DATE)
    calendar = _calendar(rows, due, council, as_at)
    response_due = due.reindex(rows["reference"]).set_axis(rows.index)
    age = calendar.count(rows["received"], today)
    left = calendar.count(today, response_due)
    table = rows.assign(
        working_days_open=age,
        age=[_age(int(days)) for days in age],
        stage=last["stage"].reindex(rows["reference"]).set_axis(rows.index),
        response_due=response_due,
        working_days_left=left,
        state=[_state(days) for days in left],
    )
    return table.sort_values(["response_due", "received"], kind="stable")[[*OPEN_CASE_COLUMNS]]


def _calendar(rows: pd.DataFrame, due: pd.Series, council: Council, as_at: date) -> WorkingDays:
    """The working days from the first to the last of all dates."""
    later = as_at + timedelta(days=366)
    days = [*rows["received"].dropna(), *due.dropna(), pd.Timestamp(later)]
    return WorkingDays.for_council(council, min(days).year, max(days).year)


def _age(days: int) -> str:
    return next((name for most, name in AGES if days <= most), OLDEST)


def _state(days_left: int | None) -> str:
    """Whether a response is late, due soon or later."""
    if days_left is None or pd.isna(days_left):
        return NO_DATE
    if days_left < 0:
        return OVERDUE
    return DUE_SOON if days_left <= SOON_DAYS else DUE_LATER


def open_case_summary(table: pd.DataFrame) -> str:
    """How many cases there are of each age, and how many responses are due, as lines of text."""
    ages = [name for _, name in AGES] + [OLDEST]
    lines = [f"{len(table)} open cases"]
    lines += [f"  {(table['age'] == age).sum():>5}  {age}" for age in ages]
    states = (OVERDUE, DUE_SOON, DUE_LATER, NO_DATE)
    lines += [
        "Their responses",
        *(f"  {(table['state'] == name).sum():>5}  {name}" for name in states),
    ]
    return "\n".join(lines)
