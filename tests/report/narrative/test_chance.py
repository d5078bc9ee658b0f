"""A change is reported as one only if chance alone would seldom make it."""

from __future__ import annotations

from math import comb

import pytest

from pipeline.problem import Problem
from pipeline.report.narrative.chance import SIGNIFICANCE_LEVEL, chance_sentence

CHANCE_IN_FEW = "This could easily be chance on numbers this small."
CHANCE_IN_MANY = "This could easily be chance."
MORE_THAN_CHANCE = "A change as large as this is unlikely to be chance alone."
# fmt: off
CHANGES = [
    (4, 4, ""), (0, 0, ""),
    (0, 1, CHANCE_IN_FEW), (1, 0, CHANCE_IN_FEW), (4, 9, CHANCE_IN_FEW), (0, 5, CHANCE_IN_FEW),
    (14, 15, CHANCE_IN_FEW), (15, 16, CHANCE_IN_MANY), (100, 110, CHANCE_IN_MANY),
    (0, 6, MORE_THAN_CHANCE), (4, 21, MORE_THAN_CHANCE), (102, 44, MORE_THAN_CHANCE),
    (1000, 1100, MORE_THAN_CHANCE),
]
# fmt: on


@pytest.mark.parametrize(("current", "previous", "sentence"), CHANGES)
def test_sentence_depends_on_p_value_and_number_of_cases(current, previous, sentence):
    assert chance_sentence(current, previous) == sentence


@pytest.mark.parametrize("total", range(1, 40))
def test_sentence_agrees_with_the_exact_binomial_test(total):
    for current in range(total + 1):
        previous = total - current
        smaller = min(current, previous)
        tail = sum(comb(total, count) for count in range(smaller + 1)) / 2**total
        p_value = min(1, 2 * tail)
        if current != previous:
            is_chance = chance_sentence(current, previous) != MORE_THAN_CHANCE
            assert is_chance == (p_value >= SIGNIFICANCE_LEVEL), (current, previous, p_value)


@pytest.mark.parametrize(
    ("values", "sentence"), [([9, 4], CHANCE_IN_FEW), ([None, 4], ""), ([4], "")]
)
def test_filter_compares_with_the_year_before_if_it_is_known(render_narrative, values, sentence):
    figures = {"complaints.received": values}
    assert render_narrative("{{ complaints.received | chance }}", figures) == sentence


def test_filter_after_anything_but_a_figure_is_refused(render_narrative):
    with pytest.raises(Problem, match="needs a figure before it"):
        render_narrative("{{ year | chance }}")
