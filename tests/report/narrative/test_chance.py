"""A difference is reported as one only if chance alone would seldom make it."""

from __future__ import annotations

from math import comb

import pytest

from pipeline.problem import Problem
from pipeline.report.narrative.filters.chance import SIGNIFICANCE_LEVEL, chance_sentence

VARIATION = "The number of complaints is within the usual year-to-year variation."
LOWER = "The number of complaints is lower than year-to-year variation would explain."
HIGHER = "The number of complaints is higher than year-to-year variation would explain."
# fmt: off
CHANGES = [
    (4, [4], ""), (0, [0], ""), (7, [], ""), (3, [2, 4], ""),
    (0, [1], VARIATION), (1, [0], VARIATION), (4, [9], VARIATION), (0, [5], VARIATION),
    (100, [110], VARIATION), (20, [24, 19, 26, 22], VARIATION),
    (0, [6], LOWER), (4, [21], LOWER), (102, [44], HIGHER), (1000, [1100], LOWER),
    (21, [43, 37, 28], LOWER), (4, [43, 37, 28, 21], LOWER), (40, [12, 15, 20, 22], HIGHER),
]
# fmt: on


@pytest.mark.parametrize(("current", "earlier", "sentence"), CHANGES)
def test_sentence_compares_with_the_average_of_earlier_years(current, earlier, sentence):
    assert chance_sentence(current, earlier, "complaints") == sentence


@pytest.mark.parametrize("total", range(1, 40))
@pytest.mark.parametrize("earlier_years", [1, 2, 4])
def test_sentence_agrees_with_the_exact_binomial_test(total, earlier_years):
    share = 1 / (1 + earlier_years)
    for current in range(total + 1):
        earlier = [total - current] + [0] * (earlier_years - 1)
        is_low = current < total * share
        tail = range(current + 1) if is_low else range(current, total + 1)
        p_value = 2 * sum(
            comb(total, count) * share**count * (1 - share) ** (total - count) for count in tail
        )
        if current != total * share:
            is_variation = chance_sentence(current, earlier, "complaints") == VARIATION
            assert is_variation == (p_value >= SIGNIFICANCE_LEVEL), (current, earlier, p_value)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [([9, 4], VARIATION), ([9, None, 4], VARIATION), ([None, 4], ""), (["c", 9, 4], ""), ([4], "")],
)
def test_filter_compares_with_the_years_that_are_known(render_narrative, values, sentence):
    figures = {"complaints.received": values}
    assert render_narrative("{{ complaints.received | chance }}", figures) == sentence


def test_filter_after_anything_but_a_figure_is_refused(render_narrative):
    with pytest.raises(Problem, match="needs a figure before it"):
        render_narrative("{{ year | chance }}")
