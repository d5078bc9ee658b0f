"""A change is called one only where chance alone would seldom make it."""

from __future__ import annotations

from math import comb

import pytest

from pipeline.problem import Problem
from pipeline.report.narrative.chance import SIGNIFICANCE_LEVEL, chance_sentence

CHANCE = "This could easily be chance on numbers this small."
LARGE = "This could easily be chance."
MORE = "A change as large as this is unlikely to be chance alone."


@pytest.mark.parametrize(("now", "before", "said"), [
    (4, 4, ""), (0, 0, ""), (0, 1, CHANCE), (1, 0, CHANCE), (4, 9, CHANCE), (0, 5, CHANCE), (0, 6, MORE), (4, 21, MORE),
    (102, 44, MORE), (100, 110, LARGE), (1000, 1100, MORE), (14, 15, CHANCE), (15, 16, LARGE),
])  # fmt: skip
def test_the_remark(now, before, said):
    assert chance_sentence(now, before) == said


@pytest.mark.parametrize("both", range(1, 40))
def test_it_is_the_exact_test_of_two_counts(both):
    for now in range(both + 1):
        fewer = min(now, both - now)
        split = min(1, 2 * sum(comb(both, few) for few in range(fewer + 1)) / 2**both)
        if 2 * now != both:
            assert (chance_sentence(now, both - now) != MORE) == (split >= SIGNIFICANCE_LEVEL), (
                now,
                both - now,
                split,
            )


@pytest.mark.parametrize(("figures", "said"), [
    ({"complaints.received": [9, 4]}, CHANCE), ({"complaints.received": [None, 4]}, ""), ({"complaints.received": [4]}, ""),
])  # fmt: skip
def test_in_a_sentence(say, figures, said):
    assert say("{{ complaints.received | chance }}", figures) == said


def test_only_of_a_figure(say):
    with pytest.raises(Problem, match="needs a figure before it"):
        say("{{ year | chance }}")
