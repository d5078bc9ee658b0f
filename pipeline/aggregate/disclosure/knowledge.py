"""What a reader knows of a number that is withheld, and what it costs to withhold it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.disclosure.relations import Relations
from pipeline.aggregate.figure import Figure, Group
from pipeline.artifacts import NumberKey
from pipeline.settings import Council, Disclosure

# What it costs to withhold a number grows with the number of cases that it counts. A reader misses
# a total, however small, far more than one of many parts.
COST_OF_A_CASE: dict[Group, float] = {"characteristics": 1.0, "breakdowns": 2.0, "totals": 10.0}
COST_OF_ANY: dict[Group, float] = {"characteristics": 2.0, "breakdowns": 4.0, "totals": 1000.0}
# A 0 protects others well, but a reader who misses it may suspect cases where there are none. It
# costs as much as a number of this size.
SIZE_OF_ZERO = 40.0


def small_up_to(figure: Figure, policy: Disclosure) -> int:
    """The largest number of a figure that is withheld for its own size; 0 if none is.

    A number that would be rounded to 0 is withheld, because it would read as none, and with it
    those from which a reader must not tell it.
    """
    if _is_sensitive(figure, policy):
        return policy.largest_small
    rounded_to_zero = (policy.round_to - 1) // 2
    return max(rounded_to_zero, policy.protection + 1) if rounded_to_zero else 0


def is_small(figure: Figure, value: float, policy: Disclosure) -> bool:
    """Whether a number is withheld for its own size."""
    if value == 0:
        return _is_sensitive(figure, policy) and not policy.show_zero
    return 0 < value <= small_up_to(figure, policy)


def _is_sensitive(figure: Figure, policy: Disclosure) -> bool:
    return figure.id in policy.sensitive or figure.disclosure_group in policy.sensitive


@dataclass(frozen=True)
class Knowledge:
    """What a reader to whom a number is withheld knows of it besides its relations."""

    lowest: float
    highest: float


def cost_of(figure: Figure, key: NumberKey, values: Mapping[NumberKey, float]) -> float:
    """What it costs to withhold one of some numbers.

    "Recorded for 302 of 318" tells no more than that it was not for 16: a part without categories
    costs as much as the smaller of itself and the rest.
    """
    size = values[key] or SIZE_OF_ZERO
    if figure.base and not figure.by:
        rest = values.get(NumberKey(figure.base, key.year), math.inf) - values[key]
        size = min(size, max(rest, 0.0))
    return COST_OF_ANY[figure.disclosure_group] + COST_OF_A_CASE[figure.disclosure_group] * size


def knowledge_of_small(
    values: Mapping[NumberKey, float],
    small: Collection[NumberKey],
    relations: Relations,
    council: Council,
) -> dict[NumberKey, Knowledge]:
    """The bounds of every number for a reader who knows which were withheld for their size.

    No reader knows that, but many a reader can guess it. That a withheld number is not 0 is known
    only of those that are never withheld for the sake of others: those in no equation without a
    remainder, and the categories that overlap.
    """
    policy = council.disclosure
    catalogue = catalogue_of(council)
    in_equations = _numbers_in_equations(relations)
    bounds = {}
    for key, value in values.items():
        figure = catalogue[key.figure]
        highest = float(small_up_to(figure, policy)) if key in small else math.inf
        is_alone = key not in in_equations or figure.overlaps_in(key.year)
        is_above_zero = is_alone and (policy.show_zero or not _is_sensitive(figure, policy))
        lowest = min(value, 1.0) if is_above_zero else 0.0
        bounds[key] = Knowledge(lowest, max(highest, value))
    return bounds


def _numbers_in_equations(relations: Relations) -> set[NumberKey]:
    """The numbers in an equation whose other numbers, if all are known, give each of them."""
    numbers: set[NumberKey] = set()
    for equation in relations.equations:
        if not any(key in relations.remainders for key in equation):
            numbers.update(equation)
    return numbers


def known_zeros(relations: Relations) -> set[NumberKey]:
    """The numbers that can be nothing but 0, which a reader knows whatever is withheld."""
    return {key for equation in relations.equations if len(equation) == 1 for key in equation}
