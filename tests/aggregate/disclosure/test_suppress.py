"""No intruder can work out a withheld number, and no more is withheld than that requires."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from builders import CATALOGUE
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.knowledge import cost_of
from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress
from pipeline.artifacts import NumberKey
from pipeline.release.inference import bounds

THRESHOLD = 5
PROTECTION_LEVEL = 2
MOST_ABOVE_THE_LEAST = 1.02
FAR = 40.0  # as far as a number has to move at most
TOLERANCE = 1e-6


class TableBuilder:
    """Numbers, and the relations between their positions."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self.relations: list[dict[int, int]] = []

    def add(self, value: int) -> int:
        """The position of a new number."""
        self.values.append(int(value))
        return len(self.values) - 1

    def relate(self, parts: Collection[int], total: int) -> None:
        self.relations.append(dict.fromkeys(parts, 1) | {total: -1})

    def build(self) -> LinkedNumbers:
        matrix = np.zeros((len(self.relations), len(self.values)))
        for row, relation in enumerate(self.relations):
            for position, coefficient in relation.items():
                matrix[row, position] = coefficient
        values = np.array(self.values, dtype=float)
        return LinkedNumbers(values, np.ones(len(values)), csr_array(matrix))


def linked_tables(
    seed: int, rows: int | None = None, columns: int | None = None, mean: int | None = None
) -> LinkedNumbers:
    """Two tables that share the totals of their rows, like outcome and theme by service area."""
    random = np.random.default_rng(seed)
    rows = rows or int(random.integers(2, 5))
    columns = columns or int(random.integers(2, 5))
    mean = mean or int(random.integers(4, 30))
    first = random.poisson(random.gamma(1.0, mean, size=(rows, columns)))
    row_totals = first.sum(axis=1)
    chances = np.ones(columns) / columns
    second = np.array([random.multinomial(total, chances) for total in row_totals])
    builder = TableBuilder()
    row_total_positions = [builder.add(total) for total in row_totals]
    grand_total = builder.add(first.sum())
    builder.relate(row_total_positions, grand_total)
    for table in (first, second):
        positions = [[builder.add(number) for number in row] for row in table]
        column_totals = [builder.add(total) for total in table.sum(axis=0)]
        for row, total in zip(positions, row_total_positions, strict=True):
            builder.relate(row, total)
        for column, total in zip(zip(*positions, strict=True), column_totals, strict=True):
            builder.relate(column, total)
        builder.relate(column_totals, grand_total)
    return builder.build()


def primary_positions(table: LinkedNumbers) -> np.ndarray:
    return np.flatnonzero((table.values > 0) & (table.values <= THRESHOLD))


def primary_mask(table: LinkedNumbers) -> np.ndarray:
    return np.isin(np.arange(len(table.values)), primary_positions(table))


def recovered_positions(
    table: LinkedNumbers, withheld: np.ndarray, known: Collection[int] = ()
) -> list[int]:
    """The withheld numbers that the disclosure attack pins within the protection level."""
    keys = [NumberKey("a figure", "", str(position)) for position in range(len(table.values))]
    equations = [
        {keys[position]: row[position] for position in np.flatnonzero(row)}
        for row in table.relations.toarray()
    ]
    published = {
        key: (table.values[position],) * 2
        for position, key in enumerate(keys)
        if not withheld[position] or position in set(known)
    }
    return [
        int(key.category)
        for key, (least, most) in bounds(equations, published).items()
        if most - least < PROTECTION_LEVEL
    ]


def count_safe_tables(seeds: range) -> int:
    """How many sets of tables had something to withhold; nothing can be recovered from any."""
    tables_exposed_by_primary_alone = 0
    tables_checked = 0
    for seed in seeds:
        table = linked_tables(seed)
        primary = primary_positions(table)
        if not len(primary):
            continue
        withheld, unprotectable = suppress(table, primary, PROTECTION_LEVEL)
        assert not unprotectable
        assert withheld[primary].all()
        assert recovered_positions(table, withheld) == [], seed
        tables_checked += 1
        tables_exposed_by_primary_alone += bool(recovered_positions(table, primary_mask(table)))
    # The attack is able to recover numbers if secondary suppression is left out.
    assert tables_exposed_by_primary_alone > tables_checked / 2
    return tables_checked


def test_intruder_recovers_nothing_from_linked_tables():
    assert count_safe_tables(range(60)) > 30


@pytest.mark.slow
def test_intruder_recovers_nothing_from_hundreds_of_tables():
    assert count_safe_tables(range(60, 310)) >= 200


def cheapest_cost(table: LinkedNumbers, primary: Collection[int]) -> float:
    """The cost of the cheapest safe pattern, from one program that describes all safe patterns.

    For each number it has a movement of all numbers that raises it, and one that lowers it. Only
    withheld numbers move, and a withheld number moves by the protection level in sum.
    """
    size = len(table.values)
    movements = 2 * size * size
    withheld = sparse.kron(np.ones((2 * size, 1)), sparse.eye_array(size))  # of each movement
    values = sparse.diags_array(np.tile(table.values, 2 * size))
    each = sparse.eye_array(movements)
    relations = sparse.kron(sparse.eye_array(2 * size), table.relations)
    nothing = sparse.coo_array((relations.shape[0], size))
    own = (np.arange(size), np.arange(size) * (size + 1))  # each number in its own movement
    rises = sparse.coo_array((np.ones(size), own), (size, size * size))
    widths = sparse.hstack([-PROTECTION_LEVEL * sparse.eye_array(size), rises, -rises])
    constraints = [
        LinearConstraint(sparse.hstack([-FAR * withheld, each]), ub=0),
        LinearConstraint(sparse.hstack([values @ withheld, each]), lb=0),
        LinearConstraint(sparse.hstack([nothing, relations]), lb=0, ub=0),
        LinearConstraint(widths, lb=0),
    ]
    required = np.isin(np.arange(size), list(primary)).astype(float)
    lowest = np.concatenate([required, np.full(movements, -FAR)])
    highest = np.concatenate([np.ones(size), np.full(movements, FAR)])
    solution = milp(
        np.concatenate([table.costs, np.zeros(movements)]),
        integrality=np.concatenate([np.ones(size), np.zeros(movements)]),
        bounds=Bounds(lowest, highest),
        constraints=constraints,
    )
    assert solution.x is not None, solution.message
    return float(solution.fun)


def costs_of_tables(tables: Iterable[LinkedNumbers]) -> tuple[float, float]:
    """What is withheld in all of them costs together, and the least that it could cost."""
    cost, least = 0.0, 0.0
    for table in tables:
        primary = set(primary_positions(table))
        withheld, unprotectable = suppress(table, primary, PROTECTION_LEVEL)
        assert not unprotectable
        cost += float(table.costs[withheld].sum())
        least += cheapest_cost(table, primary)
    return cost, least


def with_costs_by_size(table: LinkedNumbers) -> LinkedNumbers:
    """The table with the costs of breakdowns of complaints."""
    key = NumberKey("complaints.by_outcome", "")
    costs = [cost_of(CATALOGUE[key.figure], key, {key: value}) for value in table.values]
    return replace(table, costs=np.array(costs))


def tables_of_size(rows: int, columns: int, seeds: range) -> Iterator[LinkedNumbers]:
    """Those with something to withhold."""
    for seed in seeds:
        table = linked_tables(seed, rows=rows, columns=columns, mean=14)
        if len(primary_positions(table)):
            yield table


@pytest.mark.parametrize("costs", [lambda table: table, with_costs_by_size], ids=["one", "size"])
def test_pattern_costs_at_most_two_percent_above_the_least(costs):
    """With a cost of one for each, that is the number of numbers withheld."""
    cost, least = costs_of_tables(map(costs, tables_of_size(2, 2, range(20))))
    assert least <= cost + TOLERANCE
    assert cost <= MOST_ABOVE_THE_LEAST * least


@pytest.mark.slow
@pytest.mark.parametrize("costs", [lambda table: table, with_costs_by_size], ids=["one", "size"])
def test_pattern_of_larger_tables_is_as_close_to_the_least(costs):
    cost, least = costs_of_tables(map(costs, tables_of_size(3, 3, range(6))))
    assert least <= cost + TOLERANCE
    assert cost <= MOST_ABOVE_THE_LEAST * least


def test_intruder_with_earlier_reports_recovers_nothing():
    table = linked_tables(7, rows=4, columns=4, mean=20)
    primary = primary_positions(table)
    first, _ = suppress(table, primary, PROTECTION_LEVEL)
    known = [int(np.flatnonzero(first & (table.values > THRESHOLD))[0])]
    again, unprotectable = suppress(table, primary, PROTECTION_LEVEL, known)
    assert not unprotectable
    assert recovered_positions(table, again, known) == []


def test_number_that_earlier_reports_reveal_is_named():
    table = LinkedNumbers(
        np.array([3.0, 9.0, 12.0]), np.ones(3), csr_array(np.array([[1.0, 1.0, -1.0]]))
    )
    withheld, unprotectable = suppress(table, [0], PROTECTION_LEVEL, known=[1, 2])
    assert unprotectable == {0}
    assert withheld[0]


def test_unpublished_number_protects_at_no_cost():
    table = LinkedNumbers(
        np.array([3.0, 12.0, 9.0]),
        np.array([1.0, 1.0, 0.0]),
        csr_array(np.array([[1.0, -1.0, 1.0]])),
    )
    withheld, _ = suppress(table, [0], PROTECTION_LEVEL)
    assert withheld.tolist() == [True, False, False]


def test_cheaper_of_two_protecting_numbers_is_withheld():
    table = LinkedNumbers(
        np.array([3.0, 9.0, 12.0]),
        np.array([1.0, 1.0, 50.0]),
        csr_array(np.array([[1.0, 1.0, -1.0]])),
    )
    withheld, _ = suppress(table, [0], PROTECTION_LEVEL)
    assert withheld.tolist() == [True, True, False]
