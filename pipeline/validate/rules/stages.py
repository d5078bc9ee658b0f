"""Rules about the stages of the procedure, and about complaints and their investigations.

`critical` where a published figure would be wrong or two of them would contradict each other,
`warning` where somebody should look.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.validate.dictionary import UNDECIDED_OUTCOMES
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.duplicates import is_duplicated, locate_matches
from pipeline.validate.rules.rule import Rule, declare
from pipeline.year import Year

# Columns of investigations that have a meaning at one stage only.
STAGE_OF_COLUMN = {"bypassed": "2", "agreed": "2", "panel_met": "3", "panel_reported": "3"}


def _has_stage(context: RuleContext, stage: str) -> np.ndarray:
    """For each investigation whether its complaint went through a stage."""
    positions = context.complaint_positions
    is_at_stage = context.table("investigations")["stage"] == stage
    has_stage: np.ndarray = positions.isin(positions[is_at_stage & (positions >= 0)]).to_numpy()
    return has_stage


# Stages of the procedure ---------------------------------------------------------------------


@declare(
    Rule(
        id="investigations.stage.twice",
        severity="critical",
        reason="No complaint goes through the same stage twice.",
        what="stage {value} of {complaint} appears more than once: {evidence}",
        remedy=(
            "Keep one row for each stage; a stage carried over to the next year keeps its date "
            "of request."
        ),
        evidence=lambda context, rows: locate_matches(
            context.table("investigations"), rows, ["complaint", "stage"]
        ),
    )
)
def stage_is_not_repeated(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    request = ["complaint", "stage", "requested"]
    # A stage open at the end of a year may be supplied again with the next; the later row counts.
    is_carried_over = is_duplicated(table, request) & ~is_duplicated(table, [*request, "year"])
    distinct = table.loc[~(is_carried_over & table.duplicated(request))]
    is_repeated = is_duplicated(distinct, ["complaint", "stage"])
    is_repeated = is_repeated.reindex(table.index, fill_value=False)
    return ~(is_repeated | is_duplicated(table, ["complaint", "stage", "year"]))


@declare(
    Rule(
        id="investigations.stage.without_stage_1",
        severity="critical",
        reason="Stage 2 follows stage 1, unless that was bypassed.",
        what="{complaint} is at stage 2 without a row for stage 1, and bypassed is not yes",
        remedy="Add the row for stage 1, or set bypassed to yes.",
    )
)
def stage_2_follows_stage_1(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    is_at_stage_2 = (table["stage"] == "2") & (table["bypassed"] != "yes")
    return ~(is_at_stage_2 & ~_has_stage(context, "1")) | (context.complaint_positions < 0)


@declare(
    Rule(
        id="investigations.stage.without_stage_2",
        severity="critical",
        reason="Stage 3 follows stage 2.",
        what="{complaint} is at stage 3 without a row for stage 2",
        remedy="Add the row for stage 2, or correct stage.",
    )
)
def stage_3_follows_stage_2(context: RuleContext) -> pd.Series:
    is_at_stage_3 = context.table("investigations")["stage"] == "3"
    return ~(is_at_stage_3 & ~_has_stage(context, "2")) | (context.complaint_positions < 0)


@declare(
    Rule(
        id="investigations.bypassed.stage_1_there",
        severity="critical",
        reason="Stage 1 was not bypassed if there is a row for it.",
        what="bypassed is yes although there is a row for stage 1 of {complaint}",
        remedy="Set bypassed to no, or remove the row for stage 1.",
    )
)
def bypassed_stage_1_has_no_row(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    is_bypassed = (table["stage"] == "2") & (table["bypassed"] == "yes")
    return ~(is_bypassed & _has_stage(context, "1"))


def _declare_stage_only(column: str, stage: str) -> None:
    is_yes_no = column == "bypassed"
    cell = "is yes" if is_yes_no else "is {value}"

    @declare(
        Rule(
            id=f"investigations.{column}.stage",
            severity="warning",
            reason=f"{column} is filled in at stage {stage} only.",
            what=f"{column} {cell} at stage {{stage}}, where it has no meaning",
            remedy=f"Leave {column} empty, or correct stage.",
        )
    )
    def column_is_filled_at_its_stage_only(context: RuleContext) -> pd.Series:
        table = context.table("investigations")
        is_filled = table[column] == "yes" if is_yes_no else table[column].notna()
        return ~is_filled | (table["stage"] == stage) | table["stage"].isna()


for _column, _stage in STAGE_OF_COLUMN.items():
    _declare_stage_only(_column, _stage)


@declare(
    Rule(
        id="investigations.agreed.clock",
        severity="warning",
        reason="Where the stage 2 clock starts at the agreed statement, its date is there.",
        what="agreed is empty, so the time of stage 2 of {complaint} is counted from the request",
        remedy="Fill in the date on which the statement of complaint was agreed.",
    )
)
def stage_2_has_the_date_its_clock_starts(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    if context.settings.council.time_limits.stage_2_clock != "agreed":
        return pd.Series(True, index=table.index)
    return table["agreed"].notna() | (table["stage"] != "2") | table["responded"].isna()


@declare(
    Rule(
        id="investigations.extension_ground.extended",
        severity="warning",
        reason="A ground for an extension stands only where there was one.",
        what=(
            'extension_ground is "{value}" although extended is not yes; the extension does not '
            "count"
        ),
        remedy="Set extended to yes, or leave extension_ground empty.",
    )
)
def extension_ground_has_extension(context: RuleContext) -> pd.Series:
    table = context.table("investigations")
    return table["extension_ground"].isna() | (table["extended"] == "yes")


# Complaints and their investigations ----------------------------------------------------------


def _may_be_earlier_case(context: RuleContext) -> pd.Series:
    """Whether an investigation may belong to a complaint of a year without extracts.

    Stage 1 shows the day on which the complaint was received.
    """
    table = context.table("investigations")
    requested = table["requested"]
    start_years = requested.dt.year - (requested.dt.month < 4)
    available = [Year.parse(year).starts for year in context.years]
    return (table["stage"] != "1") | ~start_years.isin(available)


def _has_known_complaint(context: RuleContext) -> pd.Series:
    references = context.table("investigations")["complaint"]
    return (context.complaint_positions >= 0) | references.isna()


@declare(
    Rule(
        id="investigations.complaint.known",
        severity="critical",
        reason="A complaint received in a year that is held is among its complaints.",
        what=(
            "there is no complaint {value}, though its stage 1 was asked for on {requested}, in "
            "a year whose complaints are held"
        ),
        remedy="Correct the reference, or add the complaint to the extract.",
    )
)
def complaint_of_available_year_is_known(context: RuleContext) -> pd.Series:
    return _has_known_complaint(context) | _may_be_earlier_case(context)


@declare(
    Rule(
        id="investigations.complaint.earlier",
        severity="warning",
        reason="An investigation belongs to a complaint that is held.",
        what="there is no complaint {value} in the years held; it may be of an earlier year",
        remedy=(
            "Correct the reference; if the complaint is of an earlier year, there is nothing to do."
        ),
    )
)
def complaint_of_earlier_year_is_known(context: RuleContext) -> pd.Series:
    return _has_known_complaint(context) | ~_may_be_earlier_case(context)


@declare(
    Rule(
        id="investigations.complaint.not_accepted",
        severity="critical",
        reason="A complaint that was not accepted has no investigation.",
        what="complaint {value} was not accepted, yet it has stage {stage}",
        remedy="Set accepted to yes in complaints, or remove the investigation.",
    )
)
def rejected_complaint_has_no_investigation(context: RuleContext) -> pd.Series:
    return context.complaint_of_investigation["accepted"] != "no"


def _has_investigation_if_needed(context: RuleContext) -> pd.Series:
    """Whether a complaint that was accepted and not ended early has an investigation.

    Only the first row of a reference is judged.
    """
    table = context.table("complaints")
    complaints = context.complaints
    is_investigated = pd.Series(False, index=table.index)
    positions = context.complaint_positions.to_numpy()
    is_investigated.loc[complaints.index] = np.isin(np.arange(len(complaints)), positions)
    is_needed = (
        (table["accepted"] == "yes")
        & ~table["outcome"].isin(UNDECIDED_OUTCOMES)
        & table["reference"].notna()
    )
    is_first = table.index.isin(complaints.index)
    are_missing = "investigations" not in context.tables
    return is_investigated | ~is_needed | ~is_first | are_missing


@declare(
    Rule(
        id="complaints.reference.investigated",
        severity="critical",
        reason="A complaint that was accepted and decided has an investigation.",
        what='complaint {value} is closed as "{outcome}" but has no row in investigations',
        remedy="Add a row for each stage it went through, or correct its outcome.",
    )
)
def decided_complaint_has_investigation(context: RuleContext) -> pd.Series:
    is_open = context.table("complaints")["status"] != "closed"
    return _has_investigation_if_needed(context) | is_open


@declare(
    Rule(
        id="complaints.reference.under_way",
        severity="warning",
        reason="A complaint that was accepted and is open is at some stage.",
        what="complaint {value} is open but has no row in investigations",
        remedy="Add a row for stage 1.",
    )
)
def open_complaint_has_investigation(context: RuleContext) -> pd.Series:
    is_closed = context.table("complaints")["status"] != "open"
    return _has_investigation_if_needed(context) | is_closed
