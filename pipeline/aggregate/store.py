"""What the aggregate step leaves: the published figures as one tidy file, and their lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.cleaned_data import CleanedData
from pipeline.aggregate.disclosure.control import apply_policy, earlier_numbers
from pipeline.aggregate.disclosure.statements import statements_table
from pipeline.aggregate.figure_table import build_figure_table
from pipeline.aggregate.lineage import LINEAGE
from pipeline.aggregate.published.findings import WARNING_REASON, published_findings
from pipeline.aggregate.published.numbers import WITHHELD
from pipeline.aggregate.shared_areas import with_shared_complaints
from pipeline.artifacts import (
    AGGREGATE_STEP,
    DECISIONS_FILE,
    EARLIER_NUMBERS_FILE,
    FIGURES_FILE,
    FROM_EXTRACTS,
    LINEAGE_FILE,
    RELATIONS_FILE,
    write_table,
)
from pipeline.clean import store as clean_store
from pipeline.settings import Settings
from pipeline.system.folders import replace_atomically
from pipeline.validate import store as validate_store
from pipeline.validate.finding_tables import to_frame
from pipeline.validate.findings import Finding, raise_critical
from pipeline.validate.personal.masking import hide_personal_texts


def load_inputs(settings: Settings) -> tuple[CleanedData, pd.DataFrame]:
    """The cleaned tables with the findings, and published.csv."""
    extracts = validate_store.load_supplied(settings).query("supplied == 'yes'")
    supplied = frozenset(zip(extracts["year"], extracts["extract"], strict=True))
    tables = clean_store.load_tables(settings)
    settings = with_shared_complaints(settings, tables["cases"])
    published = validate_store.load_published(settings)
    of_published = hide_personal_texts(
        published_findings(published, settings), {}, settings.council
    )
    raise_critical(of_published)
    findings = [validate_store.load_findings(settings), _warnings(of_published, settings)]
    tables["findings"] = pd.concat(findings, ignore_index=True)
    return CleanedData(tables, supplied, settings), published


def _warnings(findings: list[Finding], settings: Settings) -> pd.DataFrame:
    """The warnings about published.csv, like the findings of the validate step."""
    warnings = to_frame([finding for finding in findings if finding.severity == "warning"])
    return warnings.assign(
        year=str(settings.year), reason=pd.Series(WARNING_REASON, index=warnings.index, dtype="str")
    )


def make_figures(settings: Settings) -> pd.DataFrame:
    """The figures as the council's policy lets them be published, after writing the step's folder.

    The folder holds the figures, the rows behind each, the disclosure decisions, the relations
    between the numbers, and the numbers that earlier publications give.
    """
    data, published = load_inputs(settings)
    row_counts: dict[tuple[str, str], int] = {}
    with replace_atomically(settings.processed / AGGREGATE_STEP) as folder:
        with pq.ParquetWriter(folder / LINEAGE_FILE, LINEAGE) as lineage_file:

            def write_lineage(rows: pa.Table) -> None:
                lineage_file.write_table(rows)
                figure_id = rows["figure"][0].as_py()  # one figure at a time
                for count in rows["year"].value_counts().to_pylist():
                    row_counts[figure_id, count["values"]] = count["counts"]

            figures = build_figure_table(data, published, write_lineage)
        earlier = earlier_numbers(published, data.settings)
        council = data.settings.council
        result = apply_policy(figures, earlier, row_counts, council)
        tables = {
            FIGURES_FILE: result.figures,
            DECISIONS_FILE: result.decisions,
            RELATIONS_FILE: statements_table(figures, catalogue_of(council)),
            EARLIER_NUMBERS_FILE: result.known_numbers,
        }
        for name, table in tables.items():
            write_table(table, folder / name)
    return result.figures


def load_decisions(settings: Settings) -> pd.DataFrame:
    """The numbers withheld, each with its rule and the other numbers that it protects."""
    path = settings.processed / AGGREGATE_STEP / DECISIONS_FILE
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def lineage_row_counts(settings: Settings) -> dict[str, int]:
    """The number of rows behind each figure that has any, in the order of the figures."""
    counts: dict[str, int] = {}
    with pq.ParquetFile(settings.processed / AGGREGATE_STEP / LINEAGE_FILE) as file:
        for figure_id, group in figure_row_groups(file):
            rows = file.metadata.row_group(group).num_rows
            counts[figure_id] = counts.get(figure_id, 0) + rows
    return counts


def lineage_account(settings: Settings, figures: pd.DataFrame) -> pd.DataFrame:
    """The lineage counted: one row per figure and year that is made from extracts.

    figures: as published. numbers: how many the figure has in the year; withheld: how many of these
    are not published. total: what the published ones add up to. rows: those in the lineage.
    agrees: "yes" or "no" if each number of the figure is a count of rows and none is withheld or
    rounded; otherwise the reason why the two cannot be compared.
    """
    counted = figures[figures["source"] == FROM_EXTRACTS]
    counted = counted.assign(is_withheld=counted["shorthand"] == WITHHELD)
    keys = ["figure", "year"]
    account = counted.groupby(keys, sort=False, observed=True).agg(
        numbers=("value", "size"),
        withheld=("is_withheld", "sum"),
        total=("value", "sum"),
        measure=("measure", "first"),
    )
    account["rows"] = account.index.map(_lineage_rows_by_year(settings)).fillna(0).astype("int64")
    reasons = [account["measure"] != "count", account["withheld"] > 0]
    texts = ["not a count: " + account["measure"].astype("str"), "numbers are withheld"]
    agrees = np.where(account["total"] == account["rows"], "yes", "no")
    if settings.council.disclosure.round_to > 1:
        agrees = np.full(len(account), "numbers are rounded", dtype=object)
    account["agrees"] = np.select(reasons, texts, agrees)
    return account.drop(columns="measure").reset_index()


def _lineage_rows_by_year(settings: Settings) -> dict[tuple[str, str], int]:
    """(figure, year) → how many rows are behind its numbers."""
    rows: Counter[tuple[str, str]] = Counter()
    with pq.ParquetFile(settings.processed / AGGREGATE_STEP / LINEAGE_FILE) as file:
        for figure_id, group in figure_row_groups(file):
            years = file.read_row_group(group, columns=["year"])["year"]
            for count in years.value_counts().to_pylist():
                rows[figure_id, count["values"]] += count["counts"]
    return dict(rows)


def load_lineage(settings: Settings, figures: Collection[str]) -> pa.Table:
    """The rows behind each number of the named figures, as LINEAGE."""
    with pq.ParquetFile(settings.processed / AGGREGATE_STEP / LINEAGE_FILE) as file:
        groups = [group for figure_id, group in figure_row_groups(file) if figure_id in figures]
        return file.read_row_groups(groups).unify_dictionaries().combine_chunks()


def figure_row_groups(file: pq.ParquetFile) -> Iterator[tuple[str, int]]:
    """Each row group with its figure: a figure's rows share no group with another's."""
    for group in range(file.num_row_groups):
        yield file.metadata.row_group(group).column(0).statistics.min, group
