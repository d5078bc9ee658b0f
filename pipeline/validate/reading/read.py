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
from pipeline.validate.left_out import COUNTED, left_out_table, mapped_table
from pipeline.validate.reading.columns.headings import normalise_heading
from pipeline.validate.reading.columns.mapping_checks import check_mapping, shared_heading_findings
from pipeline.validate.reading.columns.missing import empty_table
from pipeline.validate.reading.layout.parts import Source, part_findings
from pipeline.validate.reading.sources import check_file, find_sources, find_stray_tables
from pipeline.validate.reading.table_source import UnreadableSource
from pipeline.validate.reading.tables.procedure_rows import OTHER_PROCEDURE
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
    left_out: one row per row of a file that is not in its table: extract, rule (why), year, file,
        row and rows, which is 1. The rows of other procedures are counted: row is 0, and rows how
        many of them the file has.
    mapped: one row per column that is read from a heading other than its name: extract, year, file,
        column and heading.
    unread_personal: of each source that has any, the personal columns that council.yaml does not
        name, with year, file and row: for the search of the report, and never saved.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]
    left_out: pd.DataFrame
    mapped: pd.DataFrame
    unread_personal: list[pd.DataFrame]


def read_extracts(settings: Settings, columns: Collection[str] | None = None) -> Reading:
    """Read and type the extracts of every available year.

    columns: those to read, where no stages have to be unfolded; all by default. The others are
        then missing, and the findings are not complete.

    What is wrong with a file is a finding, so that everything is reported at once. Raises Problem
    for a mapping in council.yaml that names what the data dictionary does not have.
    """
    check_mapping(settings.council)
    findings = find_stray_tables(settings) + shared_heading_findings(settings.council)
    parts = _PartsRead(settings, columns, findings)
    for year in settings.available_years:
        parts.read_year(year)
    tables: dict[str, pd.DataFrame] = {}
    for extract in EXTRACTS:
        tables_of_years = parts.tables.pop(extract.name)  # frees them as soon as they are joined
        if tables_of_years or not extract.optional:
            tables[extract.name] = _join_years(tables_of_years or [empty_table(extract)])
    published = _read_published(settings)
    return Reading(
        tables,
        published.table,
        [*parts.findings, *published.findings],
        parts.missing_extracts,
        left_out_table(parts.left_out),
        mapped_table(parts.mapped),
        parts.unread_personal,
    )


class _PartsRead:
    """The parts of all extracts that have been read so far, year by year.

    tables: by extract, a table per file or sheet.
    left_out, mapped: the rows of the tables of these names in a Reading.
    unread_personal: as in a Reading.
    """

    def __init__(
        self, settings: Settings, columns: Collection[str] | None, findings: list[Finding]
    ) -> None:
        self.settings = settings
        self.columns = columns
        self.tables: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
        self.findings = findings
        self.missing_extracts: list[tuple[Year, str]] = []
        self.left_out: list[tuple[str, str, str, str, int, int]] = []
        self.mapped: list[tuple[str, str, str, str, str]] = []
        self.unread_personal: list[pd.DataFrame] = []

    def read_year(self, year: Year) -> None:
        """Read every extract in the year's folder, and note those that are not there."""
        sources, unreadable, folder_findings = find_sources(self.settings, year)
        self.findings += folder_findings
        supplied = {*sources, *unreadable}
        used = {extract.name for extract in extracts_of(self.settings.council)}
        in_wide_export: set[str] = set()
        for extract in EXTRACTS:
            if extract.name in sources:
                extract_sources = sources[extract.name]
                in_wide_export |= self._read_extract(extract, year, extract_sources, supplied)
            elif extract.name in unreadable | in_wide_export or extract.name not in used:
                continue
            elif extract.optional:
                self.missing_extracts.append((year, extract.name))
            else:
                self.findings.append(_missing_extract_finding(extract, year))

    def _read_extract(
        self, extract: Extract, year: Year, sources: list[Source], supplied: Collection[str]
    ) -> set[str]:
        """Read the sources of one extract; the names of other extracts that were in them.

        supplied: the extracts that have sources of their own.
        """
        tables: list[pd.DataFrame] = []
        others: set[str] = set()
        for source in sources:
            for part in read_source(self.settings, extract, year, source, self.columns):
                if part.extract == extract.name:
                    tables.append(part.table)
                elif part.extract in supplied:
                    self.findings.append(_supplied_twice_finding(year, source))
                    continue
                else:
                    others.add(part.extract)
                self._add(part, year, source)
        if len(tables) > 1:
            names = [(source.name, source.part) for source in sources]
            self.findings += part_findings(extract, year, names, tables)
        return others

    def _add(self, part: ExtractPart, year: Year, source: Source) -> None:
        self.findings += part.findings
        self.tables[part.extract].append(part.table)
        if part.unread_personal is not None:
            self.unread_personal.append(part.unread_personal)
        self.mapped += [
            (part.extract, str(year), source.name, column, heading)
            for column, heading in part.headings.items()
            if normalise_heading(heading) != column
        ]
        self.left_out += [
            (part.extract, reason, str(year), source.name, row, 1)
            for row, reason in sorted(part.left_out.items())
        ]
        if part.other_count:
            place = (str(year), source.name, COUNTED)
            self.left_out.append((part.extract, OTHER_PROCEDURE, *place, part.other_count))


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
