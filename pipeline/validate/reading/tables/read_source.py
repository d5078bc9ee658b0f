"""One file or sheet as typed extracts: its table located, its rows sorted, its cells converted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa

from pipeline.settings import Settings
from pipeline.validate.definitions import PROCEDURE, Extract
from pipeline.validate.dictionary import PUBLISHED
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.columns.headings import column_letters
from pipeline.validate.reading.columns.missing import empty_table
from pipeline.validate.reading.columns.placeholders import EmptyCells
from pipeline.validate.reading.columns.unread_personal import unread_personal
from pipeline.validate.reading.convert import convert
from pipeline.validate.reading.layout.accounts import SheetAccount
from pipeline.validate.reading.layout.misfits import misfit_findings
from pipeline.validate.reading.layout.parts import Source
from pipeline.validate.reading.mapping import join_codes
from pipeline.validate.reading.numbers import split_shorthand
from pipeline.validate.reading.shared_files.mixed_kinds import mixed_kind_findings
from pipeline.validate.reading.shared_files.only_rows import select_only
from pipeline.validate.reading.table_source import TableRows, UnreadableSource
from pipeline.validate.reading.tables.combined_rows import COMBINED, combine_allegations
from pipeline.validate.reading.tables.matched_columns import MatchedColumns, match_columns
from pipeline.validate.reading.tables.procedure_rows import select_procedure
from pipeline.validate.reading.tables.records import RecordSorter
from pipeline.validate.reading.tables.table_findings import table_findings
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.wide_export import (
    WideExportText,
    split_off_earlier_cases,
    unfold_stages,
)
from pipeline.year import Year

ONLY_PLACEHOLDERS = "nothing but placeholders"
EARLIER_CASE = "a case of an earlier year, read for its stages alone"


@dataclass(frozen=True)
class ExtractPart:
    """The typed rows of one extract in one source, and what was wrong with them.

    left_out: rows of the source that are not in the table, with the reason.
    other_count: how many further rows of it are those of other procedures.
    headings: by column, the file's heading.
    unread_personal: the personal columns of the source that are read for the search alone.
    """

    extract: str
    table: pd.DataFrame
    findings: list[Finding]
    left_out: dict[int, str] = field(default_factory=dict)
    other_count: int = 0
    headings: dict[str, str] = field(default_factory=dict)
    unread_personal: pd.DataFrame | None = None


@dataclass(frozen=True)
class _Records:
    """The records of a source as text.

    cells: by position in the heading, one for each record.
    left_out: the rows of the source that are no records of this extract, with the reason.
    other_count: how many of its rows are records of other procedures.
    empty_cells: which cells were emptied because they held a placeholder.
    """

    rows: TableRows
    cells: dict[int, pa.ChunkedArray]
    left_out: dict[int, str]
    other_count: int
    findings: list[Finding]
    empty_cells: EmptyCells


def read_source(
    settings: Settings,
    extract: Extract,
    year: Year,
    source: Source,
    names: Collection[str] | None = None,
) -> list[ExtractPart]:
    """The typed extracts in one source: one, or two where complaints is a wide export.

    names: the columns to read; all if None.
    """
    columns = match_columns(extract, source, settings.council, names)
    try:
        records = _read_records(extract, year, source, columns, settings)
    except UnreadableSource as error:
        finding = unreadable_finding(extract, source.name, error)
        return [ExtractPart(extract.name, empty_table(extract), [*columns.findings, finding])]
    text = _extract_text(extract, year, source, columns, records)
    table, value_findings = convert(text, settings.council)
    findings = [
        *columns.findings,
        *records.findings,
        *_layout_findings(extract, source, columns, records),
        *value_findings,
        *records.empty_cells.findings(extract, source.name, columns.heading),
    ]
    if isinstance(source.table, TextFile):
        findings += source.table.file.findings(extract.name, source.name)
    unread = None
    if extract is not PUBLISHED:
        read = columns.stage_positions.union(columns.only, *columns.matched.values())
        unread = unread_personal(source, year, read, settings.council)
        findings += mixed_kind_findings(source, extract.name, read, text.row_numbers)
    part = ExtractPart(
        extract.name,
        table,
        findings,
        records.left_out,
        records.other_count,
        text.headings,
        unread,
    )
    if not columns.blocks or "reference" not in text.columns:
        return [part]
    export = WideExportText(
        year, source.name, columns.heading, columns.blocks, records.cells, records.rows.row_numbers
    )
    stage_text = unfold_stages(export, text.columns["reference"])
    stage_text = replace(stage_text, locate=text.locate)
    return _split_wide_export(part, stage_text, columns.block_findings, settings)


def _read_records(
    extract: Extract, year: Year, source: Source, columns: MatchedColumns, settings: Settings
) -> _Records:
    """The records of the procedure, one per case; raises UnreadableSource."""
    council = settings.council
    positions = columns.positions
    empty_cells = EmptyCells(council)
    empty_cells.add_columns(extract.name, columns.chosen)
    for block in columns.blocks:
        stage_columns = {name: [position] for name, position in block.columns.items()}
        empty_cells.add_columns("investigations", stage_columns)
    all_rows = source.readable_table.read_columns(positions)
    rows = empty_cells.empty(all_rows, positions)
    left_out = _missing_rows(all_rows.row_numbers, rows.row_numbers, ONLY_PLACEHOLDERS)
    findings: list[Finding] = []
    if source.place is not None:
        table = source.readable_table
        sorter = RecordSorter(extract, table, source.place, columns.matched, council)
        account = sorter.sort(rows, positions)
        rows = account.rows
        left_out |= account.ignored
        cells = dict(zip(positions, rows.columns, strict=True))
        findings += table_findings(source.place, account, cells)
        chosen = select_only(source.place, columns.heading, rows, positions, council)
        rows = chosen.rows
        left_out |= chosen.left_out
        findings += chosen.findings
    description = ExtractText(extract, year, source.name, {}, rows.row_numbers, {})
    places = [positions.index(position) for position in columns.matched.get(PROCEDURE, [])]
    selection = select_procedure(description, rows, places, settings)
    combination = combine_allegations(extract, selection.rows, positions, columns.chosen, council)
    left_out |= dict.fromkeys(combination.left_out, COMBINED)
    findings += selection.findings + combination.findings(extract.name, source.name)
    rows = combination.rows
    cells = dict(zip(positions, rows.columns, strict=True))
    return _Records(rows, cells, left_out, selection.other_count, findings, empty_cells)


def _extract_text(
    extract: Extract, year: Year, source: Source, columns: MatchedColumns, records: _Records
) -> ExtractText:
    """The records under the names of the dictionary, as text."""
    texts = _text_columns(columns.chosen, records.cells)
    first_positions = {name: positions[0] for name, positions in columns.chosen.items()}
    return ExtractText(
        extract=extract,
        year=year,
        file=source.name,
        columns=split_shorthand(texts) if extract is PUBLISHED else texts,
        row_numbers=records.rows.row_numbers,
        headings={name: columns.heading[position] for name, position in first_positions.items()},
        letters={name: column_letters(position) for name, position in first_positions.items()},
        locate=source.table.locate if isinstance(source.table, TextFile) else None,
    )


def _layout_findings(
    extract: Extract, source: Source, columns: MatchedColumns, records: _Records
) -> list[Finding]:
    """What the source shows differently from what is read of it, and rows of another length."""
    table = source.readable_table
    account = SheetAccount(
        extract=extract,
        file=source.name,
        heading=table.area.heading,
        columns=columns.by_position(),
        unnamed={position: records.cells[position] for position in columns.unnamed},
        deciding={position: records.cells[position] for position in columns.stage_positions},
        view=table.view,
        rows=records.rows,
    )
    misfits = misfit_findings(extract, source.name, records.rows, len(columns.heading))
    return account.findings() + misfits


def _split_wide_export(
    cases: ExtractPart, stage_text: ExtractText, block_findings: list[Finding], settings: Settings
) -> list[ExtractPart]:
    """The cases and the stages of a wide export, without cases of earlier years."""
    stages, stage_findings = convert(stage_text, settings.council)
    year, file = stage_text.year, stage_text.file
    table, stages, earlier_findings = split_off_earlier_cases(cases.table, stages, year, file)
    earlier_rows = _missing_rows(
        cases.table["row"].to_numpy(), table["row"].to_numpy(), EARLIER_CASE
    )
    findings = [*cases.findings, *earlier_findings]
    left_out = cases.left_out | earlier_rows
    return [
        replace(cases, table=table, findings=findings, left_out=left_out),
        ExtractPart(
            "investigations",
            stages,
            block_findings + stage_findings,
            headings=stage_text.headings,
        ),
    ]


def _missing_rows(rows: np.ndarray, remaining: np.ndarray, reason: str) -> dict[int, str]:
    """The rows that do not remain, with the reason."""
    if len(rows) == len(remaining):
        return {}
    return dict.fromkeys(np.setdiff1d(rows, remaining).tolist(), reason)


def _text_columns(
    matched: dict[str, list[int]], cells: dict[int, pa.ChunkedArray]
) -> dict[str, pa.ChunkedArray]:
    """The cells of each column, joined where it has several positions."""
    return {
        name: join_codes([cells[position] for position in positions])
        for name, positions in matched.items()
    }


def unreadable_finding(extract: Extract, file: str, error: UnreadableSource) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{extract.name}.file.readable",
        extract=extract.name,
        file=file,
        what=error.what,
        remedy=error.remedy,
    )
