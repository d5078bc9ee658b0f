"""The p-value of two counts, against the binomial distribution in whole numbers."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.significance import count_p_value

COUNTS = st.integers(0, 300)


@given(count=COUNTS, other_count=COUNTS)
def test_p_value_is_that_of_the_exact_binomial_test(count, other_count):
    total = count + other_count
    tail = sum(comb(total, cases) for cases in range(min(count, other_count) + 1))
    exact = 1.0 if count == other_count else min(1.0, 2 * tail / 2**total)
    assert count_p_value(count, other_count) == pytest.approx(exact, rel=1e-9)


@given(count=COUNTS, other_count=COUNTS)
def test_p_value_does_not_depend_on_the_order_of_counts(count, other_count):
    assert count_p_value(count, other_count) == count_p_value(other_count, count)


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_p_value_of_equal_counts_is_one(count):
    assert count_p_value(count, count) == 1.0


def test_p_value_of_large_counts_is_a_number():
    assert 0 < count_p_value(40_000, 40_400) < 1
