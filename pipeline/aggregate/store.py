"""What the aggregate step hands on: the published figures as one tidy file, and their lineage."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq

from pipeline.aggregate.figure import LINEAGE, Data
from pipeline.aggregate.years import figures_of
from pipeline.clean import store as cleaned
from pipeline.folder import replaced
from pipeline.settings import Settings
from pipeline.validate import store as validated

STEP = "3_aggregate"
FIGURES, LINEAGE_FILE = "figures.csv", "lineage.parquet"


def open_data(settings: Settings) -> tuple[Data, pd.DataFrame]:
    """The cleaned tables and the findings, with what was supplied; and published.csv."""
    found = validated.load_supplied(settings).query("supplied == 'yes'")
    supplied = frozenset(zip(found["year"], found["extract"], strict=True))
    tables = {**cleaned.load_tables(settings), "findings": validated.load_findings(settings)}
    return Data(tables, supplied, settings), validated.load_published(settings)


def make(settings: Settings) -> pd.DataFrame:
    """Make the figures and write the step's folder, whole: the figures, and the rows behind each; the figures."""
    data, published = open_data(settings)
    with replaced(settings.processed / STEP) as folder:
        with pq.ParquetWriter(folder / LINEAGE_FILE, LINEAGE) as lineage:
            figures = figures_of(data, published, lineage.write_table)
        figures.to_csv(folder / FIGURES, index=False)
    return figures


def load_lineage(settings: Settings, columns: list[str] | None = None) -> pd.DataFrame:
    """The rows behind each number, as LINEAGE, or some of its columns."""
    return pd.read_parquet(settings.processed / STEP / LINEAGE_FILE, columns=columns)
