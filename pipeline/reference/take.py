"""What is kept of downloaded files: the rows of the council, and of those to compare it with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.open_data.authorities import ENGLAND, authorities, regions
from pipeline.open_data.layout import SYMBOLS
from pipeline.problem import Kind, Problem
from pipeline.reference.areas import Areas, areas_of, code_of_name, code_of_old, own_authority
from pipeline.reference.groups import check_groups
from pipeline.reference.layouts import (
    CHILDREN_SERVED,
    LAYOUTS_BY_NAME,
    NEIGHBOURS,
    OTHER_COUNCIL,
    Layout,
)
from pipeline.reference.reading import ReferenceFile, read_reference_file
from pipeline.reference.store import Reference, ReferenceRow, Source
from pipeline.settings import Settings
from pipeline.year import Year

NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
NAMED_YEAR = re.compile(r"(?<!\d)(?:20)?(\d{2})\s*[-/_]\s*(?:20)?(\d{2})(?!\d)", re.ASCII)
NEIGHBOUR_MEASURE = "neighbour"


@dataclass
class Reading:
    """What was read, and what a person should know of it.

    used: a line for each file. notes: what is missing, each with what to do.
    """

    reference: Reference
    used: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def take_files(
    paths: Sequence[Path], settings: Settings, earlier: Reference, today: date
) -> Reading:
    """The reference data with that of these files, which replace earlier ones of their kind.

    Raises Problem for a file that cannot be used.
    """
    own = own_authority(settings.council)
    files = [read_reference_file(path, settings.council.columns) for path in paths]
    files.sort(key=lambda file: file.layout.name != NEIGHBOURS)  # it says which rows to keep
    result = Reading(earlier)
    for file in files:
        areas = areas_of(own, neighbours_of(result.reference))
        if file.layout.name == CHILDREN_SERVED:
            check_groups(file, settings.council)
        rows = list(_rows_of(file, areas, settings))
        key = _key_of(file, rows)
        kept_rows = [row for row in result.reference.rows if row.source != key]
        sources = [source for source in result.reference.sources if source.key != key]
        layout = file.layout
        source = Source(
            key=key,
            source=layout.name,
            file=file.name,
            title=layout.title,
            publisher=layout.publisher,
            licence=layout.licence,
            address=layout.address,
            read_on=today.isoformat(),
            sha256=file.sha256,
        )
        new_rows = [row._replace(source=key) for row in rows]
        result.reference = Reference([*kept_rows, *new_rows], [*sources, source])
        result.used.append(_used(file, new_rows, areas))
        result.notes += _suppressed(file, new_rows, areas)
    if not neighbours_of(result.reference):
        result.notes.append(
            "The statistical neighbours are not known. Read DfE's file of them together with the "
            f"others: {LAYOUTS_BY_NAME[NEIGHBOURS].address}"
        )
    return result


def neighbours_of(reference: Reference) -> tuple[str, ...]:
    """The codes of the statistical neighbours, the closest first."""
    rows = [row for row in reference.rows if row.measure == NEIGHBOUR_MEASURE]
    return tuple(row.code for row in sorted(rows, key=lambda row: int(row.value)))


def _key_of(file: ReferenceFile, rows: Sequence[ReferenceRow]) -> str:
    """What a later file replaces: for councils' open data that of the same council."""
    is_council = file.layout.name == OTHER_COUNCIL
    return f"{file.layout.name} {rows[0].code}" if is_council else file.layout.name


def _rows_of(file: ReferenceFile, areas: Areas, settings: Settings) -> Iterator[ReferenceRow]:
    if file.layout.name == NEIGHBOURS:
        yield from _neighbour_rows(file, areas)
        return
    years = {str(year) for year in settings.window}
    column, text = file.layout.only
    own_code = areas.own.new_la_code
    known_years: set[str] = set()
    years_of_own: set[str] = set()
    rows: list[ReferenceRow] = []
    for number, cells in file.rows:
        if column and cells[column] != text:
            continue
        area = _area_of(cells, file.layout, areas)
        year = _year_of(cells, file)
        if area is None or year is None:
            continue
        known_years.add(year)
        code, name = area
        if code == own_code:
            years_of_own.add(year)
        if year in years and (code in areas.codes or file.layout.name == OTHER_COUNCIL):
            for measure, value_column in file.layout.measures.items():
                name_parts = (measure, *(cells[part] for part in file.layout.measure_by))
                place = (file.layout.name, ".".join(name_parts), year, code, name)
                value = cells[value_column].replace(",", "")
                rows.append(ReferenceRow(*place, value, file.name, str(number)))
    _check_years(file, known_years, settings)
    if file.layout.name != OTHER_COUNCIL:
        _check_authority(file, areas, years_of_own, settings)
    _check_values(rows, file)
    yield from rows


def _neighbour_rows(file: ReferenceFile, areas: Areas) -> Iterator[ReferenceRow]:
    for number, cells in file.rows:
        if cells["old_la_code"] != areas.own.old_la_code:
            continue
        for rank in range(1, len(file.layout.columns) - 1):
            code = code_of_old(cells[f"SN_{rank}"])
            if code:
                name = authorities()[code].la_name
                place = (NEIGHBOURS, NEIGHBOUR_MEASURE, "", code, name)
                yield ReferenceRow(*place, str(rank), file.name, str(number))
        return
    raise _missing_authority(file, areas, f"old_la_code {areas.own.old_la_code}")


def _area_of(cells: dict[str, str], layout: Layout, areas: Areas) -> tuple[str, str] | None:
    """The code and name of a row's area; None for one that is no authority or region of ours."""
    if layout.finds_by == "own":
        return areas.own.new_la_code, areas.own.la_name
    if layout.finds_by == "name":
        code = code_of_name(cells["authority"])
        return (code, authorities()[code].la_name) if code else None
    level = cells["geographic_level"]
    if level == "National":
        return ENGLAND
    if level == "Regional":
        code = cells.get("region_code", "")
        return (code, regions()[code]) if code in regions() else None
    if layout.name == OTHER_COUNCIL and cells["new_la_code"] not in authorities():
        raise Problem(
            kind=Kind.DATA,
            where=cells["la_name"],
            what=f'this open data has "{cells["new_la_code"]}" in place of the council\'s code, so '
            "it cannot be compared",
            remedy="Write the ONS code of the council into new_la_code, or leave the file out.",
        )
    return (cells["new_la_code"], cells["la_name"]) if cells["new_la_code"] else None


def _year_of(cells: dict[str, str], file: ReferenceFile) -> str | None:
    """The financial year that a row is about."""
    kind = file.layout.year
    if kind == "named":
        return _named_year(file)
    text = cells["time_period"]
    if not re.fullmatch(r"\d{4}(\d{2})?", text, re.ASCII):
        return None
    if kind == "ends" and len(text) == 4:
        return str(Year(int(text) - 1))
    return str(Year(int(text[:4])))


def _named_year(file: ReferenceFile) -> str:
    """The year in the title above the headings, or in the name of the file."""
    for text in (file.title, file.name):
        for match in NAMED_YEAR.finditer(text):
            if (int(match[1]) + 1) % 100 == int(match[2]):
                return str(Year(2000 + int(match[1])))
    raise Problem(
        kind=Kind.DATA,
        where=file.name,
        what="neither the title nor the name of this file says of which year it is",
        remedy="Give it the name that it had, such as 2-Complaints-Decided-24-25.csv.",
    )


def _check_years(file: ReferenceFile, years: set[str], settings: Settings) -> None:
    if str(settings.year) in years:
        return
    ordered = sorted(years)
    span = f"has {ordered[0]} to {ordered[-1]}" if ordered else "has no year that can be read"
    raise Problem(
        kind=Kind.DATA,
        where=file.name,
        what=f"this file {span}, and nothing for {settings.year}",
        remedy=f"Download the one that has {settings.year} ({file.layout.renewed}): "
        f"{file.layout.address}. Or name the year of the report with --year.",
    )


def _check_authority(
    file: ReferenceFile, areas: Areas, years: set[str], settings: Settings
) -> None:
    if str(settings.year) in years:
        return
    named = f"{settings.year} for {areas.own.la_name} ({areas.own.new_la_code})"
    predecessors = [
        authority.la_name
        for authority in authorities().values()
        if areas.own.new_la_code in authority.successors.split()
    ]
    if predecessors:
        named += f", which replaced {' and '.join(predecessors)}"
    raise _missing_authority(file, areas, named)


def _missing_authority(file: ReferenceFile, areas: Areas, named: str) -> Problem:
    return Problem(
        kind=Kind.DATA,
        where=file.name,
        what=f"there is no row of {named}",
        remedy=f"Check that la_code in council.yaml is that of your authority (it is "
        f"{areas.own.new_la_code}, {areas.own.la_name}), and that the file is the one for all "
        f"local authorities: {file.layout.address}",
    )


def _check_values(rows: Sequence[ReferenceRow], file: ReferenceFile) -> None:
    for row in rows:
        if not NUMBER.fullmatch(row.value) and row.value not in file.layout.symbols:
            raise Problem(
                kind=Kind.DATA,
                where=f"{file.name}, row {row.row}",
                what=f'"{row.value}" is neither a number nor a symbol of official statistics',
                remedy="Download the file again, and do not open it in a spreadsheet before.",
            )


def _used(file: ReferenceFile, rows: Sequence[ReferenceRow], areas: Areas) -> str:
    """What was used of a file, in a line."""
    years = sorted({row.year for row in rows if row.year})
    span = f", {years[0]} to {years[-1]}" if years else ""
    own = [row for row in rows if row.code == areas.own.new_la_code]
    numbers = ", ".join(f"{row.measure} {row.value} (row {row.row})" for row in own[-2:])
    latest = f"; {areas.own.la_name}: {numbers}" if own else ""
    title = f"{file.layout.title} ({file.layout.publisher})"
    if file.layout.name == OTHER_COUNCIL:
        latest = f"; {rows[0].name}: {rows[0].measure} {rows[0].value} (row {rows[0].row})"
    return f"{file.name}: {title}{span}, {len(rows)} numbers{latest}"


def _suppressed(file: ReferenceFile, rows: Sequence[ReferenceRow], areas: Areas) -> Iterator[str]:
    """What symbols mean, and what follows from them."""
    marked = [row for row in rows if row.value in file.layout.symbols]
    if not marked:
        return
    meanings = "; ".join(
        f"{symbol} is {SYMBOLS[symbol]}" for symbol in sorted({row.value for row in marked})
    )
    own = sorted({row.year for row in marked if row.code == areas.own.new_la_code})
    yield (
        f"{file.name}: {len(marked)} numbers are not published ({meanings}). They are left out of "
        "means and ranges, which say how many authorities they are made of."
    )
    if own:
        yield (
            f"{file.name}: your own authority's number is not published for {', '.join(own)}, so "
            "those years have no comparison. Your own return has it: ask the team that sends it."
        )
