"""Numbers that an intruder can add up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LinkedNumbers:
    """Numbers that an intruder can add up.

    values: each number; none is negative.
    costs: the cost of withholding each number; 0 for one that is not published anyway.
    lowest, highest: what each is from and to for a reader to whom it is withheld; by default all
        that is not negative.
    relations: one row per relation, its coefficients in columns: `relations @ values == 0`.
    """

    values: Vector
    costs: Vector
    relations: csr_array
    lowest: Vector | None = None
    highest: Vector | None = None

    def bounds(self) -> tuple[Vector, Vector]:
        """What each is from and to, as vectors."""
        size = len(self.values)
        return (
            np.zeros(size) if self.lowest is None else self.lowest,
            np.full(size, np.inf) if self.highest is None else self.highest,
        )

    def subset(self, positions: npt.NDArray[np.intp]) -> LinkedNumbers:
        """The numbers at these positions, with the relations between them."""
        relations = self.relations[:, positions]
        has_terms = np.diff(relations.indptr) > 0
        lowest, highest = self.bounds()
        return LinkedNumbers(
            self.values[positions],
            self.costs[positions],
            relations[has_terms],
            lowest[positions],
            highest[positions],
        )
