"""What the aggregate step hands on: the published figures as one tidy file, and their lineage."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.aggregate.disclosure.control import apply_policy, earlier_numbers
from pipeline.aggregate.figure import LINEAGE, CleanedData
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.clean import store as cleaned
from pipeline.settings import Settings
from pipeline.system.folders import replace_atomically
from pipeline.validate import store as validated

STEP = "3_aggregate"
FIGURES_FILE, LINEAGE_FILE, DECISIONS_FILE = "figures.csv", "lineage.parquet", "disclosure.csv"
SUMS_FILE, KNOWN_FILE = "sums.csv", "known.csv"


def load_inputs(settings: Settings) -> tuple[CleanedData, pd.DataFrame]:
    """The cleaned tables and the findings, with what was supplied; and published.csv."""
    found = validated.load_supplied(settings).query("supplied == 'yes'")
    supplied = frozenset(zip(found["year"], found["extract"], strict=True))
    tables = {**cleaned.load_tables(settings), "findings": validated.load_findings(settings)}
    return CleanedData(tables, supplied, settings), validated.load_published(settings)


def make_figures(settings: Settings) -> pd.DataFrame:
    """Make the figures and write the step's folder, whole: the figures as the council's policy lets them be published, which
    are returned; the rows behind each; what was withheld and why; what a reader can add up, and knows from earlier
    publications.
    """
    data, published = load_inputs(settings)
    sizes: dict[tuple[str, str], int] = {}
    with replace_atomically(settings.processed / STEP) as folder:
        with pq.ParquetWriter(folder / LINEAGE_FILE, LINEAGE) as lineage:

            def keep(rows: pa.Table) -> None:
                lineage.write_table(rows)
                figure = rows["figure"][0].as_py()  # one figure at a time
                sizes.update(
                    {
                        (figure, one["values"]): one["counts"]
                        for one in rows["year"].value_counts().to_pylist()
                    }
                )

            made = build_figure_table(data, published, keep)
        decided = apply_policy(made, earlier_numbers(published, settings), sizes, settings.council)
        for name, table in ((FIGURES_FILE, decided.figures), (DECISIONS_FILE, decided.decisions), (SUMS_FILE, decided.relations),
                            (KNOWN_FILE, decided.known_numbers)):  # fmt: skip
            table.to_csv(folder / name, index=False)
    return decided.figures


def load_decisions(settings: Settings) -> pd.DataFrame:
    """What was withheld, by which rule, and what else it protects."""
    return pd.read_csv(
        settings.processed / STEP / DECISIONS_FILE, dtype="str", keep_default_na=False
    )


def lineage_row_counts(settings: Settings) -> dict[str, int]:
    """How many rows stand behind each figure that has any, in the order of the figures."""
    sizes: dict[str, int] = {}
    with pq.ParquetFile(settings.processed / STEP / LINEAGE_FILE) as file:
        for figure, group in _row_groups(file):
            sizes[figure] = sizes.get(figure, 0) + file.metadata.row_group(group).num_rows
    return sizes


def load_lineage(settings: Settings, figures: Collection[str]) -> pd.DataFrame:
    """The rows behind each number of some figures, as LINEAGE."""
    with pq.ParquetFile(settings.processed / STEP / LINEAGE_FILE) as file:
        return file.read_row_groups(
            [group for figure, group in _row_groups(file) if figure in figures]
        ).to_pandas()


def _row_groups(file: pq.ParquetFile) -> Iterator[tuple[str, int]]:
    """Each group of rows with its figure: each figure was written by itself, so that its rows can be read by themselves."""
    for group in range(file.num_row_groups):
        yield file.metadata.row_group(group).column(0).statistics.min, group
