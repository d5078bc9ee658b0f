"""What do we hold, and may we rely on it?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding, sort_findings
from pipeline.year import Year


@dataclass(frozen=True)
class Validated:
    """The typed extracts, published.csv and all that was found in them.

    tables: by extract, each with `year`, `file`, `row` and the dictionary's columns. findings: by severity, extract, file and
    row. absent: the year and name of each extract that was not handed over.
    """

    tables: dict[str, pd.DataFrame]
    published: pd.DataFrame
    findings: list[Finding]
    missing_extracts: list[tuple[Year, str]]

    @property
    def stops(self) -> bool:
        """Whether anything was found that must be put right before a report is made."""
        return any(finding.severity == "critical" for finding in self.findings)


def validate(settings: Settings) -> Validated:
    """Read the extracts of the years held and ask every rule of them as Great Expectations suites.

    Bad data makes findings and raises nothing.
    """
    from pipeline.validate.rules.great_expectations import failing_rows

    return _read_and_evaluate(settings, failing_rows)


def check(settings: Settings) -> Validated:
    """The same as `validate`, asked without Great Expectations: for the analyst who waits for the answer."""
    from pipeline.validate.rules.evaluate import failing_rows

    return _read_and_evaluate(settings, failing_rows)


def _read_and_evaluate(settings: Settings, broken) -> Validated:
    from pipeline.validate.reading.read import read_extracts
    from pipeline.validate.rules.evaluate import evaluate_rules

    reading = read_extracts(settings)
    expected = evaluate_rules(reading.tables, reading.published, settings, broken)
    findings = [*reading.findings, *_drop_consequences(expected, reading.findings)]
    return Validated(
        reading.tables, reading.published, sort_findings(findings), reading.missing_extracts
    )


def _drop_consequences(expected: list[Finding], of_reading: list[Finding]) -> list[Finding]:
    """What was expected and not found, but for cells that are empty only because they, or their whole column, would not read."""
    unread = {(one.file, one.row, one.column) for one in of_reading}

    def is_consequence(one: Finding) -> bool:
        places = {(one.file, one.row, one.column), (one.file, None, one.column)}
        return one.rule.endswith(".required") and not unread.isdisjoint(places)

    return [one for one in expected if not is_consequence(one)]
