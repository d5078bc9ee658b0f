"""Read every extract of the years compared: text first, then typed by the data dictionary.

Whatever cannot be read is a finding. Nothing here writes, follows a link out of the workspace, or
calculates what a cell says.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, Extract
from pipeline.validate.findings import Finding, Severity
from pipeline.validate.reading.convert import MAX_LISTED_ROWS, ExtractText, convert, empty_table
from pipeline.validate.reading.faults import unlisted_fault
from pipeline.validate.reading.mapping import check_mapping, join_codes, match_headings
from pipeline.validate.reading.numbers import split_shorthand
from pipeline.validate.reading.sources import Source, check_file, find_sources
from pipeline.validate.reading.table_source import TableRows, UnreadableSource
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


def read_extracts(settings: Settings) -> Reading:
    """Read and type the extracts of every available year.

    What is wrong with a file is a finding, so that everything is reported at once. Raises Problem
    for a mapping in council.yaml that names what the data dictionary does not have.
    """
    check_mapping(settings.council)
    parts: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
    findings: list[Finding] = []
    missing_extracts: list[tuple[Year, str]] = []
    for year in settings.available_years:
        sources, unreadable, of_folder = find_sources(settings, year)
        findings += of_folder
        in_wide_export: set[str] = set()
        for extract in EXTRACTS:
            if extract.name in sources:
                source = sources[extract.name]
                for part in _read_source(settings, extract, year, source):
                    is_extra = part.extract != extract.name
                    if is_extra and (part.extract in sources or part.extract in unreadable):
                        findings.append(_supplied_twice_finding(year, source))
                        continue
                    parts[part.extract].append(part.table)
                    findings += part.findings
                    if is_extra:
                        in_wide_export.add(part.extract)
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
    path = settings.raw / "published.csv"
    name = "data/raw/published.csv"
    if not path.exists() and not path.is_symlink():
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [])
    try:
        check_file(path, settings.workspace)
        source = Source(name, TextFile(path))
    except UnreadableSource as error:
        finding = _unreadable_finding(PUBLISHED, name, error)
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [finding])
    [part] = _read_source(settings, PUBLISHED, settings.year, source)
    return part


def _read_source(
    settings: Settings, extract: Extract, year: Year, source: Source
) -> list[ExtractPart]:
    """The typed extracts in one source: one, or two where complaints is a wide export."""
    assert source.table is not None, source.name
    heading = source.table.heading
    council = settings.council
    blocks: list[StageBlock] = []
    of_blocks: list[Finding] = []
    if extract.name == "complaints":
        blocks, of_blocks = stage_blocks(heading, council, source.name)
    stage_positions: set[int] = set()
    for block in blocks:
        stage_positions.update(block.columns.values(), block.reached_positions)
    matched, findings = match_headings(extract, heading, source.name, council, stage_positions)
    positions = sorted(stage_positions.union(*matched.values()))
    try:
        rows = source.table.read_columns(positions)
    except UnreadableSource as error:
        findings.append(_unreadable_finding(extract, source.name, error))
        return [ExtractPart(extract.name, empty_table(extract), findings)]
    cells = dict(zip(positions, rows.columns, strict=True))
    columns = _text_columns(matched, cells)
    if extract is PUBLISHED:
        columns = split_shorthand(columns)
    text = ExtractText(
        extract=extract,
        year=year,
        file=source.name,
        columns=columns,
        row_numbers=rows.row_numbers,
        headings={name: heading[places[0]] for name, places in matched.items()},
    )
    table, of_values = convert(text, council)
    findings += _misfit_findings(extract, source.name, rows, len(heading)) + of_values
    if not blocks or "reference" not in text.columns:
        return [ExtractPart(extract.name, table, findings)]
    export = WideExportText(year, source.name, heading, blocks, cells, rows.row_numbers)
    stages, of_stages = convert(unfold_stages(export, text.columns["reference"]), council)
    table, stages, of_earlier = split_off_earlier_cases(table, stages, year, source.name)
    return [
        ExtractPart(extract.name, table, findings + of_earlier),
        ExtractPart("investigations", stages, of_blocks + of_stages),
    ]


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


@dataclass(frozen=True)
class _Misfit:
    """A way in which rows do not match their heading."""

    rows: list[int]
    severity: Severity
    rule: str
    what: str
    remedy: str


def _misfit_findings(
    extract: Extract, file: str, rows: TableRows, heading_length: int
) -> list[Finding]:
    """A finding for each row that does not match the heading, up to the most that is listed."""
    misfits = (
        _Misfit(
            rows=rows.rows_too_short,
            severity="critical",
            rule="row.cells",
            what=f"this row has fewer cells than the {heading_length} headings, so it was left out",
            remedy="Look for a missing delimiter or a line broken in two, and correct the row.",
        ),
        _Misfit(
            rows=rows.rows_too_long,
            severity="critical",
            rule="row.cells",
            what=f"this row has more cells than the {heading_length} headings, so it was left out",
            remedy='Look for a delimiter inside a value, and put that value in "quotation marks".',
        ),
        _Misfit(
            rows=rows.rows_with_stray_cells,
            severity="warning",
            rule="row.beside",
            what="there is something to the right of the last heading; it is not read",
            remedy="Give the column a heading, or remove the note.",
        ),
    )
    findings: list[Finding] = []
    for misfit in misfits:
        findings += [
            Finding(
                severity=misfit.severity,
                rule=f"{extract.name}.{misfit.rule}",
                extract=extract.name,
                file=file,
                row=row,
                what=misfit.what,
                remedy=misfit.remedy,
            )
            for row in misfit.rows[:MAX_LISTED_ROWS]
        ]
        unlisted = len(misfit.rows) - MAX_LISTED_ROWS
        if unlisted > 0:
            fault = unlisted_fault(misfit.rule, unlisted, MAX_LISTED_ROWS)
            findings.append(
                Finding(
                    severity=misfit.severity,
                    rule=f"{extract.name}.{misfit.rule}",
                    extract=extract.name,
                    file=file,
                    what=fault.what,
                    remedy=fault.remedy,
                )
            )
    return findings


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
