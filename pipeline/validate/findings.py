"""What is wrong or odd in an extract: where, how bad, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One thing wrong or odd in an extract.

    severity: `critical` stops the run, `warning` is shown in the report's data-quality section, `info` is recorded.
    rule: id of the rule broken, such as `complaints.outcome.allowed`. file: path inside the workspace. row: as the analyst sees
    it in the spreadsheet (the heading is row 1), or None for the whole file. what / remedy: one plain sentence each.
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
