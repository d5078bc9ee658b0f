"""Rules of the procedure: status and outcome, stages, and complaints with their investigations.

`critical` where a published figure would be wrong or two of them would contradict each other, `warning` where somebody should
look.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.validate.dictionary import OUTCOMES
from pipeline.validate.rules.rule import RuleContext, is_duplicated, locate_matches, rule
from pipeline.year import Year

DECIDED_OUTCOMES = OUTCOMES[:4]
UNDECIDED_OUTCOMES = OUTCOMES[4:]


# Status and outcome ---------------------------------------------------------------------------------------------------------


@rule("complaints.outcome.open", "critical", "An open complaint has no outcome yet.",
      'outcome is "{value}" although status is open',
      "Set status to closed and fill in closed, or leave outcome empty until the complaint is closed.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~((table["status"] == "open") & table["outcome"].notna())


@rule("complaints.closed.open", "critical", "An open complaint has no date closed.", "closed is {value} although status is open",
      "Set status to closed, or leave closed empty.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~((table["status"] == "open") & table["closed"].notna())


@rule("complaints.outcome.not_accepted", "warning", "A complaint that was not accepted has no outcome.",
      'outcome is "{value}" although accepted is no; it is reported as not accepted',
      "Leave outcome empty, or correct accepted.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~((table["accepted"] == "no") & table["outcome"].notna())


@rule("complaints.not_accepted_reason.accepted", "warning", "A complaint that was accepted has no reason for turning it away.",
      'not_accepted_reason is "{value}" although accepted is yes',
      "Leave not_accepted_reason empty, or correct accepted.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~((table["accepted"] == "yes") & table["not_accepted_reason"].notna())


@rule("complaints.outcome.last_stage", "warning", "The outcome of a complaint is that of its last stage.",
      'outcome is "{value}" but that of its last stage is "{evidence}"',
      "Correct the outcome of the complaint or of the stage; the report gives the complaint's.",
      evidence=lambda held, rows: held.last_stage.loc[rows.index, "outcome"].astype("str"))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    outcome, last = (
        held.table("complaints")["outcome"].astype("str"),
        held.last_stage["outcome"].astype("str"),
    )
    return outcome.isna() | last.isna() | (outcome == last)


@rule("complaints.closed.responded", "warning", "A complaint is not closed before its last response.",
      "closed {value} is before the last response, of {evidence}", "Correct whichever of the two dates is wrong.",
      evidence=lambda held, rows: held.last_stage.loc[rows.index, "responded"].dt.strftime("%Y-%m-%d"))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~(table["closed"] < held.last_stage["responded"]) | (table["outcome"] == "withdrawn")


@rule("complaints.outcome.withdrawn", "warning", "A complaint that was withdrawn has no later response.",
      "the complaint was withdrawn and closed on {closed}, but a response followed on {evidence}",
      "Correct the outcome, the date closed or the date of the response.",
      evidence=lambda held, rows: held.last_stage.loc[rows.index, "responded"].dt.strftime("%Y-%m-%d"))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    return ~((table["outcome"] == "withdrawn") & (held.last_stage["responded"] > table["closed"]))


@rule("investigations.outcome.missing", "warning", "A stage that was answered has an outcome.",
      "outcome is empty although stage {stage} of {complaint} was answered on {responded}",
      "Fill in the outcome of the stage.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return table["responded"].isna() | table["outcome"].notna()


@rule("investigations.responded.missing", "warning", "A stage that was decided has a date of response.",
      "responded is empty although stage {stage} of {complaint} was decided or its complaint is closed; it counts as open",
      "Fill in the date of the response.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table, complaint = held.table("investigations"), held.complaint_of_investigation
    decided = table["outcome"].isin(DECIDED_OUTCOMES)
    closed = (
        table["outcome"].isna()
        & (complaint["status"] == "closed")
        & complaint["outcome"].isin(DECIDED_OUTCOMES)
    )
    return table["responded"].notna() | ~(decided | closed)


@rule("ombudsman.decided.under_investigation", "warning", "A case under investigation has no date of decision.",
      "decided is {value} although decision is under investigation", "Correct decision, or leave decided empty.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("ombudsman")
    return ~((table["decision"] == "under investigation") & table["decided"].notna())


@rule("learning.completed.status", "warning", "Only an action that was implemented has a date completed.",
      "completed is {value} although status is {status}", "Correct status, or leave completed empty.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("learning")
    return table["completed"].isna() | (table["status"] == "implemented") | table["status"].isna()


# Stages of the procedure ----------------------------------------------------------------------------------------------------


@rule("investigations.stage.twice", "critical", "No complaint goes through the same stage twice.",
      "stage {value} of {complaint} stands more than once: {evidence}",
      "Keep one row for each stage; a stage carried over to the next year keeps its date of request.",
      evidence=lambda held, rows: locate_matches(held.table("investigations"), rows, ["complaint", "stage"]))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    # What is open at the end of a year may be handed over again with the next; then the later row counts.
    again = is_duplicated(table, ["complaint", "stage", "requested"]) & ~is_duplicated(
        table, ["complaint", "stage", "requested", "year"]
    )
    distinct = table.loc[~(again & table.duplicated(["complaint", "stage", "requested"]))]
    twice = is_duplicated(distinct, ["complaint", "stage"]).reindex(table.index, fill_value=False)
    return ~(twice | is_duplicated(table, ["complaint", "stage", "year"]))


@rule("investigations.stage.without_stage_1", "critical", "Stage 2 follows stage 1, unless that was bypassed.",
      "{complaint} is at stage 2 without a row for stage 1, and bypassed is not yes",
      "Add the row for stage 1, or set bypassed to yes.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return ~((table["stage"] == "2") & (table["bypassed"] != "yes") & ~_has_stage(held, "1")) | (
        held.complaint_positions < 0
    )


@rule("investigations.stage.without_stage_2", "critical", "Stage 3 follows stage 2.",
      "{complaint} is at stage 3 without a row for stage 2", "Add the row for stage 2, or correct stage.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return ~((table["stage"] == "3") & ~_has_stage(held, "2")) | (held.complaint_positions < 0)


@rule("investigations.bypassed.stage_1_there", "critical", "Stage 1 was not bypassed if there is a row for it.",
      "bypassed is yes although there is a row for stage 1 of {complaint}",
      "Set bypassed to no, or remove the row for stage 1.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return ~((table["stage"] == "2") & (table["bypassed"] == "yes") & _has_stage(held, "1"))


def _declare_stage_only(column: str, stage: str) -> None:
    said = "is yes" if column == "bypassed" else "is {value}"

    @rule(f"investigations.{column}.stage", "warning", f"{column} is filled in at stage {stage} only.",
          f"{column} {said} at stage {{stage}}, where it has no meaning", f"Leave {column} empty, or correct stage.")  # fmt: skip
    def _(held: RuleContext) -> pd.Series:
        table = held.table("investigations")
        there = table[column] == "yes" if column == "bypassed" else table[column].notna()
        return ~there | (table["stage"] == stage) | table["stage"].isna()


for _column, _stage in (
    ("bypassed", "2"),
    ("agreed", "2"),
    ("panel_met", "3"),
    ("panel_reported", "3"),
):
    _declare_stage_only(_column, _stage)


@rule("investigations.agreed.clock", "warning", "Where the stage 2 clock starts at the agreed statement, its date is there.",
      "agreed is empty, so the time of stage 2 of {complaint} is counted from the request",
      "Fill in the date on which the statement of complaint was agreed.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    starts = held.settings.council.time_limits.stage_2_clock == "agreed"
    return (
        table["agreed"].notna() | (table["stage"] != "2") | table["responded"].isna() | (not starts)
    )


@rule("investigations.extension_ground.extended", "warning", "A ground for an extension stands only where there was one.",
      'extension_ground is "{value}" although extended is not yes; the extension does not count',
      "Set extended to yes, or leave extension_ground empty.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return table["extension_ground"].isna() | (table["extended"] == "yes")


# Complaints and their investigations ----------------------------------------------------------------------------------------


def _may_be_earlier_case(held: RuleContext) -> pd.Series:
    """Whether an investigation may belong to a complaint of a year that is not held: stage 1 tells the day of receipt."""
    table = held.table("investigations")
    starts = table["requested"].dt.year - (table["requested"].dt.month < 4)
    return (table["stage"] != "1") | ~starts.isin([Year.parse(year).starts for year in held.years])


@rule("investigations.complaint.known", "critical", "A complaint received in a year that is held is among its complaints.",
      "there is no complaint {value}, though its stage 1 was asked for on {requested}, in a year whose complaints are held",
      "Correct the reference, or add the complaint to the extract.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return (
        (held.complaint_positions >= 0)
        | held.table("investigations")["complaint"].isna()
        | _may_be_earlier_case(held)
    )


@rule("investigations.complaint.earlier", "warning", "An investigation belongs to a complaint that is held.",
      "there is no complaint {value} in the years held; it may be of an earlier year",
      "Correct the reference; if the complaint is of an earlier year, there is nothing to do.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return (
        (held.complaint_positions >= 0)
        | held.table("investigations")["complaint"].isna()
        | ~_may_be_earlier_case(held)
    )


@rule("investigations.complaint.not_accepted", "critical", "A complaint that was not accepted has no investigation.",
      "complaint {value} was not accepted, yet it has stage {stage}",
      "Set accepted to yes in complaints, or remove the investigation.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return held.complaint_of_investigation["accepted"] != "no"


def _has_investigation_if_needed(held: RuleContext) -> pd.Series:
    table = held.table("complaints")
    known = pd.Series(False, index=table.index)
    known.loc[held.complaints.index] = np.isin(
        np.arange(len(held.complaints)), held.complaint_positions.to_numpy()
    )
    needed = (
        (table["accepted"] == "yes")
        & ~table["outcome"].isin(UNDECIDED_OUTCOMES)
        & table["reference"].notna()
    )
    first_of_its_reference = table.index.isin(held.complaints.index)
    return known | ~needed | ~first_of_its_reference | ("investigations" not in held.tables)


@rule("complaints.reference.investigated", "critical", "A complaint that was accepted and decided has an investigation.",
      'complaint {value} is closed as "{outcome}" but has no row in investigations',
      "Add a row for each stage it went through, or correct its outcome.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return _has_investigation_if_needed(held) | (held.table("complaints")["status"] != "closed")


@rule("complaints.reference.under_way", "warning", "A complaint that was accepted and is open is at some stage.",
      "complaint {value} is open but has no row in investigations", "Add a row for stage 1.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return _has_investigation_if_needed(held) | (held.table("complaints")["status"] != "open")


def _has_stage(held: RuleContext, stage: str) -> np.ndarray:
    """For each investigation whether its complaint went through a stage."""
    cases = held.complaint_positions
    return cases.isin(
        cases[(held.table("investigations")["stage"] == stage) & (cases >= 0)]
    ).to_numpy()
