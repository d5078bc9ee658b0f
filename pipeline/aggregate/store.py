"""What the aggregate step hands on: the published figures as one tidy file, and their lineage."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.aggregate.figure import Data
from pipeline.clean import store as cleaned
from pipeline.folder import replaced
from pipeline.settings import Settings
from pipeline.validate import store as validated

STEP = "3_aggregate"
FIGURES, LINEAGE = "figures.csv", "lineage.parquet"


def open_data(settings: Settings) -> tuple[Data, pd.DataFrame]:
    """The cleaned tables and the findings, with what was supplied; and published.csv."""
    found = validated.load_supplied(settings).query("supplied == 'yes'")
    supplied = frozenset(zip(found["year"], found["extract"], strict=True))
    tables = {**cleaned.load_tables(settings), "findings": validated.load_findings(settings)}
    return Data(tables, supplied, settings), validated.load_published(settings)


def save(figures: pd.DataFrame, lineage: pd.DataFrame, settings: Settings) -> Path:
    """Write the step's folder, whole; its path."""
    with replaced(settings.processed / STEP) as folder:
        figures.to_csv(folder / FIGURES, index=False)
        texts = [column for column in lineage.columns if column != "row"]
        lineage.astype(dict.fromkeys(texts, "category")).to_parquet(folder / LINEAGE, index=False)
    return settings.processed / STEP
