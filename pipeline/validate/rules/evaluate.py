"""All rules, which of them the extracts break, and the finding for each place.

Rules between columns, extracts and years are declared in `dates`, `procedure`, `stages` and
`totals`; the data dictionary and the procedure make the others.

Each rule is evaluated column by column, within a second; that answers an analyst who is waiting.
A run evaluates the rules with Great Expectations as well, whose suites the auditor can read. Both
share all that follows the question, and a run says so if the two ever disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.findings import Finding

# These are imported so that their rules are declared, in this order.
from pipeline.validate.rules import dates, procedure, stages, totals  # noqa: F401
from pipeline.validate.rules.context import RuleContext
from pipeline.validate.rules.of_columns import rules_from_dictionary
from pipeline.validate.rules.of_procedure import rules_of_procedure
from pipeline.validate.rules.row_counts import row_counts
from pipeline.validate.rules.rule import DECLARED_RULES, Rule

# For each rule's id, whether each row of its table passes.
Answers = dict[str, np.ndarray]
# Rules with a row that fails, in the rules' order, each with the positions of those rows.
FailingRows = list[tuple[Rule, list[int]]]
# Evaluates the rules of one table: its name, the rules, the rows, and our own answers.
Evaluator = Callable[[str, list[Rule], pd.DataFrame, Answers], FailingRows]


def rules_by_extract(settings: Settings) -> dict[str, list[Rule]]:
    """The rules that apply under these settings, by extract.

    `row_counts` is the table that `row_counts.row_counts` makes.
    """
    grouped: dict[str, list[Rule]] = {}
    rules = (*rules_from_dictionary(settings), *DECLARED_RULES, *rules_of_procedure(settings))
    for rule in rules:
        grouped.setdefault(rule.extract, []).append(rule)
    return grouped


def evaluate_rules(
    tables: dict[str, pd.DataFrame],
    published: pd.DataFrame,
    settings: Settings,
    evaluator: Evaluator | None = None,
) -> list[Finding]:
    """Every finding of every rule, in the order of the rules.

    tables: the typed extracts by name, with `year`, `file` and `row`.
    published: published.csv likewise.
    evaluator: a second way to evaluate the rules, whose result counts; a finding names each
        table where it disagrees with our own.
    """
    context = RuleContext.from_tables(tables, published, settings)
    frames = {
        **context.tables,
        "published": context.published,
        "row_counts": row_counts(context),
    }
    findings: list[Finding] = []
    for extract, rules in rules_by_extract(settings).items():
        frame = frames.get(extract)
        if frame is None or frame.empty:
            continue
        answers = {rule.id: _passes(rule, frame, context) for rule in rules}
        failing = failing_rows(rules, answers)
        if evaluator is not None:
            own_failing = failing
            failing = evaluator(extract, rules, frame, answers)
            if failing != own_failing:
                findings.append(_disagreement(extract, frame, own_failing, failing))
        for rule, positions in failing:
            findings += rule.findings(context, frame.loc[positions])
    return findings


def failing_rows(rules: list[Rule], answers: Answers) -> FailingRows:
    """The rules that some row fails, in their order, each with the positions of those rows."""
    positions = [(rule, np.flatnonzero(~answers[rule.id]).tolist()) for rule in rules]
    return [(rule, failing) for rule, failing in positions if failing]


def _passes(rule: Rule, frame: pd.DataFrame, context: RuleContext) -> np.ndarray:
    """Whether each row of a table passes a rule."""
    column = frame[rule.column]
    match rule.expects:
        case "filled":
            passes = column.notna()
        case "one of":
            return _is_allowed(column, rule.allowed)
        case "unique":
            passes = column.isna() | ~column.duplicated(keep=False)
        case "holds":
            assert rule.passes is not None, rule.id
            passes = rule.passes(context)
    passing_rows: np.ndarray = passes.to_numpy(dtype=bool)
    return passing_rows


def _is_allowed(column: pd.Series, allowed: Collection[str]) -> np.ndarray:
    """Whether each code of a column, which holds codes as categories, is allowed or missing."""
    category_is_allowed = [category in allowed for category in column.cat.categories]
    # A missing code is -1, and so takes the last answer.
    is_allowed: np.ndarray = np.array([*category_is_allowed, True])[column.cat.codes]
    return is_allowed


def _disagreement(
    extract: str, frame: pd.DataFrame, own_failing: FailingRows, failing: FailingRows
) -> Finding:
    """The finding that stops a run whose two evaluations of the rules differ."""
    own_rows = {rule.id: rows for rule, rows in own_failing}
    rows = {rule.id: rows for rule, rows in failing}
    differing = sorted(id for id in own_rows | rows if own_rows.get(id) != rows.get(id))
    return Finding(
        severity="critical",
        rule=f"{extract}.rules.evaluated_alike",
        extract=extract,
        file=str(frame["file"].iloc[0]),
        what=(
            "Great Expectations and the column-by-column check disagree about "
            f"{', '.join(differing)}"
        ),
        remedy="This is a defect of the program: please report it.",
    )
