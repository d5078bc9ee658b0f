"""The columns of a file that are not read; `unread_personal.py` finds those that are personal."""

from __future__ import annotations

from pipeline.problem import did_you_mean
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import FileHeading


def unread_column_findings(
    heading: FileHeading, reported: set[int], matched: dict[str, list[int]], is_shared: bool
) -> list[Finding]:
    """The findings for columns that are not read.

    reported: the positions of columns that are read, or that another finding is about.
    is_shared: whether the file holds other records too, whose columns are no mistake.
    """
    extract = heading.extract
    unread = {
        position: cell
        for position, cell in enumerate(heading.row.cells)
        if cell and position not in reported
    }
    if (heading.mapped or is_shared) and unread:
        findings = []
        for name in heading.mapped:
            chosen = matched.get(name, [])
            own_positions = heading.row.find(name)
            # Of columns with the same heading, council.yaml may name one by its letters.
            if set(own_positions).isdisjoint(chosen):
                cells = [unread.pop(position) for position in own_positions if position in unread]
                if cells and chosen:
                    findings.append(_displaced_finding(heading, name, cells[0]))
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
    plural, verb = ("s", "are") if len(cells) > 1 else ("", "is")
    return Finding(
        severity="info",
        rule=f"{heading.extract.name}.heading.known",
        extract=heading.extract.name,
        file=heading.file,
        what=(
            f"{len(cells)} column{plural} that council.yaml does not name {verb} not read: "
            f"{', '.join(cells)}"
        ),
        remedy="Nothing to do, unless one should be read.",
    )
