"""How closely a reader can bound a withheld number, given the published numbers and their sums."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.artifacts import NumberKey

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

SOLVER_TOLERANCE = 1e-6
UNBOUNDED = 1e6  # more than any number of cases
MAX_JOINT_PROGRAMS = 12
Interval = tuple[float, float]
Sum = Mapping[NumberKey, float]  # numbers with their signs; they add up to 0


@dataclass(frozen=True)
class _LinearSystem:
    """The sums as equations: matrix @ unknowns = constants.

    matrix: one row per sum, one column per unknown. constants: one per sum. limits: the least and
    the largest value of each unknown, in two columns.
    """

    matrix: csr_array
    constants: np.ndarray
    limits: np.ndarray


def rounding_interval(value: float, round_to: int) -> Interval:
    """The least and the largest number that is published as `value` when rounded to `round_to`.

    A published 0 is exact, because any other number that would round to 0 is withheld.
    """
    if not value:
        return (0, 0)
    return (value - round_to // 2, value + (round_to - 1) // 2)


def bounds(
    sums: Sequence[Sum],
    intervals: Mapping[NumberKey, Interval],
    targets: Collection[NumberKey] | None = None,
    wide_from: float = math.inf,
) -> dict[NumberKey, Interval]:
    """The least and the largest whole number that each withheld number can be.

    sums: a number without a figure in its key is one that is published nowhere; it is an unknown
        like any other, but has no bounds in the answer.
    intervals: what the reader knows of each number; both ends are equal where that is exact.
    targets: the numbers to bound; by default all that have no interval.
    wide_from: a number with bounds as far apart as this, or further, may be left out.
    Raises AssertionError if no numbers fit the sums and the intervals.
    """
    exact = {key: least for key, (least, most) in intervals.items() if least == most}
    unknowns = _unknown_keys(sums, exact)
    target_keys = {key for key in unknowns if key[0]}
    if targets is None:
        target_keys -= intervals.keys()
    else:
        target_keys = target_keys.intersection(targets)
    if not target_keys:
        return {}
    system = _build_system(sums, exact, unknowns, intervals)
    closest: dict[NumberKey, Interval] = {}
    # A number is bounded only by numbers that a chain of sums links it to, so each such group is a
    # small problem of its own.
    for members in _linked_groups(system.matrix):
        group_keys = [unknowns[column] for column in members]
        positions = [place for place, key in enumerate(group_keys) if key in target_keys]
        if positions:
            group = _restrict(system, members)
            for position, interval in _bounds_in_group(group, positions, wide_from):
                closest[group_keys[position]] = interval
    return closest


def _unknown_keys(sums: Sequence[Sum], exact: Mapping[NumberKey, float]) -> list[NumberKey]:
    """The numbers in the sums that are not known exactly, each once."""
    unknowns: dict[NumberKey, None] = {}
    for terms in sums:
        unknowns.update((key, None) for key in terms if key not in exact)
    return list(unknowns)


def _build_system(
    sums: Sequence[Sum],
    exact: Mapping[NumberKey, float],
    unknowns: Sequence[NumberKey],
    intervals: Mapping[NumberKey, Interval],
) -> _LinearSystem:
    """The sums that hold an unknown, with what is known exactly moved to the right-hand side."""
    import numpy as np
    from scipy.sparse import coo_array

    column_of = {key: column for column, key in enumerate(unknowns)}
    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    constants: list[float] = []
    for terms in sums:
        unknown_terms = {key: sign for key, sign in terms.items() if key in column_of}
        if not unknown_terms:
            continue
        rows += [len(constants)] * len(unknown_terms)
        columns += [column_of[key] for key in unknown_terms]
        signs += unknown_terms.values()
        constants.append(-sum(sign * exact[key] for key, sign in terms.items() if key in exact))
    matrix = coo_array(
        (np.array(signs, dtype=float), (rows, columns)), shape=(len(constants), len(unknowns))
    )
    limits = [intervals.get(key, (0, UNBOUNDED)) for key in unknowns]
    return _LinearSystem(
        matrix=matrix.tocsr(),
        constants=np.array(constants, dtype=float),
        limits=np.array(limits, dtype=float),
    )


def _linked_groups(matrix: csr_array) -> Iterator[np.ndarray]:
    """The columns of each group of unknowns that sums link directly or through other unknowns."""
    import numpy as np
    from scipy.sparse.csgraph import connected_components

    has_sign = abs(matrix)
    _, group_of_column = connected_components(has_sign.T @ has_sign, directed=False)
    for group in np.unique(group_of_column):
        yield np.flatnonzero(group_of_column == group)


def _restrict(system: _LinearSystem, members: np.ndarray) -> _LinearSystem:
    """The part of the system that concerns these columns, without the sums that hold none."""
    import numpy as np

    matrix = system.matrix[:, members]
    own_sums = np.flatnonzero(np.diff(matrix.indptr))
    return _LinearSystem(matrix[own_sums], system.constants[own_sums], system.limits[members])


def _bounds_in_group(
    system: _LinearSystem, positions: Sequence[int], wide_from: float
) -> Iterator[tuple[int, Interval]]:
    """The bounds of the unknowns at these columns, each with its column."""
    import numpy as np

    from pipeline.linear_program import LinearProgram

    size = system.matrix.shape[1]
    least, most = system.limits.T
    program = LinearProgram(system.matrix, least, most, system.constants)
    remaining = np.array(positions, dtype=int)
    # Most numbers can be far apart: one program that pushes all shows it for many of them.
    lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
    random = np.random.default_rng(0)
    for _ in range(MAX_JOINT_PROGRAMS if math.isfinite(wide_from) else 0):
        objective = np.zeros(size)
        objective[remaining] = random.choice([-1.0, 1.0], len(remaining))
        point = program.minimise(objective).point
        lowest, highest = np.minimum(lowest, point), np.maximum(highest, point)
        remaining = remaining[(highest - lowest)[remaining] < wide_from]
        if not len(remaining):
            return
    for position in map(int, remaining):
        ends = []
        for sign in (1.0, -1.0):
            objective = np.zeros(size)
            objective[position] = sign
            ends.append(float(program.minimise(objective).point[position]))
        yield position, _whole_number_interval(*ends)


def _whole_number_interval(least: float, largest: float) -> Interval:
    """The whole numbers between two bounds of the solver; infinite where nothing limits them."""
    highest = math.inf if largest > UNBOUNDED / 2 else math.floor(largest + SOLVER_TOLERANCE)
    return (math.ceil(least - SOLVER_TOLERANCE), highest)
