"""Disclosure control: which numbers are withheld, and why, before anything is written with them.

The policy is the council's (`disclosure` in council.yaml). Under `suppress`, small numbers are
withheld (primary suppression), and so is whatever would give them away (secondary suppression):
another part of the same total, the same number under another name, what earlier reports published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue, catalogue_of
from pipeline.aggregate.disclosure.earlier import estimates_of_withheld
from pipeline.aggregate.disclosure.instances import Equation
from pipeline.aggregate.disclosure.knowledge import (
    Knowledge,
    cost_of,
    is_small,
    knowledge_of_small,
    known_zeros,
)
from pipeline.aggregate.disclosure.measures import (
    CHECKS,
    SECONDARY,
    terms_of_measures,
    withheld_measures,
)
from pipeline.aggregate.disclosure.relations import Relations, build_relations
from pipeline.aggregate.disclosure.rounding import round_figures
from pipeline.aggregate.figure_table import counts_of_people, number_keys
from pipeline.aggregate.names import check_setting_names
from pipeline.aggregate.published.numbers import (
    PRINT_TOLERANCE,
    WITHHELD,
    known_values,
    published_totals,
)
from pipeline.artifacts import OPEN_DATA, NumberKey
from pipeline.settings import Council, Disclosure, Settings
from pipeline.settings.ledger import earlier_open_data, read_ledger

if TYPE_CHECKING:
    from pipeline.aggregate.disclosure.linked_numbers import LinkedNumbers

NUMBER_KEY_COLUMNS = list(NumberKey._fields)
DECISION_COLUMNS = [*NUMBER_KEY_COLUMNS, "rule", "protects"]
KNOWN_COLUMNS = [*NUMBER_KEY_COLUMNS, "value"]
# The rules of disclosure.csv.
SMALL = "small number"
SMALL_BUT_KNOWN = "small number, that earlier publications give away"
SECONDARY_BUT_KNOWN = "would give another away, and earlier publications give it away"
WITHHELD_BEFORE = "withheld in an earlier report"


@dataclass(frozen=True)
class DisclosureResult:
    """The figures as they may be published, and the record of how that was decided.

    figures: the table of figures; a withheld number is missing and marked `c`.
    decisions: DECISION_COLUMNS, one row per number withheld.
    known_numbers: KNOWN_COLUMNS, the numbers of earlier publications that are still right.
    """

    figures: pd.DataFrame
    decisions: pd.DataFrame
    known_numbers: pd.DataFrame


def earlier_numbers(published: pd.DataFrame, settings: Settings) -> list[tuple[NumberKey, float]]:
    """The numbers of earlier publications: published.csv, and the reports on earlier years.

    A report that was replaced, or has no open data, is known from the ledger. What follows from
    published.csv is as well known as what it says.
    """
    if settings.is_part:
        return []  # they are of whole years
    numbers = list(known_values(published_totals(published, settings.council).completed).items())
    for folder in sorted({*settings.earlier_report_folders, *settings.earlier_final_reports}):
        open_data = folder / OPEN_DATA
        if open_data.is_file():
            numbers += earlier_open_data(open_data)
    for ledger in settings.earlier_ledgers:
        numbers += read_ledger(ledger)
    return numbers


def apply_policy(
    figures: pd.DataFrame,
    earlier: Iterable[tuple[NumberKey, float]],
    row_counts: Mapping[tuple[str, str], int],
    council: Council,
) -> DisclosureResult:
    """The figures as the council's policy lets them be published, with the decisions.

    earlier: the numbers of earlier publications.
    row_counts: the number of rows behind each figure in each year.
    Raises Problem if the policy names a figure or a group that does not exist.
    """
    policy = council.disclosure
    check_setting_names(council)
    if not policy.withholds:
        return DisclosureResult(figures, _empty(DECISION_COLUMNS), _empty(KNOWN_COLUMNS))
    catalogue = catalogue_of(council)
    values = counts_of_people(figures, catalogue)
    withheld_before = estimates_of_withheld(figures, values, catalogue)
    values |= withheld_before
    relations = build_relations(values, catalogue, terms_of_measures(figures, council))
    known = {
        key: value
        for key, value in earlier
        if key in values and abs(values[key] - value) < PRINT_TOLERANCE
    }
    primary = {
        key for key, value in values.items() if is_small(catalogue[key.figure], value, policy)
    }
    primary -= known_zeros(relations)
    bounds = knowledge_of_small(values, primary - withheld_before.keys(), relations, council)
    primary |= withheld_before.keys()
    costs = [cost_of(catalogue[key.figure], key, values) for key in values]
    search = _Search(values, costs, relations, bounds, policy)
    withheld, unprotectable = search.run(primary, known)
    reasons = {key: SMALL if key in primary else SECONDARY for key in withheld}
    for key in unprotectable & withheld:
        reasons[key] = SMALL_BUT_KNOWN if key in primary else SECONDARY_BUT_KNOWN
    reasons |= dict.fromkeys(withheld_before, WITHHELD_BEFORE)
    reasons |= withheld_measures(figures, withheld, row_counts, council)
    protections = {
        key: _protected_numbers(key, relations.equations, withheld) for key in withheld - primary
    }
    published = _without_small_revisions(_withhold(figures, reasons, catalogue), council)
    return DisclosureResult(
        figures=round_figures(published, values, policy.round_to, catalogue),
        decisions=_decisions_table(figures, reasons, protections),
        known_numbers=pd.DataFrame(
            [(*key, value) for key, value in known.items()], columns=KNOWN_COLUMNS
        ),
    )


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns, dtype="str")


@dataclass(frozen=True)
class _Search:
    """What the search for the numbers to withhold works on."""

    values: Mapping[NumberKey, float]
    costs: list[float]
    relations: Relations
    bounds: Mapping[NumberKey, Knowledge]
    policy: Disclosure

    def run(
        self, primary: Collection[NumberKey], known: Collection[NumberKey]
    ) -> tuple[set[NumberKey], set[NumberKey]]:
        """The numbers to withhold, and those of them that earlier publications give away."""
        import numpy as np

        from pipeline.aggregate.disclosure.suppress import suppress

        keys = [*self.values, *self.relations.remainders]
        position = {key: number for number, key in enumerate(keys)}
        pattern, unprotectable = suppress(
            self._linked_numbers(position),
            [position[key] for key in primary],
            self.policy.protection,
            [position[key] for key in known],
        )
        return (
            {keys[number] for number in np.flatnonzero(pattern)},
            {keys[number] for number in unprotectable},
        )

    def _linked_numbers(self, position: Mapping[NumberKey, int]) -> LinkedNumbers:
        import numpy as np
        from scipy.sparse import csr_array

        from pipeline.aggregate.disclosure.linked_numbers import LinkedNumbers

        rows: list[int] = []
        columns: list[int] = []
        coefficients: list[float] = []
        for row, equation in enumerate(self.relations.equations):
            for key, coefficient in equation.items():
                rows.append(row)
                columns.append(position[key])
                coefficients.append(float(coefficient))
        shape = (len(self.relations.equations), len(position))
        remainders = self.relations.remainders
        lowest = [self.bounds[key].lowest for key in self.values]
        highest = [self.bounds[key].highest for key in self.values]
        return LinkedNumbers(
            values=np.array([*self.values.values(), *remainders.values()]),
            costs=np.array(self.costs + [0.0] * len(remainders)),
            relations=csr_array((coefficients, (rows, columns)), shape=shape),
            lowest=np.array(lowest + [0.0] * len(remainders)),
            highest=np.array(highest + [np.inf] * len(remainders)),
        )


def _protected_numbers(
    key: NumberKey, equations: Iterable[Equation], withheld: Collection[NumberKey]
) -> list[NumberKey]:
    """The other withheld numbers in the equations of this one, each once."""
    linked: dict[NumberKey, None] = {}
    for equation in equations:
        if key in equation:
            linked |= dict.fromkeys(equation)
    return [other for other in linked if other != key and other in withheld]


def _withhold(
    figures: pd.DataFrame, withheld: Collection[NumberKey], catalogue: Catalogue
) -> pd.DataFrame:
    """The figures without the withheld numbers.

    In a figure whose categories are texts, such as the subjects of cases, the texts of withheld
    numbers go too, and one row per year replaces them all. Where every year has the same texts,
    one stays if a number above 0 is published with it in any year.
    """
    is_withheld = pd.Series([key in withheld for key in number_keys(figures)], index=figures.index)
    figures = figures.copy()
    figures.loc[is_withheld, ["value", "once_published"]] = pd.NA
    figures.loc[is_withheld, "shorthand"] = WITHHELD
    columns_of_texts = {
        figure.id: 0 if figure.categories or figure.id == CHECKS else len(figure.by)
        for figure in catalogue.values()
    }
    text_columns = figures["figure"].map(columns_of_texts)
    hides_text = is_withheld & (text_columns > 1)
    same_text = [figures["figure"], figures["category"]]
    is_published = (figures["value"] > 0).fillna(False).groupby(same_text).transform("any")
    hides_text |= (
        is_withheld.groupby(same_text).transform("any") & (text_columns == 1) & ~is_published
    )
    figures.loc[hides_text, ["category", "detail"]] = ""
    # Of the rows that are now the same, the first that is withheld stays.
    in_order = (~is_withheld).sort_values(kind="stable").index
    is_repeated = hides_text & figures.loc[in_order].duplicated(NUMBER_KEY_COLUMNS)
    return figures[~is_repeated].reset_index(drop=True)


def _without_small_revisions(figures: pd.DataFrame, council: Council) -> pd.DataFrame:
    """The figures without the small numbers that were published before they were revised.

    A number whose former value is not shown is not marked as revised.
    """
    policy = council.disclosure
    catalogue = catalogue_of(council)
    is_hidden = [
        not pd.isna(former)
        and catalogue[figure].disclosure_group != "nobody"
        and (catalogue[figure].measure != "count" or is_small(catalogue[figure], former, policy))
        for figure, former in zip(figures["figure"], figures["once_published"], strict=True)
    ]
    figures = figures.copy()
    figures.loc[is_hidden, "once_published"] = pd.NA
    figures.loc[is_hidden, "shorthand"] = ""
    return figures


def _decisions_table(
    figures: pd.DataFrame,
    reasons: Mapping[NumberKey, str],
    protections: Mapping[NumberKey, Iterable[NumberKey]],
) -> pd.DataFrame:
    rows = []
    for key in number_keys(figures):
        if key in reasons:
            protected = "; ".join(map(_label, protections.get(key, ())))
            rows.append((*key, reasons[key], protected))
    return pd.DataFrame(rows, columns=DECISION_COLUMNS).astype("str")


def _label(key: NumberKey) -> str:
    return f"{key.figure} ({key.category})" if key.category else key.figure
