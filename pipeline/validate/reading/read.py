"""Read every extract of the years compared: text first, then typed by the data dictionary.

Whatever cannot be read is a finding. Nothing here writes, follows a link out of the workspace, or
calculates what a cell says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, PUBLISHED_FILE, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.extract_text import ExtractText
from pipeline.validate.reading.columns.headings import column_letters
from pipeline.validate.reading.columns.mapping_checks import check_mapping, shared_heading_findings
from pipeline.validate.reading.columns.placeholders import EmptyCells
from pipeline.validate.reading.convert import convert, empty_table
from pipeline.validate.reading.layout.accounts import REACHED, SheetAccount
from pipeline.validate.reading.layout.misfits import misfit_findings
from pipeline.validate.reading.layout.parts import part_findings
from pipeline.validate.reading.layout.sheet_marks import is_error_text
from pipeline.validate.reading.mapping import join_codes, match_headings
from pipeline.validate.reading.numbers import split_shorthand
from pipeline.validate.reading.sources import (
    Source,
    check_file,
    find_sources,
    find_stray_tables,
)
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.wide_export import (
    StageBlock,
    WideExportText,
    split_off_earlier_cases,
    stage_blocks,
    unfold_stages,
)
from pipeline.year import Year


@dataclass(frozen=True)
class Reading:
    """Everything the extracts hold, and what could not be read.

    tables: by extract, all years, oldest first and in the file's order. First `year` (str,
        "2021-22"), `file` (category: path inside the workspace, for a workbook with " · " and the
        sheet) and `row` (int64: as the spreadsheet numbers it), then the dictionary's columns in
        order: str, datetime64[us], Int64 or Float64, missing where blank. An optional extract
        that no year has is left out.
    published: `data/raw/published.csv` likewise, without rows if there is no such file.
    missing_extracts: optional extracts not supplied, by year.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]


@dataclass(frozen=True)
class ExtractPart:
    """The typed rows of one extract in one source, and what was wrong with them."""

    extract: str
    table: pd.DataFrame
    findings: list[Finding]


def read_extracts(settings: Settings, columns: Collection[str] | None = None) -> Reading:
    """Read and type the extracts of every available year.

    columns: those to read, where no stages have to be unfolded; all by default. The others are
        then missing, and the findings are not complete.

    What is wrong with a file is a finding, so that everything is reported at once. Raises Problem
    for a mapping in council.yaml that names what the data dictionary does not have.
    """
    check_mapping(settings.council)
    parts: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
    findings = find_stray_tables(settings) + shared_heading_findings(settings.council)
    missing_extracts: list[tuple[Year, str]] = []
    for year in settings.available_years:
        sources, unreadable, of_folder = find_sources(settings, year)
        findings += of_folder
        in_wide_export: set[str] = set()
        for extract in EXTRACTS:
            if extract.name in sources:
                tables_of_year: list[pd.DataFrame] = []
                for source in sources[extract.name]:
                    for part in _read_source(settings, extract, year, source, columns):
                        is_extra = part.extract != extract.name
                        if is_extra and (part.extract in sources or part.extract in unreadable):
                            findings.append(_supplied_twice_finding(year, source))
                            continue
                        findings += part.findings
                        parts[part.extract].append(part.table)
                        if is_extra:
                            in_wide_export.add(part.extract)
                        else:
                            tables_of_year.append(part.table)
                if len(tables_of_year) > 1:
                    names = [(source.name, source.part) for source in sources[extract.name]]
                    findings += part_findings(extract, year, names, tables_of_year)
            elif extract.name in unreadable | in_wide_export:
                continue
            elif extract.optional:
                missing_extracts.append((year, extract.name))
            else:
                findings.append(_missing_extract_finding(extract, year))
    tables: dict[str, pd.DataFrame] = {}
    for extract in EXTRACTS:
        tables_of_years = parts.pop(extract.name)  # frees them as soon as they are joined
        if tables_of_years or not extract.optional:
            tables[extract.name] = _join_years(tables_of_years or [empty_table(extract)])
    published = _read_published(settings)
    findings += published.findings
    return Reading(tables, published.table, findings, missing_extracts)


def _read_published(settings: Settings) -> ExtractPart:
    path = settings.workspace / PUBLISHED_FILE
    if not path.exists() and not path.is_symlink():
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [])
    try:
        check_file(path, settings.workspace)
        source = Source(PUBLISHED_FILE, TextFile(path))
    except UnreadableSource as error:
        finding = _unreadable_finding(PUBLISHED, PUBLISHED_FILE, error)
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [finding])
    [part] = _read_source(settings, PUBLISHED, settings.year, source)
    return part


def _read_source(
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
    heading = [cell if not is_error_text(cell) else "" for cell in source.table.heading]
    council = settings.council
    blocks: list[StageBlock] = []
    of_blocks: list[Finding] = []
    if extract.name == "complaints":
        blocks, of_blocks = stage_blocks(heading, council, source.name)
    stage_positions: set[int] = set()
    for block in blocks:
        stage_positions.update(block.columns.values(), block.reached_positions)
    matched, findings = match_headings(extract, heading, source.name, council, stage_positions)
    if names and not blocks:
        matched = {name: places for name, places in matched.items() if name in names}
    unnamed = [position for position, cell in enumerate(heading) if not cell]
    positions = sorted(stage_positions.union(*matched.values(), unnamed))
    empty_cells = EmptyCells(council)
    empty_cells.add_columns(extract.name, matched)
    for block in blocks:
        columns = {name: [position] for name, position in block.columns.items()}
        empty_cells.add_columns("investigations", columns)
    try:
        rows = empty_cells.empty(source.table.read_columns(positions), positions)
    except UnreadableSource as error:
        findings.append(_unreadable_finding(extract, source.name, error))
        return [ExtractPart(extract.name, empty_table(extract), findings)]
    cells = dict(zip(positions, rows.columns, strict=True))
    columns = _text_columns(matched, cells)
    if extract is PUBLISHED:
        columns = split_shorthand(columns)
    file = source.table.file if isinstance(source.table, TextFile) else None
    locate = file.locate if file else None
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
        heading=source.table.heading,
        columns=_columns_by_position(matched, blocks),
        unnamed={position: cells[position] for position in unnamed},
        deciding={position: cells[position] for position in stage_positions},
        view=source.table.view,
        rows=rows,
    )
    findings += account.findings() + misfit_findings(extract, source.name, rows, len(heading))
    findings += of_values + empty_cells.findings(extract, source.name, heading)
    findings += file.findings(extract.name, source.name) if file else []
    if not blocks or "reference" not in text.columns:
        return [ExtractPart(extract.name, table, findings)]
    export = WideExportText(year, source.name, heading, blocks, cells, rows.row_numbers)
    stage_text = replace(unfold_stages(export, text.columns["reference"]), locate=locate)
    stages, of_stages = convert(stage_text, council)
    table, stages, of_earlier = split_off_earlier_cases(table, stages, year, source.name)
    return [
        ExtractPart(extract.name, table, findings + of_earlier),
        ExtractPart("investigations", stages, of_blocks + of_stages),
    ]


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


def _join_years(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if len(tables) == 1:
        return tables[0]
    files = pd.api.types.union_categoricals([table["file"] for table in tables])
    joined = pd.concat([table.drop(columns="file") for table in tables], ignore_index=True)
    joined.insert(1, "file", files)
    return joined


def _missing_extract_finding(extract: Extract, year: Year) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{extract.name}.file.present",
        extract=extract.name,
        file=f"data/raw/{year}",
        what=f"{extract.name} is missing: there is no such file or sheet ({extract.meaning})",
        remedy=f"Put {extract.name}.csv in the folder, or a workbook with a sheet of that name.",
    )


def _supplied_twice_finding(year: Year, source: Source) -> Finding:
    return Finding(
        severity="critical",
        rule="investigations.file.once",
        extract="investigations",
        file=f"data/raw/{year}",
        what=(
            "investigations is supplied more than once: as an extract of its own, and in the "
            f"stages of {source.name}"
        ),
        remedy="Remove the extract from the folder, or the stages from council.yaml.",
    )


def _unreadable_finding(extract: Extract, file: str, error: UnreadableSource) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{extract.name}.file.readable",
        extract=extract.name,
        file=file,
        what=error.what,
        remedy=error.remedy,
    )
