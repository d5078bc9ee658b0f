"""Numbers are withheld so that no reader can work them out, and no more of them than that needs."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress
from pipeline.release.inference import bounds

THRESHOLD, INTERVAL = 5, 2


def linked_tables(
    seed: int, rows: int | None = None, columns: int | None = None, mean: int | None = None
) -> LinkedNumbers:
    """Two tables with totals that share the totals of their rows, as outcome by area and theme by area do."""
    random = np.random.default_rng(seed)
    rows, columns = rows or int(random.integers(2, 5)), columns or int(random.integers(2, 5))
    areas = random.poisson(
        random.gamma(1.0, mean or int(random.integers(4, 30)), size=(rows, columns))
    )
    second = np.array(
        [random.multinomial(total, np.ones(columns) / columns) for total in areas.sum(axis=1)]
    )
    values: list[int] = []
    sums: list[dict[int, int]] = []

    def place(number: int) -> int:
        values.append(int(number))
        return len(values) - 1

    totals = [place(total) for total in areas.sum(axis=1)]
    whole = place(areas.sum())
    sums.append(dict.fromkeys(totals, 1) | {whole: -1})
    for table in (areas, second):
        cells = [[place(number) for number in row] for row in table]
        across = [place(total) for total in table.sum(axis=0)]
        sums += [
            dict.fromkeys(row, 1) | {total: -1} for row, total in zip(cells, totals, strict=True)
        ]
        sums += [
            dict.fromkeys(column, 1) | {total: -1}
            for column, total in zip(zip(*cells, strict=True), across, strict=True)
        ]
        sums.append(dict.fromkeys(across, 1) | {whole: -1})
    matrix = np.zeros((len(sums), len(values)))
    for row, terms in enumerate(sums):
        for cell, times in terms.items():
            matrix[row, cell] = times
    return LinkedNumbers(np.array(values, dtype=float), np.ones(len(values)), csr_array(matrix))


def small_of(table: LinkedNumbers) -> np.ndarray:
    return np.flatnonzero((table.values > 0) & (table.values <= THRESHOLD))


def recovered(table: LinkedNumbers, withheld: np.ndarray, known=()) -> list[int]:
    """What a reader pins more closely than the interval, by linear programs over what is shown."""
    name = {cell: ("a figure", "", str(cell), "") for cell in range(len(table.values))}
    dense = table.relations.toarray()
    sums = [{name[cell]: row[cell] for cell in np.flatnonzero(row)} for row in dense]
    shown = {
        name[cell]: (table.values[cell],) * 2
        for cell in name
        if not withheld[cell] or cell in set(known)
    }
    found = bounds(sums, shown)
    return [int(cell[2]) for cell, (least, most) in found.items() if most - least < INTERVAL]


def alone(table: LinkedNumbers) -> np.ndarray:
    mask = np.zeros(len(table.values), dtype=bool)
    mask[small_of(table)] = True
    return mask


def check(seeds: range) -> int:
    """How many sets of tables had something to withhold, none of which could be recovered."""
    given_away = tried = 0
    for seed in seeds:
        table = linked_tables(seed)
        if not len(small_of(table)):
            continue
        withheld, lost = suppress(table, small_of(table), INTERVAL)
        assert not lost
        assert withheld[small_of(table)].all()
        assert recovered(table, withheld) == [], seed
        tried += 1
        given_away += bool(recovered(table, alone(table)))
    assert given_away > tried / 2, "without the further cells something should be recovered in most"
    return tried


def test_nothing_is_recovered_from_linked_tables_and_something_is_without_the_further_cells():
    check(range(60))


@pytest.mark.slow
def test_nothing_is_recovered_from_a_thousand_sets_of_linked_tables():
    assert check(range(60, 1260)) >= 1000


@pytest.mark.parametrize("tables", [5, pytest.param(40, marks=pytest.mark.slow)])
def test_no_more_is_withheld_than_the_cheapest_set_of_a_table_small_enough_to_try_them_all(tables):
    tried = 0
    for seed in range(1000):
        table = linked_tables(seed, rows=2, columns=2, mean=14)
        small = set(small_of(table))
        if not 0 < len(small) <= 4:
            continue
        withheld, _ = suppress(table, small, INTERVAL)
        rest = [cell for cell in range(len(table.values)) if cell not in small]
        fewest = next(
            len(small) + more
            for more in range(len(rest) + 1)
            for extra in combinations(rest, more)
            if not recovered(table, np.isin(np.arange(len(table.values)), [*small, *extra]))
        )
        assert withheld.sum() <= 1.1 * fewest, seed
        tried += 1
        if tried == tables:
            return
    raise AssertionError("too few tables were small enough")


def test_a_reader_of_earlier_reports_learns_nothing_more():
    table = linked_tables(7, rows=4, columns=4, mean=20)
    small = small_of(table)
    first, _ = suppress(table, small, INTERVAL)
    known = [int(np.flatnonzero(first & (table.values > THRESHOLD))[0])]
    again, lost = suppress(table, small, INTERVAL, known)
    assert not lost
    assert recovered(table, again, known) == []


def test_what_earlier_reports_give_away_is_named():
    table = LinkedNumbers(
        np.array([3.0, 9.0, 12.0]), np.ones(3), csr_array(np.array([[1.0, 1.0, -1.0]]))
    )
    withheld, lost = suppress(table, [0], INTERVAL, known=[1, 2])
    assert lost == {0}
    assert withheld[0]


def test_a_number_that_is_published_nowhere_protects_but_is_not_withheld():
    table = LinkedNumbers(
        np.array([3.0, 12.0, 9.0]),
        np.array([1.0, 1.0, 0.0]),
        csr_array(np.array([[1.0, -1.0, 1.0]])),
    )
    withheld, _ = suppress(table, [0], INTERVAL)
    assert withheld.tolist() == [True, False, False]


def test_the_dearer_of_two_protectors_is_spared():
    table = LinkedNumbers(
        np.array([3.0, 9.0, 12.0]),
        np.array([1.0, 1.0, 50.0]),
        csr_array(np.array([[1.0, 1.0, -1.0]])),
    )
    withheld, _ = suppress(table, [0], INTERVAL)
    assert withheld.tolist() == [True, True, False]
