"""What is wrong with published.csv: names that do not exist, and numbers that contradict others.

Every row is checked, also of years that this report does not compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.published.numbers import allowed_categories, in_our_spelling
from pipeline.aggregate.published.relations import contradiction_findings
from pipeline.problem import did_you_mean
from pipeline.settings import Settings, years_in
from pipeline.validate.dictionary import PUBLISHED, PUBLISHED_FILE
from pipeline.validate.findings import Finding, format_row_numbers, sort_findings
from pipeline.year import Year

EARLIEST_YEAR = Year(1990)  # the Children Act 1989 came into force in 1991
MAX_NAMED_CATEGORIES = 40
WARNING_REASON = "Numbers once published agree with our own reports, and reveal none withheld."


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a row: the rule, the column, what, and the remedy."""

    rule: str
    column: str
    what: str
    remedy: str


def published_findings(published: pd.DataFrame, settings: Settings) -> list[Finding]:
    """Every finding about the figures, categories and numbers of published.csv.

    published: its typed rows. What the data dictionary asks of them is checked elsewhere.
    """
    rows = in_our_spelling(published, settings.council)
    last_year = max([settings.year, *years_in(settings.workspace)])
    findings = []
    for row in rows.itertuples():
        faults = [*_year_faults(row.year, last_year), *_faults_of_row(row, settings)]
        for fault in faults:
            findings.append(_finding_for(row, fault))
    findings += _repeated_findings(published, rows, settings)
    findings += contradiction_findings(published, settings)
    return sort_findings(findings)


def _finding_for(row: Any, fault: _Fault) -> Finding:
    return Finding(
        severity="critical",
        rule=f"published.{fault.column}.{fault.rule}",
        extract=PUBLISHED.name,
        file=PUBLISHED_FILE,
        row=int(row.row),
        column=fault.column,
        what=fault.what,
        remedy=fault.remedy,
    )


def _faults_of_row(row: Any, settings: Settings) -> Iterator[_Fault]:
    """What is wrong with a row by itself, besides its year."""
    if row.shorthand and not pd.isna(row.value):
        yield _Fault(
            rule="alone",
            column="shorthand",
            what=f"there is the number {row.value:g} and the shorthand {row.shorthand} as well",
            remedy="Keep one of them.",
        )
    if not row.figure:
        return
    catalogue = catalogue_of(settings.council)
    figure = catalogue.get(row.figure)
    if figure is None:
        yield _Fault(
            rule="known",
            column="figure",
            what=f'there is no figure "{row.figure}".{did_you_mean(row.figure, list(catalogue))}',
            remedy="Use the id of a figure; docs/figures.md lists them.",
        )
        return
    yield from _category_faults(row.category, figure, settings)
    if not pd.isna(row.value) and _counts_whole(figure) and row.value != int(row.value):
        yield _Fault(
            rule="whole",
            column="value",
            what=f"the numbers of {figure.id} are whole, and {row.value:g} is not",
            remedy="Write the number that was published, and not a share or an average.",
        )


def _year_faults(text: str, last_year: Year) -> Iterator[_Fault]:
    if not text:
        return
    year = Year.parse(text)
    if year > last_year:
        yield _Fault(
            rule="past",
            column="year",
            what=f"{year} is after {last_year}, the last year of this workspace, so nothing can "
            "have been published for it",
            remedy="Correct the year.",
        )
    if year < EARLIEST_YEAR:
        yield _Fault(
            rule="not_ancient",
            column="year",
            what=f"{year} is before the Children Act, which began this procedure",
            remedy="Correct the year: it is most likely mistyped.",
        )


def _category_faults(category: str, figure: Figure, settings: Settings) -> Iterator[_Fault]:
    allowed = allowed_categories(figure, settings.council)
    if category in allowed:
        return
    if not allowed:
        yield _Fault(
            rule="counted",
            column="figure",
            what=f"{figure.id} lists texts, so no number of it can be entered",
            remedy="Take the row out.",
        )
    elif not category:
        yield _Fault(
            rule="known",
            column="category",
            what=f"{figure.id} has categories, and this row names none",
            remedy=_categories_remedy(allowed)
            + (f" Its total is the figure {figure.base}." if figure.base else ""),
        )
    else:
        yield _Fault(
            rule="known",
            column="category",
            what=f'"{category}" is not a category of {figure.id}.'
            f"{did_you_mean(category, list(allowed))}",
            remedy=_categories_remedy(allowed),
        )


def _categories_remedy(allowed: tuple[str, ...]) -> str:
    if not any(allowed):
        return "Leave the category empty."
    more = "; …" if len(allowed) > MAX_NAMED_CATEGORIES else ""
    return f"Use one of: {'; '.join(allowed[:MAX_NAMED_CATEGORIES])}{more}."


def _counts_whole(figure: Figure) -> bool:
    """Whether its numbers are whole by definition."""
    return (
        figure.measure in ("count", "values", "given", "shortest", "longest")
        or figure.unit == "person"
    )


def _repeated_findings(
    published: pd.DataFrame, rows: pd.DataFrame, settings: Settings
) -> Iterator[Finding]:
    """The rows that are about the same number, though they spell it differently.

    Rows that spell it in the same way are found by a rule of the data dictionary.
    """
    key = ["year", "figure", "category"]
    known = rows[rows["figure"].isin(list(catalogue_of(settings.council)))]
    as_entered = published.loc[known.index, key].astype("str").fillna("")
    is_repeated = known.duplicated(key, keep=False) & ~as_entered.duplicated(keep=False)
    is_repeated &= ~known["is_merged"]
    for (year, figure_id, category), alike in known[is_repeated].groupby(key, sort=False):
        name = f"{figure_id}, {category}," if category else figure_id
        for row in alike.itertuples():
            others = known[(known[key] == [year, figure_id, category]).all(axis=1)]
            fault = _Fault(
                rule="once",
                column="category",
                what=f"{name} for {year} is given more than once, in different words: "
                f"{format_row_numbers(others['row'])}",
                remedy="Keep one row. If both are parts of it, add them up in one row, or name "
                "their words under `values_by_year:` in council.yaml.",
            )
            yield _finding_for(row, fault)
