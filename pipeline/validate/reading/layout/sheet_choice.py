"""Which sheets of a workbook are extracts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from pipeline.settings import Council
from pipeline.validate.definitions import CODED_TYPES, Extract
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.layout.source_names import (
    SourceName,
    parse_part,
    parse_source_name,
    part_in,
)
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.tables.headings import KnownHeadings, candidates
from pipeline.validate.reading.workbook import Sheet
from pipeline.year import Year

MIN_SHARE_OF_HEADINGS = 0.5  # of the required columns, for a sheet to look like an extract
MIN_HEADINGS = 2


def choose_sheets(
    sheets: Sequence[Sheet], path: str, file_extract: SourceName | None, council: Council
) -> list[tuple[SourceName, Sheet]]:
    """The visible sheets that are extracts, or parts of one.

    path: of the workbook, below data/raw.
    file_extract: the extract that the workbook is named after, if any. If no sheet is named after
        it, the sheets with its headings are read, or else the first. A sheet that `tables:` names
        is read in place of others.
    """
    visible = [sheet for sheet in sheets if sheet.is_visible]
    declared = list(_declared_sheets(visible, path, council))
    extracts = {name.extract for name, _ in declared}
    named = _named_sheets(visible, path, file_extract, council)
    return [*declared, *(choice for choice in named if choice[0].extract not in extracts)]


def _declared_sheets(
    sheets: Sequence[Sheet], path: str, council: Council
) -> Iterator[tuple[SourceName, Sheet]]:
    """The sheets that `tables:` in council.yaml names."""
    for extract, layouts in council.tables.items():
        names = {normalise_name(one.sheet) for one in layouts if one.sheet and one.applies_to(path)}
        chosen = [sheet for sheet in sheets if normalise_name(sheet.name) in names]
        for sheet in chosen:
            part = normalise_name(sheet.name) if len(chosen) > 1 else ""
            yield SourceName(extract, part), sheet


def _named_sheets(
    visible: Sequence[Sheet], path: str, file_extract: SourceName | None, council: Council
) -> list[tuple[SourceName, Sheet]]:
    """The sheets that are extracts by their names, or by the file's and their headings."""
    year = Year.parse(path.partition("/")[0])
    file_part = file_extract.part if file_extract else part_in(PurePosixPath(path).stem)
    chosen: list[tuple[SourceName, Sheet]] = []
    others: list[Sheet] = []
    for sheet in visible:
        name = parse_source_name(sheet.name, year)
        if name is None:
            others.append(sheet)
        else:
            part = f"{file_part} {name.part}".strip()
            chosen.append((SourceName(name.extract, part), sheet))
    if file_extract is None or file_extract.extract in {name.extract for name, _ in chosen}:
        return chosen
    filled = [sheet for sheet in others if sheet.row_count]
    parts = [
        sheet
        for sheet in filled
        if similar_extract(sheet, council) == file_extract.extract or parse_part(sheet.name, year)
    ]
    parts = parts or filled[:1] or others[:1]
    for sheet in parts:
        part = file_part
        if len(parts) > 1:
            part = f"{file_part} {normalise_name(sheet.name)}".strip()
        chosen.append((SourceName(file_extract.extract, part), sheet))
    return chosen


def similar_extract(sheet: Sheet, council: Council) -> str:
    """The extract that a sheet's headings are most like, or "" if they are like none."""
    rows = candidates(sheet.head, KnownHeadings.of_any(council))
    names = {normalise_name(cell) for cell in rows[0].cells if cell} if rows else set()
    best, best_count = "", 0
    for extract in EXTRACTS:
        known = {
            column.name: _is_in(names, extract, column.name, council) for column in extract.columns
        }
        required = [column.name for column in extract.columns if column.required]
        share = sum(known[name] for name in required) / len(required)
        count = sum(known.values())
        # A list of codes has coded columns alone.
        own = (name for name in required if extract.column(name).type not in CODED_TYPES)
        has_own = any(known[name] for name in own)
        if (
            has_own
            and share >= MIN_SHARE_OF_HEADINGS
            and count >= max(MIN_HEADINGS, best_count + 1)
        ):
            best, best_count = extract.name, count
    return best


def _is_in(names: set[str], extract: Extract, column: str, council: Council) -> bool:
    mapped: Sequence[str] = council.columns.get(extract.name, {}).get(column, ())
    return not names.isdisjoint({normalise_name(name) for name in (column, *mapped)})
