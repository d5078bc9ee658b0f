"""Rules about rows that stand twice, totals that should agree, and text that is meant for publication."""

from __future__ import annotations

import pandas as pd

from pipeline.validate.rules.personal_text import personal_data_kinds
from pipeline.validate.rules.row_counts import extract_counts, is_plausible_count, row_counts
from pipeline.validate.rules.rule import (
    RuleContext,
    is_duplicated,
    locate_matches,
    rule,
    test_distinct_values,
)

COMPLIMENT_IDENTITY = ["received", "service_area", "text"]
PUBLISHABLE_TEXTS = (
    ("ombudsman", "subject"), ("ombudsman", "remedy"), ("compliments", "approved_text"), ("learning", "lesson"),
    ("learning", "action"), ("learning", "reason"),
)  # fmt: skip


# Twice the same -------------------------------------------------------------------------------------------------------------


@rule("complaints.reference.alike", "warning", "No two complaints are the same in all but their reference.",
      "complaint {value} is much like another: {evidence}",
      "If it is the same complaint entered twice, keep one row; if not, there is nothing to do.",
      evidence=lambda held, rows: _locate_similar_complaints(held, rows))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    near, named, nameless = _comparable_complaints(held)
    return ~(is_duplicated(near, named) | is_duplicated(near, nameless)) | is_duplicated(
        near, ["reference"]
    )


def _comparable_complaints(held: RuleContext) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The complaints with their names made comparable, and the columns in which those with and without a name are compared."""
    table = held.table("complaints")
    common = ["received", "service_area", "complainant_type", "theme"]
    near = table[["file", "row", "reference", *common]].copy()
    names = table["complainant_name"].fillna("") + "|" + table["child_name"].fillna("")
    anonymous = names == "|"
    near["names"] = names.str.casefold().str.replace(r"\s+", " ", regex=True).mask(anonymous)
    rest = ["team", "route", "method", "accepted", "outcome", "closed"]
    # Without a name only a row that is the same in everything else is suspicious; elsewhere chance makes many alike.
    near["rest"] = (
        pd.util.hash_pandas_object(table[rest], index=False).astype("UInt64").where(anonymous)
    )
    return near, [*common, "names"], [*common, "rest"]


def _locate_similar_complaints(held: RuleContext, rows: pd.DataFrame) -> pd.Series:
    near, named, nameless = _comparable_complaints(held)
    return locate_matches(near, rows, named).fillna(locate_matches(near, rows, nameless))


@rule("compliments.reference.alike", "warning", "No two compliments are the same in all but their reference.",
      "compliment {value} has the same date, service area and text as another: {evidence}",
      "If it is the same compliment entered twice, keep one row; if not, there is nothing to do.",
      evidence=lambda held, rows: locate_matches(held.table("compliments"), rows, COMPLIMENT_IDENTITY))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("compliments")
    return ~is_duplicated(table, COMPLIMENT_IDENTITY) | is_duplicated(table, ["reference"])


@rule("ombudsman.reference.carried_over", "warning", "An Ombudsman case stands in one year's extract.",
      "case {value} stands in the extracts of more than one year: {evidence}",
      "Keep it in the year in which the Ombudsman received it, with its latest decision.",
      evidence=lambda held, rows: locate_matches(held.table("ombudsman"), rows, ["reference"]))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    table = held.table("ombudsman")
    return ~is_duplicated(table, ["reference"]) | is_duplicated(table, ["year", "reference"])


@rule("activity.measure.twice", "critical", "Each measure is given once a year for the service and for each service area.",
      "{value} is given more than once: {evidence}", "Keep one row.",
      evidence=lambda held, rows: locate_matches(_activity_measures(held), rows, ["year", "service_area", "measure"]))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return ~is_duplicated(_activity_measures(held), ["year", "service_area", "measure"])


def _activity_measures(held: RuleContext) -> pd.DataFrame:
    return held.table("activity").astype({"service_area": "str"}).fillna({"service_area": ""})


# Totals ---------------------------------------------------------------------------------------------------------------------


@rule("published.figure.twice", "critical", "Each total is published once: one row for a year, figure and category.",
      "{figure} for {year} is given more than once: {evidence}", "Keep one row.",
      evidence=lambda held, rows: locate_matches(_published_totals(held), rows, ["year", "figure", "category"]))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    return ~is_duplicated(_published_totals(held), ["year", "figure", "category"])


def _published_totals(held: RuleContext) -> pd.DataFrame:
    return held.published.fillna({"category": ""})


@rule("published.value.agrees", "warning", "A total once published agrees with the extract of its year, where that is held.",
      "{figure} for {year} was published as {value}, but the extract has {evidence}; the report uses the extract",
      "Correct whichever is wrong; if the figure is restated, say so in the commentary.",
      evidence=lambda held, rows: extract_counts(held, rows).astype("str") + (" " + rows["category"]).fillna(""))  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    ours = extract_counts(held, held.published)
    return (
        (ours.isna() | held.published["value"].isna() | (ours == held.published["value"]))
        .fillna(True)
        .astype(bool)
    )


@rule("row_counts.rows.like_last_year", "warning", "The number of rows is near last year's, or the numbers are too small to say.",
      "{extract} has {value} rows for {year}, against {rows_before} for {year_before}: a larger change than chance would bring",
      "Check that the export is there, is complete and counts what it counted then; if so, there is nothing to do.")  # fmt: skip
def _(held: RuleContext) -> pd.Series:
    tolerance = held.settings.council.row_count_tolerance
    pairs = row_counts(held)[["rows", "rows_before"]].itertuples(index=False)
    return pd.Series(
        [is_plausible_count(now, before, tolerance) for now, before in pairs], dtype=bool
    )


# Text that is meant for publication -----------------------------------------------------------------------------------------


def _declare_publishable_text(extract: str, column: str) -> None:
    @rule(f"{extract}.{column}.personal", "warning", f"{column} holds nothing that looks like personal data.",
          f"{column} is meant for publication and holds what looks like {{evidence}}",
          f"Read the text; take out whatever could identify somebody before {column} is published.",
          quotes_value=False, evidence=lambda held, rows: rows[column].map(_format_kinds))  # fmt: skip
    def _(held: RuleContext) -> pd.Series:
        return test_distinct_values(
            held.table(extract)[column], lambda text: not personal_data_kinds(text)
        )


def _format_kinds(text: str) -> str:
    return " and ".join(personal_data_kinds(text))


for _extract, _column in PUBLISHABLE_TEXTS:
    _declare_publishable_text(_extract, _column)
