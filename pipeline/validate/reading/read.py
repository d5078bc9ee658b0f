"""Read every extract of the years compared: text first, typed by the data dictionary, with a finding for all that would not read.

Nothing here writes, follows a link out of the workspace, or calculates what a cell says.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.convert import MAX_LISTED_ROWS, ExtractText, convert, empty_table
from pipeline.validate.reading.mapping import check_mapping, join_codes, match_headings
from pipeline.validate.reading.sources import Source, check_file, find_sources
from pipeline.validate.reading.table_source import TableRows, UnreadableSource
from pipeline.validate.reading.text_file import TextFile
from pipeline.validate.reading.wide_export import (
    split_off_earlier_cases,
    stage_blocks,
    unfold_stages,
)
from pipeline.year import Year


@dataclass(frozen=True)
class Reading:
    """Everything the extracts hold, and what would not read.

    tables: by extract, all years held, oldest first and in the file's order. First `year` (str, "2021-22"), `file` (category:
    path inside the workspace, for a workbook with " · " and the sheet) and `row` (int64: as the spreadsheet numbers it), then the
    dictionary's columns in order: str, datetime64[us], Int64 or Float64, missing where blank. An optional extract that no year
    has is not there. published: `data/raw/published.csv` likewise, without rows if there is no such file. absent: optional
    extracts not supplied, by year.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]


def read_extracts(settings: Settings) -> Reading:
    """Read and type the extracts of every year held; what is wrong with a file is a finding, so that all is seen in one go.

    Raises a Problem for a mapping in council.yaml that names what the data dictionary does not have.
    """
    check_mapping(settings.council)
    parts: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
    findings: list[Finding] = []
    absent: list[tuple[Year, str]] = []
    for year in settings.available_years:
        sources, broken, of_folder = find_sources(settings, year)
        findings += of_folder
        held: set[str] = set()
        for extract in EXTRACTS:
            if extract.name in sources:
                for name, table, of_file in _read_source(
                    settings, extract, year, sources[extract.name]
                ):
                    if name != extract.name and name in {*sources, *broken}:
                        findings.append(_supplied_twice_finding(year, sources[extract.name]))
                        continue
                    parts[name].append(table)
                    findings += of_file
                    held.add(name)
            elif extract.name in broken | held:
                continue
            elif extract.optional:
                absent.append((year, extract.name))
            else:
                findings.append(Finding(
                    "critical", f"{extract.name}.file.present", extract.name, f"data/raw/{year}", None, None, None,
                    f"{extract.name} is missing: there is no such file or sheet ({extract.meaning})",
                    f"Put {extract.name}.csv in the folder, or a workbook with a sheet of that name.",
                ))  # fmt: skip
    tables = {}
    for extract in EXTRACTS:
        of_years = parts.pop(extract.name)  # let go of, so that the years are not held twice
        if of_years or not extract.optional:
            tables[extract.name] = _join_years(of_years or [empty_table(extract)])
    published, of_published = _read_published(settings)
    return Reading(tables, published, findings + of_published, absent)


def _read_published(settings: Settings) -> tuple[pd.DataFrame, list[Finding]]:
    path, name = settings.raw / "published.csv", "data/raw/published.csv"
    table, findings = empty_table(PUBLISHED), []
    if path.exists() or path.is_symlink():
        try:
            check_file(path, settings.workspace)
            [(_, table, findings)] = _read_source(
                settings, PUBLISHED, settings.year, Source(name, TextFile(path))
            )
        except UnreadableSource as trouble:
            findings = [
                _file_finding(
                    PUBLISHED, name, "critical", "file.readable", None, trouble.what, trouble.remedy
                )
            ]
    return table, findings


def _read_source(
    settings: Settings, extract: Extract, year: Year, source: Source
) -> list[tuple[str, pd.DataFrame, list[Finding]]]:
    """The extracts in one source, typed, each with what was found: one, or two where complaints is a wide export."""
    heading, council, name = source.table.heading, settings.council, source.name
    blocks, of_blocks = (
        stage_blocks(heading, council, name) if extract.name == "complaints" else ([], [])
    )
    of_stages = {
        place for block in blocks for place in (*block.columns.values(), *block.reached_positions)
    }
    matched, findings = match_headings(extract, heading, name, council, of_stages)
    places = sorted(of_stages.union(*matched.values()))
    try:
        body = source.table.read_columns(places)
    except UnreadableSource as trouble:
        findings.append(
            _file_finding(
                extract, name, "critical", "file.readable", None, trouble.what, trouble.remedy
            )
        )
        return [(extract.name, empty_table(extract), findings)]
    text = dict(zip(places, body.columns, strict=True))
    cells = ExtractText(
        extract, year, name, {column: join_codes([text[place] for place in several]) for column, several in matched.items()},
        body.row_numbers, {column: heading[several[0]] for column, several in matched.items()},
    )  # fmt: skip
    table, of_values = convert(cells, council)
    findings += _misfit_findings(extract, name, body, len(heading)) + of_values
    if not blocks or "reference" not in cells.columns:
        return [(extract.name, table, findings)]
    stages, of_stages = convert(
        unfold_stages(
            blocks, text, body.row_numbers, cells.columns["reference"], year, name, heading
        ),
        council,
    )
    table, stages, of_earlier = split_off_earlier_cases(table, stages, year, name)
    return [
        (extract.name, table, findings + of_earlier),
        ("investigations", stages, of_blocks + of_stages),
    ]


def _join_years(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if len(tables) == 1:
        return tables[0]
    files = pd.api.types.union_categoricals([table["file"] for table in tables])
    joined = pd.concat([table.drop(columns="file") for table in tables], ignore_index=True)
    joined.insert(1, "file", files)
    return joined


def _misfit_findings(extract: Extract, file: str, body: TableRows, width: int) -> list[Finding]:
    said = (
        (body.rows_too_short, "critical", "row.cells", f"this row has fewer cells than the {width} headings, so it was left out",
         "Look for a missing delimiter or a line broken in two, and mend the row."),
        (body.rows_too_long, "critical", "row.cells", f"this row has more cells than the {width} headings, so it was left out",
         'Look for a delimiter inside a value, and put that value in "quotation marks".'),
        (body.rows_with_stray_cells, "warning", "row.beside", "there is something to the right of the last heading; it is not read",
         "Give the column a heading, or take the note out."),
    )  # fmt: skip
    findings = []
    for rows, severity, rule, what, remedy in said:
        findings += [
            _file_finding(extract, file, severity, rule, row, what, remedy)
            for row in rows[:MAX_LISTED_ROWS]
        ]
        if len(rows) > MAX_LISTED_ROWS:
            more = f"{len(rows) - MAX_LISTED_ROWS:,} more rows have the same trouble"
            remedy = (
                f"The first {MAX_LISTED_ROWS:,} are listed; what mends them will mend the rest."
            )
            findings.append(_file_finding(extract, file, severity, rule, None, more, remedy))
    return findings


def _supplied_twice_finding(year: Year, source: Source) -> Finding:
    return Finding(
        "critical", "investigations.file.once", "investigations", f"data/raw/{year}", None, None, None,
        f"investigations is there more than once: as an extract of its own, and in the stages of {source.name}",
        "Take the extract out of the folder, or the stages out of council.yaml.",
    )  # fmt: skip


def _file_finding(
    extract: Extract, file: str, severity: str, rule: str, row: int | None, what: str, remedy: str
) -> Finding:
    return Finding(
        severity, f"{extract.name}.{rule}", extract.name, file, row, None, None, what, remedy
    )
