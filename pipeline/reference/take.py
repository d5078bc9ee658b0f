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
from pipeline.reference.checks import (
    check_authority,
    check_values,
    check_years,
    missing_authority,
    without_repeats,
)
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
from pipeline.reference.years import year_of
from pipeline.settings import Settings

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
    names: dict[str, str] = {}  # of the files of this command, by what they replace
    for file in files:
        areas = areas_of(own, neighbours_of(result.reference))
        if file.layout.name == CHILDREN_SERVED:
            check_groups(file, settings.council)
        rows = list(_rows_of(file, areas, settings))
        key = _key_of(file, rows)
        _check_once(file, key, names)
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


def _check_once(file: ReferenceFile, key: str, names: dict[str, str]) -> None:
    if names.setdefault(key, file.name) != file.name:
        raise Problem(
            kind=Kind.DATA,
            where=file.name,
            what=f"this file and {names[key]} are both {file.layout.title} "
            f"({file.layout.publisher}), and a later one replaces an earlier one",
            remedy="Name the newer of the two.",
        )


def neighbours_of(reference: Reference) -> tuple[str, ...]:
    """The codes of the statistical neighbours, the closest first."""
    rows = [row for row in reference.rows if row.measure == NEIGHBOUR_MEASURE]
    return tuple(row.code for row in sorted(rows, key=lambda row: int(row.value)))


def _key_of(file: ReferenceFile, rows: Sequence[ReferenceRow]) -> str:
    """What a later file replaces: the same kind of file, of the same council or the same year."""
    if file.layout.name == OTHER_COUNCIL:
        return f"{file.layout.name} {rows[0].code}"
    return f"{file.layout.name} {rows[0].year}" if file.layout.year == "named" else file.layout.name


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
        if column in cells and cells[column] != text:
            continue
        area = _area_of(cells, file.layout, areas)
        year = year_of(cells, file)
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
                value = plain_value(cells[value_column])
                rows.append(ReferenceRow(*place, value, file.name, str(number)))
    check_years(file, known_years, settings)
    if file.layout.name != OTHER_COUNCIL:
        check_authority(file, areas, years_of_own, settings)
    check_values(rows, file)
    yield from without_repeats(rows, file)


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
    raise missing_authority(file, areas, f"old_la_code {areas.own.old_la_code}")


def _area_of(cells: dict[str, str], layout: Layout, areas: Areas) -> tuple[str, str] | None:
    """The code and name of a row's area; None for one that is no authority or region of ours.

    A code that is not known, such as that of an authority whose boundary changed later, is found
    by the old code or the name next to it.
    """
    if layout.finds_by == "own":
        return areas.own.new_la_code, areas.own.la_name
    if layout.finds_by == "name":
        code = code_of_name(cells["authority"])
        return (code, authorities()[code].la_name) if code else None
    code, level = cells["new_la_code"], cells.get("geographic_level", "")
    if level == "National" or code == ENGLAND[0]:
        return ENGLAND
    region = cells.get("region_code", "") if level == "Regional" else code
    if level == "Regional" or region in regions():
        return (region, regions()[region]) if region in regions() else None
    name = cells.get("la_name", "")
    if code in authorities():
        return code, name or authorities()[code].la_name
    if layout.name == OTHER_COUNCIL:
        raise Problem(
            kind=Kind.DATA,
            where=name,
            what=f'this open data has "{code}" in place of the council\'s code, so it cannot be '
            "compared",
            remedy="Write the ONS code of the council into new_la_code, or leave the file out.",
        )
    found_code = code_of_old(cells.get("old_la_code", "")) or code_of_name(name or code)
    return (found_code, authorities()[found_code].la_name) if found_code else None


def plain_value(text: str) -> str:
    """A number without separators of thousands, and a symbol without its brackets."""
    number = re.sub(r"(?<=\d)[,\s](?=\d{3})", "", text, flags=re.ASCII)
    return text[1:-1] if re.fullmatch(r"\[[a-z]+\]", text) else number


def _used(file: ReferenceFile, rows: Sequence[ReferenceRow], areas: Areas) -> str:
    """What was used of a file, in a line."""
    years = sorted({row.year for row in rows if row.year})
    span = f", {' to '.join(dict.fromkeys((years[0], years[-1])))}" if years else ""
    own = [row for row in rows if row.code == areas.own.new_la_code]
    numbers = ", ".join(f"{row.measure} {row.value} (row {row.row})" for row in own[-2:])
    latest = f"; {areas.own.la_name}: {numbers}" if own else ""
    title = f"{file.layout.title} ({file.layout.publisher})"
    if file.layout.name == OTHER_COUNCIL:
        latest = f"; {rows[0].name}: {rows[0].measure} {rows[0].value} (row {rows[0].row})"
    count = f"{len(rows)} number{'s' if len(rows) != 1 else ''}"
    return f"{file.name}: {title}{span}, {count}{latest}"


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
