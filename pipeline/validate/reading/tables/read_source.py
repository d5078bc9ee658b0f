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
from pipeline.validate.reading.layout.accounts import REACHED, SheetAccount
from pipeline.validate.reading.layout.misfits import misfit_findings
from pipeline.validate.reading.layout.parts import Source
from pipeline.validate.reading.layout.sheet_marks import is_error_text
from pipeline.validate.reading.mapping import join_codes, match_headings
from pipeline.validate.reading.numbers import split_shorthand
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.validate.reading.tables.combined_rows import COMBINED, combine_allegations
from pipeline.validate.reading.tables.procedure_rows import OTHER_PROCEDURE, select_procedure
from pipeline.validate.reading.tables.records import RecordSorter
from pipeline.validate.reading.tables.table_findings import table_findings
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.wide_export import (
    StageBlock,
    WideExportText,
    split_off_earlier_cases,
    stage_blocks,
    unfold_stages,
)
from pipeline.year import Year

ONLY_PLACEHOLDERS = "nothing but placeholders"
EARLIER_CASE = "a case of an earlier year, read for its stages alone"


@dataclass(frozen=True)
class ExtractPart:
    """The typed rows of one extract in one source, and what was wrong with them.

    left_out: rows of the source that are not in the table, with the reason.
    headings: by column, the file's heading.
    unread_personal: the personal columns of the source that are read for the search alone.
    """

    extract: str
    table: pd.DataFrame
    findings: list[Finding]
    left_out: dict[int, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    unread_personal: pd.DataFrame | None = None


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
    assert source.table is not None, source.name
    heading = [cell if not is_error_text(cell) else "" for cell in source.table.area.heading]
    council = settings.council
    blocks: list[StageBlock] = []
    of_blocks: list[Finding] = []
    if extract.name == "complaints":
        blocks, of_blocks = stage_blocks(heading, council, source.name)
    stage_positions: set[int] = set()
    for block in blocks:
        stage_positions.update(block.columns.values(), block.reached_positions)
    matched, findings = match_headings(extract, heading, source.name, council, stage_positions)
    all_matched = matched
    required = {
        column.name: matched[column.name]
        for column in extract.columns
        if (column.required or column.name == PROCEDURE) and column.name in matched
    }
    if names and not blocks:
        matched = {name: places for name, places in matched.items() if name in names}
    outside = source.table.area.outside
    unnamed = [
        position for position, cell in enumerate(heading) if not cell and position not in outside
    ]
    positions = sorted(stage_positions.union(*matched.values(), *required.values(), unnamed))
    empty_cells = EmptyCells(council)
    empty_cells.add_columns(extract.name, matched)
    for block in blocks:
        columns = {name: [position] for name, position in block.columns.items()}
        empty_cells.add_columns("investigations", columns)
    left_out: dict[int, str] = {}
    try:
        all_rows = source.table.read_columns(positions)
    except UnreadableSource as error:
        findings.append(unreadable_finding(extract, source.name, error))
        return [ExtractPart(extract.name, empty_table(extract), findings)]
    rows = empty_cells.empty(all_rows, positions)
    left_out |= _missing_rows(all_rows.row_numbers, rows.row_numbers, ONLY_PLACEHOLDERS)
    if source.place is not None:
        sorter = RecordSorter(extract, source.table, source.place, all_matched, council)
        sorted_rows = sorter.sort(rows, positions)
        rows = sorted_rows.rows
        left_out |= sorted_rows.ignored
        cells_by_position = dict(zip(positions, rows.columns, strict=True))
        findings += table_findings(source.place, sorted_rows, cells_by_position)
    text = ExtractText(extract, year, source.name, {}, rows.row_numbers, {})
    places = [positions.index(place) for place in all_matched.get(PROCEDURE, [])]
    of_procedure = select_procedure(text, rows, places, settings)
    rows = of_procedure.rows
    findings += of_procedure.findings
    left_out |= dict.fromkeys(of_procedure.left_out, OTHER_PROCEDURE)
    combination = combine_allegations(extract, rows, positions, matched, council)
    rows = combination.rows
    findings += combination.findings(extract.name, source.name)
    left_out |= dict.fromkeys(combination.left_out, COMBINED)
    cells = dict(zip(positions, rows.columns, strict=True))
    columns = _text_columns(matched, cells)
    if extract is PUBLISHED:
        columns = split_shorthand(columns)
    file = source.table.file if isinstance(source.table, TextFile) else None
    locate = source.table.locate if isinstance(source.table, TextFile) else None
    text = ExtractText(
        extract=extract,
        year=year,
        file=source.name,
        columns=columns,
        row_numbers=rows.row_numbers,
        headings={name: heading[places[0]] for name, places in matched.items()},
        letters={name: column_letters(places[0]) for name, places in matched.items()},
        locate=locate,
    )
    table, of_values = convert(text, council)
    account = SheetAccount(
        extract=extract,
        file=source.name,
        heading=source.table.area.heading,
        columns=_columns_by_position(matched, blocks),
        unnamed={position: cells[position] for position in unnamed},
        deciding={position: cells[position] for position in stage_positions},
        view=source.table.view,
        rows=rows,
    )
    findings += account.findings() + misfit_findings(extract, source.name, rows, len(heading))
    findings += of_values + empty_cells.findings(extract, source.name, heading)
    findings += file.findings(extract.name, source.name) if file else []
    unread = None
    if extract is not PUBLISHED:
        read = stage_positions.union(*all_matched.values())
        unread = unread_personal(source, year, read, council)
    if not blocks or "reference" not in text.columns:
        return [ExtractPart(extract.name, table, findings, left_out, text.headings, unread)]
    export = WideExportText(year, source.name, heading, blocks, cells, rows.row_numbers)
    stage_text = replace(unfold_stages(export, text.columns["reference"]), locate=locate)
    stages, of_stages = convert(stage_text, council)
    all_cases = table["row"]
    table, stages, of_earlier = split_off_earlier_cases(table, stages, year, source.name)
    left_out |= _missing_rows(all_cases.to_numpy(), table["row"].to_numpy(), EARLIER_CASE)
    return [
        ExtractPart(extract.name, table, findings + of_earlier, left_out, text.headings, unread),
        ExtractPart("investigations", stages, of_blocks + of_stages, {}, stage_text.headings),
    ]


def _missing_rows(rows: np.ndarray, remaining: np.ndarray, reason: str) -> dict[int, str]:
    """The rows that do not remain, with the reason."""
    if len(rows) == len(remaining):
        return {}
    return dict.fromkeys(np.setdiff1d(rows, remaining).tolist(), reason)


def _columns_by_position(matched: dict[str, list[int]], blocks: list[StageBlock]) -> dict[int, str]:
    """The column that is read from each position; for a stage's column any name that it has."""
    names = {position: name for block in blocks for name, position in block.columns.items()}
    for block in blocks:
        names = dict.fromkeys(block.reached_positions, REACHED) | names
    for name, positions in matched.items():
        names |= dict.fromkeys(positions, name)
    return names


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
