"""What is wrong or odd in an extract: where, how serious it is, and what to do about it.

The same findings are read on the terminal, in the validate notebook, as findings.csv and as a
page. Values of personal columns are masked in all of them, unless the analyst asks for them on the
terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.problem import Kind, Problem
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
MAX_QUOTED_CHARACTERS = 80
MAX_LISTED_IN_FULL = 50  # findings; a longer list shows the first of each group
MAX_SHOWN_PER_GROUP = 5
MASK = "•••"
# Unicode categories of characters that could steer a terminal or turn the writing around.
UNPRINTABLE_CATEGORIES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing wrong or odd in an extract. The fields but the last are columns of findings.csv.

    severity: `critical` stops the run, `warning` is shown in the report's data-quality section,
        `info` is recorded.
    rule: id of the rule broken, such as `complaints.outcome.allowed`.
    file: path inside the workspace.
    row: as the analyst sees it in the spreadsheet (the heading is row 1), or None for the whole
        file.
    what, remedy: one plain sentence each.
    stands_for: how many places it is about; more than one where the rest of a long list is
        counted.
    hidden: texts in the other fields that only a terminal may show.
    """

    severity: Severity
    rule: str
    extract: str
    file: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    what: str
    remedy: str
    stands_for: int = 1
    hidden: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The file, the row and the column, as far as there are any."""
        row = f", row {self.row:,}" if self.row is not None else ""
        column = f", {self.column}" if self.column else ""
        return f"{self.file}{row}{column}"


@dataclass(frozen=True)
class FindingGroup:
    """All findings of one rule, column and file, in order of row."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding with the lowest row."""
        return self.findings[0]

    @property
    def rows(self) -> str:
        """The rows concerned: "rows 2 to 4, 9 and 31 more"; "" if there are none."""
        return format_row_numbers(
            [finding.row for finding in self.findings if finding.row is not None]
        )


def count_rows(count: int) -> str:
    """How many rows: "1 row", "2,000 rows"."""
    return "1 row" if count == 1 else f"{count:,} rows"


def format_row_numbers(numbers: Iterable[int]) -> str:
    """The rows with these numbers: "rows 2 to 4, 9 and 31 more"; "" if there are none."""
    spans: list[list[int]] = []
    for row in sorted(set(numbers)):
        if spans and row == spans[-1][-1] + 1:
            spans[-1].append(row)
        else:
            spans.append([row])
    if not spans:
        return ""
    listed_spans = [
        f"{span[0]:,} to {span[-1]:,}" if len(span) > 1 else f"{span[0]:,}"
        for span in spans[:MAX_SHOWN_PER_GROUP]
    ]
    unshown_count = sum(len(span) for span in spans[MAX_SHOWN_PER_GROUP:])
    plural = "s" if sum(len(span) for span in spans) > 1 else ""
    more = f" and {unshown_count:,} more" if unshown_count else ""
    return f"row{plural} {', '.join(listed_spans)}{more}"


def quotable_text(text: str) -> str:
    """Text that is safe to quote in a line.

    Without control, invisible or direction-changing characters, and not too long.
    """
    visible = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character for character in text
    )
    line = " ".join(visible.split())
    if len(line) <= MAX_QUOTED_CHARACTERS:
        return line
    return line[: MAX_QUOTED_CHARACTERS - 1] + "…"


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """By severity, then extract, file, row and column."""
    extract_order = {name: position for position, name in enumerate(EXTRACTS_BY_NAME)}

    def sort_key(finding: Finding) -> tuple[object, ...]:
        return (
            SEVERITIES.index(finding.severity),
            extract_order.get(finding.extract, len(extract_order)),
            finding.file,
            finding.row or 0,
            finding.column or "",
            finding.rule,
            finding.value or "",
            finding.what,
        )

    return sorted(findings, key=sort_key)


def masked(finding: Finding) -> Finding:
    """The finding without what is personal, in whatever column or sentence.

    That is the value of a personal column, and the texts of `hidden`.
    """
    extract = EXTRACTS_BY_NAME.get(finding.extract)
    hidden = set(finding.hidden)
    if finding.value is not None and extract and finding.column in extract.personal_columns:
        hidden.add(finding.value)
    if not hidden:
        return finding
    spellings = {form for text in hidden for form in (text.strip(), quotable_text(text))} - {""}
    pattern = re.compile("|".join(map(re.escape, sorted(spellings, key=len, reverse=True))))

    def hide(text: str) -> str:
        return pattern.sub(MASK, text) if spellings else text

    return replace(
        finding,
        column=finding.column and hide(finding.column),
        value=MASK if finding.value in hidden else finding.value and hide(finding.value),
        what=hide(finding.what),
        remedy=hide(finding.remedy),
        hidden=(),
    )


def group_findings(findings: list[Finding]) -> list[FindingGroup]:
    """The findings by severity, rule, file and column, in order."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sort_findings(findings):
        key = (
            finding.severity,
            finding.extract,
            finding.rule,
            finding.file,
            finding.column,
        )
        groups.setdefault(key, []).append(finding)
    return [FindingGroup(tuple(group)) for group in groups.values()]


def count_by_severity(findings: list[Finding]) -> str:
    """How many findings there are of each severity: "2 critical, 1 warning, 0 info"."""
    counts = [
        f"{sum(finding.severity == severity for finding in findings):,} {severity}"
        for severity in SEVERITIES
    ]
    return ", ".join(counts)


def findings_text(findings: list[Finding], show_personal: bool = False) -> str:
    """The findings as plain lines for a terminal.

    What to do is said once for each group, with its rows; of very many the first.
    """
    if not findings:
        return "No findings: every rule is met."
    visible = findings if show_personal else [masked(finding) for finding in findings]
    return count_by_severity(findings) + "\n\n" + "\n\n".join(_group_paragraphs(visible))


def _group_paragraphs(findings: list[Finding]) -> list[str]:
    shown_per_group = len(findings)
    if len(findings) > MAX_LISTED_IN_FULL:
        shown_per_group = MAX_SHOWN_PER_GROUP
    return [_group_paragraph(group, shown_per_group) for group in group_findings(findings)]


def _group_paragraph(group: FindingGroup, shown_count: int) -> str:
    first = group.first
    column = f", {first.column}" if first.column else ""
    times = f", {len(group.findings):,} times" if len(group.findings) > 1 else ""
    lines = [printable_line(f"{first.severity}: {first.file}{column}") + times]
    listed = group.findings[:shown_count]
    for finding in listed:
        place = "  " if finding.row is None else f"  row {finding.row:,}: "
        lines.append(place + printable_line(finding.what) + _unquoted_value(finding))
    rest = group.findings[shown_count:]
    if rest:
        lines.append(f"  and {len(rest):,} more: {FindingGroup(rest).rows or 'the whole file'}")
    for remedy in dict.fromkeys(finding.remedy for finding in listed):
        lines.append(f"  → {printable_line(remedy)}")
    return "\n".join(lines)


def _unquoted_value(finding: Finding) -> str:
    """The value, where the sentence does not quote it."""
    value = quotable_text(finding.value or "")
    return f' (found "{value}")' if value and value not in finding.what else ""


def printable_line(text: str) -> str:
    """The text as one line, without what could steer a terminal or turn the writing around."""
    return "".join(
        " " if unicodedata.category(character) in UNPRINTABLE_CATEGORIES else character
        for character in text
    )


def raise_critical(findings: list[Finding]) -> None:
    """Raise the error that stops a run if any finding is critical."""
    if any(finding.severity == "critical" for finding in findings):
        raise problem_for(findings)


def problem_for(findings: list[Finding]) -> Problem:
    """The error that stops a run: every critical finding, with its place, value and remedy."""
    critical = [masked(finding) for finding in findings if finding.severity == "critical"]
    plural = "" if len(critical) == 1 else "s"
    summary = f"{len(critical):,} critical finding{plural}, so no report can be made"
    return Problem(
        kind=Kind.DATA,
        where="extracts",
        what=f"{summary}\n\n" + "\n\n".join(_group_paragraphs(critical)) + "\n",
        remedy=(
            "Fix these in the case system or in the extracts, and run again. Warnings do "
            "not stop a run."
        ),
    )
