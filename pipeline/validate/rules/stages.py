"""Rules about stages of any procedure, and about complaints and their investigations.

`critical` where a published figure would be wrong or two of them would contradict each other,
`warning` where somebody should look.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.duplicates import is_duplicated, locate_matches
from pipeline.validate.rules.rule import Rule, declare
from pipeline.year import Year

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
    same_stage = table.loc[is_duplicated(table, ["complaint", "stage"])]
    is_repeated = _is_entered_twice(same_stage).reindex(table.index, fill_value=False)
    return ~is_repeated


def _is_entered_twice(table: pd.DataFrame) -> pd.Series:
    """Whether a stage appears in several rows and is not just carried over to the next year."""
    request = ["complaint", "stage", "requested"]
    # A stage open at the end of a year may be supplied again with the next; the later row counts.
    is_carried_over = is_duplicated(table, request) & ~is_duplicated(table, [*request, "year"])
    distinct = table.loc[~(is_carried_over & table.duplicated(request))]
    is_repeated = is_duplicated(distinct, ["complaint", "stage"])
    is_repeated = is_repeated.reindex(table.index, fill_value=False)
    return is_repeated | is_duplicated(table, ["complaint", "stage", "year"])


@declare(
    Rule(
        id="investigations.extension_ground.extended",
        severity="warning",
        reason="A ground for an extension is given only where there was an extension.",
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
            "Correct the reference; if the complaint is of an earlier year, no action is needed."
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
        & ~table["outcome"].isin(context.settings.council.procedure.undecided)
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
