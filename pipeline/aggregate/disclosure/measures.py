"""Numbers that are no counts of people: which are withheld, and what the others tell of counts."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue, catalogue_of, numerator
from pipeline.aggregate.disclosure.instances import Equation
from pipeline.aggregate.figure import STATISTICS, Figure
from pipeline.aggregate.figure_table import number_keys
from pipeline.aggregate.figures.stages.response_times import MAX_RESPONSES_LISTED
from pipeline.artifacts import FROM_EXTRACTS, NumberKey
from pipeline.procedures import Stage
from pipeline.settings import Council, Disclosure, TimeLimits

# The rules of disclosure.csv.
SECONDARY = "would give another away"
SMALL_BASIS = "made of a small number of cases"
TEXTS_OF_WITHHELD = "texts of which the number is withheld"
ROWS_OF_CHECKS = "rows that a check found, which a figure counts as well"
QUOTATIONS = "compliments.quotations"
CHECKS = "data_quality.warnings"


def most_few_rows(figure: Figure, policy: Disclosure) -> int:
    """The most rows that are too few for a measure of them.

    A sum tells nothing of single cases where they are no small number. A median, a longest time
    and the like are the times of one or two of them, which others must surround.
    """
    if figure.measure in STATISTICS:
        return max(2 * policy.threshold, MAX_RESPONSES_LISTED)
    return policy.threshold


def withheld_measures(
    figures: pd.DataFrame,
    withheld: Collection[NumberKey],
    row_counts: Mapping[tuple[str, str], int],
    council: Council,
) -> dict[NumberKey, str]:
    """The numbers that are no counts and are withheld, each with the rule.

    Measures go with the count of the rows that have a value, so that even whether there is one
    tells nothing of a withheld count.
    row_counts: the number of rows behind each figure in each year, where no figure counts those
        with a value.
    """
    catalogue = catalogue_of(council)
    policy = council.disclosure
    values = dict(zip(number_keys(figures), figures["value"], strict=True))
    reasons = {}
    for key, source in zip(number_keys(figures), figures["source"], strict=True):
        figure = catalogue[key.figure]
        if key.figure == CHECKS and source == FROM_EXTRACTS and key.category:
            reasons[key] = ROWS_OF_CHECKS
        if key.figure == QUOTATIONS and NumberKey("compliments.received", key.year) in withheld:
            reasons[key] = TEXTS_OF_WITHHELD
        if figure.disclosure_group == "nobody" or figure.measure == "count":
            continue
        counting = _counting_key(figure, key.year, catalogue)
        if counting in withheld:
            reasons[key] = SECONDARY if figure.measure == "rate" else SMALL_BASIS
        elif source == FROM_EXTRACTS and not pd.isna(values[key]) and figure.measure != "rate":
            rows = values.get(counting) if counting else None
            if rows is None or pd.isna(rows):
                rows = row_counts.get((key.figure, key.year), 0)
            # However many the rows, each number of `values` may tell of one person.
            is_few = rows <= most_few_rows(figure, policy) or figure.measure == "values"
            if rows and is_few:
                reasons[key] = SMALL_BASIS
    return reasons


def _counting_key(figure: Figure, year: str, catalogue: Catalogue) -> NumberKey | None:
    """The number that counts the rows of a measure with a value."""
    if figure.measure == "rate":
        return NumberKey(numerator(figure, catalogue), year)
    if figure.measure == "values" and figure.base:
        return NumberKey(figure.base, year)
    rows = figure.measured_rows
    return NumberKey(rows.figure, year, rows.category) if rows else None


def terms_of_measures(figures: pd.DataFrame, council: Council) -> Iterator[Equation]:
    """What measures of days tell about how many responses were in time: terms at most 0.

    Half of the responses are within the limit, or more, if the median is. Without a term, a measure
    is taken as withheld.
    """
    values = dict(zip(number_keys(figures), figures["value"].astype(float), strict=True))
    catalogue = catalogue_of(council)
    procedure = council.procedure
    for number, stage in procedure.numbered_stages:
        days = _DaysAllowed.of(number, stage, council.time_limits)
        if days is None:
            continue
        for year in dict.fromkeys(figures["year"]):
            responses = _Responses(number, year, values)
            if responses.total > most_few_rows(
                catalogue[f"stage_{number}.median_days"], council.disclosure
            ):
                yield from _terms_of_stage(responses, days)


class _DaysAllowed(NamedTuple):
    """The days that a response may take, as far as the days alone tell whether it is in time.

    tells_within: whether a response within `limit` days is within the limit for certain.
    """

    limit: int
    extended: int
    tells_within: bool

    @classmethod
    def of(cls, number: str, stage: Stage, limits: TimeLimits) -> _DaysAllowed | None:
        """Those of a stage; None where the days do not tell."""
        clocks = limits.clocks(number)
        response = clocks[-1]
        if any(clock.limit.unit != limits.procedure.days for clock in clocks):
            return None
        if response.by_grade or response.clock.until_agreed:
            return None
        if stage.every_clock_counts:
            total = sum(clock.limit.length for clock in clocks)
            return cls(total, total, tells_within=False)
        extended = response.extended or response.limit
        return cls(response.limit.length, extended.length, tells_within=True)


class _Responses:
    """The responses of a stage in a year, with their measures."""

    def __init__(self, stage: str, year: str, values: Mapping[NumberKey, float]) -> None:
        self.stage = stage
        self.values = values
        self.year = year
        self.answered = NumberKey(f"stage_{stage}.answered", year)
        self.total = values.get(self.answered, math.nan)

    def measure(self, name: str) -> float:
        return self.values.get(NumberKey(f"stage_{self.stage}.{name}", self.year), math.nan)

    def timely(self, *categories: str) -> list[NumberKey]:
        figure = f"stage_{self.stage}.timeliness"
        return [NumberKey(figure, self.year, category) for category in categories]

    def at_most(self, keys: list[NumberKey], count: float) -> Equation:
        """That some of the responses are no more than so many."""
        return dict.fromkeys(keys, 1.0) | {self.answered: -count / self.total}

    def at_least(self, keys: list[NumberKey], count: float) -> Equation:
        return {key: -factor for key, factor in self.at_most(keys, count).items()}


def _ranks(total: float) -> dict[str, tuple[float, float]]:
    """The two responses, counted from the shortest, between which each measure lies."""
    if math.isnan(total):
        return {}
    nine_in_ten = math.ceil(total * 9 / 10)
    return {
        "shortest_days": (1, 1),
        "median_days": (math.floor((total + 1) / 2), math.ceil((total + 1) / 2)),
        "days_90th": (nine_in_ten, nine_in_ten),
        "longest_days": (total, total),
    }


def _terms_of_stage(responses: _Responses, allowed: _DaysAllowed) -> Iterator[Equation]:
    within = responses.timely("within limit")
    in_time = responses.timely("within limit", "within extension")
    limit, extended, tells_within = allowed
    for name, (lower, upper) in _ranks(responses.total).items():
        days = responses.measure(name)
        if days <= limit and tells_within:
            yield responses.at_least(within, lower)
        if days > limit:
            yield responses.at_most(within, upper - 1)
        if days > extended:
            yield responses.at_most(in_time, upper - 1)
    mean, shortest, longest = map(responses.measure, ("mean_days", "shortest_days", "longest_days"))
    if longest > limit:
        most = responses.total * (longest - mean) / (longest - limit)
        yield responses.at_most(within, math.floor(most + 1e-6))
    if shortest <= limit and tells_within:
        least = responses.total * (limit + 1 - mean) / (limit + 1 - shortest)
        if least > 0:
            yield responses.at_least(within, math.ceil(least - 1e-6))
