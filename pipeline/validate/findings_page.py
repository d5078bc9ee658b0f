"""The findings as one self-contained page: no script, no request, personal values masked.

It replaces Great Expectations' own Data Docs, which load from a dozen outside hosts.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pipeline.validate.findings import (
    SEVERITIES,
    Finding,
    FindingGroup,
    Severity,
    count_by_severity,
    group_findings,
    masked,
    printable_line,
)

MAX_ROWS_PER_GROUP = 20  # the rest are named by number, and all are in findings.csv
SEVERITY_MEANINGS = {
    "critical": "must be fixed before a report is made",
    "warning": "someone should look; shown in the report's data-quality section",
    "info": "recorded; nothing has to be done",
}
FINDINGS_STYLE = """
:root { color-scheme: light }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 72rem; \
margin: 0 auto; padding: 1rem }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem }
caption { text-align: left; font-weight: 600; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; \
border-bottom: 1px solid #949494 }
td, caption { overflow-wrap: anywhere }
.scroll { overflow-x: auto }
.scroll:focus { outline: 3px solid #005ea5 }
@media print { body { max-width: none } .scroll { overflow: visible } }
"""


def findings_html(findings: list[Finding], title: str = "What was found in the extracts") -> str:
    """A whole page: the numbers, then a table for each severity."""
    groups = group_findings([masked(finding) for finding in findings])
    sections = [
        _section(severity, [group for group in groups if group.first.severity == severity])
        for severity in SEVERITIES
    ]
    body = "".join(sections) or "<p>No findings: every rule is met.</p>"
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(title)}</title>\n<style>{FINDINGS_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{_escaped(title)}</h1>\n"
        f"<p>{count_by_severity(findings)}.</p>\n{body}</main>\n</body>\n</html>\n"
    )


def _section(severity: Severity, groups: list[FindingGroup]) -> str:
    if not groups:
        return ""
    number = sum(len(group.findings) for group in groups)
    name = f"{severity}-findings"
    rows = "".join("".join(_group_rows(group)) for group in groups)
    return (
        f'<h2 id="{name}">{severity.capitalize()}: {SEVERITY_MEANINGS[severity]}</h2>\n'
        f'<div class="scroll" role="region" aria-labelledby="{name}" tabindex="0">\n<table>\n'
        f"<caption>{number:,} {severity}, by rule and file</caption>\n"
        '<thead><tr><th scope="col">Place</th><th scope="col">Value</th>'
        '<th scope="col">What is wrong</th><th scope="col">What to do</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _group_rows(group: FindingGroup) -> Iterator[str]:
    for finding in group.findings[:MAX_ROWS_PER_GROUP]:
        yield _table_row(finding.place, finding.value or "", finding.what, finding.remedy)
    rest = FindingGroup(group.findings[MAX_ROWS_PER_GROUP:])
    if rest.findings:
        yield _table_row(
            f"{group.first.file}, {rest.rows}",
            "",
            f"{len(rest.findings):,} more of the same rule",
            group.first.remedy,
        )


def _table_row(place: str, *cells: str) -> str:
    columns = "".join(f"<td>{_escaped(cell)}</td>" for cell in cells)
    return f'<tr><th scope="row">{_escaped(place)}</th>{columns}</tr>\n'


def _escaped(text: str) -> str:
    return escape(printable_line(text))
