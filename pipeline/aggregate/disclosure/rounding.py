"""Rounding of counts of people, and of the rates made from them."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue, numerator
from pipeline.aggregate.figure import round_to_multiple
from pipeline.aggregate.figure_table import number_keys
from pipeline.artifacts import NumberKey


def round_figures(
    figures: pd.DataFrame, counts: Collection[NumberKey], multiple: int, catalogue: Catalogue
) -> pd.DataFrame:
    """The figures with counts of people rounded and rates recalculated from the rounded counts.

    A rate of exact counts would tell what was rounded away.
    """
    if multiple == 1:
        return figures
    keys = number_keys(figures)
    rounded: dict[NumberKey, float] = {}
    for key, value in zip(keys, figures["value"], strict=True):
        if not pd.isna(value):
            rounded[key] = round_to_multiple(value, multiple) if key in counts else value
    for key in list(rounded):
        figure = catalogue[key.figure]
        if figure.measure == "rate":
            count = rounded.get(NumberKey(numerator(figure, catalogue), key.year))
            base = rounded.get(NumberKey(figure.base or "", key.year))
            if count is not None and base:  # otherwise it is as an earlier report published it
                rounded[key] = count / base * (figure.per or 1)
    values = [rounded.get(key, pd.NA) for key in keys]
    return figures.assign(value=pd.array(values, dtype="Float64"))
