"""Which sheets of a workbook are extracts."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS, Extract
from pipeline.validate.reading.layout.source_names import (
    SourceName,
    parse_part,
    parse_source_name,
    part_in,
)
from pipeline.validate.reading.sheet_worker import normalise_name
from pipeline.validate.reading.workbook import Sheet
from pipeline.year import Year

MIN_SHARE_OF_HEADINGS = 0.5  # of the required columns, for a sheet to look like an extract
MIN_HEADINGS = 2
CODED = ("code", "codes", "yes/no")  # a list of codes has such columns alone


def choose_sheets(
    sheets: Sequence[Sheet], file_name: str, council: Council, year: Year
) -> list[tuple[SourceName, Sheet]]:
    """The visible sheets that are extracts, or parts of one.

    file_name: of the workbook, without its ending. If that names an extract and no sheet does, the
        sheets with its headings are read, or else the first.
    """
    of_file = parse_source_name(file_name, year)
    file_part = of_file.part if of_file else part_in(file_name)
    visible = [sheet for sheet in sheets if sheet.is_visible]
    chosen: list[tuple[SourceName, Sheet]] = []
    others: list[Sheet] = []
    for sheet in visible:
        name = parse_source_name(sheet.name, year)
        if name is None:
            others.append(sheet)
        else:
            part = f"{file_part} {name.part}".strip()
            chosen.append((SourceName(name.extract, part), sheet))
    if of_file is None or of_file.extract in {name.extract for name, _ in chosen}:
        return chosen
    filled = [sheet for sheet in others if sheet.row_count]
    parts = [
        sheet
        for sheet in filled
        if similar_extract(sheet.heading, council) == of_file.extract
        or parse_part(sheet.name, year)
    ]
    parts = parts or filled[:1] or others[:1]
    for sheet in parts:
        part = file_part
        if len(parts) > 1:
            part = f"{file_part} {normalise_name(sheet.name)}".strip()
        chosen.append((SourceName(of_file.extract, part), sheet))
    return chosen


def similar_extract(heading: Sequence[str], council: Council) -> str:
    """The extract that a sheet's headings are most like, or "" if they are like none."""
    names = {normalise_name(cell) for cell in heading if cell}
    best, best_count = "", 0
    for extract in EXTRACTS:
        known = {
            column.name: _is_in(names, extract, column.name, council) for column in extract.columns
        }
        required = [column.name for column in extract.columns if column.required]
        share = sum(known[name] for name in required) / len(required)
        count = sum(known.values())
        has_own = any(known[name] for name in required if extract.column(name).type not in CODED)
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
