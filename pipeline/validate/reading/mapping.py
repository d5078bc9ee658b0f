"""The case system's headings and codes, translated into ours as `council.yaml` says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import Column, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import (
    HeadingRow,
    column_letters,
    normalise_heading,
    repeated_heading_text,
)
from pipeline.validate.reading.encoding.damage import repaired

MIN_HEADINGS_OF_ANOTHER_FORM = 3


def join_codes(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Several columns of codes as one, "a; b"; reading the codes skips an empty one."""
    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(*columns, "; ")


def code_translation(council: Council, extract: str, column: str) -> dict[str, str]:
    """Our code for each of the case system's, in lower case; "" for one that means nothing.

    An entry for "extract.column" overrides one for "column".
    """
    ours_by_theirs = {
        **council.values.get(column, {}),
        **council.values.get(f"{extract}.{column}", {}),
    }
    return {
        repaired(theirs).strip().casefold(): ours.strip() for theirs, ours in ours_by_theirs.items()
    }


@dataclass(frozen=True)
class FileHeading:
    """The heading of one file of an extract.

    file: its path inside the workspace.
    mapped: by column, the headings that council.yaml names for it.
    """

    extract: Extract
    file: str
    row: HeadingRow
    mapped: Mapping[str, Sequence[str]]

    def unknown_cells(self) -> list[str]:
        """The headings that neither the dictionary nor council.yaml names."""
        known = {position for name in self.extract.column_names for position in self.row.find(name)}
        for headings in self.mapped.values():
            known.update(position for name in headings for position in self.row.find(name))
        return [
            cell for position, cell in enumerate(self.row.cells) if cell and position not in known
        ]

    def has_our_form(self) -> bool:
        """Whether a file has our own headings and none of those of council.yaml.

        That is a file of another system or another year, which needs no mapping. One or two
        headings may also be missing by mistake, so a short mapping always applies.
        """
        theirs = {
            name: heading
            for name, headings in self.mapped.items()
            for heading in headings
            if normalise_heading(heading) != name
        }
        return (
            len(theirs) >= MIN_HEADINGS_OF_ANOTHER_FORM
            and not any(self.row.find(heading) for heading in theirs.values())
            and all(
                self.row.find(column.name) for column in self.extract.columns if column.required
            )
        )


def match_headings(
    extract: Extract,
    cells: list[str],
    file: str,
    council: Council,
    stage_positions: Collection[int] = (),
) -> tuple[dict[str, list[int]], list[Finding]]:
    """The positions of each column of an extract in a file's heading, and what is wrong with it.

    A column that council.yaml maps is read from the heading named there and from no other; any
    other column from its own name. Both are compared without regard to case. Only a column of
    codes may have several positions: a heading that the case system repeats.
    stage_positions: positions that `stages:` reads.
    """
    heading = FileHeading(extract, file, HeadingRow(cells), council.columns.get(extract.name, {}))
    findings: list[Finding] = []
    if not stage_positions and heading.has_our_form():
        findings.append(_our_form_finding(heading))
        heading = FileHeading(extract, file, heading.row, {})
    matched: dict[str, list[int]] = {}
    for column in extract.columns:
        names = heading.mapped.get(column.name) or [column.name]
        positions = sorted({position for name in names for position in heading.row.find(name)})
        missing = [name for name in names if not heading.row.find(name)]
        if missing and (column.required or column.name in heading.mapped):
            findings.append(_missing_heading_finding(heading, column, missing[0]))
        if len(positions) > 1 and column.type != "codes":
            findings.append(_repeated_heading_finding(heading, column, positions))
        elif positions:
            matched[column.name] = positions
    read_positions = set(stage_positions).union(*matched.values())
    findings += _repaired_heading_findings(heading, matched)
    return matched, findings + _unread_column_findings(heading, read_positions, matched)


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
            f'If "{heading.row.cells[own_positions[0]]}" is the right column, remove the line from '
            "council.yaml, or name that heading there; else correct the heading."
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
        remedy="There is nothing to do, unless this file comes from the mapped case system.",
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
                f'the heading "{cells[position]}", in column {column_letters(position)}, was in '
                f'the wrong encoding; it was read as "{repaired(cells[position])}"'
            ),
            remedy=(
                "Look whether this is the right column, and export the file again as CSV (UTF-8)."
            ),
        )
        for name, positions in matched.items()
        for position in positions
        if repaired(cells[position]) != cells[position]
    ]


def _unread_column_findings(
    heading: FileHeading, read_positions: set[int], matched: dict[str, list[int]]
) -> list[Finding]:
    """The findings for columns that are not read; they may be personal and are not looked at."""
    extract = heading.extract
    unread = {
        position: cell
        for position, cell in enumerate(heading.row.cells)
        if cell and position not in read_positions
    }
    if heading.mapped and unread:
        findings = []
        for name in [name for name in heading.mapped if name in matched]:
            for position in set(heading.row.find(name)) & unread.keys():
                findings.append(_displaced_finding(heading, name, unread.pop(position)))
        if unread:
            findings.append(_left_out_finding(heading, list(unread.values())))
        return findings
    unmatched = [name for name in extract.column_names if name not in matched]
    return [
        Finding(
            severity="warning",
            rule=f"{extract.name}.heading.known",
            extract=extract.name,
            file=heading.file,
            column=cell,
            what=(
                f"no column of {extract.name} has this name, so it is not read."
                f"{did_you_mean(cell, unmatched)}"
            ),
            remedy=(
                "Rename the heading, map it in council.yaml, or leave the column out of the export."
            ),
        )
        for cell in unread.values()
    ]


def _displaced_finding(heading: FileHeading, name: str, cell: str) -> Finding:
    """The finding for a column of our own name, while council.yaml names another heading."""
    extract = heading.extract.name
    return Finding(
        severity="warning",
        rule=f"{extract}.heading.displaced",
        extract=extract,
        file=heading.file,
        column=name,
        what=(
            f'the column "{cell}" is not read, because council.yaml names '
            f'"{heading.mapped[name][0]}" for {name}'
        ),
        remedy=(
            f'If "{cell}" is the right column, remove the line from council.yaml; else leave the '
            "column out of the export, or rename it."
        ),
    )


def _left_out_finding(heading: FileHeading, cells: list[str]) -> Finding:
    # A mapping chooses from a larger export, so the rest is left out on purpose.
    return Finding(
        severity="info",
        rule=f"{heading.extract.name}.heading.known",
        extract=heading.extract.name,
        file=heading.file,
        what=(
            f"{len(cells)} columns that council.yaml does not name are not read: {', '.join(cells)}"
        ),
        remedy="Nothing to do, unless one should be read.",
    )
