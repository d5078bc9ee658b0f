"""What measures of days tell of timeliness is true of every set of responses, and is used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.aggregate.disclosure.measures import terms_of_measures
from pipeline.artifacts import NumberKey
from pipeline.settings import Council

YEAR = "2021-22"
LIMIT, EXTENDED = 10, 20


@pytest.fixture(scope="module")
def suppressing(council) -> Council:
    disclosure = {"policy": "suppress", "reason": "by decision of the panel"}
    return Council.model_validate(council.model_dump(mode="json") | {"disclosure": disclosure})


def figures_of(days: list[int], extended: int) -> pd.DataFrame:
    """The figures of stage 1; so many of the responses after the limit had an extension."""
    late = [number for number in days if number > LIMIT]
    in_extension = sum(number <= EXTENDED for number in late[:extended])
    values = {
        ("answered", ""): len(days),
        ("timeliness", "within limit"): len(days) - len(late),
        ("timeliness", "within extension"): in_extension,
        ("timeliness", "late"): len(late) - in_extension,
        ("shortest_days", ""): min(days),
        ("median_days", ""): float(np.median(days)),
        ("mean_days", ""): float(np.mean(days)),
        ("days_90th", ""): float(np.quantile(days, 0.9, method="inverted_cdf")),
        ("longest_days", ""): max(days),
    }
    rows = [
        (f"stage_1.{name}", YEAR, category, "", value) for (name, category), value in values.items()
    ]
    return pd.DataFrame(rows, columns=["figure", "year", "category", "detail", "value"])


@given(st.lists(st.integers(0, 40), min_size=1, max_size=40), st.integers(0, 10))
def test_terms_of_measures_hold_for_all_responses(suppressing, days, extended):
    figures = figures_of(days, extended)
    values = {
        NumberKey(row.figure, YEAR, row.category, ""): row.value for row in figures.itertuples()
    }
    terms = list(terms_of_measures(figures, suppressing))
    assert bool(terms) == (len(days) > 10)
    for equation in terms:
        assert sum(sign * values[key] for key, sign in equation.items()) < 1e-6


def test_median_over_the_limit_tells_that_half_are_late(suppressing):
    within = NumberKey("stage_1.timeliness", YEAR, "within limit", "")
    answered = NumberKey("stage_1.answered", YEAR, "", "")
    terms = list(terms_of_measures(figures_of([9] * 5 + [14] * 7, 0), suppressing))
    assert {within: 1.0, answered: -6 / 12} in terms
