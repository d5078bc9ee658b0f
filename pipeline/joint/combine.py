"""The tables of all procedures as one: what each procedure's steps have left, side by side.

The figures of a procedure have its name in front: `corporate.complaints.received`. Everything that
reads the tables of a run reads these as well: checks, audit, `trace` and the run record.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.aggregate.lineage import LINEAGE
from pipeline.aggregate.store import figure_row_groups
from pipeline.artifacts import (
    AGGREGATE_STEP,
    CHECKLIST_FILE,
    CLEAN_STEP,
    DECISIONS_FILE,
    DROPPED_COLUMNS_FILE,
    DROPPED_ROWS_FILE,
    EARLIER_NUMBERS_FILE,
    FIGURES_FILE,
    FINDINGS_FILE,
    LEFT_OUT_FILE,
    LINEAGE_FILE,
    RECONCILIATION_FILE,
    RELATIONS_FILE,
    SOURCES_FILE,
    SUPPLIED_FILE,
    VALIDATE_STEP,
    write_table,
)
from pipeline.clean.reconcile import ROWS_IN
from pipeline.joint.moves import Move, shared_cases, shared_numbers
from pipeline.joint.totals import TOTALS, total_figures, total_relations, with_procedure
from pipeline.problem import Kind, Problem
from pipeline.settings import Settings, load_procedures
from pipeline.system.folders import replace_atomically
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.tables.procedure_rows import OTHER_PROCEDURE


def combine_procedures(settings: Settings) -> pd.DataFrame:
    """The figures of all procedures, after writing the folders of the steps that readers expect.

    settings: of the joint report.
    Raises Problem if a procedure has no finished run.
    """
    procedures = load_procedures(settings)
    for procedure in procedures:
        if not (procedure.processed / AGGREGATE_STEP).is_dir():
            raise Problem(
                kind=Kind.NOTHING_TO_DO,
                where=procedure.name,
                what="the joint report needs the tables of this procedure, and there are none",
                remedy=f"Make them first: annual-report run {procedure.name}",
            )
    with replace_atomically(settings.processed / VALIDATE_STEP) as folder:
        _combine_extracts(procedures, folder)
    with replace_atomically(settings.processed / CLEAN_STEP) as folder:
        _combine_accounts(procedures, folder)
    with replace_atomically(settings.processed / AGGREGATE_STEP) as folder:
        return _combine_figures(procedures, folder)


def _combine_extracts(procedures: list[Settings], folder: Path) -> None:
    for extract in EXTRACTS:
        name = f"{extract.name}.parquet"
        paths = [settings.processed / VALIDATE_STEP / name for settings in procedures]
        tables = [pd.read_parquet(path) for path in paths if path.is_file()]
        if tables:
            pd.concat(tables, ignore_index=True).to_parquet(folder / name, index=False)

    def read(name: str) -> pd.DataFrame:
        return _stacked(procedures, VALIDATE_STEP, name)

    supplied = read(SUPPLIED_FILE).astype({"rows": "int64"})
    groups = supplied.groupby(["year", "extract"], sort=False)
    supplied = groups.agg(supplied=("supplied", "max"), rows=("rows", "sum")).reset_index()
    write_table(supplied, folder / SUPPLIED_FILE)
    sources = read(SOURCES_FILE).astype({"rows": "int64", "columns": "int64"})
    groups = sources.groupby(["extract", "year", "file"], sort=False)
    sources = groups.agg(rows=("rows", "sum"), columns=("columns", "max")).reset_index()
    write_table(sources, folder / SOURCES_FILE)
    write_table(_of_no_other(read(LEFT_OUT_FILE)), folder / LEFT_OUT_FILE)
    write_table(read(CHECKLIST_FILE), folder / CHECKLIST_FILE)
    findings = read(FINDINGS_FILE).drop_duplicates()
    findings.to_csv(folder / FINDINGS_FILE, index=False, encoding="utf-8-sig", lineterminator="\n")


def _combine_accounts(procedures: list[Settings], folder: Path) -> None:
    account = _stacked(procedures, CLEAN_STEP, RECONCILIATION_FILE).astype({"rows": "int64"})
    of_others = account[account["rule"] == OTHER_PROCEDURE].groupby("extract")["rows"].sum()
    account = _of_no_other(account)
    account = account.groupby(["extract", "rule"], sort=False)["rows"].sum().reset_index()
    rows_elsewhere = account["extract"].map(of_others).fillna(0).astype("int64")
    account["rows"] -= rows_elsewhere.where(account["rule"] == ROWS_IN, 0)
    write_table(account, folder / RECONCILIATION_FILE)
    dropped = _of_no_other(_stacked(procedures, CLEAN_STEP, DROPPED_ROWS_FILE))
    write_table(dropped, folder / DROPPED_ROWS_FILE)
    columns = _stacked(procedures, CLEAN_STEP, DROPPED_COLUMNS_FILE).drop_duplicates()
    write_table(columns, folder / DROPPED_COLUMNS_FILE)


def _combine_figures(procedures: list[Settings], folder: Path) -> pd.DataFrame:
    def read(name: str, *columns: str) -> pd.DataFrame:
        """A table of the aggregate step, with the procedures' names before ids in the columns."""
        return _stacked(procedures, AGGREGATE_STEP, name, columns)

    by_procedure = read(FIGURES_FILE, "figure", "base")
    for column in ("value", "once_published"):
        by_procedure[column] = pd.to_numeric(by_procedure[column])
    moves = shared_cases(procedures)
    tables = [total_figures(by_procedure, procedures), by_procedure]
    tables += shared_numbers(moves, by_procedure)
    figures = pd.concat(tables, ignore_index=True)
    write_table(figures, folder / FIGURES_FILE)
    relations = read(RELATIONS_FILE, "figure", "relations")
    of_moves = pd.DataFrame([{"figure": move.id, "relations": move.relation} for move in moves])
    relations = pd.concat([total_relations(procedures), relations, of_moves], ignore_index=True)
    write_table(relations, folder / RELATIONS_FILE)
    write_table(read(DECISIONS_FILE, "figure", "protects"), folder / DECISIONS_FILE)
    write_table(read(EARLIER_NUMBERS_FILE, "figure"), folder / EARLIER_NUMBERS_FILE)
    _combine_lineage(procedures, moves, folder / LINEAGE_FILE)
    return figures


def _combine_lineage(procedures: list[Settings], moves: list[Move], path: Path) -> None:
    """Write the rows behind each number: those of totals first, then each procedure's."""
    with ExitStack() as stack:
        files = [
            stack.enter_context(pq.ParquetFile(settings.processed / AGGREGATE_STEP / LINEAGE_FILE))
            for settings in procedures
        ]
        writer = stack.enter_context(pq.ParquetWriter(path, LINEAGE))
        for total in TOTALS:
            parts = [
                (settings.council.procedure.heading, file.read_row_group(group))
                for settings, file in zip(procedures, files, strict=True)
                for figure, group in figure_row_groups(file)
                if figure == total.of_procedure
            ]
            of_total = [_renamed(rows, total.id) for _, rows in parts]
            by_procedure = [_renamed(rows, total.by_procedure, name) for name, rows in parts]
            for tables in filter(None, (of_total, by_procedure)):
                writer.write_table(pa.concat_tables(tables))
        for settings, file in zip(procedures, files, strict=True):
            for figure, group in figure_row_groups(file):
                rows = file.read_row_group(group)
                writer.write_table(_renamed(rows, f"{settings.procedure}.{figure}"))
        for move in moves:
            writer.write_table(move.lineage)


def _renamed(rows: pa.Table, figure: str, category: str | None = None) -> pa.Table:
    """The rows as those of another figure, and of a category if one is given."""
    texts = {"figure": figure} | ({} if category is None else {"category": category})
    for name, text in texts.items():
        column = pa.DictionaryArray.from_arrays(np.zeros(len(rows), dtype="int32"), [text])
        rows = rows.set_column(rows.schema.get_field_index(name), name, column)
    return rows.cast(LINEAGE)


def _stacked(
    procedures: Iterable[Settings], step: str, name: str, id_columns: Iterable[str] = ()
) -> pd.DataFrame:
    """A CSV file of a step of all procedures, all cells as text.

    id_columns: those in which the procedure's name goes before each id of a figure.
    """
    tables = []
    for settings in procedures:
        path = settings.processed / step / name
        table = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        tables.append(with_procedure(table, settings, id_columns))
    return pd.concat(tables, ignore_index=True)


def _of_no_other(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of an account that are not in it only because procedures share a file."""
    return rows[rows["rule"] != OTHER_PROCEDURE]
