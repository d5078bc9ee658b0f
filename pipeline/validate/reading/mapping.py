"""The case system's headings, codes and wide rows, translated into ours as `council.yaml` says."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME, Extract
from pipeline.validate.findings import Finding
from pipeline.validate.reading.sheet_worker import normalise_name


def check_mapping(council: Council) -> None:
    """Raise a Problem for the first thing in `columns:`, `values:` or `stages:` that the data dictionary does not have."""
    for extract, columns in council.columns.items():
        _check_allowed(extract, [one.name for one in EXTRACTS], f"columns, {extract}", "extract")
        for name, headings in columns.items():
            _check_allowed(
                name,
                list(EXTRACTS_BY_NAME[extract].column_names),
                f"columns, {extract}, {name}",
                f"column of {extract}",
            )
            if len(headings) > 1 and EXTRACTS_BY_NAME[extract].column(name).type != "codes":
                raise _mapping_problem(f"columns, {extract}, {name}", "this column takes one heading, and several are named",
                             "Keep one of them.")  # fmt: skip
    known = {column.name for extract in EXTRACTS for column in extract.columns}
    full = {f"{extract.name}.{column.name}" for extract in EXTRACTS for column in extract.columns}
    for name, said in council.values.items():
        _check_allowed(name, sorted(full if "." in name else known), f"values, {name}", "column")
        columns = [
            one
            for extract in EXTRACTS
            for one in extract.columns
            if name in (one.name, f"{extract.name}.{one.name}")
        ]
        lists = [column.allowed_values(council) for column in columns]
        if any(allowed is None for allowed in lists):
            continue
        allowed = list(dict.fromkeys(code for codes in lists for code in codes))
        for theirs, ours in said.items():
            parts = (
                [part.strip() for part in ours.split(";")]
                if columns[0].type == "codes"
                else [ours.strip()]
            )
            for part in parts:
                if part:
                    _check_allowed(part, allowed, f"values, {name}, {theirs}", f"code of {name}")
    for stage, said in council.stages.mapped.items():
        if not said.requested:
            raise _mapping_problem(f"stages, stage_{stage}", "it does not say which heading holds the date the stage was asked for",
                         "Add `requested:` with the heading; at stage 1 it is that of the date received.")  # fmt: skip


def _check_allowed(found: str, allowed: list[str], key: str, kind: str) -> None:
    if found.casefold() not in {one.casefold() for one in allowed}:
        raise _mapping_problem(
            key,
            f'there is no {kind} "{found}".{did_you_mean(found, allowed)}',
            f"Use one of: {'; '.join(allowed)}.",
        )


def _mapping_problem(key: str, what: str, how: str) -> Problem:
    return Problem(Kind.SETTINGS, f"data/raw/council.yaml, {key}", what, how)


def join_codes(columns: list[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Several columns of codes as one, "a; b"; an empty cell among them is passed over when the codes are read."""
    return columns[0] if len(columns) == 1 else pc.binary_join_element_wise(*columns, "; ")


def code_translation(council: Council, extract: str, column: str) -> dict[str, str]:
    """The case system's codes for a column, in lower case, and ours; what is said of "extract.column" goes before "column"."""
    said = {**council.values.get(column, {}), **council.values.get(f"{extract}.{column}", {})}
    return {theirs.strip().casefold(): ours.strip() for theirs, ours in said.items()}


def match_headings(
    extract: Extract,
    heading: list[str],
    file: str,
    council: Council,
    stage_positions: set[int] = frozenset(),
) -> tuple[dict[str, list[int]], list[Finding]]:
    """The places of each column of an extract in a file's heading, and what is wrong with the heading.

    A heading of the mapping's counts first, then the column's own name, both without regard to case. Only a column of codes may
    have several places: the case system's repeated heading. of_stages: places that `stages:` reads.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(heading):
        if cell:
            places.setdefault(normalise_name(cell), []).append(place)
    said = council.columns.get(extract.name, {})
    named = {
        normalise_name(name)
        for name in (*extract.column_names, *(one for several in said.values() for one in several))
    }
    free = [cell for cell in heading if cell and normalise_name(cell) not in named]
    matched: dict[str, list[int]] = {}
    findings: list[Finding] = []

    def note(
        severity: str, rule: str, column: str | None, value: str | None, what: str, remedy: str
    ) -> None:
        findings.append(
            Finding(
                severity,
                f"{extract.name}.{rule}",
                extract.name,
                file,
                None,
                column,
                value,
                what,
                remedy,
            )
        )

    for column in extract.columns:
        theirs = said.get(column.name, ())
        found = [
            place for name in theirs for place in places.get(normalise_name(name), [])
        ] or places.get(normalise_name(column.name), [])
        if len(found) > 1 and column.type != "codes":
            note("critical", "heading.once", column.name, heading[found[0]],
                 f"the heading stands {len(found)} times, so it is not known which column to read",
                 "Take out or rename all but one of them.")  # fmt: skip
        elif found:
            matched[column.name] = found
            continue
        elif column.required:
            hint = did_you_mean(theirs[0] if theirs else column.name, free)
            what = (
                f'the heading "{theirs[0]}" that council.yaml names is not there'
                if theirs
                else "this column is not there"
            )
            note("critical", "heading.present", column.name, None, f"{what} ({column.meaning}).{hint}",
                 "Add the column, or say in council.yaml, under `columns:`, which heading holds it.")  # fmt: skip
        elif theirs:
            hint = did_you_mean(theirs[0], free)
            note("warning", "heading.present", column.name, None,
                 f'the heading "{theirs[0]}" that council.yaml names is not there.{hint}',
                 "Put the heading right in council.yaml, or take the line out.")  # fmt: skip
    return matched, findings + _unread_column_findings(
        extract, heading, stage_positions.union(*matched.values()), matched, file, said
    )


def _unread_column_findings(
    extract: Extract,
    heading: list[str],
    used: set[int],
    matched: dict[str, list[int]],
    file: str,
    said: dict,
) -> list[Finding]:
    """What is said of columns that nothing was asked of; they may be personal and are not read further."""
    left = [cell for place, cell in enumerate(heading) if cell and place not in used]
    rule, free = (
        f"{extract.name}.heading.known",
        [name for name in extract.column_names if name not in matched],
    )
    if (
        said and left
    ):  # a mapping chooses from a larger export, so that the rest is left out on purpose
        what = (
            f"{len(left)} columns that council.yaml does not name are not read: {', '.join(left)}"
        )
        return [
            Finding(
                "info",
                rule,
                extract.name,
                file,
                None,
                None,
                None,
                what,
                "Nothing to do, unless one should be read.",
            )
        ]
    return [
        Finding("warning", rule, extract.name, file, None, cell, None,
                f"no column of {extract.name} has this name, so it is not read.{did_you_mean(cell, free)}",
                "Rename the heading, map it in council.yaml, or take the column out of the export.")
        for cell in left
    ]  # fmt: skip
