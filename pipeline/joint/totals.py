"""The figures of the whole council: the numbers that its procedures publish, and their sums.

A total is made of published numbers alone, so it can tell a reader nothing that they do not. If a
part is withheld, or not available, so is the total (decision 0025).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.template import figures_without_data
from pipeline.artifacts import STATEMENT_SEPARATOR
from pipeline.settings import Settings, load_procedures

FIGURE_ID = re.compile(r"\b[a-z]\w*\.[a-z]\w*\b")
SHORTHANDS_BY_RANK = ("c", "x")  # of several reasons why there is no total, the first counts
UNDER_ALL = "under all procedures: the sum of the numbers published for each."
OF_EACH = "by procedure, as published for each."


class Total(NamedTuple):
    """A figure of every procedure, added up.

    of_procedure: its id, which is that of the total as well. base: the figure that it is a part of.
    title, rule: of the total, and the start of its rule.
    """

    of_procedure: str
    title: str
    rule: str
    base: str = ""

    @property
    def id(self) -> str:
        """The id of the total."""
        return self.of_procedure

    @property
    def by_procedure(self) -> str:
        """The id of the figure with a category for each procedure."""
        return f"{self.of_procedure}_by_procedure"


# Figures of what is not of one procedure, and that a total is therefore made of as they are.
SHARED = tuple(f"self_assessment.{name}" for name in ("requirements", "by_answer", "shortfalls"))
# fmt: off
TOTALS = (
    Total("complaints.received", "Complaints received", "Complaints received in the year"),
    Total("complaints.turned_away", "Complaints not accepted", "Complaints not accepted", "complaints.received"),  # noqa: E501
    Total("complaints.decided", "Complaints decided", "Complaints of the year that were decided", "complaints.received"),  # noqa: E501
    Total("complaints.upheld_wholly_or_partly", "Complaints upheld in whole or in part", "Complaints of the year upheld in whole or in part", "complaints.decided"),  # noqa: E501
    Total("complaints.open_at_year_end", "Complaints open at the end of the year", "Complaints open at the end of the year", "complaints.received"),  # noqa: E501
    Total("stage_1.answered", "Stage 1 responses", "Stage 1 investigations of the year that were answered"),  # noqa: E501
    Total("stage_1.in_time", "Stage 1 responses in time", "Stage 1 responses within the limit or an extension of it", "stage_1.answered"),  # noqa: E501
    Total("ombudsman.received", "Ombudsman cases received", "Cases that an ombudsman received in the year"),  # noqa: E501
    Total("ombudsman.decided", "Ombudsman decisions", "Decisions of an ombudsman in the year"),
    Total("compliments.received", "Compliments received", "Compliments received in the year"),
    Total("learning.recorded", "Learning actions recorded", "Actions from the complaints of the year"),  # noqa: E501
    Total("learning.overdue", "Learning actions overdue", "Actions of the year that are overdue", "learning.recorded"),  # noqa: E501
    Total("learning.carried_over", "Learning actions carried over", "Actions carried over from earlier years"),  # noqa: E501
    Total("learning.overdue_carried_over", "Learning actions carried over and overdue", "Actions carried over from earlier years that are overdue", "learning.carried_over"),  # noqa: E501
)
# fmt: on


def total_figures(by_procedure: pd.DataFrame, procedures: list[Settings]) -> pd.DataFrame:
    """The totals and their parts, in the columns of figures.csv.

    by_procedure: the figures of all procedures, each id with the procedure's name before it.
    """
    ids = [f"{settings.procedure}.{one.of_procedure}" for settings in procedures for one in TOTALS]
    of_totals = by_procedure[by_procedure["figure"].isin(ids)]
    parts = [_parts(total, of_totals, procedures) for total in TOTALS]
    tables = []
    for total, part in zip(TOTALS, parts, strict=True):
        tables += [_sum(total, part), part]
    tables += [_shared(figure, by_procedure, procedures) for figure in SHARED]
    return pd.concat(tables, ignore_index=True)


def joint_template(settings: Settings) -> pd.DataFrame:
    """Every figure of the joint report with its categories, and `[x]` in place of every number."""
    procedures = load_procedures(settings)
    tables = [
        with_procedure(figures_without_data(procedure), procedure, ("figure", "base"))
        for procedure in procedures
    ]
    figures = pd.concat(tables, ignore_index=True)
    return pd.concat([total_figures(figures, procedures), figures], ignore_index=True)


def with_procedure(
    table: pd.DataFrame, settings: Settings, id_columns: Iterable[str]
) -> pd.DataFrame:
    """The table with the procedure's name before each id of a figure in these columns.

    settings: those of the procedure.
    """
    ids = catalogue_of(settings.council).keys()

    def with_name(match: re.Match[str]) -> str:
        return f"{settings.procedure}.{match[0]}" if match[0] in ids else match[0]

    texts = {
        column: table[column].astype("str").map(lambda text: FIGURE_ID.sub(with_name, text))
        for column in id_columns
    }
    return table.assign(**texts)


def total_relations(procedures: list[Settings]) -> pd.DataFrame:
    """What the totals and their parts add up to, in words, in the columns of relations.csv."""
    return pd.DataFrame(_relations(procedures), columns=["figure", "relations"], dtype="str")


def _relations(procedures: list[Settings]) -> Iterator[tuple[str, str]]:
    for total in TOTALS:
        yield total.id, f"{total.id} <= {total.base}" if total.base else ""
        statements = [f"{total.by_procedure} [all categories] = {total.id}"]
        statements += [
            f"{total.by_procedure} [{settings.council.procedure.heading}] = "
            f"{settings.procedure}.{total.of_procedure}"
            for settings in procedures
        ]
        yield total.by_procedure, STATEMENT_SEPARATOR.join(statements)


def _shared(figure: str, figures: pd.DataFrame, procedures: list[Settings]) -> pd.DataFrame:
    """The numbers of all procedures that have a figure, under its own id; none if none has it."""
    ids = {f"{settings.procedure}.{figure}" for settings in procedures}
    rows = figures[figures["figure"].isin(ids)]
    base = rows["base"].str.partition(".")[2]
    groups = rows.assign(figure=figure, base=base).groupby(
        ["year", "category", "detail"], sort=False, as_index=False
    )
    return pd.DataFrame([_added_up(group) for _, group in groups], columns=figures.columns)


def _added_up(rows: pd.DataFrame) -> pd.Series:
    """Some numbers as one; withheld or not available if one of them is."""
    signs = set(rows["shorthand"])
    sign = next((sign for sign in SHORTHANDS_BY_RANK if sign in signs), "")
    sources = dict.fromkeys(source for source in rows["source"] if source)
    sum_of_rows = {
        "value": float("nan") if sign else rows["value"].sum(),
        "shorthand": sign,
        "source": "; ".join(sources),
    }
    return pd.Series(rows.iloc[0].to_dict() | sum_of_rows)


def _parts(total: Total, figures: pd.DataFrame, procedures: list[Settings]) -> pd.DataFrame:
    """The number of each procedure as a category, in each year."""
    tables = []
    for settings in procedures:
        rows = figures[figures["figure"] == f"{settings.procedure}.{total.of_procedure}"]
        tables.append(rows.assign(category=settings.council.procedure.heading))
    parts = pd.concat(tables, ignore_index=True).sort_values("year", kind="stable")
    return parts.assign(
        figure=total.by_procedure,
        title=f"{total.title} by procedure",
        rule=f"{total.rule}, {OF_EACH}",
        base=total.id,
        once_published=float("nan"),
    )


def _sum(total: Total, parts: pd.DataFrame) -> pd.DataFrame:
    """The sum of each year's parts; withheld or not available if one of them is."""
    years = [group.assign(category="") for _, group in parts.groupby("year", sort=True)]
    sums = pd.DataFrame([_added_up(of_year) for of_year in years])
    return sums.assign(
        figure=total.id, title=total.title, rule=f"{total.rule} {UNDER_ALL}", base=total.base
    )
