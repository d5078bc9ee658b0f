"""What the clean step leaves: the cleaned tables, and the account of what was left out of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pipeline.artifacts import (
    CLEAN_STEP,
    DROPPED_COLUMNS_FILE,
    DROPPED_ROWS_FILE,
    RECONCILIATION_FILE,
    write_table,
)
from pipeline.clean.reconcile import Cleaned
from pipeline.settings import Settings
from pipeline.system.folders import replace_atomically


def save(cleaned: Cleaned, settings: Settings) -> Path:
    """The step's folder, after writing it as a whole."""
    with replace_atomically(settings.processed / CLEAN_STEP) as folder:
        for name, table in cleaned.tables.items():
            table.to_parquet(folder / f"{name}.parquet", index=False)
        write_table(cleaned.reconciliation, folder / RECONCILIATION_FILE)
        write_table(cleaned.dropped_rows, folder / DROPPED_ROWS_FILE)
        write_table(cleaned.dropped_columns, folder / DROPPED_COLUMNS_FILE)
    return settings.processed / CLEAN_STEP


def load_tables(settings: Settings) -> dict[str, pd.DataFrame]:
    """The cleaned tables by name."""
    paths = sorted((settings.processed / CLEAN_STEP).glob("*.parquet"))
    return {path.stem: pd.read_parquet(path) for path in paths}
