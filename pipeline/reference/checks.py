"""What must hold of the rows that are kept of a file; each fault with its remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.open_data.authorities import authorities
from pipeline.problem import Kind, Problem
from pipeline.reference.areas import Areas
from pipeline.reference.reading import ReferenceFile
from pipeline.reference.store import ReferenceRow
from pipeline.settings import Settings

NUMBER = re.compile(r"\d+(?:\.0+)?", re.ASCII)  # a count


def check_years(file: ReferenceFile, years: set[str], settings: Settings) -> None:
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


def check_authority(file: ReferenceFile, areas: Areas, years: set[str], settings: Settings) -> None:
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
    raise missing_authority(file, areas, named)


def missing_authority(file: ReferenceFile, areas: Areas, named: str) -> Problem:
    return Problem(
        kind=Kind.DATA,
        where=file.name,
        what=f"there is no row of {named}",
        remedy=f"Check that la_code in council.yaml is that of your authority (it is "
        f"{areas.own.new_la_code}, {areas.own.la_name}), and that the file is the one for all "
        f"local authorities: {file.layout.address}",
    )


def check_values(rows: Sequence[ReferenceRow], file: ReferenceFile) -> None:
    for row in rows:
        if not NUMBER.fullmatch(row.value) and row.value not in file.layout.symbols:
            raise Problem(
                kind=Kind.DATA,
                where=f"{file.name}, row {row.row}",
                what=f'"{row.value}" is neither a whole number nor a symbol of official statistics',
                remedy=f"The symbols are {', '.join(file.layout.symbols)}. Download the file "
                "again, and do not open it in a spreadsheet before.",
            )


def without_repeats(rows: Sequence[ReferenceRow], file: ReferenceFile) -> list[ReferenceRow]:
    """The rows, each once. Raises Problem if two give different numbers for the same thing."""
    rows_by_key: dict[tuple[str, str, str], ReferenceRow] = {}
    for row in rows:
        earlier = rows_by_key.setdefault((row.measure, row.year, row.code), row)
        if earlier.value != row.value:
            raise Problem(
                kind=Kind.DATA,
                where=f"{file.name}, rows {earlier.row} and {row.row}",
                what=f"both rows are on {row.name} in {row.year}, and one has {earlier.value} and "
                f"the other {row.value}",
                remedy="Take the file with one row for each authority and year, or delete the rows "
                "of the breakdown that is not meant.",
            )
    return list(rows_by_key.values())
