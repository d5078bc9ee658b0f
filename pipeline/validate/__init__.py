"""What do we hold, and may we rely on it?"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding, in_order
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
    absent: list[tuple[Year, str]]

    @property
    def stops(self) -> bool:
        """Whether anything was found that must be put right before a report is made."""
        return any(finding.severity == "critical" for finding in self.findings)


def validate(settings: Settings) -> Validated:
    """Read the extracts of the years held and ask every rule of them as Great Expectations suites.

    Bad data makes findings and raises nothing.
    """
    from pipeline.validate.rules.great_expectations import broken

    return _validated(settings, broken)


def check(settings: Settings) -> Validated:
    """The same as `validate`, asked without Great Expectations: for the analyst who waits for the answer."""
    from pipeline.validate.rules.evaluate import plainly

    return _validated(settings, plainly)


def _validated(settings: Settings, broken) -> Validated:
    from pipeline.validate.reading.read import read_extracts
    from pipeline.validate.rules.evaluate import expect

    reading = read_extracts(settings)
    expected = expect(reading.tables, reading.published, settings, broken)
    findings = [*reading.findings, *_without_consequences(expected, reading.findings)]
    return Validated(reading.tables, reading.published, in_order(findings), reading.absent)


def _without_consequences(expected: list[Finding], of_reading: list[Finding]) -> list[Finding]:
    """What was expected and not found, but for cells that are empty only because they, or their whole column, would not read."""
    unread = {(one.file, one.row, one.column) for one in of_reading}

    def is_consequence(one: Finding) -> bool:
        places = {(one.file, one.row, one.column), (one.file, None, one.column)}
        return one.rule.endswith(".required") and not unread.isdisjoint(places)

    return [one for one in expected if not is_consequence(one)]
