"""The case system's headings and codes, translated into ours as `council.yaml` says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.definitions import Column
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import (
    FileHeading,
    column_letters,
    repeated_heading_text,
)
from pipeline.validate.reading.columns.unread import unread_column_findings
from pipeline.validate.reading.encoding.damage import repaired
from pipeline.year import Year


def join_codes(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Several columns of codes as one, "a; b"; reading the codes skips an empty one."""
    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(*columns, "; ")


def code_translation(
    council: Council, extract: str, column: str, year: Year | None = None
) -> dict[str, str]:
    """Our code for each of the case system's, in lower case; "" for one that means nothing.

    An entry for "extract.column" overrides one for "column", and one of the year both.
    year: of the extract; by default the entries of all years are included.
    """
    of_years = council.values_by_year
    chosen = of_years.values() if year is None else [of_years.get(year, {})]
    ours_by_theirs: dict[str, str] = {}
    for values in (council.values, *chosen):
        for name in (column, f"{extract}.{column}"):
            ours_by_theirs |= {
                repaired(theirs).strip().casefold(): ours.strip()
                for theirs, ours in values.get(name, {}).items()
            }
    return ours_by_theirs


def translate_codes(
    text: str, ours_by_theirs: dict[str, str], allowed: dict[str, str]
) -> str | None:
    """Codes separated by semicolons in our spelling, each once; None where there is none."""
    parts = [ours_by_theirs.get(part.strip().casefold(), part) for part in text.split(";")]
    # A code of theirs may stand for several of ours.
    codes = [code.strip() for code in ";".join(parts).split(";")]
    ours = [allowed.get(code.casefold(), code) for code in codes if code]
    return "; ".join(dict.fromkeys(ours)) or None


def match_headings(
    heading: FileHeading, stage_positions: Collection[int], only_positions: Collection[int]
) -> tuple[dict[str, list[int]], list[Finding]]:
    """The positions of each column of an extract in a file's heading, and what is wrong with it.

    A column that council.yaml maps is read from the heading named there and from no other; any
    other column from its own name. Both are compared without regard to case. Only a column of
    codes may have several positions: a heading that the case system repeats.
    stage_positions: positions that `stages:` reads. only_positions: those by which `only:` tells
        the extract's rows from the others in the file.
    """
    extract = heading.extract
    findings: list[Finding] = []
    if not stage_positions and heading.has_our_form():
        findings.append(_our_form_finding(heading))
        heading = replace(heading, mapped={})
    matched: dict[str, list[int]] = {}
    reported: set[int] = {*stage_positions, *only_positions}
    for column in extract.columns:
        names = heading.mapped.get(column.name) or [column.name]
        positions = sorted({position for name in names for position in heading.row.find(name)})
        missing = [name for name in names if not heading.row.find(name)]
        if missing and (column.required or column.name in heading.mapped):
            findings.append(_missing_heading_finding(heading, column, missing[0]))
        if len(positions) > 1 and column.type != "codes":
            findings.append(_repeated_heading_finding(heading, column, positions))
            reported.update(positions)
        elif positions:
            matched[column.name] = positions
    findings += _repaired_heading_findings(heading, matched)
    reported.update(*matched.values())
    is_shared = bool(only_positions)
    return matched, findings + unread_column_findings(heading, reported, matched, is_shared)


def _repeated_heading_finding(
    heading: FileHeading, column: Column, positions: list[int]
) -> Finding:
    what, example = repeated_heading_text(heading.row.cells, positions)
    return Finding(
        severity="critical",
        rule=f"{heading.extract.name}.heading.once",
        extract=heading.extract.name,
        file=heading.file,
        column=column.name,
        value=heading.row.cells[positions[0]],
        what=what,
        remedy=(
            "Remove or rename all but one of them, or say in council.yaml which one to read: under "
            f"columns, {heading.extract.name}, write `{column.name}: {example}`."
        ),
    )


def _missing_heading_finding(heading: FileHeading, column: Column, name: str) -> Finding:
    """The finding for a heading that is required, or that council.yaml names.

    name: the heading.
    """
    is_mapped = column.name in heading.mapped
    what = "this column is missing"
    if is_mapped:
        what = f'the heading "{name}" that council.yaml names is missing'
    if column.required:
        what = f"{what} ({column.meaning})"
    own_positions = heading.row.find(column.name) if is_mapped else []
    if own_positions:
        what = (
            f'{what}. There is a column "{heading.row.cells[own_positions[0]]}", which is not read '
            "in its place, because it may hold something else"
        )
        remedy = (
            f'If "{heading.row.cells[own_positions[0]]}" is the right column, rename it to '
            f'"{name}" in the file, or remove the line from council.yaml; else correct the line.'
        )
    elif is_mapped:
        remedy = (
            "Correct the heading in council.yaml, or add the column to the export; if the "
            "case system does not record it, remove the line."
        )
    else:
        remedy = "Add the column, or say in council.yaml, under `columns:`, which heading holds it."
    return Finding(
        severity="critical",
        rule=f"{heading.extract.name}.heading.present",
        extract=heading.extract.name,
        file=heading.file,
        column=column.name,
        what=f"{what}.{did_you_mean(name, heading.unknown_cells())}",
        remedy=remedy,
    )


def _our_form_finding(heading: FileHeading) -> Finding:
    extract = heading.extract.name
    return Finding(
        severity="info",
        rule=f"{extract}.heading.ours",
        extract=extract,
        file=heading.file,
        what=(
            "this file has none of the headings that council.yaml names and all of ours, so it was "
            "read by ours"
        ),
        remedy="No action is needed, unless this file comes from the mapped case system.",
    )


def _repaired_heading_findings(
    heading: FileHeading, matched: Mapping[str, Sequence[int]]
) -> list[Finding]:
    """A warning for each column that is read because its damaged heading was repaired."""
    cells = heading.row.cells
    return [
        Finding(
            severity="warning",
            rule=f"{heading.extract.name}.heading.encoding",
            extract=heading.extract.name,
            file=heading.file,
            column=name,
            what=(
                f'the heading "{cells[position]}", in column {column_letters(position)}, is '
                f'damaged by a wrong encoding or HTML; it was read as "{repaired(cells[position])}"'
            ),
            remedy=(
                "Look whether this is the right column, and export the file again as CSV (UTF-8)."
            ),
        )
        for name, positions in matched.items()
        for position in positions
        if repaired(cells[position]) != cells[position]
    ]
