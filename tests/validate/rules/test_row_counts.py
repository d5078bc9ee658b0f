"""Whether a number of rows is plausible: within the tolerance, or explained by chance."""

from __future__ import annotations

import pytest

from pipeline.validate.rules.evaluate import rules_by_extract
from pipeline.validate.rules.row_counts import is_plausible_count, row_counts

PUBLISHED_COMPLIMENTS = {
    "year": "2020-21",
    "figure": "compliments.received",
    "value": 44,
    "source": "report of 2021",
}
# fmt: off
PLAUSIBLE_COUNTS = [
    (4, 21, False), (102, 44, False), (4, 9, True), (1, 6, True), (0, 8, False), (0, 7, True),
    (150, 100, True), (151, 100, False), (3_000_000, 1_000_000, False), (0, 0, True),
]
# fmt: on


@pytest.mark.parametrize(("rows", "earlier_rows", "is_plausible"), PLAUSIBLE_COUNTS)
def test_count_is_plausible_within_tolerance_or_by_chance(rows, earlier_rows, is_plausible):
    # The p-values: of 4 and 21 0.0009, of 4 and 9 0.27, of 0 and 7 0.016, of 0 and 8 0.008.
    assert is_plausible_count(rows, earlier_rows, 0.5) is is_plausible


def test_counts_are_compared_with_last_years_published_ones(make_settings, extracts, rule_context):
    settings = make_settings()
    (rule,) = rules_by_extract(settings)["row_counts"]
    counts = row_counts(rule_context(settings, extracts()))
    assert counts[["extract", "rows", "rows_before"]].to_numpy().tolist() == [["complaints", 6, 7]]
    fewer = rule_context(settings, extracts(published=[PUBLISHED_COMPLIMENTS]))
    (finding,) = rule.findings(fewer, row_counts(fewer)[~rule.passes(fewer)])
    assert (finding.extract, finding.file, finding.row, finding.column) == (
        "compliments",
        "data/raw/2021-22/compliments.csv",
        None,
        None,
    )
    assert finding.what == (
        "compliments has 2 rows for 2021-22, against 44 for 2020-21: a larger change than chance "
        "would explain"
    )


def test_extract_without_a_row_this_year_is_counted(make_settings, extracts, rule_context):
    tables = extracts(published=[PUBLISHED_COMPLIMENTS])
    tables["compliments"] = tables["compliments"].iloc[:0]
    counts = row_counts(rule_context(make_settings(), tables)).set_index("extract")
    assert counts.loc["compliments", ["rows", "rows_before", "file"]].tolist() == [
        0,
        44,
        "data/raw/2021-22",
    ]
