"""The rules as Great Expectations suites, one per extract.

The only module that knows Great Expectations. Rules about a single column are native
expectations; for the others a column with the rule's answer for each row is added and expected to
be true. A suite runs twice: first for yes or no, then, for what failed, for the rows, which is
several times slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import pandas as pd

from pipeline.settings import Settings
from pipeline.system.imports import gc_paused_then_frozen, imported_when_used
from pipeline.validate.rules.evaluate import Answers, FailingRows, rules_by_extract
from pipeline.validate.rules.rule import Rule

SUITE_COLUMNS = ["extract", "column", "severity", "reason", "rule", "expectation"]


def failing_rows(
    extract: str, rules: list[Rule], frame: pd.DataFrame, answers: Answers
) -> FailingRows:
    """The rules that some row fails, in their order, each with the positions of those rows.

    extract: the name of the table, and of its suite.
    frame: the rows.
    answers: for rules that no native expectation covers, whether each row passes.
    """
    gx, all_rows = load_gx()
    native = {
        rule.column: _as_categories(frame[rule.column]) for rule in rules if rule.expects != "holds"
    }
    answered = {rule.id: answers[rule.id] for rule in rules if rule.expects == "holds"}
    batch = all_rows.get_batch({"dataframe": pd.DataFrame(native | answered)})
    # Not `batch.validate`, which reads and hashes the table again each time.
    validator = batch.datasource.data_context.get_validator(batch=batch)
    rule_by_id = {rule.id: rule for rule in rules}

    def failed_results(chosen: list[Rule], result_format: str) -> list[tuple[Rule, Any]]:
        suite = gx.ExpectationSuite(
            name=extract, expectations=[_expectation(rule) for rule in chosen]
        )
        results = validator.validate(suite, result_format=result_format).results
        return [
            (rule_by_id[result.expectation_config.meta["rule"]], result)
            for result in results
            if not result.success
        ]

    failing: FailingRows = []
    with _cached_configurations(gx):
        failed_rules = [rule for rule, _ in failed_results(rules, "BOOLEAN_ONLY")]
        if failed_rules:
            failing = [
                (rule, result.result["unexpected_index_list"])
                for rule, result in failed_results(failed_rules, "COMPLETE")
            ]
    # Free the memory of this table, which the library keeps until it has read the next.
    batch_manager = batch.data.execution_engine.batch_manager
    batch_manager.reset_batch_cache()
    batch_manager.batch_data_cache.clear()
    return failing


def suites(settings: Settings) -> pd.DataFrame:
    """Every expectation in plain words, one row per rule, with the class that checks it."""
    rows = [
        (
            extract,
            rule.column,
            rule.severity,
            rule.reason,
            rule.id,
            type(_expectation(rule)).__name__,
        )
        for extract, rules in rules_by_extract(settings).items()
        for rule in rules
    ]
    return pd.DataFrame(rows, columns=SUITE_COLUMNS)


@cache
def load_gx() -> tuple[ModuleType, Any]:
    """Great Expectations, and the batch definition that takes a whole table.

    The context is in memory, without progress bars or analytics.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # Half a million objects; and two libraries for charts and tests that nothing here asks for.
    with gc_paused_then_frozen(), imported_when_used("altair", "scipy.stats"):
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_pandas("extracts").add_dataframe_asset("extract")
    return great_expectations, asset.add_batch_definition_whole_dataframe("all rows")


def _expectation(rule: Rule) -> Any:
    gx, _ = load_gx()
    described = {
        "severity": rule.severity,
        "description": rule.reason,
        "meta": {"rule": rule.id},
    }
    expectations = gx.expectations
    match rule.expects:
        case "filled":
            return expectations.ExpectColumnValuesToNotBeNull(column=rule.column, **described)
        case "one of":
            return expectations.ExpectColumnValuesToBeInSet(
                column=rule.column, value_set=list(rule.allowed), **described
            )
        case "unique":
            return expectations.ExpectColumnValuesToBeUnique(column=rule.column, **described)
        case "holds":
            return expectations.ExpectColumnValuesToBeInSet(
                column=rule.id, value_set=[True], **described
            )


def _as_categories(column: pd.Series) -> pd.Series:
    """Texts as categories: the library copies a table for each expectation and hashes it often."""
    is_text = isinstance(column.dtype, pd.StringDtype)
    return column.astype("category") if is_text else column


@contextmanager
def _cached_configurations(gx: ModuleType) -> Iterator[None]:
    """In the block each expectation makes its configuration once instead of some seventy times.

    It replaces a property of the library, because it saves 2 s of processor time, a
    ninth of the sample's cold run. Written against Great Expectations 1.24.1. If the
    library moves, test_great_expectations.py fails, and the block can go without any other
    change.
    """
    expectation_class = gx.expectations.Expectation
    configuration = expectation_class.configuration
    expectation_class.configuration = property(_cache_by_identity(configuration.fget))
    try:
        yield
    finally:
        expectation_class.configuration = configuration


def _cache_by_identity(make: Callable[[object], object]) -> Callable[[object], object]:
    """The function with its result kept for each object, which need not be hashable."""
    results: dict[int, tuple[object, object]] = {}

    def make_once(instance: object) -> object:
        if id(instance) not in results:
            # Keep the object too, so that no other can get its id.
            results[id(instance)] = instance, make(instance)
        return results[id(instance)][1]

    return make_once
