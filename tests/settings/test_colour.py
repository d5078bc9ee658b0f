"""The contrast of two colours, as WCAG 2.2 defines it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.settings.colour import contrast_ratio

COLOURS = st.from_regex(r"\A#[0-9A-Fa-f]{6}\Z")


@pytest.mark.parametrize(
    ("colour", "background", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#12436D", "#12436D", 1.0),
    ],
)
def test_contrast_of_known_pairs_is_as_published(colour, background, ratio):
    assert contrast_ratio(colour, background) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, COLOURS)
def test_contrast_is_symmetric_and_between_1_and_21(colour, background):
    assert contrast_ratio(colour, background) == contrast_ratio(background, colour)
    assert 1 <= contrast_ratio(colour, background) <= 21
