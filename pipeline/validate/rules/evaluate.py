"""Which rules the extracts break, and what is said of each place.

The rules can be asked in two ways that always agree: as Great Expectations suites, which the run keeps for the auditor, or
column by column, which answers the analyst who is waiting without the seconds that the library takes to import.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding
from pipeline.validate.rules.of_columns import rules_by_extract
from pipeline.validate.rules.row_counts import row_counts
from pipeline.validate.rules.rule import Rule, RuleContext

Evaluator = Callable[[str, list[Rule], pd.DataFrame, RuleContext], list[tuple[Rule, list[int]]]]


def evaluate_rules(
    tables: dict[str, pd.DataFrame],
    published: pd.DataFrame,
    settings: Settings,
    evaluator: Evaluator,
) -> list[Finding]:
    """Every finding of every rule, in the order of the rules.

    tables: the typed extracts by name, with `year`, `file` and `row`; published: published.csv likewise. broken: asks the rules
    of one extract, `expectations.broken` or `plainly`.
    """
    held = RuleContext.from_tables(tables, published, settings)
    frames = {**held.tables, "published": held.published, "row_counts": row_counts(held)}
    findings = []
    for extract, asked in rules_by_extract(settings).items():
        frame = frames.get(extract)
        if frame is None or frame.empty:
            continue
        for rule, rows in evaluator(extract, asked, frame, held):
            findings += rule.findings(held, frame.loc[rows])
    return findings


def failing_rows(
    extract: str, rules: list[Rule], frame: pd.DataFrame, context: RuleContext
) -> list[tuple[Rule, list[int]]]:
    """The rules that do not hold of an extract, in their order, each with the positions of the rows."""
    found = ((rule, np.flatnonzero(~_passes(rule, frame, context)).tolist()) for rule in rules)
    return [(rule, rows) for rule, rows in found if rows]


def _passes(rule: Rule, frame: pd.DataFrame, held: RuleContext) -> np.ndarray:
    column = frame[rule.column]
    match rule.expects:
        case "filled":
            answer = column.notna()
        case "one of":
            answer = column.isna() | column.isin(rule.allowed)
        case "unique":
            answer = column.isna() | ~column.duplicated(keep=False)
        case "holds":
            answer = rule.passes(held)
    return answer.to_numpy(dtype=bool)
