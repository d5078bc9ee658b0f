"""Linear programs that differ in their objective only, each solved from the solution of the last.

HiGHS is used directly, because through SciPy each program starts from nothing: ten times as long.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Vector = npt.NDArray[np.float64]
PRIMAL_SIMPLEX = 4  # a changed objective leaves the last solution feasible


class Solution(NamedTuple):
    """The best point of a linear program, its value, and the dual value of each equation."""

    point: Vector
    value: float
    duals: Vector


class LinearProgram:
    """Points between two bounds that satisfy every equation.

    constants: what each equation is equal to; by default 0.
    """

    def __init__(
        self, equations: csr_array, least: Vector, most: Vector, constants: Vector | None = None
    ) -> None:
        rows, self.size = equations.shape
        if constants is None:
            constants = np.zeros(rows)
        columns = equations.tocsc()
        model = highspy.HighsLp()
        model.num_col_ = self.size
        model.num_row_ = rows
        model.col_cost_ = np.zeros(self.size)
        model.col_lower_ = least
        model.col_upper_ = most
        model.row_lower_ = constants
        model.row_upper_ = constants
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = columns.indptr
        model.a_matrix_.index_ = columns.indices
        model.a_matrix_.value_ = columns.data
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)
        self.solver.setOptionValue("simplex_strategy", PRIMAL_SIMPLEX)
        self.solver.passModel(model)
        self.positions = np.arange(self.size, dtype=np.int32)

    def set_bounds(self, least: Vector, most: Vector) -> None:
        """Replace the bounds of all points."""
        self.solver.changeColsBounds(self.size, self.positions, least, most)

    def set_bound(self, position: int, least: float, most: float) -> None:
        """Replace the bounds of one number."""
        self.solver.changeColBounds(position, least, most)

    def minimise(self, objective: Vector) -> Solution:
        """The point at which the objective is least.

        Raises AssertionError if there is none.
        """
        self.solver.changeColsCost(self.size, self.positions, objective)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kUnknown:
            # Rounding may leave the solver stuck at the last solution; from none it finds one.
            self.solver.clearSolver()
            self.solver.run()
            status = self.solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise AssertionError(f"no bound was found: {self.solver.modelStatusToString(status)}")
        solution = self.solver.getSolution()
        return Solution(
            np.array(solution.col_value),
            float(self.solver.getObjectiveValue()),
            np.array(solution.row_dual),
        )
