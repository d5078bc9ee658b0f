"""How long it takes to choose what to withhold, from small tables to 40 by 12 with five years."""

from __future__ import annotations

import time

import numpy as np
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress

SIZES = ((3, 3, 1), (3, 3, 5), (8, 6, 5), (15, 8, 5), (40, 12, 1), (40, 12, 5))


def years_of_tables(rows: int, columns: int, years: int, mean: int, seed: int = 1) -> LinkedNumbers:
    """A table with totals a year; about a fifth of the numbers are small at a mean of 30."""
    random, size = np.random.default_rng(seed), (rows + 1) * (columns + 1)
    values, sums = [], []
    for year in range(years):
        cells = random.poisson(random.gamma(1.0, mean, size=(rows, columns)))
        values.append(
            np.block(
                [[cells, cells.sum(axis=1, keepdims=True)], [cells.sum(axis=0), cells.sum()]]
            ).ravel()
        )
        place = np.arange(size).reshape(rows + 1, columns + 1) + year * size
        sums += [(line[:-1], line[-1]) for line in (*place, *place.T)]
    matrix = np.zeros((len(sums), years * size))
    for row, (parts, whole) in enumerate(sums):
        matrix[row, parts], matrix[row, whole] = 1, -1
    numbers = np.concatenate(values).astype(float)
    return LinkedNumbers(numbers, np.ones(len(numbers)), csr_array(matrix))


if __name__ == "__main__":
    print("rows x columns x years   small   withheld   seconds")
    for size in SIZES:
        table = years_of_tables(*size, mean=30)
        small = np.flatnonzero((table.values > 0) & (table.values <= 5))
        began = time.perf_counter()
        withheld, _ = suppress(table, small, 2)
        taken = time.perf_counter() - began
        print(
            f"{' x '.join(map(str, size)):>22}   {len(small):5}   {withheld.sum():8}   {taken:7.2f}"
        )
