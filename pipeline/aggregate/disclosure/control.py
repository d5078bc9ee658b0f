"""Disclosure control: which numbers are withheld, and why, before anything is written with them.

The policy is the council's (`disclosure` in council.yaml). Under `suppress`, small numbers are
withheld (primary suppression), and so is whatever would give them away (secondary suppression):
another part of the same total, the same number under another name, what earlier reports published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from pipeline.aggregate.catalogue import CATALOGUE, numerator
from pipeline.aggregate.disclosure.earlier import estimates_of_withheld
from pipeline.aggregate.disclosure.relations import Equation, Relations, build_relations
from pipeline.aggregate.disclosure.rounding import round_figures
from pipeline.aggregate.figure import Figure, Group, round_to_multiple
from pipeline.aggregate.figure_table import number_keys
from pipeline.aggregate.names import check_setting_names
from pipeline.aggregate.published.numbers import (
    PRINT_TOLERANCE,
    WITHHELD,
    known_values,
    published_totals,
)
from pipeline.artifacts import FROM_EXTRACTS, OPEN_DATA, NumberKey, read_open_data
from pipeline.settings import Council, Disclosure, Settings

NUMBER_KEY_COLUMNS = list(NumberKey._fields)
DECISION_COLUMNS = [*NUMBER_KEY_COLUMNS, "rule", "protects"]
RELATION_COLUMNS = ["sum", *NUMBER_KEY_COLUMNS, "times"]
KNOWN_COLUMNS = [*NUMBER_KEY_COLUMNS, "value"]
# What it costs to withhold a number: a reader misses a total far more than one of many parts.
SUPPRESSION_COSTS: dict[Group, float] = {
    "characteristics": 1.0,
    "breakdowns": 2.0,
    "totals": 50.0,
}
# The rules of disclosure.csv.
SMALL = "small number"
SMALL_BUT_KNOWN = "small number, that earlier publications give away"
SECONDARY = "would give another away"
WITHHELD_BEFORE = "withheld in an earlier report"
SMALL_BASIS = "made of a small number of cases"


@dataclass(frozen=True)
class DisclosureResult:
    """The figures as they may be published, and the record of how that was decided.

    figures: the table of figures; a withheld number is missing and marked `c`.
    decisions: DECISION_COLUMNS, one row per number withheld.
    relations: RELATION_COLUMNS, the equations an intruder can use; an empty figure stands for a
        number that is published nowhere.
    known_numbers: KNOWN_COLUMNS, the numbers of earlier publications that are still right.
    """

    figures: pd.DataFrame
    decisions: pd.DataFrame
    relations: pd.DataFrame
    known_numbers: pd.DataFrame


def earlier_numbers(published: pd.DataFrame, settings: Settings) -> list[tuple[NumberKey, float]]:
    """The numbers of earlier publications: published.csv, and the open data of earlier reports.

    What follows from published.csv is as well known as what it says.
    """
    numbers = list(known_values(published_totals(published, settings.council).completed).items())
    for folder in sorted({*settings.earlier_report_folders, *settings.earlier_final_reports}):
        open_data = folder / OPEN_DATA
        if open_data.is_file():
            numbers += read_open_data(open_data.read_bytes())
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
    if policy.policy == "publish":
        return DisclosureResult(
            figures, _empty(DECISION_COLUMNS), _empty(RELATION_COLUMNS), _empty(KNOWN_COLUMNS)
        )
    values = counts_of_people(figures)
    withheld_before = estimates_of_withheld(figures, values)
    values |= withheld_before
    relations = build_relations(values)
    known = {
        key: value
        for key, value in earlier
        if key in values and abs(values[key] - value) < PRINT_TOLERANCE
    }
    primary = {
        key for key, value in values.items() if _is_primary(CATALOGUE[key.figure], value, policy)
    }
    primary |= withheld_before.keys()
    withheld, unprotectable = _suppress_numbers(values, relations, primary, known, policy)
    reasons = {key: SMALL if key in primary else SECONDARY for key in withheld}
    reasons |= dict.fromkeys(unprotectable & withheld, SMALL_BUT_KNOWN)
    reasons |= dict.fromkeys(withheld_before, WITHHELD_BEFORE)
    reasons |= _dependent_measures(figures, withheld, row_counts, policy)
    protections = {
        key: _protected_numbers(key, relations.equations, withheld) for key in withheld - primary
    }
    return DisclosureResult(
        figures=round_figures(_withhold(figures, reasons), values, policy.round_to),
        decisions=_decisions_table(figures, reasons, protections),
        relations=_relations_table(relations),
        known_numbers=pd.DataFrame(
            [(*key, value) for key, value in known.items()], columns=KNOWN_COLUMNS
        ),
    )


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns, dtype="str")


def counts_of_people(figures: pd.DataFrame) -> dict[NumberKey, float]:
    """The numbers that disclosure control is about, in the order of the figures."""
    values = {}
    for key, value in zip(number_keys(figures), figures["value"], strict=True):
        figure = CATALOGUE[key.figure]
        is_of_people = figure.measure == "count" and figure.disclosure_group != "nobody"
        if is_of_people and not pd.isna(value):
            values[key] = float(value)
    return values


def _is_primary(figure: Figure, value: float, policy: Disclosure) -> bool:
    """Whether a number is withheld for its own size."""
    if value > 0 and round_to_multiple(value, policy.round_to) == 0:  # it would read as none
        return True
    if figure.id not in policy.sensitive and figure.disclosure_group not in policy.sensitive:
        return False
    return 0 < value <= policy.threshold or (value == 0 and not policy.show_zero)


def _suppress_numbers(
    values: Mapping[NumberKey, float],
    relations: Relations,
    primary: Collection[NumberKey],
    known: Collection[NumberKey],
    policy: Disclosure,
) -> tuple[set[NumberKey], set[NumberKey]]:
    """The numbers to withhold, and those of them that earlier publications give away."""
    import numpy as np
    from scipy.sparse import csr_array

    from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress

    keys = [*values, *relations.remainders]
    position = {key: number for number, key in enumerate(keys)}
    rows: list[int] = []
    columns: list[int] = []
    coefficients: list[float] = []
    for row, equation in enumerate(relations.equations):
        for key, coefficient in equation.items():
            rows.append(row)
            columns.append(position[key])
            coefficients.append(float(coefficient))
    costs = [SUPPRESSION_COSTS[CATALOGUE[key.figure].disclosure_group] for key in values]
    numbers = LinkedNumbers(
        np.array([*values.values(), *relations.remainders.values()]),
        np.array(costs + [0.0] * len(relations.remainders)),
        csr_array((coefficients, (rows, columns)), shape=(len(relations.equations), len(keys))),
    )
    pattern, unprotectable = suppress(
        numbers,
        [position[key] for key in primary],
        policy.protection,
        [position[key] for key in known],
    )
    return (
        {keys[number] for number in np.flatnonzero(pattern)},
        {keys[number] for number in unprotectable},
    )


def _dependent_measures(
    figures: pd.DataFrame,
    withheld: Collection[NumberKey],
    row_counts: Mapping[tuple[str, str], int],
    policy: Disclosure,
) -> dict[NumberKey, str]:
    """Rates whose count is withheld, and medians or sums made of fewer cases than the threshold.

    So are all single values. Each with the rule under which it is withheld.
    """
    reasons = {}
    columns = (number_keys(figures), figures["value"], figures["source"])
    for key, value, source in zip(*columns, strict=True):
        figure = CATALOGUE[key.figure]
        if pd.isna(value) or figure.disclosure_group == "nobody" or figure.measure == "count":
            continue
        row_count = row_counts.get((key.figure, key.year), 0)
        if figure.measure == "rate":
            if NumberKey(numerator(figure), key.year, "", "") in withheld:
                reasons[key] = SECONDARY
            continue
        # However many the rows, each number of `values` may tell of one person.
        is_small = row_count <= policy.threshold or figure.measure == "values"
        if source == FROM_EXTRACTS and row_count and is_small:
            reasons[key] = SMALL_BASIS
    return reasons


def _protected_numbers(
    key: NumberKey, equations: Iterable[Equation], withheld: Collection[NumberKey]
) -> list[NumberKey]:
    """The other withheld numbers in the equations of this one, each once."""
    linked: dict[NumberKey, None] = {}
    for equation in equations:
        if key in equation:
            linked |= dict.fromkeys(equation)
    return [other for other in linked if other != key and other in withheld]


def _withhold(figures: pd.DataFrame, withheld: Collection[NumberKey]) -> pd.DataFrame:
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
        figure.id: 0 if figure.categories else len(figure.by) for figure in CATALOGUE.values()
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


def _relations_table(relations: Relations) -> pd.DataFrame:
    rows = [
        (number, *key, coefficient)
        for number, equation in enumerate(relations.equations)
        for key, coefficient in equation.items()
    ]
    return pd.DataFrame(rows, columns=RELATION_COLUMNS)


def _label(key: NumberKey) -> str:
    return f"{key.figure} ({key.category})" if key.category else key.figure
