"""Rules about dates in order and in their year; a date in order is never before what it follows from."""

from __future__ import annotations

import pandas as pd

from pipeline.validate.rules.rule import RuleContext, is_inside_year, rule
from pipeline.year import Year


def _declare_date_order(extract: str, earlier: str, later: str) -> None:
    @rule(f"{extract}.{later}.after_{earlier}", "critical", f"{later} is not before {earlier}.",
          f"{later} {{value}} is before {earlier} {{{earlier}}}", "Correct whichever of the two dates is wrong.")  # fmt: skip
    def _(held: RuleContext) -> pd.Series:
        return ~(held.table(extract)[later] < held.table(extract)[earlier])


for _extract, _earlier, _later in (
    ("complaints", "received", "closed"), ("investigations", "requested", "agreed"), ("investigations", "requested", "panel_met"),
    ("investigations", "panel_met", "panel_reported"), ("investigations", "panel_reported", "responded"),
    ("investigations", "agreed", "responded"), ("investigations", "requested", "responded"), ("ombudsman", "received", "decided"),
    ("concerns", "received", "settled"),
):  # fmt: skip
    _declare_date_order(_extract, _earlier, _later)


@rule("investigations.requested.after_received", "critical", "No stage is asked for before its complaint was received.",
      "stage {stage} was asked for on {value}, before complaint {complaint} was received on {evidence}",
      "Correct whichever of the two dates is wrong.",
      evidence=lambda held, rows: _complaint_date(held, rows, "received"))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return ~(
        held.table("investigations")["requested"] < held.complaint_of_investigation["received"]
    )


@rule("investigations.requested.stage_1", "warning", "Stage 1 starts on the day on which the complaint was received.",
      "stage 1 was asked for on {value} but complaint {complaint} was received on {evidence}; its time is counted from {value}",
      "Give stage 1 the date on which the complaint was received.",
      evidence=lambda held, rows: _complaint_date(held, rows, "received"))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    return ~(
        (table["stage"] == "1") & (table["requested"] > held.complaint_of_investigation["received"])
    )


@rule("investigations.requested.stage_before", "critical", "A stage is not asked for before the stage that goes before it.",
      "stage {stage} of {complaint} was asked for on {value}, before the stage that goes before it",
      "Correct whichever of the two dates or stages is wrong.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    fine = pd.Series(True, index=table.index)
    for stage, before in (("2", "1"), ("3", "2")):
        first = (
            table["requested"]
            .where(table["stage"] == before)
            .groupby(held.complaint_positions)
            .transform("min")
        )
        fine &= ~((table["stage"] == stage) & (table["requested"] < first))
    return fine | (held.complaint_positions < 0)


@rule("investigations.requested.year", "info", "A stage is asked for in the year of its extract, or earlier.",
      "stage {stage} of {complaint} was asked for on {value}, after {year}; it counts in the year in which it was asked for",
      "There is nothing to do, unless the date is wrong.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("investigations")
    last_days = {year: pd.Timestamp(Year.parse(year).last_day) for year in table["year"].unique()}
    return ~(table["requested"] > table["year"].map(last_days).astype("datetime64[us]"))


@rule("ombudsman.received.year", "warning", "The Ombudsman received the case in the year of the extract.",
      "received {value} is not inside {year}, though the case stands in that year's extract",
      "Move the case to the extract of the year in which the Ombudsman received it, or correct the date.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return is_inside_year(held.table("ombudsman"), "received")


def _complaint_date(held: RuleContext, rows: pd.DataFrame, column: str) -> pd.Series:
    return held.complaint_of_investigation.loc[rows.index, column].dt.strftime("%Y-%m-%d")
