"""No intruder can work out a withheld number, and no more is withheld than that requires."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress
from pipeline.artifacts import NumberKey
from pipeline.release.inference import bounds

THRESHOLD = 5
PROTECTION_LEVEL = 2


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


def has_lone_unknown(table: LinkedNumbers, withheld: np.ndarray) -> bool:
    """Whether a relation has one withheld number, which the others give without an attack."""
    unknowns = np.count_nonzero(table.relations.toarray()[:, withheld], axis=1)
    return bool((unknowns == 1).any())


def fewest_withheld(table: LinkedNumbers, primary: Collection[int]) -> int:
    """The size of the smallest safe pattern, found by trying all."""
    positions = np.arange(len(table.values))
    others = [position for position in positions if position not in primary]
    for size in range(len(others) + 1):
        for secondary in combinations(others, size):
            withheld = np.isin(positions, [*primary, *secondary])
            if not has_lone_unknown(table, withheld) and not recovered_positions(table, withheld):
                return len(primary) + size
    raise AssertionError("not even withholding everything is safe")


def test_pattern_is_close_to_the_cheapest_of_all():
    tables_checked = 0
    for seed in range(1000):
        table = linked_tables(seed, rows=2, columns=2, mean=14)
        primary = set(primary_positions(table))
        if not 0 < len(primary) <= 4:
            continue
        withheld, _ = suppress(table, primary, PROTECTION_LEVEL)
        assert withheld.sum() <= 1.1 * fewest_withheld(table, primary), seed
        tables_checked += 1
        if tables_checked == 40:
            return
    raise AssertionError("too few tables were small enough")


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
