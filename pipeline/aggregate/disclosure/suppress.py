"""Secondary suppression: the further numbers to withhold so that no intruder recovers one.

This is the cell suppression problem for tables with linear constraints (Fischetti and Salazar,
"Solving the cell suppression problem on tabular data with linear constraints", Management Science
47, 2001), solved with SciPy's HiGHS:

1. An integer program chooses the cheapest suppression pattern that satisfies all cuts found so far.
2. For each number in that pattern, two linear programs give the largest and the smallest value that
   an intruder can deduce from what is published. The protection level says how far apart they must
   be.
3. Where they are too close, the dual solutions tell which published numbers pin the withheld one. A
   cut forbids every pattern that publishes too many of those, and the search returns to step 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pipeline.aggregate.disclosure.linked_numbers import LinkedNumbers, Vector
from pipeline.linear_program import LinearProgram

TOLERANCE = 1e-6
MAX_JOINT_PROGRAMS = 12
COST_OF_KNOWN = 100.0

Mask = npt.NDArray[np.bool_]


def suppress(
    numbers: LinkedNumbers,
    primary: Collection[int],
    protection_level: float,
    known: Collection[int] = (),
) -> tuple[Mask, frozenset[int]]:
    """The suppression pattern, as a mask, and the positions of the numbers it cannot protect.

    primary: positions of the numbers that have to be withheld.
    protection_level: the least distance between the smallest and the largest value that an
        intruder can deduce for a withheld number.
    known: positions of the numbers that earlier publications give. Every withheld number that is
        not among them is also protected from an intruder who knows these.
    """
    size = len(numbers.values)
    is_primary = np.zeros(size, dtype=bool)
    is_primary[list(primary)] = True
    is_known = np.zeros(size, dtype=bool)
    is_known[list(known)] = True
    pattern = np.zeros(size, dtype=bool)
    unprotectable: set[int] = set()
    # Numbers that no relation links, even through others, give nothing away of each other, so
    # each linked group is searched alone.
    incidence = abs(numbers.relations).astype(bool).astype(int)
    _, groups = connected_components(incidence.T @ incidence, directed=False)
    for group in np.unique(groups[is_primary]):
        positions = np.flatnonzero(groups == group)
        search = _SuppressionSearch(
            numbers.subset(positions), is_primary[positions], protection_level, is_known[positions]
        )
        pattern[positions], is_unprotectable = search.run()
        unprotectable.update(positions[is_unprotectable].tolist())
    return pattern & (numbers.costs > 0), frozenset(unprotectable)


@dataclass(frozen=True)
class _Attack:
    """The result of an intruder's linear programs for one withheld number.

    width: the distance between the largest and the smallest value that the intruder can deduce,
        measured only as far as the protection level requires.
    movements: of each program, how far each number moves from its true value in the solution.
    cut: the coefficients, one per number, of the cut that forbids this attack if it succeeds.
    """

    width: float
    movements: list[Vector]
    cut: Vector


class _Spans:
    """The least and the largest movement of each number in all solutions of an intruder.

    Each solution is a set of numbers that the intruder cannot rule out, so a number that moves far
    enough between any two of them, or from its true value, is safe.
    """

    def __init__(self, size: int) -> None:
        self.least = np.zeros(size)
        self.most = np.zeros(size)

    def include(self, movements: Vector) -> None:
        self.least = np.minimum(self.least, movements)
        self.most = np.maximum(self.most, movements)

    @property
    def widths(self) -> Vector:
        widths: Vector = self.most - self.least
        return widths


class _SuppressionSearch:
    """The search for the cheapest safe pattern within one group of linked numbers."""

    def __init__(
        self, numbers: LinkedNumbers, primary: Mask, protection_level: float, known: Mask
    ) -> None:
        self.numbers = numbers
        self.primary = primary
        self.protection_level = protection_level
        self.size = len(numbers.values)
        self.unpublished = numbers.costs == 0
        # What each intruder knows besides this report: nothing, or what was published earlier.
        self.intruders: list[Mask] = [np.zeros(self.size, dtype=bool)]
        if known.any():
            self.intruders.append(known)
        # In the intruder's programs a withheld number can rise this far, which is far enough: only
        # relations bound it.
        self.rise_limit = protection_level * 4 + 1.0
        nowhere = np.zeros(self.size)
        self.program = LinearProgram(numbers.relations, nowhere, nowhere)
        # The product of each cut with a safe pattern is at least 0.
        self.cuts: list[Vector] = []
        self.unprotectable = [self._unprotectable_from(intruder) for intruder in self.intruders]

    def run(self) -> tuple[Mask, Mask]:
        """The cheapest safe pattern, and the mask of the numbers that no pattern can protect."""
        self.cuts = self._lone_number_cuts()
        while True:
            pattern = self._cheapest_pattern()
            new_cuts = self._cuts_against(pattern)
            if not new_cuts:
                return pattern, np.logical_or.reduce(self.unprotectable)
            if not any(cut @ pattern < -TOLERANCE for cut in new_cuts):
                raise AssertionError("the search returned to a pattern that an intruder can break")
            self.cuts += new_cuts

    def _unprotectable_from(self, intruder: Mask) -> Mask:
        """The numbers that an intruder can work out even if nothing at all is published."""
        everything = np.ones(self.size, dtype=bool)
        targets = ~intruder & ~self.unpublished
        exposed = dict(self._exposed_numbers(everything, targets, intruder))
        return np.isin(np.arange(self.size), list(exposed))

    def _lone_number_cuts(self) -> list[Vector]:
        """Cuts against withholding one number of a relation alone: the rest give it away.

        The intruder's programs would find these cuts too, one by one; here they cost nothing.
        """
        cuts = []
        relations = self.numbers.relations
        for intruder, unprotectable in zip(self.intruders, self.unprotectable, strict=True):
            for row in range(relations.shape[0]):
                terms = relations.indices[relations.indptr[row] : relations.indptr[row + 1]]
                unknown = terms[~intruder[terms]]
                if self.unpublished[unknown].any():
                    continue
                for position in unknown[~unprotectable[unknown]]:
                    # If this number is withheld, so is at least one of the others.
                    cut = np.zeros(self.size)
                    cut[unknown] = 1
                    cut[position] = -1
                    cuts.append(cut)
        return cuts

    def _cheapest_pattern(self) -> Mask:
        """The cheapest pattern that satisfies the cuts found so far."""
        required = (self.primary | self.unpublished).astype(float)
        # To withhold what is known all the same helps least.
        costs = np.where(self.unprotectable[0], COST_OF_KNOWN, 1) * self.numbers.costs
        constraints = []
        if self.cuts:
            constraints = [LinearConstraint(csr_array(np.vstack(self.cuts)), lb=-TOLERANCE)]
        solution = milp(
            costs,
            integrality=np.ones(self.size),
            bounds=Bounds(required, 1),
            constraints=constraints,
            options={"mip_rel_gap": 0},
        )
        if solution.x is None:
            raise AssertionError(f"no suppression pattern was found: {solution.message}")
        pattern: Mask = solution.x > 0.5
        return pattern

    def _cuts_against(self, pattern: Mask) -> list[Vector]:
        """The cuts that forbid a pattern: one per number that some intruder can work out."""
        cuts = []
        for intruder, unprotectable in zip(self.intruders, self.unprotectable, strict=True):
            targets = pattern & ~self.unpublished & ~intruder & ~unprotectable
            cuts += [cut for _, cut in self._exposed_numbers(pattern, targets, intruder)]
        return cuts

    def _exposed_numbers(
        self, pattern: Mask, targets: Mask, intruder: Mask
    ) -> Iterator[tuple[int, Vector]]:
        """Each target that an intruder can pin down, with the cut that forbids it."""
        if not targets.any():
            return
        spans = self._joint_spans(targets, pattern, intruder)
        least, most = self._free_movements(pattern, intruder)
        self.program.set_bounds(least, most)
        for target in map(int, np.flatnonzero(targets)):
            if spans.widths[target] >= self.protection_level - TOLERANCE:
                continue
            attack = self._attack(target, least[target], most[target])
            for movements in attack.movements:
                spans.include(movements)
            if attack.width < self.protection_level - TOLERANCE:
                # A number that the intruder knows protects nothing, and no number can give more
                # than the whole protection level.
                cut = np.minimum(np.where(intruder, 0, attack.cut), self.protection_level)
                cut[target] -= self.protection_level
                yield target, cut

    def _joint_spans(self, targets: Mask, pattern: Mask, intruder: Mask) -> _Spans:
        """How far numbers can move that are pushed together, in directions chosen at random.

        One program shows for most numbers at once that they are safe.
        """
        spans = _Spans(self.size)
        random = np.random.default_rng(0)
        remaining = targets
        least, most = self._free_movements(pattern, intruder)
        for _ in range(MAX_JOINT_PROGRAMS):
            self.program.set_bounds(
                np.maximum(least, np.where(remaining, -self.protection_level, -np.inf)),
                np.minimum(most, np.where(remaining, self.protection_level, np.inf)),
            )
            directions = random.choice([-1.0, 1.0], self.size)
            spans.include(self.program.minimise(np.where(remaining, directions, 0.0)).point)
            is_safe = spans.widths >= self.protection_level - TOLERANCE
            if not (remaining & is_safe).any():
                break
            remaining = remaining & ~is_safe
        return spans

    def _free_movements(self, pattern: Mask, intruder: Mask) -> tuple[Vector, Vector]:
        """How far each number can fall and rise, for all that the intruder knows of it alone.

        A published or known number cannot move.
        """
        is_free = pattern & ~intruder
        lowest, highest = self.numbers.bounds()
        fall = np.where(is_free, self.numbers.values - lowest, 0.0)
        rise = np.minimum(highest - self.numbers.values, self.rise_limit)
        return -fall, np.where(is_free, rise, 0.0)

    def _attack(self, target: int, least: float, most: float) -> _Attack:
        """What an intruder deduces for one number: its largest value and, if needed, its smallest.

        The variables are movements away from the true values.
        least, most: how far the number can move for all that the intruder knows of it alone.
        """
        level = self.protection_level
        self.program.set_bound(target, max(least, -level), min(most, level))
        width = 0.0
        movements: list[Vector] = []
        cut = np.zeros(self.size)
        for sign in (-1, 1):
            objective = np.zeros(self.size)
            objective[target] = sign
            solution = self.program.minimise(objective)
            movements.append(solution.point)
            width += abs(solution.value)
            cut += self._gain_from_withholding(target, objective, solution.duals)
            if width >= self.protection_level - TOLERANCE:
                break
        self.program.set_bound(target, least, most)
        return _Attack(width, movements, cut)

    def _gain_from_withholding(self, target: int, objective: Vector, duals: Vector) -> Vector:
        """How much, at most, withholding each number would widen the intruder's range.

        duals: the dual values of the relations. They give each number its reduced cost, and by weak
            duality the bound is that cost times the largest movement in the direction that pays.
        """
        reduced_costs = self.numbers.relations.T @ duals - objective
        everything = np.ones(self.size, dtype=bool)
        least, most = self._free_movements(everything, ~everything)
        gain = np.where(reduced_costs > 0, most * reduced_costs, least * reduced_costs)
        gain[np.abs(reduced_costs) < TOLERANCE] = 0
        gain[target] = min(gain[target], self.protection_level * abs(reduced_costs[target]))
        return gain
