"""Rules about status, outcome and remedy: of complaints, stages, Ombudsman cases and actions.

`critical` where a published figure would be wrong or two of them would contradict each other,
`warning` where somebody should look.
"""

from __future__ import annotations

import pandas as pd

from pipeline.procedures.model import UNDER_INVESTIGATION
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.rule import Rule, declare


@declare(
    Rule(
        id="complaints.outcome.open",
        severity="critical",
        reason="An open complaint has no outcome yet.",
        what='outcome is "{value}" although status is open',
        remedy=(
            "Set status to closed and fill in closed, or leave outcome empty until the complaint "
            "is closed."
        ),
    )
)
def open_complaint_has_no_outcome(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    return ~((table["status"] == "open") & table["outcome"].notna())


@declare(
    Rule(
        id="complaints.closed.open",
        severity="critical",
        reason="An open complaint has no date closed, unless it was reopened.",
        what="closed is {value} although status is open",
        remedy="Set status to closed, or leave closed empty.",
    )
)
def open_complaint_has_no_closing_date(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    is_reopened = table["reopened"].notna() & table["closed_again"].isna()
    return ~((table["status"] == "open") & table["closed"].notna() & ~is_reopened)


@declare(
    Rule(
        id="complaints.outcome.not_accepted",
        severity="warning",
        reason="A complaint that was not accepted has no outcome.",
        what='outcome is "{value}" although accepted is no; it is reported as not accepted',
        remedy="Leave outcome empty, or correct accepted.",
    )
)
def rejected_complaint_has_no_outcome(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    return ~((table["accepted"] == "no") & table["outcome"].notna())


@declare(
    Rule(
        id="complaints.not_accepted_reason.accepted",
        severity="warning",
        reason="A complaint that was accepted has no reason for turning it away.",
        what='not_accepted_reason is "{value}" although accepted is yes',
        remedy="Leave not_accepted_reason empty, or correct accepted.",
    )
)
def accepted_complaint_has_no_rejection_reason(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    return ~((table["accepted"] == "yes") & table["not_accepted_reason"].notna())


def _last_stage_outcome(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
    return context.last_stage.loc[rows.index, "outcome"].astype("str")


def _last_response(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
    return context.last_stage.loc[rows.index, "responded"].dt.strftime("%Y-%m-%d")


@declare(
    Rule(
        id="complaints.outcome.last_stage",
        severity="warning",
        reason="The outcome of a complaint is that of its last stage.",
        what='outcome is "{value}" but that of its last stage is "{evidence}"',
        remedy=(
            "Correct the outcome of the complaint or of the stage; the report gives the "
            "complaint's."
        ),
        evidence=_last_stage_outcome,
    )
)
def outcome_is_that_of_last_stage(context: RuleContext) -> pd.Series:
    outcome = context.table("complaints")["outcome"]
    last_outcome = context.last_stage["outcome"].astype("category")
    is_same = outcome == last_outcome.cat.set_categories(outcome.cat.categories)
    return outcome.isna() | last_outcome.isna() | is_same


@declare(
    Rule(
        id="complaints.closed.responded",
        severity="warning",
        reason="A complaint is not closed before its last response.",
        what="closed {value} is before the last response, of {evidence}",
        remedy="Correct whichever of the two dates is wrong.",
        evidence=_last_response,
    )
)
def complaint_closed_after_last_response(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    last_closed = table["closed_again"].fillna(table["closed"]).mask(table["status"] == "open")
    is_early = last_closed < context.last_stage["responded"]
    return ~is_early | (table["outcome"] == "withdrawn")


@declare(
    Rule(
        id="complaints.outcome.withdrawn",
        severity="warning",
        reason="A complaint that was withdrawn has no later response.",
        what=(
            "the complaint was withdrawn and closed on {closed}, but a response followed on "
            "{evidence}"
        ),
        remedy="Correct the outcome, the date closed or the date of the response.",
        evidence=_last_response,
    )
)
def withdrawn_complaint_has_no_later_response(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    is_answered_later = context.last_stage["responded"] > table["closed"]
    return ~((table["outcome"] == "withdrawn") & is_answered_later)


@declare(
    Rule(
        id="investigations.outcome.missing",
        severity="warning",
        reason="A stage that was answered has an outcome.",
        what=("outcome is empty although stage {stage} of {complaint} was answered on {responded}"),
        remedy="Fill in the outcome of the stage.",
    )
)
def answered_stage_has_outcome(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    return table["responded"].isna() | table["outcome"].notna()


@declare(
    Rule(
        id="investigations.responded.missing",
        severity="warning",
        reason="A stage that was decided has a date of response.",
        what=(
            "responded is empty although stage {stage} of {complaint} was decided or its "
            "complaint is closed; it counts as open"
        ),
        remedy="Fill in the date of the response.",
    )
)
def decided_stage_has_response_date(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    complaint = context.complaint_of_investigation
    decided = context.settings.council.procedure.decided
    is_decided = table["outcome"].isin(decided)
    is_closed = (complaint["status"] == "closed") & complaint["outcome"].isin(decided)
    return table["responded"].notna() | ~(is_decided | (table["outcome"].isna() & is_closed))


@declare(
    Rule(
        id="ombudsman.decided.under_investigation",
        severity="warning",
        reason="A case under investigation has no date of decision.",
        what="decided is {value} although decision is under investigation",
        remedy="Correct decision, or leave decided empty.",
    )
)
def case_under_investigation_has_no_decision_date(context: RuleContext) -> pd.Series:
    table = context.table("ombudsman")
    return ~((table["decision"] == "under investigation") & table["decided"].notna())


@declare(
    Rule(
        id="learning.completed.status",
        severity="warning",
        reason="Only an action that was implemented has a date completed.",
        what="completed is {value} although status is {status}",
        remedy="Correct status, or leave completed empty.",
    )
)
def only_implemented_action_has_completion_date(context: RuleContext) -> pd.Series:
    table = context.table("learning")
    is_implemented = table["status"] == "implemented"
    return table["completed"].isna() | is_implemented | table["status"].isna()


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
