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
MAX_UNKNOWNS = 50_000  # in one linear program, for the sake of memory
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
) -> dict[NumberKey, Interval]:
    """The least and the largest whole number that each withheld number can be.

    sums: a number without a figure in its key is one that is published nowhere; it is an unknown
        like any other, but has no bounds in the answer.
    intervals: what the reader knows of each number; both ends are equal where that is exact.
    targets: the numbers to bound; by default all that have no interval.
    Raises AssertionError if no numbers fit the sums and the intervals.
    """
    exact = {key: least for key, (least, most) in intervals.items() if least == most}
    unknowns = _unknown_keys(sums, exact)
    target_keys = {key for key in unknowns if key[0] and key not in intervals}
    if targets is not None:
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
            for position, interval in _bounds_in_group(_restrict(system, members), positions):
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
    system: _LinearSystem, positions: Sequence[int]
) -> Iterator[tuple[int, Interval]]:
    """The bounds of the unknowns at these columns, each with its column."""
    import numpy as np

    parts = len(positions) * system.matrix.shape[1] // MAX_UNKNOWNS + 1
    for targets in np.array_split(np.array(positions, dtype=int), parts):
        least_values = _optimise(system, targets, sign=1)
        largest_values = _optimise(system, targets, sign=-1)
        for position, least, largest in zip(targets, least_values, largest_values, strict=True):
            yield int(position), _whole_number_interval(least, largest)


def _optimise(system: _LinearSystem, targets: np.ndarray, sign: int) -> np.ndarray:
    """The least value (sign 1) or the largest value (sign -1) of each unknown in `targets`.

    Starting the solver costs more than a small problem does. So the system is copied once per
    target, side by side, and the sum of the targets, each in its own copy, is optimised in one
    program: because the copies share no unknown, that optimises each target independently.
    """
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import eye_array, kron

    copies = len(targets)
    objective = np.zeros((copies, system.matrix.shape[1]))
    objective[np.arange(copies), targets] = sign
    solution = linprog(
        objective.ravel(),
        A_eq=kron(eye_array(copies), system.matrix, format="csr"),
        b_eq=np.tile(system.constants, copies),
        bounds=np.tile(system.limits, (copies, 1)),
    )
    if solution.x is None:
        raise AssertionError(f"the published numbers do not add up: {solution.message}")
    values: np.ndarray = solution.x.reshape(objective.shape)[np.arange(copies), targets]
    return values


def _whole_number_interval(least: float, largest: float) -> Interval:
    """The whole numbers between two bounds of the solver; infinite where nothing limits them."""
    highest = math.inf if largest > UNBOUNDED / 2 else math.floor(largest + SOLVER_TOLERANCE)
    return (math.ceil(least - SOLVER_TOLERANCE), highest)
