"""The case system's headings, codes and wide rows, translated into ours as `council.yaml` says."""

from __future__ import annotations

import re

from pipeline.problem import did_you_mean
from pipeline.settings import Council
from pipeline.validate.dictionary import Extract
from pipeline.validate.findings import Finding


def translation(council: Council, extract: str, column: str) -> dict[str, str]:
    """The case system's codes for a column, in lower case, and ours; what is said of "extract.column" goes before "column"."""
    said = {**council.values.get(column, {}), **council.values.get(f"{extract}.{column}", {})}
    return {theirs.strip().casefold(): ours.strip() for theirs, ours in said.items()}


def match_headings(
    extract: Extract, heading: list[str], file: str, council: Council
) -> tuple[dict[str, list[int]], list[Finding]]:
    """The places of each column of an extract in a file's heading, and what is wrong with the heading.

    A heading of the mapping's counts first, then the column's own name, both without regard to case. Only a column of codes may
    have several places: the case system's repeated heading.
    """
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(heading):
        if cell:
            places.setdefault(_key(cell), []).append(place)
    said = council.columns.get(extract.name, {})
    matched: dict[str, list[int]] = {}
    findings: list[Finding] = []

    def note(severity: str, rule: str, column: str | None, value: str | None, what: str, remedy: str) -> None:
        findings.append(Finding(severity, f"{extract.name}.{rule}", extract.name, file, None, column, value, what, remedy))

    for column in extract.columns:
        theirs = said.get(column.name, ())
        found = [place for name in theirs for place in places.get(_key(name), [])] or places.get(_key(column.name), [])
        if len(found) > 1 and column.type != "codes":
            note("critical", "heading.once", column.name, heading[found[0]],
                 f"the heading stands {len(found)} times, so it is not known which column to read",
                 "Take out or rename all but one of them.")  # fmt: skip
        elif found:
            matched[column.name] = found
            continue
        elif column.required:
            hint = did_you_mean(theirs[0] if theirs else column.name, [cell for cell in heading if cell])
            what = f'the heading "{theirs[0]}" that council.yaml names is not there' if theirs else "this column is not there"
            note("critical", "heading.present", column.name, None, f"{what} ({column.meaning}).{hint}",
                 "Add the column, or say in council.yaml, under `columns:`, which heading holds it.")  # fmt: skip
        elif theirs:
            hint = did_you_mean(theirs[0], [cell for cell in heading if cell])
            note("warning", "heading.present", column.name, None,
                 f'the heading "{theirs[0]}" that council.yaml names is not there.{hint}',
                 "Put the heading right in council.yaml, or take the line out.")  # fmt: skip
    return matched, findings + _unread(extract, heading, matched, file, said)


def _unread(extract: Extract, heading: list[str], matched: dict[str, list[int]], file: str, said: dict) -> list[Finding]:
    """What is said of columns that nothing was asked of; they may be personal and are not read further."""
    used = {place for several in matched.values() for place in several}
    left = [cell for place, cell in enumerate(heading) if cell and place not in used]
    rule, free = f"{extract.name}.heading.known", [name for name in extract.names if name not in matched]
    if said and left:  # a mapping chooses from a larger export, so that the rest is left out on purpose
        what = f"{len(left)} columns that council.yaml does not name are not read: {', '.join(left)}"
        return [Finding("info", rule, extract.name, file, None, None, None, what, "Nothing to do, unless one should be read.")]
    return [
        Finding("warning", rule, extract.name, file, None, cell, None,
                f"no column of {extract.name} has this name, so it is not read.{did_you_mean(cell, free)}",
                "Rename the heading, map it in council.yaml, or take the column out of the export.")
        for cell in left
    ]  # fmt: skip


def _key(heading: str) -> str:
    return re.sub(r"[\s_-]+", "_", heading.strip().casefold())
