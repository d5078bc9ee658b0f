"""Rules about the order of dates, and about dates in the financial year of their extract."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from pipeline.validate.rules.context import RuleContext, is_inside_year
from pipeline.validate.rules.rule import Rule, declare
from pipeline.year import Year

# fmt: off
# Extract, and two dates of which the second is never before the first.
DATE_ORDERS = (
    ("complaints", "received", "closed"),
    ("complaints", "closed", "reopened"),
    ("complaints", "reopened", "closed_again"),
    ("complaints", "received", "remedy_due"),
    ("complaints", "received", "remedy_done"),
    ("investigations", "requested", "acknowledged"),
    ("investigations", "requested", "agreed_due"),
    ("investigations", "acknowledged", "responded"),
    ("investigations", "requested", "agreed"),
    ("investigations", "requested", "panel_met"),
    ("investigations", "panel_met", "panel_reported"),
    ("investigations", "panel_reported", "responded"),
    ("investigations", "agreed", "responded"),
    ("investigations", "requested", "responded"),
    ("ombudsman", "received", "decided"),
    ("ombudsman", "received", "remedy_due"),
    ("ombudsman", "received", "remedy_done"),
    ("concerns", "received", "settled"),
)
# fmt: on


def _declare_date_order(extract: str, earlier: str, later: str) -> None:
    @declare(
        Rule(
            id=f"{extract}.{later}.after_{earlier}",
            severity="critical",
            reason=f"{later} is not before {earlier}.",
            what=f"{later} {{value}} is before {earlier} {{{earlier}}}",
            remedy="Correct whichever of the two dates is wrong.",
        )
    )
    def dates_are_in_order(context: RuleContext) -> pd.Series:
        table = context.table(extract)
        return ~(table[later] < table[earlier])


for _extract, _earlier, _later in DATE_ORDERS:
    _declare_date_order(_extract, _earlier, _later)


def _complaint_received(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
    received = context.complaint_of_investigation.loc[rows.index, "received"]
    return received.dt.strftime("%Y-%m-%d")


@declare(
    Rule(
        id="investigations.requested.after_received",
        severity="critical",
        reason="No stage is asked for before its complaint was received.",
        what=(
            "stage {stage} was asked for on {value}, before complaint {complaint} was received "
            "on {evidence}"
        ),
        remedy="Correct whichever of the two dates is wrong.",
        evidence=_complaint_received,
    )
)
def stage_requested_after_complaint(context: RuleContext) -> pd.Series:
    requested = context.table("investigations")["requested"]
    return ~(requested < context.complaint_of_investigation["received"])


@declare(
    Rule(
        id="investigations.requested.stage_1",
        severity="warning",
        reason="Stage 1 starts on the day on which the complaint was received.",
        what=(
            "stage 1 was asked for on {value} but complaint {complaint} was received on "
            "{evidence}; its time is counted from {value}"
        ),
        remedy="Give stage 1 the date on which the complaint was received.",
        evidence=_complaint_received,
    )
)
def stage_1_starts_on_receipt(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    is_later = table["requested"] > context.complaint_of_investigation["received"]
    return ~((table["stage"] == "1") & is_later)


@declare(
    Rule(
        id="investigations.requested.stage_before",
        severity="critical",
        reason="A stage is not asked for before the stage that goes before it.",
        what=(
            "stage {stage} of {complaint} was asked for on {value}, before the stage that goes "
            "before it"
        ),
        remedy="Correct whichever of the two dates or stages is wrong.",
    )
)
def stages_requested_in_order(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    positions = context.complaint_positions
    is_in_order = pd.Series(True, index=table.index)
    for previous_stage, stage in pairwise(context.settings.council.procedure.stage_numbers):
        is_previous = table["stage"] == previous_stage
        first_previous = table["requested"][is_previous].groupby(positions[is_previous]).min()
        here = table["requested"][table["stage"] == stage]
        is_in_order[here.index] &= ~(here < first_previous.reindex(positions[here.index]).array)
    return is_in_order | (positions < 0)


@declare(
    Rule(
        id="investigations.requested.year",
        severity="info",
        reason="A stage is asked for in the year of its extract, or earlier.",
        what=(
            "stage {stage} of {complaint} was asked for on {value}, after {year}; it counts in "
            "the year in which it was asked for"
        ),
        remedy="No action is needed, unless the date is wrong.",
    )
)
def stage_requested_by_end_of_year(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    is_in_time = pd.Series(True, index=table.index)
    for year in table["year"].unique():
        is_after = table["requested"] > pd.Timestamp(Year.parse(year).last_day)
        is_in_time &= ~((table["year"] == year) & is_after)
    return is_in_time


@declare(
    Rule(
        id="ombudsman.received.year",
        severity="warning",
        reason="The Ombudsman received the case in the year of the extract.",
        what="received {value} is not inside {year}, although the case is in that year's extract",
        remedy=(
            "Move the case to the extract of the year in which the Ombudsman received it, or "
            "correct the date."
        ),
    )
)
def ombudsman_received_in_year(context: RuleContext) -> pd.Series:
    return is_inside_year(context.table("ombudsman"), "received")
