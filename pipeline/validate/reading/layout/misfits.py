"""The findings for rows of a text file that do not match its heading."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.validate.definitions import Extract
from pipeline.validate.findings import Finding, Severity
from pipeline.validate.reading.convert import MAX_LISTED_ROWS
from pipeline.validate.reading.faults import unlisted_fault
from pipeline.validate.reading.table_source import TableRows


@dataclass(frozen=True)
class _Misfit:
    """A way in which rows do not match their heading."""

    rows: list[int]
    severity: Severity
    rule: str
    what: str
    remedy: str


def misfit_findings(
    extract: Extract, file: str, rows: TableRows, heading_length: int
) -> list[Finding]:
    """A finding for each row that does not match the heading, up to the most that is listed."""
    misfits = (
        _Misfit(
            rows=rows.rows_too_short,
            severity="critical",
            rule="row.cells",
            what=f"this row has fewer cells than the {heading_length} headings, so it was left out",
            remedy="Look for a missing delimiter or a line broken in two, and correct the row.",
        ),
        _Misfit(
            rows=rows.rows_too_long,
            severity="critical",
            rule="row.cells",
            what=f"this row has more cells than the {heading_length} headings, so it was left out",
            remedy='Look for a delimiter inside a value, and put that value in "quotation marks".',
        ),
    )
    findings: list[Finding] = []
    for misfit in misfits:
        findings += [
            Finding(
                severity=misfit.severity,
                rule=f"{extract.name}.{misfit.rule}",
                extract=extract.name,
                file=file,
                row=row,
                what=misfit.what,
                remedy=misfit.remedy,
            )
            for row in misfit.rows[:MAX_LISTED_ROWS]
        ]
        unlisted = len(misfit.rows) - MAX_LISTED_ROWS
        if unlisted > 0:
            fault = unlisted_fault(misfit.rule, unlisted, MAX_LISTED_ROWS)
            findings.append(
                Finding(
                    severity=misfit.severity,
                    rule=f"{extract.name}.{misfit.rule}",
                    extract=extract.name,
                    file=file,
                    what=fault.what,
                    remedy=fault.remedy,
                )
            )
    return findings
