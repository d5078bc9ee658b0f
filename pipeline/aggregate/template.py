"""The figures before anything is counted, for checks of the words that name them."""

from __future__ import annotations

import pandas as pd

from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.settings import Settings
from pipeline.validate.dictionary import PUBLISHED
from pipeline.validate.reading.columns.missing import empty_table

FINDING_COLUMNS = ["year", "extract", "file", "row", "severity", "reason", "stands_for"]


def figures_without_data(settings: Settings) -> pd.DataFrame:
    """Every figure with its categories, and `[x]` in place of every number."""
    findings = pd.DataFrame(columns=FINDING_COLUMNS, dtype="str")
    data = CleanedData({"findings": findings}, frozenset(), settings)
    return build_figure_table(data, empty_table(PUBLISHED))
