"""Rules about what was agreed to put things right, after complaints and after the Ombudsman."""

from __future__ import annotations

import pandas as pd

from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.rule import Rule, declare


@declare(
    Rule(
        id="complaints.remedy.missing",
        severity="warning",
        reason="A remedy with a date says what it is.",
        what="remedy is empty although a date of it is given; it counts as not recorded",
        remedy="Fill in remedy, or take out remedy_due and remedy_done.",
    )
)
def remedy_with_date_is_named(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    has_date = table["remedy_due"].notna() | table["remedy_done"].notna()
    return table["remedy"].notna() | ~has_date


@declare(
    Rule(
        id="complaints.remedy.not_accepted",
        severity="warning",
        reason="A complaint that was not accepted has no remedy.",
        what='remedy is "{value}" although accepted is no',
        remedy="Leave remedy empty, or correct accepted.",
    )
)
def rejected_complaint_has_no_remedy(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    return ~((table["accepted"] == "no") & table["remedy"].notna())


@declare(
    Rule(
        id="ombudsman.remedy_due.under_investigation",
        severity="warning",
        reason="A case under investigation has no date for complying.",
        what=(
            "remedy_due is {value} although decision is under investigation; it does not count "
            "until there is a decision"
        ),
        remedy="Correct decision, or leave remedy_due empty.",
    )
)
def case_under_investigation_has_no_due_date(context: RuleContext) -> pd.Series:
    table = context.table("ombudsman")
    return ~((table["decision"] == UNDER_INVESTIGATION) & table["remedy_due"].notna())


def _declare_only_if_upheld(column: str, what_it_says: str) -> None:
    @declare(
        Rule(
            id=f"ombudsman.{column}.upheld",
            severity="warning",
            reason=f"Only a case that the Ombudsman upheld was {what_it_says}.",
            what=f"{column} is yes although decision is {{decision}}; it does not count",
            remedy=f"Correct decision or {column}.",
        )
    )
    def only_upheld_case_was_put_right(context: RuleContext) -> pd.Series:
        table = context.table("ombudsman")
        upheld = list(context.settings.council.procedure.ombudsman.upheld)
        return (table[column] != "yes").fillna(True) | table["decision"].isin(upheld)


_declare_only_if_upheld("early_remedy", "settled early")
_declare_only_if_upheld("satisfactory_remedy", "given a satisfactory remedy before")
