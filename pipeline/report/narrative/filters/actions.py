"""The sentence on when the next of the actions is due."""

from __future__ import annotations

from markupsafe import Markup

from pipeline.artifacts import DETAIL_SEPARATOR
from pipeline.report.figure import PublishedFigure
from pipeline.report.narrative.elements import data_element, require_figure
from pipeline.report.number import Number
from pipeline.year import MONTHS

IN_PROGRESS = "in progress"


def next_due(figure: PublishedFigure) -> Markup:
    """`{{ learning.tracker | next_due }}`: "The next is due on 16 December 2022."

    Of the actions in progress. Empty if there are none, or if one is withheld or has no date.
    """
    actions = require_figure(figure).numbers()
    if any(action.withheld for action in actions):
        return Markup("")
    in_progress = [action for action in actions if _status(action) == IN_PROGRESS]
    if not in_progress or not all(map(_due_date, in_progress)):
        return Markup("")
    action = min(in_progress, key=_due_date)
    return Markup(f"The next is due on {data_element(action, _due_text(action))}.")


def _status(action: Number) -> str:
    return action.detail.rpartition(DETAIL_SEPARATOR)[2]


def _due_text(action: Number) -> str:
    return action.detail.split(DETAIL_SEPARATOR)[-2]


def _due_date(action: Number) -> tuple[int, ...]:
    """Year, month and day of its due date; empty if none is recorded."""
    day, _, rest = _due_text(action).partition(" ")
    month, _, year = rest.partition(" ")
    if month not in MONTHS:
        return ()
    return int(year), MONTHS.index(month), int(day)
