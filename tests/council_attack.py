"""An attack on the figures of a random council, as they would be published.

It reads the relations from the words in which they are published, with the report's own reading of
them (`pipeline/release/stated_relations.py`), and grants the reader more than a report tells:
which numbers are withheld for their own size.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from random_councils import RandomCouncil
from scipy.sparse import csr_array

from pipeline.aggregate.catalogue import Catalogue, catalogue_of
from pipeline.aggregate.disclosure.control import (
    SECONDARY_BUT_KNOWN,
    SMALL,
    SMALL_BUT_KNOWN,
    DisclosureResult,
    apply_policy,
)
from pipeline.aggregate.disclosure.knowledge import small_up_to
from pipeline.aggregate.disclosure.measures import terms_of_measures
from pipeline.aggregate.disclosure.statements import statements_by_figure
from pipeline.aggregate.figure_table import build_figure_table, counts_of_people, number_keys
from pipeline.artifacts import NumberKey
from pipeline.linear_program import LinearProgram
from pipeline.release.inference import rounding_interval
from pipeline.release.stated_relations import StatedRelations
from pipeline.settings import Council

TOLERANCE = 1e-6
RISE = 1000.0  # as far as a number that nothing limits can rise
MAX_SWEEPS = 20
Bounds = tuple[float, float]


@dataclass
class Attack:
    """What became of the withheld numbers of a council.

    narrowed: those that a reader knows more closely than the protection level, with their bounds.
    given_away: those that earlier publications give away whatever is withheld.
    """

    withheld: int = 0
    narrowed: dict[NumberKey, Bounds] = field(default_factory=dict)
    given_away: int = 0

    @property
    def exact(self) -> int:
        return sum(least == most for least, most in self.narrowed.values())


@dataclass(frozen=True)
class PublishedCouncil:
    """The figures of a council before and after disclosure control, and what was known before."""

    council: Council
    figures: pd.DataFrame
    result: DisclosureResult
    earlier: Mapping[NumberKey, float]

    @classmethod
    def of(
        cls, council: RandomCouncil, published: pd.DataFrame, earlier_threshold: int | None = None
    ) -> PublishedCouncil:
        """earlier_threshold: that of a report on all years but the last, if there was one."""
        settings = council.settings.council
        figures = build_figure_table(council.data, published)
        earlier: dict[NumberKey, float] = {}
        if earlier_threshold:
            disclosure = settings.disclosure.model_copy(update={"threshold": earlier_threshold})
            rows = figures[figures["year"] < str(council.settings.year)].reset_index(drop=True)
            earlier_figures = apply_policy(
                rows, [], {}, settings.model_copy(update={"disclosure": disclosure})
            ).figures
            earlier = {
                key: float(value)
                for key, value in zip(
                    number_keys(earlier_figures), earlier_figures["value"], strict=True
                )
                if not pd.isna(value)
            }
        result = apply_policy(figures, earlier.items(), {}, settings)
        return cls(settings, figures, result, earlier)


def attack(published: PublishedCouncil) -> Attack:
    """The attack of a reader of this report, and of one who has the earlier one as well."""
    catalogue = catalogue_of(published.council)
    values = counts_of_people(published.figures, catalogue)
    decisions = {
        NumberKey(row.figure, row.year, row.category, row.detail): row.rule
        for row in published.result.decisions.itertuples()
    }
    withheld = [key for key in values if key in decisions]
    given_away = {
        key for key, rule in decisions.items() if rule in (SMALL_BUT_KNOWN, SECONDARY_BUT_KNOWN)
    }
    policy = published.council.disclosure
    sums = StatedRelations(values.keys()).sums(statements_by_figure(values, catalogue))
    sums += [
        {**terms, NumberKey("", "", "", f"of measures {number}"): 1.0}
        for number, terms in enumerate(
            terms_of_measures(_exactly_published(published), published.council)
        )
        if terms.keys() <= values.keys()
    ]
    alone = _lone_numbers(sums, catalogue)
    intervals: dict[NumberKey, Bounds] = {}
    for key, value in values.items():
        if key not in decisions:
            intervals[key] = rounding_interval(_rounded(value, policy.round_to), policy.round_to)
            continue
        least = min(value, 1.0) if key in alone and policy.show_zero else 0.0
        is_small = decisions[key] in (SMALL, SMALL_BUT_KNOWN)
        most = float(small_up_to(catalogue[key.figure], policy)) if is_small else math.inf
        intervals[key] = (least, max(most, value))
    report = Attack(withheld=len(withheld), given_away=len(given_away))
    reader = _Reader(sums, values)
    for known in ({}, published.earlier):
        exact = {key: (value, value) for key, value in known.items() if values.get(key) == value}
        targets = [key for key in withheld if key not in exact and key not in given_away]
        if known or not report.narrowed:
            report.narrowed |= reader.narrowed(intervals | exact, targets, policy.protection)
    return report


def _exactly_published(published: PublishedCouncil) -> pd.DataFrame:
    """The published figures with counts as they are: only measures are taken from them."""
    figures = published.result.figures
    true_values = dict(zip(number_keys(published.figures), published.figures["value"], strict=True))
    keys = number_keys(figures)
    is_count = figures["measure"] == "count"
    exact = pd.Series([true_values.get(key, pd.NA) for key in keys], dtype="Float64")
    return figures.assign(value=figures["value"].mask(is_count & figures["value"].notna(), exact))


def _rounded(value: float, multiple: int) -> float:
    return (value + multiple / 2) // multiple * multiple if multiple > 1 else value


def _lone_numbers(
    sums: Iterable[Mapping[NumberKey, float]], catalogue: Catalogue
) -> set[NumberKey]:
    """The numbers that are never withheld for the sake of others: these are above 0."""
    in_sums: set[NumberKey] = set()
    all_keys: set[NumberKey] = set()
    for total in sums:
        all_keys.update(total)
        if all(key.figure for key in total):
            in_sums.update(total)
    return {
        key for key in all_keys if key.figure and (key not in in_sums or _overlaps(key, catalogue))
    }


def _overlaps(key: NumberKey, catalogue: Catalogue) -> bool:
    figure = catalogue[key.figure]
    return figure.overlapping and key.year not in figure.whole_years


class _Reader:
    """Linear programs over the movements of all numbers away from their true values."""

    def __init__(
        self, sums: Collection[Mapping[NumberKey, float]], values: Mapping[NumberKey, float]
    ) -> None:
        self.values = dict(values)
        for total in sums:
            for key, sign in total.items():
                if not key.figure:
                    rest = {other: factor for other, factor in total.items() if other != key}
                    others = sum(factor * values[other] for other, factor in rest.items())
                    self.values[key] = max(-others / sign, 0.0)
        self.keys = list(self.values)
        self.position = {key: number for number, key in enumerate(self.keys)}
        rows, columns, signs = [], [], []
        for row, total in enumerate(sums):
            for key, sign in total.items():
                rows.append(row)
                columns.append(self.position[key])
                signs.append(sign)
        self.matrix = csr_array((signs, (rows, columns)), shape=(len(sums), len(self.keys)))

    def narrowed(
        self, intervals: Mapping[NumberKey, Bounds], targets: list[NumberKey], level: float
    ) -> dict[NumberKey, Bounds]:
        """The targets whose bounds are closer than the protection level."""
        true = np.array([self.values[key] for key in self.keys])
        known = np.array([intervals.get(key, (0.0, math.inf)) for key in self.keys])
        least = np.minimum(known[:, 0] - true, 0.0)
        most = np.clip(known[:, 1] - true, 0.0, RISE)
        program = LinearProgram(self.matrix, least, most)
        lowest, highest = np.zeros(len(true)), np.zeros(len(true))
        remaining = np.array([self.position[key] for key in targets], dtype=int)
        random = np.random.default_rng(1)
        for _ in range(MAX_SWEEPS):  # most move freely: one program shows it for many
            objective = np.zeros(len(true))
            objective[remaining] = random.choice([-1.0, 1.0], len(remaining))
            point = program.minimise(objective).point
            lowest, highest = np.minimum(lowest, point), np.maximum(highest, point)
            open_ones = remaining[(highest - lowest)[remaining] < level - TOLERANCE]
            if len(open_ones) == len(remaining):
                break
            remaining = open_ones
        narrowed = {}
        for position in map(int, remaining):
            if highest[position] - lowest[position] >= level - TOLERANCE:
                continue
            ends = []
            for sign in (1.0, -1.0):
                objective = np.zeros(len(true))
                objective[position] = sign
                point = program.minimise(objective).point
                lowest, highest = np.minimum(lowest, point), np.maximum(highest, point)
                ends.append(float(point[position] + true[position]))
            bounds = (math.ceil(ends[0] - TOLERANCE), math.floor(ends[1] + TOLERANCE))
            if bounds[1] - bounds[0] < level:
                narrowed[self.keys[position]] = bounds
        return narrowed
