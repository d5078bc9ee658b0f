"""Times disclosure control, from small tables to tables of 40 by 12 over five years."""

from __future__ import annotations

import time

import numpy as np
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.suppress import LinkedNumbers, suppress

SIZES = ((3, 3, 1), (3, 3, 5), (8, 6, 5), (15, 8, 5), (40, 12, 1), (40, 12, 5))
THRESHOLD = 5
PROTECTION_LEVEL = 2


def random_table(rows: int, columns: int, years: int, mean: int, seed: int = 1) -> LinkedNumbers:
    """A table with totals for each year; at a mean of 30 about a fifth of the numbers are small."""
    random = np.random.default_rng(seed)
    size = (rows + 1) * (columns + 1)
    values = []
    sums = []
    for year in range(years):
        cells = random.poisson(random.gamma(1.0, mean, size=(rows, columns)))
        row_totals = cells.sum(axis=1, keepdims=True)
        with_totals = np.block([[cells, row_totals], [cells.sum(axis=0), cells.sum()]])
        values.append(with_totals.ravel())
        places = np.arange(size).reshape(rows + 1, columns + 1) + year * size
        for line in (*places, *places.T):
            sums.append((line[:-1], line[-1]))
    matrix = np.zeros((len(sums), years * size))
    for row, (parts, total) in enumerate(sums):
        matrix[row, parts] = 1
        matrix[row, total] = -1
    numbers = np.concatenate(values).astype(float)
    return LinkedNumbers(numbers, np.ones(len(numbers)), csr_array(matrix))


def main() -> None:
    print("rows x columns x years   small   withheld   seconds")
    for size in SIZES:
        table = random_table(*size, mean=30)
        small = np.flatnonzero((table.values > 0) & (table.values <= THRESHOLD))
        start = time.perf_counter()
        withheld, _ = suppress(table, small, PROTECTION_LEVEL)
        seconds = time.perf_counter() - start
        name = " x ".join(map(str, size))
        print(f"{name:>22}   {len(small):5}   {withheld.sum():8}   {seconds:7.2f}")


if __name__ == "__main__":
    main()
