"""What a rule is, how one is declared, and the findings that it makes of failing rows.

Great Expectations, which evaluates the rules of a run, is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any, Literal

import pandas as pd

from pipeline.problem import did_you_mean
from pipeline.validate.findings import Finding, Severity, quotable_text
from pipeline.validate.rules.context import RuleContext

# Findings that one rule lists one by one: nobody reads more, and a million would fill the memory.
MAX_LISTED_FINDINGS = 10_000

RowTest = Callable[[RuleContext], pd.Series]
RowEvidence = Callable[[RuleContext, pd.DataFrame], pd.Series]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that must hold of each row of an extract.

    id: extract, column and name, such as `complaints.outcome.allowed`.
    reason: what must hold, as a sentence for the auditor.
    what, remedy: the sentences of a finding, in which {value}, {evidence}, {hint} and the names
        of the row's columns are filled in.
    expects: `filled`, `one of` (allowed) and `unique` look at the column itself; `holds` at the
        answer that `passes` gives for each row.
    evidence: for the failing rows, a text each.
    quotes_value: whether a finding may repeat the value.
    """

    id: str
    severity: Severity
    reason: str
    what: str
    remedy: str
    expects: Literal["filled", "one of", "unique", "holds"] = "holds"
    allowed: tuple[str, ...] = ()
    passes: RowTest | None = None
    evidence: RowEvidence | None = None
    quotes_value: bool = True

    @property
    def extract(self) -> str:
        """The extract, or other table, whose rows the rule looks at."""
        return self.id.split(".")[0]

    @property
    def column(self) -> str:
        """The column that a finding points at."""
        return self.id.split(".")[1]

    def findings(self, context: RuleContext, failing_rows: pd.DataFrame) -> Iterator[Finding]:
        """A finding for each failing row, and one for all beyond MAX_LISTED_FINDINGS."""
        listed = failing_rows.head(MAX_LISTED_FINDINGS)
        evidence = pd.Series("", index=listed.index)
        if self.evidence:
            evidence = self.evidence(context, listed)
        records = listed[self._columns_to_format(listed)].to_dict("records")
        for row, row_evidence in zip(records, evidence, strict=True):
            yield self._row_finding(row, row_evidence)
        unlisted = failing_rows[MAX_LISTED_FINDINGS:]
        if len(unlisted):
            yield self._remainder_finding(unlisted)

    def _columns_to_format(self, rows: pd.DataFrame) -> list[str]:
        """The columns that a finding quotes or is placed by, in the table's order."""
        fields = {self.column, "extract", "file", "row"}
        for template in (self.what, self.remedy):
            fields.update(name for _, name, _, _ in Formatter().parse(template) if name)
        return [name for name in rows.columns if name in fields]

    def _row_finding(self, row: dict[str, Any], evidence: str) -> Finding:
        texts = {name: format_value(value) for name, value in row.items()}
        value = texts[self.column]
        hint = did_you_mean(value, list(self.allowed))
        texts |= {"value": value, "evidence": evidence, "hint": hint}
        is_whole_file = pd.isna(row["row"])
        is_quoted = self.quotes_value and not pd.isna(row[self.column])
        return Finding(
            severity=self.severity,
            rule=self.id,
            extract=row.get("extract", self.extract),
            file=row["file"],
            row=None if is_whole_file else int(row["row"]),
            column=None if is_whole_file else self.column,
            value=value if is_quoted else None,
            what=self.what.format_map(texts),
            remedy=self.remedy.format_map(texts),
        )

    def _remainder_finding(self, unlisted: pd.DataFrame) -> Finding:
        return Finding(
            severity=self.severity,
            rule=self.id,
            extract=self.extract,
            file=str(unlisted["file"].iloc[0]),
            column=self.column,
            what=f"{len(unlisted):,} more rows break this rule: {self.reason}",
            remedy="Fix the rows listed first; the cause is most likely the same.",
            stands_for=len(unlisted),
        )


DECLARED_RULES: list[Rule] = []


def declare(rule: Rule) -> Callable[[RowTest], RowTest]:
    """A decorator that declares a rule; the function below it is the rule's `passes`."""

    def register(passes: RowTest) -> RowTest:
        DECLARED_RULES.append(replace(rule, passes=passes))
        return passes

    return register


def format_value(value: object) -> str:
    """A value as a sentence quotes it.

    Dates as 2021-04-30, whole pounds without decimals, a missing value as "nothing".
    """
    if pd.isna(value):
        return "nothing"
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        return f"{value:,.0f}"
    return quotable_text(str(value))


def texts_pass(values: pd.Series, test: Callable[[str], bool]) -> pd.Series:
    """Whether each text passes a test, run once per distinct text; a missing text passes."""
    codes, texts = pd.factorize(values)
    answers = [test(text) for text in texts]
    answers.append(True)  # factorize gives a missing value the code -1, which is the last answer
    return pd.Series(pd.Series(answers, dtype=bool).to_numpy()[codes], index=values.index)
