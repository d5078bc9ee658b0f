"""The relations of each figure in words, as they are published."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipeline.aggregate.catalogue import Catalogue
from pipeline.aggregate.disclosure.instances import KnownKeys
from pipeline.aggregate.figure_table import counts_of_people
from pipeline.artifacts import STATEMENT_SEPARATOR, NumberKey


def statements_table(figures: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """The columns `figure` and `relations`, one row per figure.

    figures: all numbers, before any is withheld.
    """
    statements = statements_by_figure(counts_of_people(figures, catalogue), catalogue)
    return pd.DataFrame(statements.items(), columns=["figure", "relations"], dtype="str")


def statements_by_figure(values: Mapping[NumberKey, float], catalogue: Catalogue) -> dict[str, str]:
    """What each figure declares, with the years in which the numbers do not satisfy it.

    values: the true value of each count of people.
    """
    keys = KnownKeys(values.keys(), catalogue)
    statements = {}
    for figure in catalogue.values():
        texts = []
        for relation in figure.relations:
            broken = {one.year for one in keys.instances(relation) if not one.holds(values)}
            exception = f" (not in {', '.join(sorted(broken))})" if broken else ""
            texts.append(f"{relation}{exception}")
        statements[figure.id] = STATEMENT_SEPARATOR.join(texts)
    return statements
