"""A claim in the writer's own words that the figure next to it contradicts stops the run."""

from __future__ import annotations

import pytest

RECEIVED = "complaints.received"
OUTCOMES = "complaints.by_outcome"
FIGURES = {
    RECEIVED: [43, 37, 21, 4],
    "compliments.received": [30, 52, 44, 102],
    OUTCOMES: {"upheld": [9, 9, 9, 1], "not upheld": [34, 28, 12, 3]},
    "stage_1.investigated": [5, 5, 6, 6],
}
BASES = {OUTCOMES: RECEIVED}
COUNTED = "{{ complaints.received | counted }}"
PRAISED = "{{ compliments.received | counted }}"
UPHELD = '{{ complaints.by_outcome["upheld"] | share }}'
# fmt: off
CONTRADICTED = {
    f"Complaints rose to {COUNTED}.": "rose",
    f"Complaints jumped to {COUNTED}.": "jumped", f"Compliments slumped to {PRAISED}.": "slumped",
    f"Complaints have risen, to {COUNTED}.": "risen",
    f"{COUNTED}, an increase on the year before.": "an increase",
    f"We received {COUNTED}, the highest of the years compared.": "highest",
    f"This was the peak: {COUNTED}.": "peak",
    f"Complaints doubled\nto {COUNTED}.": "doubled",
    f"They halved to {COUNTED}.": "halved",
    f"Complaints were unchanged at {COUNTED}.": "unchanged",
    f"{COUNTED} were received for the first time.": "for the first time",
    "Investigations rose significantly, to {{ stage_1.investigated }}.": "rose",
    "There was a **significant** change, to {{ stage_1.investigated }}.": "significant",
    f"{PRAISED}, the lowest of the years.": "lowest",
    f"Compliments have fallen to {PRAISED}.": "fallen",
    f"Compliments rose steadily to {PRAISED}.": "steadily",
    f"Complaints rose to {COUNTED} while compliments fell to {PRAISED}.": "rose",
    f"All were upheld: {UPHELD}.": "All",
    f"Most were upheld ({UPHELD}).": "Most",
    f"None was upheld: {UPHELD}.": "None",
    "- complaints rose: {{ complaints.received | change }}": "rose",
    "{% if complaints.received.number().known %}It rose, {{ complaints.received }}.{% endif %}":
        "rose",
}
AGREEING = [
    f"Complaints fell to {COUNTED}.", f"We received {COUNTED}, the lowest of the years compared.",
    f"Complaints more than halved, to {COUNTED}.", f"Compliments rose to {PRAISED}.",
    f"Complaints fell to {COUNTED} while compliments rose to {PRAISED}.",
    f"Compliments more than doubled, to {PRAISED}.",
    "The highest was {{ complaints.received.highest }}, in {{ complaints.received.highest.year }}.",
    "The lowest was {{ complaints.received.lowest }}.",
    "It fell from {{ complaints.received.number().previous }} to {{ complaints.received }}.",
    f"It has not doubled: {COUNTED}.", f"We do not expect complaints to be the highest: {COUNTED}.",
    f"A rose garden was planted. We received {COUNTED}.", "It rose in {{ year }}.",
    f"A minority was upheld: {UPHELD}.", f"We answered all of {COUNTED}.",
    "Complaints fell significantly, to {{ complaints.received }}.",
    'Complaints {{ complaints.received | claim("fell") }} to {{ complaints.received }}.',
]
# fmt: on


@pytest.mark.parametrize("sentence", CONTRADICTED)
def test_contradicted_claim_stops_with_the_numbers(narrative_problem, sentence):
    problem = narrative_problem(f"Words.\n\n{sentence}\n", FIGURES, BASES)
    assert problem.where == "line 3"
    assert f'"{CONTRADICTED[sentence]}" is contradicted by the figure' in problem.what
    assert " in 2021-22" in problem.what
    assert '{{ … | claim("…") }}' in f"{problem.what} {problem.remedy}"


@pytest.mark.parametrize("sentence", AGREEING)
def test_claim_that_agrees_with_its_figure_is_printed(read_narrative, sentence):
    assert read_narrative(sentence, FIGURES, BASES)


def test_message_names_both_numbers_and_what_is_true(narrative_problem, read_narrative):
    problem = narrative_problem(f"It rose, {COUNTED}.", FIGURES, BASES)
    assert problem.what == (
        '"rose" is contradicted by the figure next to it: '
        "4 complaints.received in 2021-22 and 21 complaints.received in 2020-21"
    )
    assert '"fell"' in problem.remedy
    corrected = read_narrative(f"It fell, {COUNTED}.", FIGURES, BASES)
    assert corrected == "It fell, 4 complaints."


@pytest.mark.parametrize("values", [[12, "c"], ["c", 4], [None, 4], [4]])
def test_claim_about_a_missing_number_is_no_contradiction(read_narrative, values):
    sentence = "Complaints rose to {{ complaints.received }}."
    assert read_narrative(sentence, {RECEIVED: values}).startswith("Complaints rose to ")
