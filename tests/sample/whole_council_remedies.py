"""What the second sample's council did to put things right, and with whom it answered jointly.

Draws of their own, so that everything else about a case is unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from whole_council_cases import Draw, ProcedureYear, add_working_days

UPHELD = ("upheld", "partially upheld", "well-founded", "partly well-founded")
REMEDIES = {
    "apology": 46,
    "apology; service": 22,
    "apology; payment": 14,
    "service": 10,
    "review": 8,
}
NHS_AREA = "Hospital discharge"
JOINT_PERCENT = 40
REMEDY_PERCENT = 72
TOLD_PERCENT = 88
DONE_LATE_PERCENT = 12
SATISFACTORY_PERCENT = 20
EARLY_PERCENT = 25
DAYS_TO_PROVIDE = (10, 30)


def with_remedies(year: ProcedureYear) -> None:
    """Fill in what was agreed after complaints that were upheld, and with whom they were joint."""
    for row in year.complaints:
        draw = Draw(f"remedy {row['reference']}")
        if row.get("service_area") == NHS_AREA and draw.happens(JOINT_PERCENT):
            row["joint_with"] = "NHS body"
        closed = row.get("closed")
        if row.get("outcome") in UPHELD and closed and draw.happens(REMEDY_PERCENT):
            dates = _remedy_dates(draw, closed, year.as_at)
            row |= {"remedy": draw.weighted(REMEDIES), **dates}


def with_partners(parts: dict[str, ProcedureYear]) -> None:
    """One case of adult social care that is about a council service, too."""
    adult = parts["adult"]
    plain = [
        row for row in adult.complaints if not row.get("joint_with") and row["accepted"] == "yes"
    ]
    plain[len(plain) // 2]["joint_with"] = "corporate"


def with_words_on_the_ombudsman(stages: Iterable[dict[str, Any]]) -> None:
    """Fill in whether the complainant was told of the Ombudsman when a limit was extended."""
    for row in stages:
        if row["procedure"] == "corporate" and row.get("extended") == "yes":
            is_informed = Draw(f"told {row['complaint']} {row['stage']}").happens(TOLD_PERCENT)
            row["ombudsman_told"] = "yes" if is_informed else "no"


def with_compliance(cases: Iterable[dict[str, Any]], as_at: date) -> Iterable[dict[str, Any]]:
    """The Ombudsman's cases with what was put right before, early, and after its decision."""
    for row in cases:
        if row["decision"] == "upheld":
            draw = Draw(f"compliance {row['reference']}")
            is_satisfactory = draw.happens(SATISFACTORY_PERCENT)
            row["satisfactory_remedy"] = "yes" if is_satisfactory else "no"
            is_early = not is_satisfactory and draw.happens(EARLY_PERCENT)
            row["early_remedy"] = "yes" if is_early else "no"
            if row["remedy"]:
                row |= _remedy_dates(draw, row["decided"], as_at)
        yield row


def _remedy_dates(draw: Draw, decided: date, as_at: date) -> dict[str, date | None]:
    due = add_working_days(decided, draw.between(DAYS_TO_PROVIDE))
    days = draw.between((2, 9))
    done = add_working_days(due, days) if draw.happens(DONE_LATE_PERCENT) else due
    if done == due:
        done = add_working_days(decided, days)
    return {"remedy_due": due, "remedy_done": done if done <= as_at else None}
