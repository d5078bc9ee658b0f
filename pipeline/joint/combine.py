"""The tables of all procedures as one: what each procedure's steps have left, side by side.

The figures of a procedure have its name in front: `corporate.complaints.received`. Everything that
reads the tables of a run reads these as well: checks, audit, `trace` and the run record.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.aggregate.catalogue import catalogue_of
from pipeline.aggregate.figure import LINEAGE
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
from pipeline.joint.moves import Move, moves_between
from pipeline.joint.totals import TOTALS, total_figures, total_relations
from pipeline.problem import Kind, Problem
from pipeline.settings import Settings, load_procedures
from pipeline.system.folders import replace_atomically
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.tables.procedure_rows import OTHER_PROCEDURE

FIGURE_ID = re.compile(r"\b[a-z]\w*\.[a-z]\w*\b")


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
    for name in (LEFT_OUT_FILE, CHECKLIST_FILE):
        write_table(_without_others(read(name)), folder / name)
    findings = read(FINDINGS_FILE).drop_duplicates()
    findings.to_csv(folder / FINDINGS_FILE, index=False, encoding="utf-8-sig", lineterminator="\n")


def _combine_accounts(procedures: list[Settings], folder: Path) -> None:
    account = _stacked(procedures, CLEAN_STEP, RECONCILIATION_FILE).astype({"rows": "int64"})
    of_others = account[account["rule"] == OTHER_PROCEDURE].groupby("extract")["rows"].sum()
    account = account[account["rule"] != OTHER_PROCEDURE]
    account = account.groupby(["extract", "rule"], sort=False)["rows"].sum().reset_index()
    rows_elsewhere = account["extract"].map(of_others).fillna(0).astype("int64")
    account["rows"] -= rows_elsewhere.where(account["rule"] == ROWS_IN, 0)
    write_table(account, folder / RECONCILIATION_FILE)
    dropped = _without_others(_stacked(procedures, CLEAN_STEP, DROPPED_ROWS_FILE))
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
    moves = list(moves_between(procedures))
    tables = [total_figures(by_procedure, procedures), by_procedure]
    tables += [move.numbers(by_procedure) for move in moves]
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
                (settings.council.procedure.heading, rows)
                for settings, file in zip(procedures, files, strict=True)
                for rows in _rows_of(file, total.of_procedure)
            ]
            of_total = [_renamed(rows, total.id) for _, rows in parts]
            by_procedure = [_renamed(rows, total.by_procedure, name) for name, rows in parts]
            for tables in filter(None, (of_total, by_procedure)):
                writer.write_table(pa.concat_tables(tables))
        for settings, file in zip(procedures, files, strict=True):
            for group in range(file.num_row_groups):
                rows = file.read_row_group(group)
                figure = rows["figure"][0].as_py()  # one figure at a time
                writer.write_table(_renamed(rows, f"{settings.procedure}.{figure}"))
        for move in moves:
            writer.write_table(move.lineage)


def _rows_of(file: pq.ParquetFile, figure: str) -> Iterator[pa.Table]:
    for group in range(file.num_row_groups):
        if file.metadata.row_group(group).column(0).statistics.min == figure:
            yield file.read_row_group(group)


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
        ids = catalogue_of(settings.council).keys()
        for column in id_columns:
            table[column] = table[column].map(partial(_with_prefix, settings.procedure, ids))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _with_prefix(procedure: str, ids: Collection[str], text: str) -> str:
    """The text with the procedure before each of these ids of figures."""

    def with_procedure(match: re.Match[str]) -> str:
        return f"{procedure}.{match[0]}" if match[0] in ids else match[0]

    return FIGURE_ID.sub(with_procedure, text)


def _without_others(table: pd.DataFrame) -> pd.DataFrame:
    """The rows, or places of rows, that are not only in a procedure because a file is shared."""
    return table[table["rule"] != OTHER_PROCEDURE] if "rule" in table else table
