"""What a run says if the two ways of evaluating the rules disagree."""

from __future__ import annotations

import pytest

from pipeline.validate.rules.evaluate import evaluate_rules
from pipeline.validate.rules.evaluate import failing_rows as quickly_failing_rows

NO_REFERENCE = {"complaints": [{"received": "2021-05-04", "service_area": "Early Help"}]}


def evaluate(tables, settings, evaluator):
    extracts = {"complaints": tables["complaints"]}
    published = tables["published"].iloc[:0]
    return evaluate_rules(extracts, published, settings, evaluator)


def finds_nothing(extract, rules, frame, answers):
    return []


def finds_too_much(extract, rules, frame, answers):
    return [(rule, [0]) for rule in rules if rule.id == "complaints.reference.required"]


def agrees(extract, rules, frame, answers):
    return quickly_failing_rows(rules, answers)


@pytest.mark.parametrize("evaluator", [finds_nothing, finds_too_much])
def test_disagreement_is_a_critical_finding(evaluator, make_settings, extracts):
    tables = extracts(**NO_REFERENCE)
    findings = evaluate(tables, make_settings(), evaluator)
    (finding,) = [one for one in findings if one.rule == "complaints.rules.evaluated_alike"]
    assert finding.severity == "critical"
    assert finding.file == "data/raw/2021-22/complaints.csv"
    assert "disagree about" in finding.what
    assert "complaints.reference.required" in finding.what


def test_agreement_leaves_the_findings_as_they_are(make_settings, extracts):
    tables = extracts(**NO_REFERENCE)
    findings = evaluate(tables, make_settings(), agrees)
    assert "complaints.reference.required" in {finding.rule for finding in findings}
    assert findings == evaluate(tables, make_settings(), None)
