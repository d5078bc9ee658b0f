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
    sheets: Sequence[Sheet], path: str, names: Sequence[SourceName], council: Council
) -> list[tuple[SourceName, Sheet]]:
    """The visible sheets that are extracts, or parts of one.

    path: of the workbook, below data/raw.
    names: the extracts that the workbook is named after, or for which `tables:` names it. If no
        sheet is named after one, the sheets with its headings are read, or else those of another
        extract in the workbook, or the first. A sheet that `tables:` names is read in place of
        others.
    """
    visible = [sheet for sheet in sheets if sheet.is_visible]
    declared = list(_declared_sheets(visible, path, council))
    extracts = {name.extract for name, _ in declared}
    file_part = names[0].part if names else part_in(PurePosixPath(path).stem)
    named = _named_sheets(visible, path, file_part)
    chosen = [*declared, *(choice for choice in named if choice[0].extract not in extracts)]
    for name in names:
        if name.extract not in {one.extract for one, _ in chosen}:
            chosen += _unnamed_sheets(visible, path, name, chosen, council)
    return chosen


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
    visible: Sequence[Sheet], path: str, file_part: str
) -> list[tuple[SourceName, Sheet]]:
    """The sheets that are extracts by their names. file_part: which part the workbook is."""
    named = [(parse_source_name(sheet.name, _year_of(path)), sheet) for sheet in visible]
    return [
        (SourceName(name.extract, f"{file_part} {name.part}".strip()), sheet)
        for name, sheet in named
        if name is not None
    ]


def _unnamed_sheets(
    visible: Sequence[Sheet],
    path: str,
    name: SourceName,
    chosen: Sequence[tuple[SourceName, Sheet]],
    council: Council,
) -> list[tuple[SourceName, Sheet]]:
    """The sheets of an extract after which none is named; chosen: those of other extracts."""
    year = _year_of(path)
    others = [sheet for sheet in visible if parse_source_name(sheet.name, year) is None]
    filled = [sheet for sheet in others if sheet.row_count]
    sheets = [
        sheet
        for sheet in filled
        if similar_extract(sheet, council) == name.extract or parse_part(sheet.name, year)
    ]
    layouts = council.tables.get(name.extract, ())
    if not sheets and any(layout.file == path for layout in layouts):
        sheets = list({id(sheet): sheet for _, sheet in chosen}.values())
    sheets = sheets or filled[:1] or others[:1]
    parts = [normalise_name(sheet.name) if len(sheets) > 1 else "" for sheet in sheets]
    return [
        (SourceName(name.extract, f"{name.part} {part}".strip()), sheet)
        for part, sheet in zip(parts, sheets, strict=True)
    ]


def _year_of(path: str) -> Year:
    return Year.parse(path.partition("/")[0])


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
