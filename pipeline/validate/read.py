"""Read every extract of the years compared: text first, typed by the data dictionary, with a finding for all that would not read.

Nothing here writes, follows a link out of the workspace, or calculates what a cell says.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.convert import MOST, Cells, convert, empty
from pipeline.validate.dictionary import EXTRACTS, PUBLISHED, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.grid import Body, Unreadable
from pipeline.validate.mapping import match_headings
from pipeline.validate.sources import Source, check_file, find_sources
from pipeline.validate.text_file import TextFile
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
    absent: list[tuple[Year, str]]


def read_extracts(settings: Settings) -> Reading:
    """Read and type the extracts of every year held; what is wrong with a file is a finding, so that all is seen in one go."""
    parts: dict[str, list[pd.DataFrame]] = {extract.name: [] for extract in EXTRACTS}
    findings: list[Finding] = []
    absent: list[tuple[Year, str]] = []
    for year in settings.years_held:
        sources, broken, of_folder = find_sources(settings, year)
        findings += of_folder
        for extract in EXTRACTS:
            if extract.name in sources:
                table, of_file = _read(settings, extract, year, sources[extract.name])
                parts[extract.name].append(table)
                findings += of_file
            elif extract.name in broken:
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
            tables[extract.name] = _joined(of_years or [empty(extract)])
    published, of_published = _read_published(settings)
    return Reading(tables, published, findings + of_published, absent)


def _read_published(settings: Settings) -> tuple[pd.DataFrame, list[Finding]]:
    path, name = settings.raw / "published.csv", "data/raw/published.csv"
    table, findings = empty(PUBLISHED), []
    if path.exists() or path.is_symlink():
        try:
            check_file(path, settings.workspace)
            table, findings = _read(settings, PUBLISHED, settings.year, Source(name, TextFile(path)))
        except Unreadable as trouble:
            findings = [_unreadable(PUBLISHED, name, trouble)]
    return table, findings


def _read(settings: Settings, extract: Extract, year: Year, source: Source) -> tuple[pd.DataFrame, list[Finding]]:
    """One extract of one year, typed."""
    matched, findings = match_headings(extract, source.grid.heading, source.name, settings.council)
    places = sorted({place for several in matched.values() for place in several})
    try:
        body = source.grid.take(places)
    except Unreadable as trouble:
        return empty(extract), [*findings, _unreadable(extract, source.name, trouble)]
    by_place = dict(zip(places, body.columns, strict=True))
    cells = Cells(
        extract, year, source.name,
        columns={column: by_place[several[0]] for column, several in matched.items()},
        rows=body.rows,
        headings={column: source.grid.heading[several[0]] for column, several in matched.items()},
    )  # fmt: skip
    table, of_values = convert(cells, settings.council)
    return table, findings + _misfits(extract, source.name, body, len(source.grid.heading)) + of_values


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    if len(tables) == 1:
        return tables[0]
    files = pd.api.types.union_categoricals([table["file"] for table in tables])
    joined = pd.concat([table.drop(columns="file") for table in tables], ignore_index=True)
    joined.insert(1, "file", files)
    return joined


def _misfits(extract: Extract, file: str, body: Body, width: int) -> list[Finding]:
    said = (
        (body.short, "critical", "row.cells", f"this row has fewer cells than the {width} headings, so it was left out",
         "Look for a missing delimiter or a line broken in two, and mend the row."),
        (body.long, "critical", "row.cells", f"this row has more cells than the {width} headings, so it was left out",
         'Look for a delimiter inside a value, and put that value in "quotation marks".'),
        (body.beside, "warning", "row.beside", "there is something to the right of the last heading; it is not read",
         "Give the column a heading, or take the note out."),
    )  # fmt: skip
    findings = []
    for rows, severity, rule, what, remedy in said:
        place = (severity, f"{extract.name}.{rule}", extract.name, file)
        findings += [Finding(*place, row, None, None, what, remedy) for row in rows[:MOST]]
        if len(rows) > MOST:
            more = f"{len(rows) - MOST:,} more rows have the same trouble"
            findings.append(Finding(*place, None, None, None, more, f"The first {MOST:,} are listed; mend the export itself."))
    return findings


def _unreadable(extract: Extract, file: str, trouble: Unreadable) -> Finding:
    return Finding(
        "critical", f"{extract.name}.file.readable", extract.name, file, None, None, None, trouble.what, trouble.remedy
    )
