"""Each declared relation: whether the others imply it, and numbers that show it is needed.

A relation is taken from the search alone, and the attack, which knows it, is tried on what the
search then publishes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from builders import CATALOGUE
from council_attack import PublishedCouncil, attack
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.control import apply_policy
from pipeline.aggregate.disclosure.instances import Instance, KnownKeys
from pipeline.aggregate.disclosure.relations import Relations, build_relations
from pipeline.aggregate.figure import Figure
from pipeline.aggregate.figure_table import COLUMN_TYPES, FIGURE_TABLE_COLUMNS
from pipeline.aggregate.terms import Relation
from pipeline.artifacts import FROM_EXTRACTS, NumberKey
from pipeline.linear_program import LinearProgram
from pipeline.settings import Council

TOLERANCE = 1e-6
LISTED = ("sums_to", "part_of", "limits")  # the fields that contain several relations
MOST_START, MOST_TAKEN = 12, 6  # numbers of the relation itself, and of each that is added
USUAL_VALUES = (0, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 60)
SMALL_VALUES = (0, 0, 1, 1, 2, 2, 3, 3, 4, 6, 7)
LARGEST_VALUE = 90.0
Values = dict[NumberKey, float]


@dataclass(frozen=True)
class Declared:
    """A relation, and the figure as it would be without that declaration."""

    relation: Relation
    figure_without: Figure

    @property
    def text(self) -> str:
        return str(self.relation)

    @contextmanager
    def removed(self) -> Iterator[None]:
        """The catalogue without the declaration, in the block."""
        id = self.figure_without.id
        figure = CATALOGUE[id]
        CATALOGUE[id] = self.figure_without
        try:
            yield
        finally:
            CATALOGUE[id] = figure


def declared_relations() -> Iterator[Declared]:
    """Every relation between counts of people."""
    for figure in list(CATALOGUE.values()):
        relations = iter(figure.relations)
        if figure.base and figure.measure == "count":
            yield Declared(next(relations), replace(figure, base=None))
        for field in ("categories_of", "sum_of_categories", "column_totals"):
            if getattr(figure, field):
                yield Declared(next(relations), replace(figure, **{field: None}))
        for field in LISTED:
            items = getattr(figure, field)
            for number in range(len(items)):
                others = items[:number] + items[number + 1 :]
                yield Declared(next(relations), replace(figure, **{field: others}))


def is_implied(declared: Declared, values: Mapping[NumberKey, float]) -> bool:
    """Whether no numbers satisfy all other relations and break this one, between any of these keys.

    values: those of a large council, in which all relations hold.
    """
    instances = [
        one
        for one in KnownKeys(values, CATALOGUE).instances(declared.relation)
        if one.holds(values)
    ]
    with declared.removed():
        relations = build_relations(values, CATALOGUE)
    keys = [*values, *relations.remainders]
    position = {key: number for number, key in enumerate(keys)}
    size = len(keys)
    program = LinearProgram(_matrix(relations, position), np.zeros(size), np.ones(size))
    for instance in instances:
        for sign in (1.0, -1.0) if instance.is_equal else (1.0,):
            objective = np.zeros(size)
            for key, coefficient in instance.terms.items():
                objective[position[key]] = -sign * coefficient
            if program.minimise(objective).value < -TOLERANCE:
                return False
    return True


def _matrix(relations: Relations, position: Mapping[NumberKey, int]) -> csr_array:
    terms = [
        (row, position[key], coefficient)
        for row, equation in enumerate(relations.equations)
        for key, coefficient in equation.items()
    ]
    rows, columns, coefficients = zip(*terms, strict=True)
    return csr_array((coefficients, (rows, columns)), (len(relations.equations), len(position)))


def narrowed_without(declared: Declared, values: Values, council: Council) -> set[NumberKey]:
    """The withheld numbers that the attack narrows if the search does not know the relation.

    values: all numbers that the council publishes or withholds.
    """
    figures = figures_table(values)
    with declared.removed():
        result = apply_policy(figures, [], {}, council)
    return set(attack(PublishedCouncil(council, figures, result, {})).narrowed)


def shows_need(declared: Declared, values: Values, council: Council) -> bool:
    """Whether the attack narrows a number without the relation, and none with it."""
    if not narrowed_without(declared, values, council):
        return False
    figures = figures_table(values)
    result = apply_policy(figures, [], {}, council)
    return not attack(PublishedCouncil(council, figures, result, {})).narrowed


def figures_table(values: Values) -> pd.DataFrame:
    """The table of figures of a council that has no numbers but these."""
    rows = []
    for key, value in values.items():
        figure = CATALOGUE[key.figure]
        overlapping = "yes" if figure.overlapping else ""
        attributes = (figure.id, figure.title, figure.unit, figure.rule, figure.measure)
        numbers = (value, "", None, FROM_EXTRACTS)
        rows.append((*attributes, figure.base or "", overlapping, *key[1:], *numbers))
    return pd.DataFrame(rows, columns=FIGURE_TABLE_COLUMNS).astype(COLUMN_TYPES)


class NumberSearch:
    """Looks for few numbers that show that a relation is needed, at random.

    keys: of a large council.
    """

    def __init__(self, keys: list[NumberKey], council: Council) -> None:
        self.keys = keys
        self.council = council
        known = KnownKeys(keys, CATALOGUE)
        self.instances: dict[str, list[Instance]] = {}
        self.of_key: dict[NumberKey, list[Instance]] = {}
        for declared in declared_relations():
            instances = list(known.instances(declared.relation))
            self.instances[declared.text] = instances
            for instance in instances:
                for key in instance.terms:
                    self.of_key.setdefault(key, []).append(instance)

    def find(self, declared: Declared, tries: int) -> Values | None:
        """The numbers, or None if none were found in so many tries."""
        chance = random.Random(declared.text)
        instances = self.instances[declared.text]
        for number in range(tries if instances else 0):
            usual = USUAL_VALUES if number % 2 else SMALL_VALUES
            keys = self._some_keys(chance.choice(instances), chance)
            values = numbers_near(keys, [chance.choice(usual) for _ in keys])
            if shows_need(declared, values, self.council):
                return self._fewest(declared, values)
        return None

    def _some_keys(self, instance: Instance, chance: random.Random) -> list[NumberKey]:
        """Numbers of a relation, and of others that share some with it."""
        chosen = list(instance.terms)
        if len(chosen) > MOST_START:
            chosen = chance.sample(chosen, MOST_START)
        for _ in range(chance.choice((0, 0, 1, 1, 2, 3, 4))):
            key = chance.choice(chosen)
            others = list(chance.choice(self.of_key[key]).terms)
            chosen += chance.sample(others, min(len(others), MOST_TAKEN))
        return [key for key in self.keys if key in set(chosen)]

    def _fewest(self, declared: Declared, values: Values) -> Values:
        for key in list(values):
            fewer = {other: value for other, value in values.items() if other != key}
            if fewer and shows_need(declared, fewer, self.council):
                values = fewer
        return values


def numbers_near(keys: list[NumberKey], targets: list[int]) -> Values:
    """Whole numbers that satisfy every relation between these keys, as near as can be to some."""
    relations = build_relations(dict.fromkeys(keys, 0.0), CATALOGUE)
    size = len(keys)
    position = {key: number for number, key in enumerate(keys)}
    each = sparse.eye_array(size)
    constraints = [
        LinearConstraint(sparse.hstack([each, -each]), ub=np.array(targets)),
        LinearConstraint(sparse.hstack([-each, -each]), ub=-np.array(targets)),
    ]
    if relations.equations:
        rows = np.zeros((len(relations.equations), 2 * size))
        for row, equation in enumerate(relations.equations):
            for key in equation.keys() & position.keys():
                rows[row, position[key]] = equation[key]
        # A number that is published nowhere fills up the smaller side.
        is_equal = [equation.keys() <= position.keys() for equation in relations.equations]
        constraints.append(LinearConstraint(rows, lb=np.where(is_equal, 0.0, -np.inf), ub=0.0))
    solution = milp(
        np.repeat([0.0, 1.0], size),
        integrality=np.repeat([1, 0], size),
        bounds=Bounds(0.0, np.repeat([LARGEST_VALUE, np.inf], size)),
        constraints=constraints,
    )
    return {key: float(round(solution.x[number])) for key, number in position.items()}
