"""What data do we have, and can we rely on it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding, sort_findings
from pipeline.year import Year

if TYPE_CHECKING:
    from pipeline.validate.rules.evaluate import Evaluator


@dataclass(frozen=True)
class Validated:
    """The typed extracts, published.csv and every finding.

    tables: by extract, each with `year`, `file`, `row` and the dictionary's columns.
    findings: by severity, extract, file and row.
    missing_extracts: the year and name of each optional extract that was not supplied.
    mapped: the columns with another heading than their name, with extract, year and file.
    left_out: the rows of the files that are in no table, with extract, rule, year, file and row.
    unread_personal: the personal columns that are read for the search of the report alone.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]
    left_out: pd.DataFrame
    mapped: pd.DataFrame
    unread_personal: list[pd.DataFrame]

    @property
    def stops(self) -> bool:
        """Whether a finding has to be fixed before a report is made."""
        return any(finding.severity == "critical" for finding in self.findings)


def validate(settings: Settings) -> Validated:
    """The extracts of the years compared, with what Great Expectations finds in them.

    Bad data makes findings and raises nothing.
    """
    from pipeline.validate.rules.great_expectations import failing_rows

    return _read_and_evaluate(settings, failing_rows)


def check(settings: Settings) -> Validated:
    """The same as `validate`, but without Great Expectations, which takes seconds to import."""
    return _read_and_evaluate(settings)


def _read_and_evaluate(settings: Settings, evaluator: Evaluator | None = None) -> Validated:
    from pipeline.validate.events import event_findings
    from pipeline.validate.listings import listing_findings
    from pipeline.validate.personal.masking import hide_personal_texts, with_unread
    from pipeline.validate.reading.read import read_extracts
    from pipeline.validate.rules.evaluate import evaluate_rules

    reading = read_extracts(settings)
    rule_findings = evaluate_rules(reading.tables, reading.published, settings, evaluator)
    complaints = reading.tables["complaints"]
    findings = [
        *reading.findings,
        *_drop_consequences(rule_findings, reading.findings),
        *event_findings(complaints, settings),
        *listing_findings(complaints),
    ]
    recorded = with_unread(reading.tables, reading.unread_personal)
    findings = hide_personal_texts(findings, recorded, settings.council)
    return Validated(
        reading.tables,
        reading.published,
        sort_findings(findings),
        reading.missing_extracts,
        reading.left_out,
        reading.mapped,
        reading.unread_personal,
    )


def _drop_consequences(
    rule_findings: list[Finding], reading_findings: list[Finding]
) -> list[Finding]:
    """The findings of the rules, except those that only follow from a finding of the reading.

    A required cell is empty also when it, or its whole column, could not be read.
    """
    unread = {(finding.file, finding.row, finding.column) for finding in reading_findings}

    def is_consequence(finding: Finding) -> bool:
        cell = (finding.file, finding.row, finding.column)
        whole_column = (finding.file, None, finding.column)
        return finding.rule.endswith(".required") and not unread.isdisjoint({cell, whole_column})

    return [finding for finding in rule_findings if not is_consequence(finding)]
