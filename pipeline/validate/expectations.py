"""The rules as Great Expectations suites, one an extract. The only module that knows Great Expectations.

Rules about a single column are native expectations; for the others a column with the rule's answer for each row is added and
expected to be true. A suite runs twice: first only yes or no, then for what failed the rows, which is several times slower.
"""

from __future__ import annotations

import os
from functools import cache

import pandas as pd

from pipeline.settings import Settings
from pipeline.validate.counts import row_counts
from pipeline.validate.findings import Finding
from pipeline.validate.rule import Held, Rule
from pipeline.validate.rules import rules


def expect(tables: dict[str, pd.DataFrame], published: pd.DataFrame, settings: Settings) -> list[Finding]:
    """Every finding of every rule, in the order of the rules.

    tables: the typed extracts by name, with `year`, `file` and `row`; published: published.csv likewise.
    """
    tables = {name: table.reset_index(drop=True) for name, table in tables.items()}
    held = Held(tables, published.reset_index(drop=True), settings)
    frames = {**tables, "published": held.published, "row_counts": row_counts(held)}
    findings = []
    for extract, asked in rules(settings).items():
        frame = frames.get(extract)
        if frame is None or frame.empty:
            continue
        for rule, rows in _broken(extract, asked, frame, held):
            findings += rule.findings(held, frame.loc[rows])
    return findings


def suites(settings: Settings) -> pd.DataFrame:
    """Every expectation in plain words: extract, column, severity, reason, rule, and the expectation that checks it."""
    rows = [
        (extract, rule.column, rule.severity, rule.reason, rule.id, type(_expectation(rule)).__name__)
        for extract, asked in rules(settings).items()
        for rule in asked
    ]
    return pd.DataFrame(rows, columns=["extract", "column", "severity", "reason", "rule", "expectation"])


@cache
def _great_expectations():
    """The library and a context without progress bars, analytics or files."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return great_expectations, context.data_sources.add_pandas("extracts")


def _expectation(rule: Rule):
    gx, _ = _great_expectations()
    said = {"severity": rule.severity, "description": rule.reason, "meta": {"rule": rule.id}}
    match rule.expects:
        case "filled":
            return gx.expectations.ExpectColumnValuesToNotBeNull(column=rule.column, **said)
        case "one of":
            return gx.expectations.ExpectColumnValuesToBeInSet(column=rule.column, value_set=list(rule.allowed), **said)
        case "unique":
            return gx.expectations.ExpectColumnValuesToBeUnique(column=rule.column, **said)
        case "holds":
            return gx.expectations.ExpectColumnValuesToBeInSet(column=rule.id, value_set=[True], **said)


def _broken(extract: str, rules: list[Rule], frame: pd.DataFrame, held: Held) -> list[tuple[Rule, list[int]]]:
    """The rules that do not hold, each with the positions of the rows."""
    gx, source = _great_expectations()
    native = {rule.column: frame[rule.column] for rule in rules if rule.expects != "holds"}
    answers = {rule.id: rule.holds(held).to_numpy() for rule in rules if rule.expects == "holds"}
    checked = pd.DataFrame(native | answers)
    asset = source.add_dataframe_asset(extract)
    try:
        batch = asset.add_batch_definition_whole_dataframe("all rows").get_batch({"dataframe": checked})
        by_id = {rule.id: rule for rule in rules}

        def validate(chosen: list[Rule], result_format: str):
            suite = gx.ExpectationSuite(name=extract, expectations=[_expectation(rule) for rule in chosen])
            results = batch.validate(suite, result_format=result_format).results
            return [(by_id[one.expectation_config.meta["rule"]], one) for one in results if not one.success]

        failed = [rule for rule, _ in validate(rules, "BOOLEAN_ONLY")]
        if not failed:
            return []
        return [(rule, one.result["unexpected_index_list"]) for rule, one in validate(failed, "COMPLETE")]
    finally:
        source.delete_asset(extract)
