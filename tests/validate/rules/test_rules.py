"""Each rule with a good row and a bad one, and the sentences that the bad one gets.

Rules are evaluated here without Great Expectations, which test_great_expectations.py does.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from rule_cases import (
    CASES,
    EARLIER,
    added_row,
    complaint,
    compliment,
    rows_by_extract,
    stage,
)

from pipeline.validate.rules.evaluate import rules_by_extract
from pipeline.validate.rules.rule import MAX_LISTED_FINDINGS, Rule

# Rules that a test of their own breaks, since they need other settings or tables.
BROKEN_ELSEWHERE = {
    "row_counts.rows.like_last_year",
    "complaints.received.not_future",
    "compliments.received.not_future",
    "concerns.received.not_future",
    "training.date.not_future",
}


def rule_by_id(settings) -> dict[str, Rule]:
    return {rule.id: rule for rules in rules_by_extract(settings).values() for rule in rules}


@pytest.fixture(scope="module")
def good(make_settings, extracts, rule_context):
    """What rules look at where nothing is wrong."""
    return rule_context(make_settings(), extracts())


@pytest.mark.parametrize(
    ("id", "rows", "what"),
    CASES,
    ids=[f"{case.rule}-{number}" for number, case in enumerate(CASES)],
)
def test_good_row_passes_and_bad_row_is_named(
    id, rows, what, make_settings, extracts, rule_context, good
):
    settings = make_settings()
    rule = rule_by_id(settings)[id]
    bad = rule_context(settings, extracts(**rows_by_extract(rows)))
    assert rule.passes(good).all()
    passes = rule.passes(bad).to_numpy()
    table = bad.table(rule.extract)
    assert not passes[-1], "the last row added breaks the rule"
    assert passes[: len(good.table(rule.extract))].all(), "the rows that were there do not"
    finding = list(rule.findings(bad, table[~passes]))[-1]
    assert finding.what == what
    assert (finding.row, finding.column) == (len(table) + 1, rule.column)
    assert finding.remedy.endswith(".")
    assert "{" not in finding.remedy


def test_every_rule_has_a_case(make_settings):
    with_case = {case.rule for case in CASES}
    rules = rule_by_id(make_settings()).values()
    with_own_test = {rule.id for rule in rules if rule.expects == "holds"}
    assert with_own_test == with_case | BROKEN_ELSEWHERE


@pytest.mark.parametrize(
    ("extract", "column", "severity"),
    [
        ("complaints", "received", "critical"),
        ("compliments", "received", "critical"),
        ("concerns", "received", "critical"),
        ("training", "date", "warning"),
    ],
)
def test_date_in_year_but_after_data_was_taken(
    extract, column, severity, make_settings, extracts, rule_context
):
    settings = make_settings()
    report = settings.report.model_copy(update={"data_as_at": date(2022, 1, 1)})
    early = settings.model_copy(update={"report": report})
    rule = rule_by_id(early)[f"{extract}.{column}.not_future"]
    row = added_row(extract, {column: "2022-01-02"})
    bad = rule_context(early, extracts(**rows_by_extract([row])))
    finding = list(rule.findings(bad, bad.table(extract)[~rule.passes(bad)]))[-1]
    assert finding.severity == severity
    assert finding.what == (
        f"{column} 2022-01-02 is after 2022-01-01, the day on which the data was taken"
    )


def test_agreed_is_missed_only_where_its_clock_starts_there(make_settings, extracts, rule_context):
    added = rows_by_extract([complaint(), stage(), stage(stage="2")])
    assert "investigations.agreed.clock" not in rule_by_id(make_settings())
    settings = make_settings(time_limits={"stage_2_clock": "agreed"})
    rule = rule_by_id(settings)["investigations.agreed.clock"]
    bad = rule_context(settings, extracts(**added))
    failing = bad.table("investigations")[~rule.passes(bad)]
    assert [finding.what for finding in rule.findings(bad, failing)] == [
        "agreed is empty, so the time of stage 2 of C9 is counted from the request"
    ]


def test_stage_carried_over_to_next_year_is_no_repeat(make_settings, extracts, rule_context):
    rows = [complaint(), stage(**EARLIER, responded=None), stage()]
    context = rule_context(make_settings(), extracts(**rows_by_extract(rows)))
    assert rule_by_id(make_settings())["investigations.stage.twice"].passes(context).all()


def test_same_complaint_by_different_people_is_no_duplicate(make_settings, extracts, rule_context):
    rows = [
        complaint(complainant_name="Pat Example"),
        complaint(reference="C10", complainant_name="Kim Example"),
    ]
    context = rule_context(make_settings(), extracts(**rows_by_extract(rows)))
    assert rule_by_id(make_settings())["complaints.reference.alike"].passes(context).all()


def test_finding_leaves_out_a_value_that_may_be_personal(make_settings, extracts, rule_context):
    rows = rows_by_extract([compliment(approved_text="Mr Smith was kind")])
    bad = rule_context(make_settings(), extracts(**rows))
    rule = rule_by_id(make_settings())["compliments.approved_text.personal"]
    (finding,) = rule.findings(bad, bad.table("compliments").tail(1))
    assert finding.value is None
    assert "Smith" not in finding.what + finding.remedy


def test_braces_and_control_characters_are_quoted_harmlessly(make_settings, extracts, rule_context):
    rows = rows_by_extract([complaint(route="{reference}\x1b[31m\u202e" + "x" * 200)])
    bad = rule_context(make_settings(), extracts(**rows))
    rule = rule_by_id(make_settings())["complaints.route.allowed"]
    (finding,) = rule.findings(bad, bad.table("complaints").tail(1))
    quoted = "{reference} [31m " + "x" * 62 + "…"
    assert finding.what == f'route is "{quoted}", which is not one of its codes.'


def test_failures_beyond_the_listed_ones_are_counted(make_settings, extracts, rule_context):
    rule = rule_by_id(make_settings())["complaints.reference.required"]
    complaints = extracts()["complaints"]
    copies = MAX_LISTED_FINDINGS // len(complaints) + 2
    many = pd.concat([complaints] * copies, ignore_index=True)
    findings = list(rule.findings(rule_context(make_settings(), extracts()), many))
    assert len(findings) == MAX_LISTED_FINDINGS + 1
    assert sum(finding.stands_for for finding in findings) == len(many)
    unlisted = len(many) - MAX_LISTED_FINDINGS
    assert findings[-1].what == f"{unlisted:,} more rows break this rule: {rule.reason}"
    assert findings[-1].row is None


def test_date_is_compared_with_the_year_of_its_extract(make_settings, extracts, rule_context):
    """A complaint received in another year with extracts is counted there, with a warning."""
    rows = rows_by_extract([compliment(**EARLIER, received="2021-11-01")])
    bad = rule_context(make_settings(), extracts(**rows))
    rule = rule_by_id(make_settings())["compliments.received.in_year"]
    (finding,) = rule.findings(bad, bad.table("compliments")[~rule.passes(bad)])
    assert finding.file == "data/raw/2020-21/x.csv"
    assert finding.what == (
        "received 2021-11-01 is not inside 2020-21, which runs from 2020-04-01 to 2021-03-31"
    )
