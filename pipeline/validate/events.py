"""What is said of cases that are linked to others, and of cases that were reopened."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding, format_row_numbers

NOTHING_TO_DO = "Nothing to do if the cases are right."


def event_findings(complaints: pd.DataFrame, settings: Settings) -> Iterator[Finding]:
    """For each file with such cases a note of them, and of how they are counted."""
    clock = settings.council.reopened_clock
    is_reopened = complaints["reopened"].notna() | complaints["closed_again"].notna()
    yield from _of_files(
        complaints[is_reopened],
        "complaints.reopened",
        f"reopened: a clock stops at the {clock} (`reopened_clock: {clock}`)",
    )
    yield from _of_files(
        complaints[complaints["linked_to"].notna()],
        "complaints.linked",
        "linked to another case: a linked case is counted once, as the case that it is linked to",
    )


def _of_files(cases: pd.DataFrame, rule: str, what: str) -> Iterator[Finding]:
    for file, rows in cases.groupby("file", observed=True, sort=True)["row"]:
        noun = "cases are" if len(rows) > 1 else "case is"
        yield Finding(
            severity="info",
            rule=rule,
            extract="complaints",
            file=str(file),
            what=f"{len(rows):,} {noun} {what}; {format_row_numbers(rows)}",
            remedy=NOTHING_TO_DO,
            stands_for=len(rows),
        )
