"""Which further numbers to withhold, so that no withheld number can be worked out from those that are published.

The cheapest set is found by integer programming with cuts from the reader's own linear programs (Fischetti and Salazar, "Solving
the cell suppression problem on tabular data with linear constraints", Management Science 47, 2001), with SciPy's HiGHS.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

TOLERANCE = 1e-6
RELATIVE_COST_GAP = 0.02  # of the cheapest cost, within which a set is good enough


@dataclass(frozen=True)
class LinkedNumbers:
    """Numbers that a reader can add up.

    values: each number, not negative. costs: of withholding each; 0 for one that is not published anyway. sums: a row for each
    sum that holds among the numbers, as coefficients with `sums @ values == 0`.
    """

    values: np.ndarray
    costs: np.ndarray
    relations: csr_array

    def subset(self, positions: np.ndarray) -> LinkedNumbers:
        """These cells with the sums among them."""
        sums = self.relations[:, positions]
        return LinkedNumbers(
            self.values[positions], self.costs[positions], sums[np.diff(sums.indptr) > 0]
        )


def suppress(
    table: LinkedNumbers,
    primary: Collection[int],
    protection_level: float,
    known: Collection[int] = (),
) -> tuple[np.ndarray, frozenset[int]]:
    """Which numbers to withhold (a mask), and those of the small ones that cannot be protected from whoever knows the known.

    small: places of the numbers that have to be withheld. interval: how far apart the least and the largest value must be that a
    reader can give a withheld number. known: places of numbers published earlier: a number that is not among them has to be
    safe from a reader who knows them as well.
    """
    withheld, lost = np.zeros(len(table.values), dtype=bool), set()
    linked = abs(table.relations).astype(bool).astype(int)
    _, groups = connected_components(linked.T @ linked, directed=False)
    wanted = np.zeros(len(table.values), dtype=bool)
    wanted[list(primary)] = True
    before = np.zeros(len(table.values), dtype=bool)
    before[list(known)] = True
    for group in np.unique(groups[wanted]):
        cells = np.flatnonzero(groups == group)
        chosen, unsafe = _SuppressionSearch(
            table.subset(cells), wanted[cells], protection_level, before[cells]
        ).run()
        withheld[cells] = chosen
        lost |= {int(cells[place]) for place in np.flatnonzero(unsafe)}
    return withheld & (table.costs > 0), frozenset(lost)


class _SuppressionSearch:
    """One group of numbers that hang together, and the cuts found so far."""

    def __init__(self, table: LinkedNumbers, small: np.ndarray, interval: float, known: np.ndarray):
        self.table, self.primary, self.protection_level = table, small, interval
        self.size = len(table.values)
        self.hidden = table.costs == 0
        self.readers = [np.zeros(self.size, dtype=bool), *([known] if known.any() else [])]
        self.reach = (
            interval * 4 + 1.0
        )  # how far a reader must think that a number may rise: no sum stands in the way
        self.cuts: list[np.ndarray] = []  # of each, what is withheld has to make at least 0
        self.exempt: list[
            np.ndarray
        ] = []  # for each reader, what can be worked out even where nothing at all is published

    def run(self) -> tuple[np.ndarray, np.ndarray]:
        everything = np.ones(self.size, dtype=bool)
        for reader in self.readers:
            unsafe = dict(self._exposed(everything, self.primary & ~reader, reader))
            self.exempt.append(np.isin(np.arange(self.size), list(unsafe)))
        lost = np.logical_or.reduce(self.exempt)
        self.cuts = self._at_least_two_in_each_sum()
        while True:
            chosen = self._cheapest()
            found = [
                cut
                for reader, exempt in zip(self.readers, self.exempt, strict=True)
                for _, cut in self._exposed(
                    chosen, chosen & ~self.hidden & ~reader & ~exempt, reader
                )
            ]
            if not found:
                return chosen, lost
            if not any(cut @ chosen < -TOLERANCE for cut in found):
                raise AssertionError("a set that a reader can work out was found again")
            self.cuts += found

    def _at_least_two_in_each_sum(self) -> list[np.ndarray]:
        """A number alone in a sum is the difference of the others."""
        cuts = []
        for reader, exempt in zip(self.readers, self.exempt, strict=True):
            for row in range(self.table.relations.shape[0]):
                places = self.table.relations.indices[
                    self.table.relations.indptr[row] : self.table.relations.indptr[row + 1]
                ]
                free = places[~reader[places]]
                if self.hidden[free].any():
                    continue
                for place in free[~exempt[free]]:
                    cut = np.zeros(self.size)
                    cut[free] = 1
                    cut[place] = -1
                    cuts.append(cut)
        return cuts

    def _cheapest(self) -> np.ndarray:
        lower = (self.primary | self.hidden).astype(float)
        constraints = []
        if self.cuts:
            constraints = [LinearConstraint(csr_array(np.vstack(self.cuts)), lb=-TOLERANCE)]
        found = milp(self.table.costs, integrality=np.ones(self.size), bounds=Bounds(lower, 1), constraints=constraints,
                     options={"mip_rel_gap": RELATIVE_COST_GAP})  # fmt: skip
        if found.x is None:
            raise AssertionError(f"the cheapest set to withhold was not found: {found.message}")
        return found.x > 0.5

    def _exposed(self, withheld: np.ndarray, targets: np.ndarray, reader: np.ndarray):
        """Each target that the reader can pin too closely, with the cut that forbids it."""
        free = withheld & ~reader
        down, up = np.where(free, self.table.values, 0.0), np.where(free, self.reach, 0.0)
        safe = np.zeros(self.size, dtype=bool)
        for target in np.flatnonzero(targets):
            if safe[target]:
                continue
            moves, cut, width = [], np.zeros(self.size), 0.0
            for sign in (
                -1,
                1,
            ):  # linprog makes the least of it: first the largest value, then the least
                way = np.zeros(self.size)
                way[target] = sign
                limit_up, limit_down = up.copy(), down.copy()
                limit_up[target], limit_down[target] = (
                    min(up[target], self.protection_level),
                    min(down[target], self.protection_level),
                )
                found = linprog(way, A_eq=self.table.relations, b_eq=np.zeros(self.table.relations.shape[0]),
                                bounds=np.column_stack([-limit_down, limit_up]), method="highs-ds")  # fmt: skip
                if found.x is None:
                    raise AssertionError(f"a reader's bound was not found: {found.message}")
                moves.append(found.x)
                width += abs(found.fun)
                reduced = (
                    self.table.relations.T @ found.eqlin.marginals - way
                )  # of a number that rises
                most = np.where(reduced > 0, self.reach * reduced, -self.table.values * reduced)
                most[np.abs(reduced) < TOLERANCE] = 0
                most[target] = min(most[target], self.protection_level * abs(reduced[target]))
                cut += most
                if width >= self.protection_level - TOLERANCE:
                    break
            span = np.abs(moves[0] - moves[1]) if len(moves) > 1 else np.abs(moves[0])
            safe |= span >= self.protection_level - TOLERANCE
            if width < self.protection_level - TOLERANCE:
                cut = np.minimum(np.where(reader, 0, cut), self.protection_level)
                cut[target] -= self.protection_level
                yield int(target), cut
