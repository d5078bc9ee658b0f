"""The rules as Great Expectations suites, one an extract. The only module that knows Great Expectations.

Rules about a single column are native expectations; for the others a column with the rule's answer for each row is added and
expected to be true. A suite runs twice: first only yes or no, then for what failed the rows, which is several times slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pandas as pd

from pipeline.settings import Settings
from pipeline.system.imports import gc_paused_then_frozen
from pipeline.validate.rules.of_columns import rules_by_extract
from pipeline.validate.rules.rule import Rule, RuleContext


def failing_rows(
    extract: str, rules: list[Rule], frame: pd.DataFrame, context: RuleContext
) -> list[tuple[Rule, list[int]]]:
    """The rules that do not hold of an extract, in their order, each with the positions of the rows."""
    gx, table = load_gx()
    own = {
        rule.column: _as_categories(frame[rule.column]) for rule in rules if rule.expects != "holds"
    }
    answers = {
        rule.id: rule.passes(context).to_numpy(dtype=bool)
        for rule in rules
        if rule.expects == "holds"
    }
    batch = table.get_batch({"dataframe": pd.DataFrame(own | answers)})
    by_id = {rule.id: rule for rule in rules}

    def validate(chosen: list[Rule], result_format: str) -> list:
        suite = gx.ExpectationSuite(
            name=extract, expectations=[_expectation(rule) for rule in chosen]
        )
        results = batch.validate(suite, result_format=result_format).results
        return [
            (by_id[one.expectation_config.meta["rule"]], one) for one in results if not one.success
        ]

    with _cached_configurations(gx):
        failed = [rule for rule, _ in validate(rules, "BOOLEAN_ONLY")]
        found = (
            [
                (rule, one.result["unexpected_index_list"])
                for rule, one in validate(failed, "COMPLETE")
            ]
            if failed
            else []
        )
    # The library keeps the last table it saw, which would stand beside the next.
    held_on_to = batch.data.execution_engine.batch_manager
    held_on_to.reset_batch_cache()
    held_on_to.batch_data_cache.clear()
    return found


def suites(settings: Settings) -> pd.DataFrame:
    """Every expectation in plain words: extract, column, severity, reason, rule, and the expectation that checks it."""
    rows = [
        (
            extract,
            rule.column,
            rule.severity,
            rule.reason,
            rule.id,
            type(_expectation(rule)).__name__,
        )
        for extract, asked in rules_by_extract(settings).items()
        for rule in asked
    ]
    return pd.DataFrame(
        rows, columns=["extract", "column", "severity", "reason", "rule", "expectation"]
    )


@cache
def load_gx():
    """Great Expectations, and where it takes a table: a context in memory, without progress bars or analytics."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with gc_paused_then_frozen():  # half a million objects
        import great_expectations
        from great_expectations.data_context.types.base import ProgressBarsConfig
    context = great_expectations.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    table = context.data_sources.add_pandas("extracts").add_dataframe_asset("extract")
    return great_expectations, table.add_batch_definition_whole_dataframe("all rows")


@contextmanager
def _cached_configurations(gx) -> Iterator[None]:
    """While the block lasts each expectation makes its configuration once, and each configuration its expectation, not some
    seventy times: two fifths of all the work."""
    expectation, configured = (
        gx.expectations.Expectation,
        gx.expectations.expectation_configuration.ExpectationConfiguration,
    )
    configuration, to_expectation = expectation.configuration, configured.to_domain_obj
    expectation.configuration, configured.to_domain_obj = (
        property(_cache_by_identity(configuration.fget)),
        _cache_by_identity(to_expectation),
    )
    try:
        yield
    finally:
        expectation.configuration, configured.to_domain_obj = configuration, to_expectation


def _cache_by_identity(make: Callable[[object], object]) -> Callable[[object], object]:
    kept: dict[int, tuple[object, object]] = {}

    def made(self: object) -> object:
        if id(self) not in kept:
            kept[id(self)] = self, make(self)  # itself too, or another might come to have its id
        return kept[id(self)][1]

    return made


def _expectation(rule: Rule):
    gx, _ = load_gx()
    said = {"severity": rule.severity, "description": rule.reason, "meta": {"rule": rule.id}}
    match rule.expects:
        case "filled":
            return gx.expectations.ExpectColumnValuesToNotBeNull(column=rule.column, **said)
        case "one of":
            return gx.expectations.ExpectColumnValuesToBeInSet(
                column=rule.column, value_set=list(rule.allowed), **said
            )
        case "unique":
            return gx.expectations.ExpectColumnValuesToBeUnique(column=rule.column, **said)
        case "holds":
            return gx.expectations.ExpectColumnValuesToBeInSet(
                column=rule.id, value_set=[True], **said
            )


def _as_categories(column: pd.Series) -> pd.Series:
    """Texts as categories: Great Expectations copies a table for each expectation, and hashes it several times."""
    return column.astype("category") if isinstance(column.dtype, pd.StringDtype) else column
