"""Figures of compliments, training, concerns, children served and the data's quality."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData, Select
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figures.registry import (
    NOT_RECORDED,
    figure,
    figures_of_procedure,
    fill_not_recorded,
    service_areas,
)
from pipeline.aggregate.terms import Sum, Term
from pipeline.artifacts import SOURCE_NOT_SHOWN
from pipeline.procedures import Procedure


def compliments(data: CleanedData) -> pd.DataFrame:
    """All compliments, with a category for those without a source."""
    return fill_not_recorded(data.rows("compliments"), "source")


figure(
    "compliments.received",
    "Compliments received",
    unit="compliment",
    needs=("compliments",),
    sums_to=(Sum(Term("representations.by_kind", "compliments")),),
    rule="Compliments received in the year.",
)(compliments)
figure(
    "compliments.by_service_area",
    "Compliments by service area",
    unit="compliment",
    by=("service_area",),
    needs=("compliments",),
    categories=service_areas,
    base="compliments.received",
    rule="Compliments received in the year by the service area they praised.",
)(compliments)
figure(
    "compliments.by_source",
    "Compliments by source",
    unit="compliment",
    by=("source",),
    needs=("compliments",),
    categories=lambda council: (*council.procedure.compliment_sources, NOT_RECORDED),
    older_categories=lambda council: council.procedure.readable_sources,
    base="compliments.received",
    rule="Compliments received in the year by who paid them.",
)(compliments)


@figure(
    "compliments.quotations",
    "Compliments in people's own words",
    unit="compliment",
    by=("approved_text", "source"),
    needs=("compliments",),
    declared_group="nobody",
    rule="Compliments received in the year with a text approved for publication.",
)
def _compliments_with_quotation(data: CleanedData) -> pd.DataFrame:
    quoted = data.rows("compliments").query("approved_text.notna()").fillna({"source": "other"})
    if data.settings.council.disclosure.withholds:
        # A reader could count those of each source.
        return quoted.assign(source=SOURCE_NOT_SHOWN)
    return quoted


def _training_sessions(data: CleanedData) -> pd.DataFrame:
    return data.rows("training")


figure(
    "training.sessions",
    "Training sessions",
    unit="session",
    needs=("training",),
    rule="Training sessions on complaints held in the year.",
)(_training_sessions)
figure(
    "training.attended",
    "People who attended training",
    unit="person",
    needs=("training",),
    measure="sum",
    value_column="attended",
    measured_rows=Term("training.counted"),
    rule=(
        "People who attended those sessions, as far as their number is recorded; "
        "somebody who came twice counts twice."
    ),
)(_training_sessions)
figure(
    "training.counted",
    "Training sessions with attendance recorded",
    unit="session",
    needs=("training",),
    base="training.sessions",
    rule="Those training sessions of which the attendance is recorded.",
)(lambda data: _training_sessions(data).query("attended.notna()"))


@figure(
    "concerns.received",
    "Informal concerns",
    unit="concern",
    needs=("concerns",),
    rule="Concerns raised in the year and dealt with before the complaints procedure.",
)
def _concerns(data: CleanedData) -> pd.DataFrame:
    return data.rows("concerns")


@figure(
    "concerns.settled",
    "Informal concerns settled",
    unit="concern",
    needs=("concerns",),
    base="concerns.received",
    rule="Concerns raised in the year and settled without becoming a complaint.",
)
def _settled_concerns(data: CleanedData) -> pd.DataFrame:
    return data.rows("concerns").query("settled.notna() and complaint.isna()")


def _people_served(data: CleanedData) -> pd.DataFrame:
    counts = data.rows("activity").query("service_area.isna()")  # those of the whole service
    return _at_last_date(counts, "measure")


@figures_of_procedure
def _activity(procedure: Procedure) -> Iterator[Figure]:
    if procedure.measures:
        yield Figure(
            "activity.by_measure",
            f"{procedure.people[0].upper()}{procedure.people[1:]} served",
            unit=procedure.person,
            by=("measure",),
            needs=("activity",),
            measure="given",
            value_column="count",
            categories=lambda council: council.procedure.measures,
            rule=(
                f"{procedure.people[0].upper()}{procedure.people[1:]} served, for the whole "
                "service, at the last date of the year for which a count was given."
            ),
            select=_people_served,
        )


def _select_by_service_area(measure: str) -> Select:
    """The counts of a measure for each service area, at the last date that has one."""

    def select(data: CleanedData) -> pd.DataFrame:
        counts = data.rows("activity")
        counts = counts[counts["service_area"].notna() & (counts["measure"] == measure)]
        return _at_last_date(counts, "service_area")

    return select


def _at_last_date(counts: pd.DataFrame, column: str) -> pd.DataFrame:
    """The counts of each year and value of a column at the last date that has one."""
    last_date = counts.groupby(["year", column])["as_at"].transform("max")
    return counts[counts["as_at"] == last_date]


@figures_of_procedure
def _activity_of_areas(procedure: Procedure) -> Iterator[Figure]:
    for measure in procedure.measures_by_area:
        many = measure[0].upper() + measure[1:]
        served = procedure.denominator
        is_denominator = bool(served and served.measure == measure)
        yield Figure(
            f"activity.{measure.replace(' ', '_')}_by_service_area",
            f"{many} by service area",
            unit=procedure.person if is_denominator else measure.removesuffix("s"),
            by=("service_area",),
            needs=("activity",),
            measure="given",
            value_column="count",
            categories=service_areas,
            rule=(
                f"{many} {'with' if is_denominator else 'to'} each service area, at the last date "
                "of the year for which a count was given."
            ),
            select=_select_by_service_area(measure),
        )


@figures_of_procedure
def _denominator(procedure: Procedure) -> Iterator[Figure]:
    served = procedure.denominator
    if served:
        many = served.measure[0].upper() + served.measure[1:]
        yield Figure(
            f"activity.{served.figure}",
            many,
            unit=served.noun,
            needs=("activity",),
            measure="given",
            value_column="count",
            sums_to=(Sum(Term("activity.by_measure", served.measure)),),
            rule=f"{many} at the last date of the year for which a count was given.",
            select=_select_measure(served.measure),
        )


def _select_measure(measure: str) -> Select:
    def select(data: CleanedData) -> pd.DataFrame:
        counts = _people_served(data)
        return counts[counts["measure"] == measure]

    return select


@figure(
    "data_quality.warnings",
    "Expectations of the data that were not met",
    unit="row",
    by=("reason", "records"),
    needs=(),
    measure="sum",
    value_column="stands_for",
    rule=(
        "Rows, or whole files, of the year's extracts that miss an expectation which does not stop "
        "the report. Of very many that miss the same one the first are listed, and all are counted."
    ),
)
def _warnings(data: CleanedData) -> pd.DataFrame:
    findings = data.rows("findings").query("severity == 'warning'")
    return findings.assign(records=findings["extract"])
