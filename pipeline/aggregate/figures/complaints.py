"""Figures of representations and complaints: how many were received and how they ended."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.figure import ROW_LOCATION, CleanedData
from pipeline.aggregate.figures.ombudsman import ombudsman_cases
from pipeline.aggregate.figures.other import compliments
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    column_codes,
    figure,
    fill_not_recorded,
    fixed_categories,
)
from pipeline.aggregate.terms import Limit, Part, Sum, Term
from pipeline.validate.dictionary import OUTCOMES

KIND_OF_TABLE = {
    "cases": "complaints",
    "ombudsman": "Ombudsman cases",
    "compliments": "compliments",
}
# The outcomes by which something was decided, and those by which it was upheld.
DECIDED_OUTCOMES = ("upheld", "partially upheld", "not upheld", "no finding")
UPHELD_OUTCOMES = ("upheld", "partially upheld")
ENDINGS = (*OUTCOMES, "not accepted", "open")


def complaints(data: CleanedData) -> pd.DataFrame:
    """All complaints, one row per case."""
    return data.rows("cases")


@figure(
    "representations.by_kind",
    "Representations by kind",
    unit="representation",
    by=("kind",),
    categories=fixed_categories(*KIND_OF_TABLE.values()),
    needs=("complaints", "ombudsman", "compliments"),
    base="representations.received",
    declared_group="totals",
    rule="Complaints, Ombudsman cases and compliments received in the year, each counted once.",
)
@figure(
    "representations.received",
    "Representations received",
    unit="representation",
    needs=("complaints", "ombudsman", "compliments"),
    rule="All complaints, Ombudsman cases and compliments received in the year.",
)
def _representations(data: CleanedData) -> pd.DataFrame:
    received = {
        "cases": complaints(data),
        "ombudsman": ombudsman_cases(data),
        "compliments": compliments(data),
    }
    parts = [
        rows[ROW_LOCATION].assign(kind=KIND_OF_TABLE[table]) for table, rows in received.items()
    ]
    return pd.concat(parts, ignore_index=True)


figure(
    "complaints.received",
    "Complaints received",
    unit="complaint",
    needs=("complaints",),
    sums_to=(Sum(Term("representations.by_kind", "complaints")),),
    part_of=(Part(Term("complaints.issues")),),  # each has a theme
    rule="Complaints received in the year, whether or not they were accepted under the procedure.",
)(complaints)
figure(
    "complaints.per_1000_children",
    "Complaints for each thousand children in need",
    unit="complaint",
    measure="rate",
    per=1000,
    needs=("complaints", "activity"),
    base="activity.children_in_need",
    rule="Complaints received in the year for each 1,000 children in need.",
)(complaints)


@figure(
    "complaints.accepted",
    "Complaints accepted",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.turned_away"),)),),
    rule="Complaints received in the year and accepted under the statutory procedure.",
)
def _accepted_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("accepted == 'yes'")


@figure(
    "complaints.turned_away",
    "Complaints not accepted",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year and not accepted under the statutory procedure.",
)
@figure(
    "complaints.turned_away_by_reason",
    "Complaints not accepted, by reason",
    unit="complaint",
    by=("not_accepted_reason",),
    categories=fixed_categories(*column_codes("complaints", "not_accepted_reason"), NOT_RECORDED),
    needs=("complaints",),
    base="complaints.turned_away",
    limits=(Limit((Term("complaints.turned_away_by_reason", NOT_RECORDED),)),),
    rule=(
        "Complaints received in the year and not accepted under the statutory procedure, by why "
        "they were not."
    ),
)
def _complaints_not_accepted(data: CleanedData) -> pd.DataFrame:
    return fill_not_recorded(complaints(data).query("accepted == 'no'"), "not_accepted_reason")


@figure(
    "complaints.withdrawn",
    "Complaints withdrawn",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.by_outcome", "withdrawn")),),
    rule="Complaints received in the year that the complainant withdrew.",
)
def _withdrawn_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("accepted == 'yes' and outcome == 'withdrawn'")


@figure(
    "complaints.concluded",
    "Complaints concluded",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.received"), others=(Term("complaints.by_outcome", "open"),)),),
    rule="Complaints received in the year that were closed when the data was taken.",
)
def _concluded_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query("status == 'closed'")


@figure(
    "complaints.reopened",
    "Complaints reopened",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    rule="Complaints received in the year for which a date of reopening is recorded.",
)
def _reopened_complaints(data: CleanedData) -> pd.DataFrame:
    rows = complaints(data)
    return rows[rows["reopened"].notna() | rows["closed_again"].notna()]


@figure(
    "complaints.by_outcome",
    "Complaints by outcome",
    unit="complaint",
    by=("outcome",),
    needs=("complaints",),
    categories=fixed_categories(*ENDINGS),
    base="complaints.received",
    sums_to=(Sum(Term("complaints.turned_away"), category="not accepted"),),
    part_of=(
        Part(Term("complaints.open_at_year_end"), categories=("open",)),
        Part(Term("complaints.carried_over_by_outcome", "open"), ("open",), years_later=1),
        Part(Term("complaints.accepted"), categories=OUTCOMES),
    ),
    rule=(
        "Complaints received in the year by final outcome; "
        "one that is not closed is open, one turned away is not accepted."
    ),
)
def complaints_by_outcome(data: CleanedData) -> pd.DataFrame:
    """All complaints, with how each has ended by the time the data was taken."""
    cases = complaints(data)
    outcome = cases["outcome"].mask(cases["accepted"] == "no", "not accepted")
    return cases.assign(outcome=outcome.mask(cases["status"] == "open", "open"))


@figure(
    "complaints.decided",
    "Complaints decided",
    unit="complaint",
    needs=("complaints",),
    base="complaints.received",
    rule=(
        "Complaints received in the year, accepted, closed, and found upheld, partially upheld, "
        "not upheld or without finding."
    ),
)
@figure(
    "complaints.decided_by_outcome",
    "Complaints decided, by outcome",
    unit="complaint",
    by=("outcome",),
    needs=("complaints",),
    categories=fixed_categories(*DECIDED_OUTCOMES),
    base="complaints.decided",
    sums_to=(
        *(
            Sum(Term("complaints.by_outcome", outcome), category=outcome)
            for outcome in DECIDED_OUTCOMES
        ),
        Sum(
            Term("complaints.upheld_wholly_or_partly"),
            category="upheld",
            others=(Term("complaints.decided_by_outcome", "partially upheld"),),
        ),
    ),
    rule="Complaints that were decided, by what was found.",
)
def _decided_complaints(data: CleanedData) -> pd.DataFrame:
    return complaints(data).query(
        "accepted == 'yes' and status == 'closed' and outcome in @DECIDED_OUTCOMES"
    )


@figure(
    "complaints.upheld_wholly_or_partly",
    "Complaints upheld in whole or in part",
    unit="complaint",
    needs=("complaints",),
    base="complaints.decided",
    rule="Complaints that were decided and found upheld or partially upheld.",
)
def upheld_complaints(data: CleanedData) -> pd.DataFrame:
    """The complaints received in the year and upheld in whole or in part."""
    return _decided_complaints(data).query("outcome in @UPHELD_OUTCOMES")
