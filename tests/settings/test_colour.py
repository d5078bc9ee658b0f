"""Contrast as WCAG 2.2 defines it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings.colour import contrast_ratio

COLOURS = st.from_regex(r"\A#[0-9A-Fa-f]{6}\Z")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#12436D", "#12436D", 1.0),
    ],
)
def test_known_pairs(one, other, ratio):
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_it_is_the_same_both_ways_and_within_bounds(one, other):
    assert contrast_ratio(one, other) == contrast_ratio(other, one)
    assert 1 <= contrast_ratio(one, other) <= 21
