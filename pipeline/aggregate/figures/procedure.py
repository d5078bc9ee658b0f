"""Figures of the procedure's three stages: how many, how they ended, how long they took, what they cost, who went on."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import ROW_LOCATION, CleanedData, Part, Sum, Term
from pipeline.aggregate.figures.registry import NOT_RECORDED, figure, fixed_categories
from pipeline.clean.cases import TIMELINESS
from pipeline.validate.dictionary import OUTCOMES

STAGES = ("1", "2", "3")
STAGE_NAMES = tuple(f"stage {stage}" for stage in STAGES)
# The panel's three limits: what is awaited, from the day of what, and the column with the working days it took. Regs 19 and 20.
PANEL_LIMITS = {
    "panel": ("Panel met", "that the panel met in time, by working days from the request", "panel_working_days", "stage_3_panel"),
    "report": ("Panel reported", "that the panel reported in time, by working days from its meeting", "report_working_days",
               "stage_3_report"),
    "response": ("Authority responded", "that the authority responded in time, by working days from the panel's report",
                 "response_working_days", "stage_3_response"),
}  # fmt: skip
INVESTIGATION_COLUMNS = [
    *ROW_LOCATION, "complaint", "outcome", "bypassed", "cost", "timeliness", "working_days", "working_days_late",
    *(column for _, _, column, _ in PANEL_LIMITS.values()),
]  # fmt: skip
PANEL_TIMELINESS = ("within limit", "late", NOT_RECORDED)
# Stage 3 is late if the authority's response was, and without a response its time is not recorded.
# The time of the panel's report counts from its meeting.
PARTS_OF_TIMELINESS = {
    "3": (Part(Term("stage_3.response", NOT_RECORDED), categories=("open", "withdrawn")),)
}
PARTS_OF_PANEL = {
    "panel": (Part(Term("stage_3.report", NOT_RECORDED), categories=(NOT_RECORDED,)),),
    "response": (Part(Term("stage_3.timeliness", "late"), categories=("late",)),),
}


@figure(
    "complaints.by_stage", "Investigations by stage", unit="investigation", by=("stage_name",), categories=fixed_categories(*STAGE_NAMES),
    needs=("investigations",), declared_group="totals",
    rule="Investigations asked for in the year, by stage; a complaint that went through two stages counts at each.",
)  # fmt: skip
def _investigations_by_stage(data: CleanedData) -> pd.DataFrame:
    investigations = data.rows("investigations")
    return investigations.assign(stage_name="stage " + investigations["stage"])


@figure("complaints.bypassed_stage_1", "Stage 2 investigations that bypassed stage 1", unit="investigation",
        needs=("investigations",), declared_group="breakdowns", part_of=(Part(Term("stage_2.investigated")),),
        rule="Stage 2 investigations asked for in the year without one at stage 1 before.")  # fmt: skip
def _investigations_without_stage_1(data: CleanedData) -> pd.DataFrame:
    return _investigations_at("2", data).query("bypassed == 'yes'")


@figure(
    "complaints.escalated", "Complaints that went on", unit="complaint", by=("went_on",), overlapping=True,
    categories=fixed_categories("went on to stage 2", "went on to stage 3"), needs=("complaints", "investigations"),
    base="complaints.received",
    rule="Complaints received in the year, and of these how many have gone on to stage 2 or 3, in that year or since; one at "
         "stage 3 counts at both if it was at both.",
)  # fmt: skip
def _escalated_complaints(data: CleanedData) -> pd.DataFrame:
    cases = data.rows("cases")
    references, parts = pd.Index(cases["reference"]), []
    for stage in STAGES[1:]:
        went_on = (
            pd.Index(_investigations_at(stage, data)["complaint"].dropna().unique()).get_indexer(
                references
            )
            >= 0
        )
        parts.append(cases[went_on].assign(went_on=f"went on to stage {stage}"))
    return pd.concat(parts, ignore_index=True)


def _investigations_at(stage: str, data: CleanedData) -> pd.DataFrame:
    """The investigations of a stage, with the columns USED here: they are copied for each figure, of which there are thirty."""
    investigations = data.rows("investigations")
    return investigations.loc[investigations["stage"] == stage, INVESTIGATION_COLUMNS]


def _select_answered(stage: str):
    return lambda data: _investigations_at(stage, data).query("working_days.notna()")


def _select_late(stage: str):
    return lambda data: _investigations_at(stage, data).query(
        "timeliness == 'late' and working_days_late.notna()"
    )


def _select_with_outcome(stage: str):
    def select(data: CleanedData) -> pd.DataFrame:
        rows = _investigations_at(stage, data)
        outcome = rows["outcome"].mask(
            rows["outcome"].isna() & rows["timeliness"].isin(["open", "withdrawn"]),
            rows["timeliness"],
        )
        return rows.assign(outcome=outcome.fillna(NOT_RECORDED))

    return select


def _declare_stage_figures(stage: str) -> None:
    """The figures that every stage has."""
    prefix, name, asked = (
        f"stage_{stage}",
        f"Stage {stage}",
        f"Stage {stage} investigations asked for in the year",
    )
    of_stage = {"needs": ("investigations",)}
    figure(
        f"{prefix}.investigated",
        f"{name} investigations",
        unit="investigation",
        rule=f"{asked}.",
        sums_to=(Sum(Term("complaints.by_stage", f"stage {stage}")),),
        **of_stage,
    )(lambda data: _investigations_at(stage, data))
    figure(
        f"{prefix}.by_outcome", f"{name} outcomes", unit="investigation", by=("outcome",), base=f"{prefix}.investigated",
        categories=fixed_categories(*OUTCOMES, "open", NOT_RECORDED),
        sums_to=(Sum(Term(f"{prefix}.timeliness", "open"), category="open"),),
        rule=f"{asked}, by outcome of that stage.", **of_stage,
    )(_select_with_outcome(stage))  # fmt: skip
    figure(
        f"{prefix}.timeliness", f"{name} response times", unit="investigation", by=("timeliness",), base=f"{prefix}.investigated",
        categories=fixed_categories(*TIMELINESS),
        sums_to=(Sum(Term(f"{prefix}.by_outcome", "withdrawn"), category="withdrawn"),),
        part_of=PARTS_OF_TIMELINESS.get(stage, ()),
        rule=f"{asked}, by whether the response came within the limit, within an extension agreed on a recorded ground, or late.",
        **of_stage,
    )(lambda data: _investigations_at(stage, data))  # fmt: skip
    days = of_stage | {"unit": "working day"}
    figure(
        f"{prefix}.median_days", f"Median working days to a stage {stage} response", measure="median", value_column="working_days", **days,
        rule=f"Half of the stage {stage} investigations asked for in the year and answered took this many working days or fewer.",
    )(_select_answered(stage))  # fmt: skip
    figure(
        f"{prefix}.longest_days", f"Longest stage {stage} response in working days", measure="longest", value_column="working_days", **days,
        rule=f"The most working days that any stage {stage} investigation asked for in the year and answered took.",
    )(_select_answered(stage))  # fmt: skip
    figure(
        f"{prefix}.median_late", f"Median working days late at stage {stage}", measure="median", value_column="working_days_late", **days,
        rule=f"Half of the late stage {stage} responses to investigations asked for in the year came this many working days or "
             "fewer after the limit.",
    )(_select_late(stage))  # fmt: skip
    figure(
        f"{prefix}.longest_late", f"Most working days late at stage {stage}", measure="longest", value_column="working_days_late", **days,
        rule=f"The most working days after its limit that any stage {stage} response to an investigation asked for in the year "
             "came.",
    )(_select_late(stage))  # fmt: skip


def _declare_cost_figures(stage: str) -> None:
    prefix, asked = f"stage_{stage}", f"stage {stage} investigations asked for in the year"
    of_stage = {"needs": ("investigations",)}
    figure(f"{prefix}.cost", f"Cost of stage {stage}", unit="pound", measure="sum", value_column="cost", **of_stage,
           rule=f"What the {asked} cost, as far as the cost is recorded.")(lambda data: _investigations_at(stage, data))  # fmt: skip
    figure(f"{prefix}.costed", f"Stage {stage} investigations with a cost", unit="investigation", base=f"{prefix}.investigated",
           rule=f"Those {asked} of which the cost is recorded.", **of_stage,
    )(lambda data: _investigations_at(stage, data).query("cost.notna()"))  # fmt: skip


def _declare_panel_figure(event: str, title: str, rule: str, column: str, limit: str) -> None:
    def select(data: CleanedData) -> pd.DataFrame:
        rows, allowed = (
            _investigations_at("3", data),
            getattr(data.settings.council.time_limits, limit),
        )
        judged = pd.Series(NOT_RECORDED, index=rows.index, dtype="str")
        judged = judged.mask((rows[column] <= allowed).fillna(False), PANEL_TIMELINESS[0])
        return rows.assign(
            in_time=judged.mask((rows[column] > allowed).fillna(False), PANEL_TIMELINESS[1])
        )

    figure(
        f"stage_3.{event}", f"{title} in time at stage 3", unit="investigation", by=("in_time",), categories=fixed_categories(*PANEL_TIMELINESS),
        needs=("investigations",), base="stage_3.investigated", rule=f"Stage 3 reviews asked for in the year, by whether it is "
        f"recorded {rule}.", part_of=PARTS_OF_PANEL.get(event, ()),
    )(select)  # fmt: skip


for _each in STAGES:
    _declare_stage_figures(_each)
for _each in STAGES[1:]:
    _declare_cost_figures(_each)
for _each, _declared in PANEL_LIMITS.items():
    _declare_panel_figure(_each, *_declared)
