"""Rules about rows entered twice, totals that should agree, and text for publication."""

from __future__ import annotations

import pandas as pd

from pipeline.validate.personal.shapes import personal_data_kinds
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.duplicates import (
    is_duplicated,
    is_similar_complaint,
    locate_matches,
    locate_similar_complaints,
)
from pipeline.validate.rules.row_counts import extract_counts, is_plausible_count, row_counts
from pipeline.validate.rules.rule import Rule, declare, texts_pass

COMPLIMENT_IDENTITY = ["received", "service_area", "text"]
ACTIVITY_KEY = ["year", "service_area", "measure"]
PUBLISHED_KEY = ["year", "figure", "category"]
PUBLISHABLE_TEXTS = (
    ("complaints", "team"),
    ("ombudsman", "subject"),
    ("ombudsman", "remedy"),
    ("compliments", "approved_text"),
    ("learning", "lesson"),
    ("learning", "action"),
    ("learning", "owner"),
    ("learning", "reason"),
    ("self_assessment", "requirement"),
    ("self_assessment", "action"),
)


# Rows entered twice ---------------------------------------------------------------------------


@declare(
    Rule(
        id="complaints.reference.alike",
        severity="warning",
        reason="No two complaints are the same in all but their reference.",
        what="complaint {value} is very similar to another: {evidence}",
        remedy=(
            "If it is the same complaint entered twice, keep one row; if not, no action is needed."
        ),
        evidence=lambda context, rows: locate_similar_complaints(context.table("complaints"), rows),
    )
)
def complaint_is_not_entered_twice(context: RuleContext) -> pd.Series:
    table = context.table("complaints")
    return ~is_similar_complaint(table) | is_duplicated(table, ["reference"])


@declare(
    Rule(
        id="compliments.reference.alike",
        severity="warning",
        reason="No two compliments are the same in all but their reference.",
        what=("compliment {value} has the same date, service area and text as another: {evidence}"),
        remedy=(
            "If it is the same compliment entered twice, keep one row; if not, no action is needed."
        ),
        evidence=lambda context, rows: locate_matches(
            context.table("compliments"), rows, COMPLIMENT_IDENTITY
        ),
    )
)
def compliment_is_not_entered_twice(context: RuleContext) -> pd.Series:
    table = context.table("compliments")
    return ~is_duplicated(table, COMPLIMENT_IDENTITY) | is_duplicated(table, ["reference"])


def _comparable_rows(context: RuleContext, extract: str) -> pd.DataFrame:
    """The rows of an extract with `whole`, which is the same for rows with the same cells."""
    table = context.table(extract)
    cells = table.drop(columns=["file", "row"])
    return table.assign(whole=pd.util.hash_pandas_object(cells, index=False))


def _declare_alike(extract: str, column: str, thing: str) -> None:
    """Declare the rule about the rows of an extract without references.

    thing: what one row is.
    """

    def is_entered_once(context: RuleContext) -> pd.Series:
        return ~is_duplicated(_comparable_rows(context, extract), ["whole"])

    declare(
        Rule(
            id=f"{extract}.{column}.alike",
            severity="warning",
            reason=f"No two rows of {extract} are the same in every column.",
            what=f"this {thing} is the same as another in every column: {{evidence}}",
            remedy=f"If it is the same {thing} entered twice, keep one row; if not, no action is "
            "needed.",
            quotes_value=False,
            evidence=lambda context, rows: locate_matches(
                _comparable_rows(context, extract), rows, ["whole"]
            ),
        )
    )(is_entered_once)


_declare_alike("concerns", "received", "concern")
_declare_alike("training", "title", "session")


@declare(
    Rule(
        id="ombudsman.reference.carried_over",
        severity="warning",
        reason="An Ombudsman case is in one year's extract only.",
        what="case {value} appears in the extracts of more than one year: {evidence}",
        remedy=(
            "Keep it in the year in which the Ombudsman received it, with its latest decision."
        ),
        evidence=lambda context, rows: locate_matches(
            context.table("ombudsman"), rows, ["reference"]
        ),
    )
)
def ombudsman_case_is_in_one_year(context: RuleContext) -> pd.Series:
    table = context.table("ombudsman")
    return ~is_duplicated(table, ["reference"]) | is_duplicated(table, ["year", "reference"])


def _activity_measures(context: RuleContext) -> pd.DataFrame:
    """The measures, with the service area "" for the whole service."""
    activity = context.table("activity").astype({"service_area": "str"})
    return activity.fillna({"service_area": ""})


@declare(
    Rule(
        id="activity.measure.twice",
        severity="critical",
        reason="Each measure is given once a year for the service and for each service area.",
        what="{value} is given more than once: {evidence}",
        remedy="Keep one row.",
        evidence=lambda context, rows: locate_matches(
            _activity_measures(context), rows, ACTIVITY_KEY
        ),
    )
)
def measure_is_given_once(context: RuleContext) -> pd.Series:
    return ~is_duplicated(_activity_measures(context), ACTIVITY_KEY)


@declare(
    Rule(
        id="compliments.approved_text.without_text",
        severity="warning",
        reason="Words approved for publication are entered next to the words as received.",
        what=(
            "there are words for publication but none as received: have the cells of this row "
            "moved?"
        ),
        remedy=(
            "Look at the row, since approved_text is published; if only the words as received are "
            "missing, fill them in."
        ),
        quotes_value=False,
    )
)
def approved_text_stands_beside_the_text(context: RuleContext) -> pd.Series:
    table = context.table("compliments")
    is_text_supplied = table.groupby("file", observed=True)["text"].transform("count") > 0
    return table["approved_text"].isna() | table["text"].notna() | ~is_text_supplied


# Totals ---------------------------------------------------------------------------------------


def _published_totals(context: RuleContext) -> pd.DataFrame:
    """The published totals, with the category "" where there is none."""
    return context.published.fillna({"category": ""})


@declare(
    Rule(
        id="published.figure.twice",
        severity="critical",
        reason="Each total is published once: one row for a year, figure and category.",
        what="{figure} for {year} is given more than once: {evidence}",
        remedy="Keep one row.",
        evidence=lambda context, rows: locate_matches(
            _published_totals(context), rows, PUBLISHED_KEY
        ),
    )
)
def published_total_is_given_once(context: RuleContext) -> pd.Series:
    return ~is_duplicated(_published_totals(context), PUBLISHED_KEY)


def _count_in_extracts(context: RuleContext, rows: pd.DataFrame) -> pd.Series:
    """The number of rows in the extract, with the category if there is one."""
    counts = extract_counts(context, rows).astype("str")
    return counts + (" " + rows["category"]).fillna("")


@declare(
    Rule(
        id="published.value.agrees",
        severity="warning",
        reason="A total once published agrees with the extract of its year, where that is held.",
        what=(
            "{figure} for {year} was published as {value}, but the extract has {evidence}; the "
            "report uses the extract"
        ),
        remedy=("Correct whichever is wrong; if the figure is restated, say so in the commentary."),
        evidence=_count_in_extracts,
    )
)
def published_total_agrees_with_extract(context: RuleContext) -> pd.Series:
    counts = extract_counts(context, context.published)
    published = context.published["value"]
    agrees = counts.isna() | published.isna() | (counts == published)
    return agrees.fillna(True).astype(bool)


@declare(
    Rule(
        id="row_counts.rows.like_last_year",
        severity="warning",
        reason="The number of rows is close to last year's, allowing for chance.",
        what=(
            "{extract} has {value} rows for {year}, against {rows_before} for {year_before}: a "
            "larger change than chance would explain"
        ),
        remedy=(
            "Check that the export is complete and uses the same definition as last year. If so, "
            "no action is needed."
        ),
    )
)
def row_count_is_plausible(context: RuleContext) -> pd.Series:
    tolerance = context.settings.council.row_count_tolerance
    pairs = row_counts(context)[["rows", "rows_before"]].itertuples(index=False)
    plausible = [is_plausible_count(rows, earlier, tolerance) for rows, earlier in pairs]
    return pd.Series(plausible, dtype=bool)


# Text for publication -------------------------------------------------------------------------


def _format_kinds(text: str) -> str:
    return " and ".join(personal_data_kinds(text))


def _declare_publishable_text(extract: str, column: str) -> None:
    @declare(
        Rule(
            id=f"{extract}.{column}.personal",
            severity="warning",
            reason=f"{column} holds nothing that looks like personal data.",
            what=f"{column} is meant for publication and holds what looks like {{evidence}}",
            remedy=(
                f"Read the text and remove anything that could identify someone before {column} is "
                "published."
            ),
            quotes_value=False,
            evidence=lambda context, rows: rows[column].map(_format_kinds),
        )
    )
    def text_holds_no_personal_data(context: RuleContext) -> pd.Series:
        texts = context.table(extract)[column]
        return texts_pass(texts, lambda text: not personal_data_kinds(text))


for _extract, _column in PUBLISHABLE_TEXTS:
    _declare_publishable_text(_extract, _column)
