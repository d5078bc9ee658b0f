"""The case system's headings and codes, translated into ours as `council.yaml` says."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME, Column, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.sheet_worker import normalise_name


def check_mapping(council: Council) -> None:
    """Check `columns:`, `values:` and `stages:` against the data dictionary.

    Raises Problem for the first thing that the data dictionary does not have.
    """
    _check_columns(council)
    for name, ours_by_theirs in council.values.items():
        _check_values(council, name, ours_by_theirs)
    for stage, block in council.stages.mapped.items():
        if not block.requested:
            raise _mapping_problem(
                f"stages, stage_{stage}",
                what="it does not say which heading holds the date the stage was asked for",
                remedy=(
                    "Add `requested:` with the heading; at stage 1 it is that of the date received."
                ),
            )


def _check_columns(council: Council) -> None:
    extract_names = [extract.name for extract in EXTRACTS]
    for extract, columns in council.columns.items():
        _check_name(extract, extract_names, key=f"columns, {extract}", kind="extract")
        for name, headings in columns.items():
            key = f"columns, {extract}, {name}"
            column_names = list(EXTRACTS_BY_NAME[extract].column_names)
            _check_name(name, column_names, key=key, kind=f"column of {extract}")
            column_type = EXTRACTS_BY_NAME[extract].column(name).type
            if len(headings) > 1 and column_type != "codes":
                raise _mapping_problem(
                    key,
                    what="this column takes one heading, and several are named",
                    remedy="Keep one of them.",
                )


def _check_values(council: Council, name: str, ours_by_theirs: Mapping[str, str]) -> None:
    """Check the codes of one column, named "column" or "extract.column"."""
    columns: dict[str, list[Column]] = {}
    for extract in EXTRACTS:
        for column in extract.columns:
            known_name = f"{extract.name}.{column.name}" if "." in name else column.name
            columns.setdefault(known_name, []).append(column)
    _check_name(name, sorted(columns), key=f"values, {name}", kind="column")
    codes_of_columns: list[str] = []
    for column in columns[name]:
        codes = column.allowed_values(council)
        if codes is None:
            return
        codes_of_columns += codes
    allowed = list(dict.fromkeys(codes_of_columns))
    for theirs, ours in ours_by_theirs.items():
        parts = ours.split(";") if columns[name][0].type == "codes" else [ours]
        for code in (part.strip() for part in parts):
            if code:
                _check_code(code, allowed, key=f"values, {name}, {theirs}", kind=f"code of {name}")


def _check_name(name: str, allowed: list[str], key: str, kind: str) -> None:
    """Check the name of an extract or a column, which council.yaml has to spell as we do."""
    if name not in allowed:
        raise _unknown_word_problem(name, allowed, key, kind)


def _check_code(code: str, allowed: list[str], key: str, kind: str) -> None:
    """Check one of our codes, which may have other capitals."""
    if code.casefold() not in {known.casefold() for known in allowed}:
        raise _unknown_word_problem(code, allowed, key, kind)


def _unknown_word_problem(word: str, allowed: list[str], key: str, kind: str) -> Problem:
    return _mapping_problem(
        key,
        what=f'there is no {kind} "{word}".{did_you_mean(word, allowed)}',
        remedy=f"Use one of: {'; '.join(allowed)}.",
    )


def _mapping_problem(key: str, what: str, remedy: str) -> Problem:
    return Problem(
        kind=Kind.SETTINGS, where=f"data/raw/council.yaml, {key}", what=what, remedy=remedy
    )


def join_codes(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Several columns of codes as one, "a; b"; reading the codes skips an empty one."""
    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(*columns, "; ")


def code_translation(council: Council, extract: str, column: str) -> dict[str, str]:
    """Our code for each of the case system's, in lower case.

    An entry for "extract.column" overrides one for "column".
    """
    ours_by_theirs = {
        **council.values.get(column, {}),
        **council.values.get(f"{extract}.{column}", {}),
    }
    return {theirs.strip().casefold(): ours.strip() for theirs, ours in ours_by_theirs.items()}


@dataclass(frozen=True)
class FileHeading:
    """The heading of one file of an extract.

    file: its path inside the workspace.
    cells: the headings, "" where one is empty.
    mapped: by column, the headings that council.yaml names for it.
    """

    extract: Extract
    file: str
    cells: list[str]
    mapped: Mapping[str, Sequence[str]]

    def positions(self) -> dict[str, list[int]]:
        """The positions of each heading, by its normalised name."""
        positions: dict[str, list[int]] = {}
        for position, cell in enumerate(self.cells):
            if cell:
                positions.setdefault(normalise_name(cell), []).append(position)
        return positions

    def unknown_cells(self) -> list[str]:
        """The headings that neither the dictionary nor council.yaml names."""
        known = {normalise_name(name) for name in self.extract.column_names}
        for headings in self.mapped.values():
            known.update(normalise_name(heading) for heading in headings)
        return [cell for cell in self.cells if cell and normalise_name(cell) not in known]


def match_headings(
    extract: Extract,
    cells: list[str],
    file: str,
    council: Council,
    stage_positions: Collection[int] = (),
) -> tuple[dict[str, list[int]], list[Finding]]:
    """The positions of each column of an extract in a file's heading, and what is wrong with it.

    A heading of the mapping counts first, then the column's own name, both without regard to
    case. Only a column of codes may have several positions: a heading that the case system
    repeats.
    stage_positions: positions that `stages:` reads.
    """
    heading = FileHeading(extract, file, cells, council.columns.get(extract.name, {}))
    positions = heading.positions()
    matched: dict[str, list[int]] = {}
    findings: list[Finding] = []
    for column in extract.columns:
        column_positions: list[int] = []
        for name in heading.mapped.get(column.name, []):
            column_positions += positions.get(normalise_name(name), [])
        column_positions = column_positions or positions.get(normalise_name(column.name), [])
        if len(column_positions) > 1 and column.type != "codes":
            findings.append(_repeated_heading_finding(heading, column, column_positions))
        elif column_positions:
            matched[column.name] = column_positions
        elif column.required or heading.mapped.get(column.name):
            findings.append(_missing_heading_finding(heading, column))
    read_positions = set(stage_positions).union(*matched.values())
    return matched, findings + _unread_column_findings(heading, read_positions, matched)


def _repeated_heading_finding(
    heading: FileHeading, column: Column, positions: list[int]
) -> Finding:
    return Finding(
        severity="critical",
        rule=f"{heading.extract.name}.heading.once",
        extract=heading.extract.name,
        file=heading.file,
        column=column.name,
        value=heading.cells[positions[0]],
        what=(
            f"the heading appears {len(positions)} times, so it is not known which column to read"
        ),
        remedy="Remove or rename all but one of them.",
    )


def _missing_heading_finding(heading: FileHeading, column: Column) -> Finding:
    """The finding for a heading that is required, or that council.yaml names."""
    mapped = heading.mapped.get(column.name, [])
    what = "this column is missing"
    if mapped:
        what = f'the heading "{mapped[0]}" that council.yaml names is missing'
    hint = did_you_mean(mapped[0] if mapped else column.name, heading.unknown_cells())
    if column.required:
        what = f"{what} ({column.meaning}).{hint}"
        remedy = "Add the column, or say in council.yaml, under `columns:`, which heading holds it."
    else:
        what = f"{what}.{hint}"
        remedy = "Correct the heading in council.yaml, or remove the line."
    return Finding(
        severity="critical" if column.required else "warning",
        rule=f"{heading.extract.name}.heading.present",
        extract=heading.extract.name,
        file=heading.file,
        column=column.name,
        what=what,
        remedy=remedy,
    )


def _unread_column_findings(
    heading: FileHeading, read_positions: set[int], matched: dict[str, list[int]]
) -> list[Finding]:
    """The findings for columns that are not read; they may be personal and are not looked at."""
    extract = heading.extract
    unread = [
        cell
        for position, cell in enumerate(heading.cells)
        if cell and position not in read_positions
    ]
    if heading.mapped and unread:
        # A mapping chooses from a larger export, so the rest is left out on purpose.
        return [
            Finding(
                severity="info",
                rule=f"{extract.name}.heading.known",
                extract=extract.name,
                file=heading.file,
                what=(
                    f"{len(unread)} columns that council.yaml does not name are not read: "
                    f"{', '.join(unread)}"
                ),
                remedy="Nothing to do, unless one should be read.",
            )
        ]
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
        for cell in unread
    ]
