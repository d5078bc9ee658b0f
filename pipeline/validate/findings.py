"""What is wrong or odd in an extract: where, how bad, and what to do about it; and how that is read.

The same findings are read on the terminal, in the validate notebook, as findings.csv and as a page. Values of personal columns
are masked in all of them, unless the analyst asks for them on the terminal.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from pipeline.problem import Kind, Problem
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
MAX_QUOTED_CHARACTERS = 80  # characters of a value that are quoted
MAX_LISTED_IN_FULL = 50  # findings; a longer list shows the first of each group
MAX_SHOWN_PER_GROUP = 5
MASK = "•••"


@dataclass(frozen=True)
class Finding:
    """One thing wrong or odd in an extract.

    severity: `critical` stops the run, `warning` is shown in the report's data-quality section, `info` is recorded.
    rule: id of the rule broken, such as `complaints.outcome.allowed`. file: path inside the workspace. row: as the analyst sees
    it in the spreadsheet (the heading is row 1), or None for the whole file. what / remedy: one plain sentence each. stands_for:
    how many places it is about; more than one where the rest of a long list is counted.
    """

    severity: Severity
    rule: str
    extract: str
    file: str
    row: int | None
    column: str | None
    value: str | None
    what: str
    remedy: str
    stands_for: int = 1

    @property
    def place(self) -> str:
        """The file, the row and the column, as far as there are any."""
        row = f", row {self.row:,}" if self.row is not None else ""
        return f"{self.file}{row}" + (f", {self.column}" if self.column else "")


@dataclass(frozen=True)
class FindingGroup:
    """All findings of one rule, column and file, in order of row."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def rows(self) -> str:
        """The rows concerned: "rows 2 to 4, 9 and 31 more"."""
        spans: list[list[int]] = []
        for number in sorted({finding.row for finding in self.findings if finding.row is not None}):
            if spans and number == spans[-1][-1] + 1:
                spans[-1].append(number)
            else:
                spans.append([number])
        said = [
            f"{span[0]:,}" + (f" to {span[-1]:,}" if len(span) > 1 else "")
            for span in spans[:MAX_SHOWN_PER_GROUP]
        ]
        more = sum(map(len, spans[MAX_SHOWN_PER_GROUP:]))
        plural = "s" if sum(map(len, spans)) > 1 else ""
        return (
            f"row{plural} {', '.join(said)}{f' and {more:,} more' if more else ''}" if spans else ""
        )


def quotable_text(text: str) -> str:
    """Text that is safe to quote in a line: no control, invisible or direction-changing characters, and not too long."""
    seen = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    seen = " ".join(seen.split())
    return seen if len(seen) <= MAX_QUOTED_CHARACTERS else seen[: MAX_QUOTED_CHARACTERS - 1] + "…"


def sort_findings(findings: list[Finding]) -> list[Finding]:
    """By severity, then extract, file, row and column."""
    places = {name: place for place, name in enumerate(EXTRACTS_BY_NAME)}
    return sorted(findings, key=lambda one: (
        SEVERITIES.index(one.severity), places.get(one.extract, len(places)),
        one.file, one.row or 0, one.column or "", one.rule, one.value or "", one.what,
    ))  # fmt: skip


def masked(finding: Finding) -> Finding:
    """The finding with the value hidden, in the sentences too, if its column is personal."""
    extract = EXTRACTS_BY_NAME.get(finding.extract)
    if finding.value is None or extract is None or finding.column not in extract.personal_columns:
        return finding
    hidden = sorted(
        {finding.value.strip(), quotable_text(finding.value)} - {""}, key=len, reverse=True
    )
    what, remedy = finding.what, finding.remedy
    for text in hidden:
        what, remedy = what.replace(text, MASK), remedy.replace(text, MASK)
    return replace(finding, value=MASK, what=what, remedy=remedy)


def group_findings(findings: list[Finding]) -> list[FindingGroup]:
    """The findings by severity, rule, file and column, in order."""
    groups: dict[tuple, list[Finding]] = {}
    for finding in sort_findings(findings):
        groups.setdefault(
            (finding.severity, finding.extract, finding.rule, finding.file, finding.column), []
        ).append(finding)
    return [FindingGroup(tuple(held)) for held in groups.values()]


def count_by_severity(findings: list[Finding]) -> str:
    """How many there are of each severity: 2 critical, 1 warning, 0 info."""
    return ", ".join(
        f"{sum(one.severity == severity for one in findings):,} {severity}"
        for severity in SEVERITIES
    )


def findings_text(findings: list[Finding], show_personal: bool = False) -> str:
    """The findings as plain lines for a terminal: what to do once for each group, and each row; of very many the first."""
    if not findings:
        return "Nothing found: every rule holds."
    shown = findings if show_personal else [masked(one) for one in findings]
    return count_by_severity(findings) + "\n\n" + "\n\n".join(_group_paragraphs(shown))


def _group_paragraphs(findings: list[Finding]) -> list[str]:
    each = len(findings) if len(findings) <= MAX_LISTED_IN_FULL else MAX_SHOWN_PER_GROUP
    said = []
    for group in group_findings(findings):
        first = group.first
        many = f", {len(group.findings):,} times" if len(group.findings) > 1 else ""
        lines = [
            printable(
                f"{first.severity}: {first.file}" + (f", {first.column}" if first.column else "")
            )
            + many
        ]
        for one in group.findings[:each]:
            lines.append(
                ("  " if one.row is None else f"  row {one.row:,}: ")
                + printable(one.what)
                + _unquoted_value(one)
            )
        rest = group.findings[each:]
        if rest:
            lines.append(f"  and {len(rest):,} more: {FindingGroup(rest).rows or 'the whole file'}")
        lines += [
            f"  → {printable(remedy)}"
            for remedy in dict.fromkeys(one.remedy for one in group.findings[:each])
        ]
        said.append("\n".join(lines))
    return said


def _unquoted_value(finding: Finding) -> str:
    """The value, where the sentence does not quote it."""
    value = quotable_text(finding.value or "")
    return f' (found "{value}")' if value and value not in finding.what else ""


def printable(text: str) -> str:
    """One line without anything that could steer a terminal or turn the writing around."""
    return "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") else char
        for char in text
    )


def problem_for(findings: list[Finding]) -> Problem:
    """The error that stops a run: every critical finding, with its file, row, column, value and remedy."""
    critical = [masked(one) for one in findings if one.severity == "critical"]
    number = f"{len(critical):,} critical finding{'s' * (len(critical) != 1)}, so no report can be made of them"
    return Problem(
        Kind.DATA, "extracts", f"{number}\n\n" + "\n\n".join(_group_paragraphs(critical)) + "\n",
        "Put these right in the case system or in the extracts, and run again. Warnings do not stop a run.",
    )  # fmt: skip


def to_frame(findings: list[Finding]) -> pd.DataFrame:
    """One row a finding, in order, personal values masked: the columns are the fields of Finding; numbers are Int64."""
    names = [field.name for field in fields(Finding)]
    table = pd.DataFrame([astuple(masked(one)) for one in sort_findings(findings)], columns=names)
    return table.astype(
        {name: "Int64" if name in ("row", "stands_for") else "str" for name in names}
    )


def write_csv(findings: list[Finding], path: Path) -> None:
    """findings.csv: the table of `to_frame`, which a spreadsheet opens as text and never as a formula."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(field.name for field in fields(Finding))
    for one in sort_findings(findings):
        writer.writerow(
            "" if cell is None else _escape_formula(cell) for cell in astuple(masked(one))
        )
    # With the mark at the start Excel knows the file for UTF-8.
    Path(path).write_text(written.getvalue(), encoding="utf-8-sig", newline="")


def _escape_formula(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return cell
