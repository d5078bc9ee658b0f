"""The numbers that earlier reports withheld, as this report's disclosure control sees them."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue
from pipeline.aggregate.disclosure.relations import declarations
from pipeline.aggregate.figure_table import number_keys
from pipeline.aggregate.published.numbers import WITHHELD
from pipeline.artifacts import NumberKey


def estimates_of_withheld(
    figures: pd.DataFrame, values: Mapping[NumberKey, float], catalogue: Catalogue
) -> dict[NumberKey, float]:
    """A possible value of each number that an earlier report withheld.

    What is missing from a total is divided equally among those withheld in it: a reader knows no
    more than that.
    """
    columns = (number_keys(figures), figures["shorthand"])
    withheld = [
        key
        for key, shorthand in zip(*columns, strict=True)
        if shorthand == WITHHELD
        and catalogue[key.figure].measure == "count"
        and catalogue[key.figure].disclosure_group != "nobody"
    ]
    if not withheld:
        return {}
    estimates: dict[NumberKey, float] = {}
    for parts, whole, exhaustive in declarations(dict.fromkeys([*values, *withheld]), catalogue):
        unknown = [key for key in parts if key in withheld and key not in estimates]
        others = [key for key in parts if key not in unknown]
        known = {**values, **estimates}
        if not exhaustive or not all(key in known for key in others):
            continue
        rest = sum(known[key] for key in others)
        if whole in known and unknown:
            share = max(known[whole] - rest, 0) / len(unknown)
            estimates |= dict.fromkeys(unknown, share)
        elif whole in withheld and not unknown:
            estimates.setdefault(whole, rest)
    return {key: estimates.get(key, 1.0) for key in withheld}
