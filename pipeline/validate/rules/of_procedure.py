"""The rules that follow from the stages of the council's procedure and their clocks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS_BY_NAME
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.rule import Rule

# Columns of investigations that have a meaning only at the stages that use them.
STAGE_COLUMNS = (
    *("bypassed", "agreed", "panel_met", "panel_reported", "acknowledged", "agreed_due"),
    "ombudsman_told",
)
EVENTS = {"requested": "the request", "acknowledged": "the acknowledgement"}


def rules_of_procedure(settings: Settings) -> Iterator[Rule]:
    """The rules of each stage, in order, and of the columns that belong to some stages."""
    procedure = settings.council.procedure
    for number, stage in procedure.numbered_stages:
        if stage.may_begin:
            yield from _bypassing_rules(number)
        elif number != "1":
            yield _stage_order_rule(number)
    stages_of_column: dict[str, list[str]] = {column: [] for column in STAGE_COLUMNS}
    for number, stage in procedure.numbered_stages:
        for event in stage.events & stages_of_column.keys():
            stages_of_column[event].append(number)
        if stage.may_begin:
            stages_of_column["bypassed"].append(number)
        if stage.response.until_agreed:
            stages_of_column["agreed_due"].append(number)
        if stage.response.tells_ombudsman:
            stages_of_column["ombudsman_told"].append(number)
            yield _ombudsman_told_rule(number, stage.response.source)
    for column, stages in stages_of_column.items():
        if len(stages) < len(procedure.stages):
            yield _column_rule(column, tuple(stages))
    for number in procedure.stage_numbers:
        response = settings.council.time_limits.clocks(number)[-1]
        if response.start != response.fallback:
            yield _clock_rule(number, response.start, response.fallback)


def _has_stage(context: RuleContext, stage: str) -> np.ndarray:
    """For each investigation whether its complaint went through a stage."""
    positions = context.complaint_positions
    is_at_stage = context.table("investigations")["stage"] == stage
    has_stage: np.ndarray = positions.isin(positions[is_at_stage & (positions >= 0)]).to_numpy()
    return has_stage


def _comes_after(context: RuleContext, stage: str, earlier: str) -> pd.Series:
    """Whether each investigation is not at a stage, or its complaint was at the earlier one."""
    is_here = context.table("investigations")["stage"] == stage
    return ~(is_here & ~_has_stage(context, earlier)) | (context.complaint_positions < 0)


def _stage_order_rule(stage: str) -> Rule:
    earlier = str(int(stage) - 1)
    return Rule(
        id=f"investigations.stage.without_stage_{earlier}",
        severity="critical",
        reason=f"Stage {stage} follows stage {earlier}.",
        what=f"{{complaint}} is at stage {stage} without a row for stage {earlier}",
        remedy=f"Add the row for stage {earlier}, or correct stage.",
        passes=lambda context: _comes_after(context, stage, earlier),
    )


def _bypassing_rules(stage: str) -> Iterator[Rule]:
    """The rules of a stage at which a complaint may begin."""
    earlier = str(int(stage) - 1)

    def is_bypassing(context: RuleContext) -> pd.Series:
        table = context.table("investigations")
        return (table["stage"] == stage) & (table["bypassed"] == "yes")

    yield Rule(
        id=f"investigations.stage.without_stage_{earlier}",
        severity="critical",
        reason=f"Stage {stage} follows stage {earlier}, unless that was bypassed.",
        what=(
            f"{{complaint}} is at stage {stage} without a row for stage {earlier}, and bypassed "
            "is not yes"
        ),
        remedy=f"Add the row for stage {earlier}, or set bypassed to yes.",
        passes=lambda context: _comes_after(context, stage, earlier) | is_bypassing(context),
    )
    yield Rule(
        id=f"investigations.bypassed.stage_{earlier}_there",
        severity="critical",
        reason=f"Stage {earlier} was not bypassed if there is a row for it.",
        what=f"bypassed is yes although there is a row for stage {earlier} of {{complaint}}",
        remedy=f"Set bypassed to no, or remove the row for stage {earlier}.",
        passes=lambda context: ~(is_bypassing(context) & _has_stage(context, earlier)),
    )


def _column_rule(column: str, stages: tuple[str, ...]) -> Rule:
    """The rule of a column that has a meaning at some stages only, or at none."""
    is_yes_no = column == "bypassed"
    cell = "is yes" if is_yes_no else "is {value}"
    where = f"at stage {' or '.join(stages)} only" if stages else "at no stage of the procedure"

    def is_empty_elsewhere(context: RuleContext) -> pd.Series:
        table = context.table("investigations")
        is_filled = table[column] == "yes" if is_yes_no else table[column].notna()
        return ~is_filled | table["stage"].isin(stages) | table["stage"].isna()

    return Rule(
        id=f"investigations.{column}.stage",
        severity="warning",
        reason=f"{column} is filled in {where}.",
        what=f"{column} {cell} at stage {{stage}}, where it has no meaning",
        remedy=f"Leave {column} empty, or correct stage.",
        passes=is_empty_elsewhere,
    )


def _ombudsman_told_rule(stage: str, source: str) -> Rule:
    """The rule of a stage at which an extension needs a word about the ombudsman."""

    def is_told(context: RuleContext) -> pd.Series:
        table = context.table("investigations")
        is_extended = (table["stage"] == stage) & (table["extended"] == "yes")
        return ~(is_extended & (table["ombudsman_told"] == "no"))

    return Rule(
        id=f"investigations.ombudsman_told.stage_{stage}",
        severity="warning",
        reason=f"An extension at stage {stage} comes with the contact details of the Ombudsman.",
        what=(
            f"stage {stage} of {{complaint}} was extended and the complainant was not told how to "
            f"contact the Ombudsman ({source})"
        ),
        remedy="Correct ombudsman_told if they were. If not, leave it: the report says so.",
        passes=is_told,
    )


def _clock_rule(stage: str, start: str, fallback: str) -> Rule:
    """The rule of a clock that starts, by the council's choice, with an event that is recorded."""
    meaning = EXTRACTS_BY_NAME["investigations"].column(start).meaning

    def has_start(context: RuleContext) -> pd.Series:
        table = context.table("investigations")
        return table[start].notna() | (table["stage"] != stage) | table["responded"].isna()

    return Rule(
        id=f"investigations.{start}.clock",
        severity="warning",
        reason=f"Where the stage {stage} clock starts at {start}, its date is there.",
        what=(
            f"{start} is empty, so the time of stage {stage} of {{complaint}} is counted from "
            f"{EVENTS.get(fallback, fallback)}"
        ),
        remedy=f"Fill in {start}: {meaning}.",
        passes=has_start,
    )
