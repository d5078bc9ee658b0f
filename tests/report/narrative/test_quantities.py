"""Where small numbers are withheld, no quantity is stated in ordinary words."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.quantities import quantity_faults

STATEMENTS = (
    "No complaints were withdrawn.",
    "None of the complaints about fostering was upheld.",
    "Both young people were supported by an advocate.",
    "All of them were late.",
    "The only complaint about fostering took longer.",
    "A few families told us that letters were late.",
    "We received hardly any complaints from care leavers.",
    "There was a single case at the panel.",
    "Every complaint from a foster carer was answered late.",
    "Neither investigation was late.",
    "Nobody complained about a placement.",
    "We upheld most of the complaints.",
    '{{ stated(3, "team log") }} more complaints came from foster carers.',
    '{{ stated(2, "team log", "two children") }} were heard.',
    "Of the {{ complaints.received | counted }}, several were about delay.",
)
GENERAL_WORDS = (
    "Each complaint is read by the complaints officer.",
    "A complaint can have several themes.",
    "Everyone keeps the right to complain.",
    "Every looked after child now has a plan at the right age.",
    "We encourage managers who need longer to ask for the longer limit.",
    "The aim is that every young person knows how to complain.",
    "They had not kept the parents, or each other, informed.",
    "Directors receive regular reports on complaints.",
    "A parent complained about an adoption.",
    "Communication between a family and the service had become difficult.",
    "We invited everyone involved to a meeting.",
    'We held {{ stated(3, "team log") }} workshops.',
    "A low number needs care.",
    '{{ complaints.by_outcome.number(None, "withdrawn") | counted("complaint") }} ended early.',
)


def found_in(template: str) -> list[str]:
    return [problem.where for problem in quantity_faults(template, lambda line: f"line {line}")]


@pytest.mark.parametrize("sentence", STATEMENTS)
def test_quantity_in_ordinary_words_is_refused(sentence):
    assert found_in(f"A first line.\n\n{sentence}") == ["line 3"]


@pytest.mark.parametrize("sentence", GENERAL_WORDS)
def test_general_statement_in_ordinary_words_may_stay(sentence):
    assert found_in(sentence) == []
