"""Read every extract of the years compared: text first, then typed by the data dictionary.

Whatever cannot be read is a finding. Nothing here writes, follows a link out of the workspace, or
calculates what a cell says.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.definitions import Extract
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, PUBLISHED_FILE, extracts_of
from pipeline.validate.findings import Finding
from pipeline.validate.left_out import left_out_table, mapped_table
from pipeline.validate.reading.columns.headings import normalise_heading
from pipeline.validate.reading.columns.mapping_checks import check_mapping, shared_heading_findings
from pipeline.validate.reading.columns.missing import empty_table
from pipeline.validate.reading.columns.unread_personal import no_personal_rows
from pipeline.validate.reading.layout.parts import Source, part_findings
from pipeline.validate.reading.sources import check_file, find_sources, find_stray_tables
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.validate.reading.tables.read_source import (
    ExtractPart,
    read_source,
    unreadable_finding,
)
from pipeline.validate.reading.text_file import TextFile
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
    left_out: one row per row of a file that is not in its table: extract, rule (why), year, file
        and row.
    mapped: one row per column that is read from a heading other than its name: extract, year, file,
        column and heading.
    unread_personal: the personal columns that council.yaml does not name, of all extracts and
        years, with year, file and row: for the search of the report, and never saved.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]
    left_out: pd.DataFrame
    mapped: pd.DataFrame
    unread_personal: pd.DataFrame


def read_extracts(settings: Settings, columns: Collection[str] | None = None) -> Reading:
    """Read and type the extracts of every available year.

    columns: those to read, where no stages have to be unfolded; all by default. The others are
        then missing, and the findings are not complete.

    What is wrong with a file is a finding, so that everything is reported at once. Raises Problem
    for a mapping in council.yaml that names what the data dictionary does not have.
    """
    check_mapping(settings.council)
    unused = {extract.name for extract in set(EXTRACTS) - set(extracts_of(settings.council))}
    parts: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
    findings = find_stray_tables(settings) + shared_heading_findings(settings.council)
    missing_extracts: list[tuple[Year, str]] = []
    left_out: list[tuple[str, str, str, str, int]] = []
    mapped: list[tuple[str, str, str, str, str]] = []
    unread = [no_personal_rows()]
    for year in settings.available_years:
        sources, unreadable, of_folder = find_sources(settings, year)
        findings += of_folder
        in_wide_export: set[str] = set()
        for extract in EXTRACTS:
            if extract.name in sources:
                tables_of_year: list[pd.DataFrame] = []
                for source in sources[extract.name]:
                    for part in read_source(settings, extract, year, source, columns):
                        is_extra = part.extract != extract.name
                        if is_extra and (part.extract in sources or part.extract in unreadable):
                            findings.append(_supplied_twice_finding(year, source))
                            continue
                        findings += part.findings
                        unread += [] if part.unread_personal is None else [part.unread_personal]
                        parts[part.extract].append(part.table)
                        mapped += [
                            (part.extract, str(year), source.name, column, heading)
                            for column, heading in part.headings.items()
                            if normalise_heading(heading) != column
                        ]
                        left_out += [
                            (part.extract, reason, str(year), source.name, row)
                            for row, reason in sorted(part.left_out.items())
                        ]
                        if is_extra:
                            in_wide_export.add(part.extract)
                        else:
                            tables_of_year.append(part.table)
                if len(tables_of_year) > 1:
                    names = [(source.name, source.part) for source in sources[extract.name]]
                    findings += part_findings(extract, year, names, tables_of_year)
            elif extract.name in unreadable | in_wide_export | unused:
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
    return Reading(
        tables,
        published.table,
        findings,
        missing_extracts,
        left_out_table(left_out),
        mapped_table(mapped),
        _join_years(unread) if len(unread) > 1 else unread[0],
    )


def _read_published(settings: Settings) -> ExtractPart:
    path = settings.workspace / PUBLISHED_FILE
    if not path.exists() and not path.is_symlink():
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [])
    try:
        check_file(path, settings.workspace)
        source = Source(PUBLISHED_FILE, TextFile(path))
    except UnreadableSource as error:
        finding = unreadable_finding(PUBLISHED, PUBLISHED_FILE, error)
        return ExtractPart(PUBLISHED.name, empty_table(PUBLISHED), [finding])
    [part] = read_source(settings, PUBLISHED, settings.year, source)
    return part


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
