"""Every equality and inclusion between figures follows from a declared relation.

The search uses lineage: on random data, the rows behind each number are compared with the rows
behind every other. What holds in every data set holds by definition, so an intruder knows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import hypothesis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from builders import CATALOGUE
from hypothesis import Phase, given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from pipeline.aggregate.disclosure.control import NUMBER_KEY_COLUMNS, counts_of_people
from pipeline.aggregate.disclosure.relations import Relations, build_relations
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.artifacts import NumberKey
from pipeline.year import Year

TOLERANCE = 1e-6
ROW_COLUMNS = ["extract", "file", "row"]
YEARS = ("2019-20", "2020-21", "2021-22")


class Series(NamedTuple):
    """A number of a figure, in whatever year."""

    figure: str
    category: str
    detail: str


class Inclusion(NamedTuple):
    """The rows of a number are among those of another, of the same year or the next."""

    part: Series
    whole: Series
    years_later: int


@dataclass(frozen=True)
class Comparison:
    """The rows behind every two numbers of a data set, compared.

    position: of each number that has rows.
    includes: whether all rows of a number are among those of another, by their positions.
    """

    position: dict[NumberKey, int]
    includes: np.ndarray

    @classmethod
    def from_lineage(cls, lineage: pd.DataFrame) -> Comparison:
        numbers = lineage.groupby(NUMBER_KEY_COLUMNS, sort=False)
        number_of_row = numbers.ngroup().to_numpy()
        keys = lineage[NUMBER_KEY_COLUMNS].drop_duplicates().itertuples(index=False)
        source = lineage.groupby(ROW_COLUMNS, sort=False).ngroup().to_numpy()
        is_behind = csr_array((np.ones(len(source), dtype="int64"), (number_of_row, source)))
        shared_rows = (is_behind @ is_behind.T).toarray()
        includes = shared_rows == shared_rows.diagonal()[:, np.newaxis]
        return cls({NumberKey(*key): number for number, key in enumerate(keys)}, includes)

    def inclusions(self) -> Iterator[Inclusion]:
        keys = list(self.position)
        for part, whole in np.argwhere(self.includes):
            inclusion = inclusion_between(keys[part], keys[whole])
            if part != whole and inclusion.years_later in (0, 1):
                yield inclusion

    def refutes(self, inclusion: Inclusion) -> bool:
        for year in YEARS:
            part, whole = ends_of(inclusion, year)
            if {part, whole} <= self.position.keys():
                is_included = self.includes[self.position[part], self.position[whole]]
                if not is_included:
                    return True
        return False


def ends_of(inclusion: Inclusion, year: str) -> tuple[NumberKey, NumberKey]:
    """The part in a year, and the whole in the year in which it includes it."""
    later = str(Year(Year.parse(year).starts + inclusion.years_later))
    return (
        NumberKey(inclusion.part.figure, year, inclusion.part.category, inclusion.part.detail),
        NumberKey(inclusion.whole.figure, later, inclusion.whole.category, inclusion.whole.detail),
    )


def inclusion_between(part: NumberKey, whole: NumberKey) -> Inclusion:
    years_later = Year.parse(whole.year).starts - Year.parse(part.year).starts
    return Inclusion(
        Series(part.figure, part.category, part.detail),
        Series(whole.figure, whole.category, whole.detail),
        years_later,
    )


class Intruder:
    """Whoever knows every relation between the numbers of some years, and no number at all."""

    def __init__(self, relations: Relations, years: Collection[str]) -> None:
        equations = [
            equation
            for equation in relations.equations
            if all(key.year in years for key in equation if key.figure)
        ]
        keys = list(dict.fromkeys(key for equation in equations for key in equation))
        self.position = {key: number for number, key in enumerate(keys)}
        matrix = np.zeros((len(equations), len(keys)))
        for row, equation in enumerate(equations):
            for key, coefficient in equation.items():
                matrix[row, self.position[key]] = coefficient
        self.matrix = csr_array(matrix)

    def can_deduce(self, part: NumberKey, whole: NumberKey) -> bool:
        """Whether no numbers that satisfy the relations let the part exceed the whole."""
        if part not in self.position or whole not in self.position:
            return False
        excess = np.zeros(self.matrix.shape[1])
        excess[self.position[part]] = 1
        excess[self.position[whole]] = -1
        balance = np.zeros(self.matrix.shape[0])
        solution = linprog(-excess, A_eq=self.matrix, b_eq=balance, bounds=(0, 1), method="highs")
        return -solution.fun < TOLERANCE


@dataclass
class Search:
    """What random data sets show.

    inclusions: those that held wherever both numbers had rows.
    values: the counts of people in the last data set; 0 for a text that only others contain.
    """

    inclusions: list[Inclusion]
    values: dict[NumberKey, float]

    def not_deducible(self, figures: Collection[str] = tuple(CATALOGUE)) -> set[Inclusion]:
        """The inclusions that the declared relations do not imply, for parts in some figures."""
        relations = build_relations(self.values, CATALOGUE)
        intruders = {0: Intruder(relations, YEARS[-1:]), 1: Intruder(relations, YEARS[-2:])}
        missing = set()
        for inclusion in self.inclusions:
            part, whole = ends_of(inclusion, YEARS[-1 - inclusion.years_later])
            intruder = intruders[inclusion.years_later]
            if part.figure in figures and not intruder.can_deduce(part, whole):
                missing.add(inclusion)
        return missing


@pytest.fixture(scope="module")
def search(random_data, published_csv) -> Search:
    """The inclusions in a few random data sets."""
    comparisons: list[Comparison] = []
    values: dict[NumberKey, float] = {}
    compared_keys: set[NumberKey] = set()

    @hypothesis.settings(
        max_examples=4, phases=[Phase.generate], derandomize=True, database=None, deadline=None
    )
    @given(seed=st.integers(0, 2**32 - 1))
    def compare_rows(seed: int) -> None:
        tables: list[pa.Table] = []
        figures = build_figure_table(random_data(seed), published_csv(), tables.append)
        values.clear()  # of several data sets they would contradict each other
        values.update(counts_of_people(figures, CATALOGUE))
        compared_keys.update(values)
        lineage = pa.concat_tables(tables).to_pandas()
        for column in lineage.columns.drop("row"):
            lineage[column] = lineage[column].astype("str")
        is_of_people = lineage["figure"].isin({key.figure for key in values})
        comparisons.append(Comparison.from_lineage(lineage[is_of_people]))

    compare_rows()
    candidates = {inclusion for comparison in comparisons for inclusion in comparison.inclusions()}
    inclusions = [
        inclusion
        for inclusion in sorted(candidates)
        if not any(comparison.refutes(inclusion) for comparison in comparisons)
    ]
    return Search(inclusions, dict.fromkeys(sorted(compared_keys), 0.0) | values)


@pytest.mark.slow
def test_every_inclusion_follows_from_declared_relations(search):
    assert len(search.inclusions) > 400
    assert search.not_deducible() == set()


@pytest.mark.parametrize("id", ["complaints.by_outcome", "stage_3.timeliness"])
def test_figure_that_declares_no_relation_is_found(search, monkeypatch, id):
    monkeypatch.setitem(CATALOGUE, id, replace(CATALOGUE[id], sums_to=(), part_of=()))
    assert search.not_deducible([id])


def test_parts_without_remainder_make_an_equation_of_their_own():
    values = {
        NumberKey("complaints.received", "2021-22", "", ""): 9.0,
        NumberKey("complaints.accepted", "2021-22", "", ""): 6.0,
        NumberKey("complaints.turned_away", "2021-22", "", ""): 3.0,
    }
    received, accepted, turned_away = values
    assert {accepted: 1, turned_away: 1, received: -1} in build_relations(
        values, CATALOGUE
    ).equations


def test_remainder_of_a_part_is_a_number_published_nowhere():
    values = {
        NumberKey("complaints.received", "2021-22", "", ""): 9.0,
        NumberKey("complaints.withdrawn", "2021-22", "", ""): 2.0,
    }
    received, withdrawn = values
    relations = build_relations(values, CATALOGUE)
    remainder = NumberKey("", "", "", "0")
    assert relations.equations == [{withdrawn: 1, received: -1, remainder: 1}]
    assert relations.remainders == {remainder: 7.0}


def test_published_number_that_contradicts_a_relation_makes_none():
    values = {
        NumberKey("complaints.received", "2017-18", "", ""): 2.0,
        NumberKey("complaints.withdrawn", "2017-18", "", ""): 3.0,
    }
    assert build_relations(values, CATALOGUE) == Relations()


def test_sum_with_an_unknown_part_is_left_out():
    values = {
        NumberKey("complaints.by_outcome", "2017-18", "upheld", ""): 2.0,
        NumberKey("complaints.concluded", "2017-18", "", ""): 5.0,
    }
    assert build_relations(values, CATALOGUE) == Relations()
