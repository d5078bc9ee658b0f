"""A claim is bound to a figure: it is true, or it stops the run with the numbers."""

from __future__ import annotations

import pytest

from pipeline.report.narrative.prose.claim_rules import CLAIMS

WITHHELD = "c"
UNKNOWN = None
RECEIVED = "complaints.received"
OUTCOMES = "complaints.by_outcome"
BASES = {OUTCOMES: RECEIVED}
ROUNDED = {"disclosure": {"policy": "suppress", "reason": "decided", "round_to": "5"}}
# fmt: off
# The claim, numbers of which it is true, and numbers of which it is not; the reported year is last.
CLAIMS_OF_YEARS = [
    ("rose", [4, 5], [5, 4]), ("risen", [0, 1], [4, 4]), ("went up", [4, 5], [5, 4]),
    ("fell", [5, 4], [4, 5]), ("dropped", [1, 0], [4, 4]), ("has fallen", [5, 4], [4, 5]),
    ("fewer than the year before", [5, 4], [4, 4]),
    ("unchanged", [4, 4], [4, 5]), ("the same as the year before", [0, 0], [0, 1]),
    ("doubled", [4, 8], [4, 9]), ("doubled", [10, 20], [0, 0]), ("doubled", [21, 42], [21, 43]),
    ("more than doubled", [4, 9], [4, 8]), ("almost doubled", [20, 37], [20, 30]),
    ("trebled", [4, 12], [4, 11]), ("quadrupled", [3, 12], [3, 9]),
    ("halved", [8, 4], [8, 5]), ("more than halved", [9, 4], [8, 4]),
    ("almost halved", [100, 54], [100, 60]),
    ("rose significantly", [4, 21], [4, 5]), ("fell significantly", [21, 4], [5, 4]),
    ("significantly fewer", [21, 4], [4, 21]),
    ("highest of the years compared", [3, 9, 12], [3, 12, 9]),
    ("the highest of the years compared", [3, 9, 12], [12, 9, 12]),
    ("Peak of the years compared", [3, 9], [9, 3]),
    ("lowest of the years compared", [3, 9, 2], [3, 9, 3]),
    ("joint highest of the years compared", [12, 9, 12], [3, 9, 12]),
    ("joint lowest of the years compared", [3, 9, 3], [3, 9, 2]),
    ("rose steadily", [1, 2, 3], [1, 3, 2]), ("rose every year", [1, 2, 3], [1, 1, 3]),
    ("fell steadily", [3, 2, 1], [3, 1, 2]), ("fell every year", [3, 2, 1], [2, 1]),
    ("for the first time in the years compared", [0, 0, 1], [0, 1, 1]),
    ("never in the years compared", [0, 0, 0], [0, 1, 0]),
    ("none", [3, 0], [3, 1]), ("no", [0], [1]),
]
CLAIMS_OF_SHARES = [
    ("all", 4, 4, 3), ("all", 1, 1, 0), ("none", 4, 0, 1), ("almost all", 20, 18, 17),
    ("almost all", 20, 19, 20), ("most", 4, 3, 2), ("the majority", 5, 3, 2),
    ("a minority", 5, 2, 3), ("a minority", 5, 1, 0), ("half", 4, 2, 3), ("half", 6, 3, 2),
    ("more than half", 4, 3, 2), ("fewer than half", 4, 1, 2), ("a third", 9, 3, 4),
    ("two thirds", 9, 6, 5), ("a quarter", 8, 2, 3), ("three quarters", 8, 6, 5),
    ("under a quarter", 8, 1, 2), ("more than a third", 9, 4, 3),
]
UNTOLD = [
    ("fell", [WITHHELD, 4], "complaints.received in 2020-21 is withheld to protect people"),
    ("fell", [12, WITHHELD], "complaints.received in 2021-22 is withheld to protect people"),
    ("none", [4, WITHHELD], "complaints.received in 2021-22 is withheld to protect people"),
    ("fell", [UNKNOWN, 12, UNKNOWN], "there is no number of complaints.received in 2021-22"),
    ("fell", [3, UNKNOWN, 4], "there is no number of complaints.received in 2020-21"),
    ("fell", [4], "there is no year before 2021-22 to compare"),
    ("highest of the years compared", [4], "there are no years to compare"),
    ("highest of the years compared", [1, WITHHELD, 9], "is withheld to protect people"),
    ("highest of the years compared", [1, UNKNOWN, 9], "there is no number of"),
    ("fell every year", [9, WITHHELD, 4], "is withheld to protect people"),
    ("all", [4, 4], "the figure has no base"), ("most common", [4, 4], "no other categories"),
    ("more than", [4, 4], "it needs the other figure"),
]
ROUNDED_CLAIMS = [
    ("rose", [5, 10], True), ("fell", [15, 10], True), ("unchanged", [10, 10], None),
    ("rose", [10, 10], None), ("doubled", [10, 20], None), ("more than doubled", [10, 20], None),
    ("more than doubled", [10, 40], True), ("none", [5, 0], True),
    ("highest of the years compared", [5, 10, 15], True), ("rose every year", [5, 10, 15], True),
    ("joint highest of the years compared", [5, 10, 10], None), ("fell", [10, 40], False),
    ("fell significantly", [40, 5], True), ("fell significantly", [20, 10], None),
]
# fmt: on


def claim(phrase: str) -> str:
    return f'{{{{ complaints.received | claim("{phrase}") }}}}'


def upheld_claim(phrase: str) -> str:
    return f'{{{{ complaints.by_outcome["upheld"] | claim("{phrase}") }}}}'


@pytest.mark.parametrize(("phrase", "true_values", "untrue_values"), CLAIMS_OF_YEARS)
def test_claim_over_years_is_true_or_stops_the_run(
    read_narrative, narrative_problem, phrase, true_values, untrue_values
):
    assert read_narrative(claim(phrase), {RECEIVED: true_values}) == phrase
    problem = narrative_problem(claim(phrase), {RECEIVED: untrue_values})
    assert f'"{phrase}" is not true: ' in problem.what
    assert f"{untrue_values[-1]} complaints.received in 2021-22" in problem.what
    assert problem.where == "line 1"


@pytest.mark.parametrize(("phrase", "base", "true_part", "untrue_part"), CLAIMS_OF_SHARES)
def test_claim_of_a_share_is_true_or_stops_the_run(
    read_narrative, narrative_problem, phrase, base, true_part, untrue_part
):
    def figures(part):
        return {OUTCOMES: {"upheld": [part]}, RECEIVED: [base]}

    assert read_narrative(upheld_claim(phrase), figures(true_part), BASES) == phrase
    problem = narrative_problem(upheld_claim(phrase), figures(untrue_part), BASES)
    assert f'{untrue_part} complaints.by_outcome "upheld" in 2021-22' in problem.what


def test_message_gives_the_numbers_and_what_is_true(narrative_problem):
    problem = narrative_problem(claim("rose"), {RECEIVED: [21, 4]})
    assert problem.what == (
        'complaints.received: "rose" is not true: '
        "4 complaints.received in 2021-22 and 21 complaints.received in 2020-21"
    )
    assert problem.remedy.startswith('Write what the numbers say. True of it: "fell", "fallen"')
    assert '"more than halved"' in problem.remedy
    assert '"none"' not in problem.remedy


@pytest.mark.parametrize(("phrase", "values", "reason"), UNTOLD)
def test_claim_that_the_numbers_cannot_tell_is_refused(narrative_problem, phrase, values, reason):
    problem = narrative_problem(claim(phrase), {RECEIVED: values})
    assert f'"{phrase}" cannot be claimed: ' in problem.what
    assert reason in problem.what
    assert problem.remedy.startswith("Leave the claim out, or let a filter such as change")


@pytest.mark.parametrize(("phrase", "values", "is_true"), ROUNDED_CLAIMS)
def test_claim_of_rounded_numbers_is_true_of_all_they_may_be(
    read_narrative, narrative_problem, phrase, values, is_true
):
    if is_true:
        assert read_narrative(claim(phrase), {RECEIVED: values}, **ROUNDED) == phrase
        return
    problem = narrative_problem(claim(phrase), {RECEIVED: values}, **ROUNDED)
    assert ("the numbers are rounded" in problem.what) == (is_true is None)


def test_claim_across_a_break_in_the_series_is_refused(narrative_problem, read_narrative):
    series_break = {"figure": RECEIVED, "from_year": "2021-22", "note": "counted otherwise"}
    changes = {"series_breaks": [series_break]}
    problem = narrative_problem(claim("fell"), {RECEIVED: [12, 4]}, **changes)
    assert "the series has a break in 2021-22" in problem.what
    series_break["from_year"] = "2020-21"
    text = claim("lowest of the years compared")
    assert read_narrative(text, {RECEIVED: [1, 12, 4]}, **changes) == "lowest of the years compared"


def test_claim_about_two_figures_compares_their_numbers(read_narrative, narrative_problem):
    figures = {RECEIVED: [4], "compliments.received": [8]}
    template = '{{ complaints.received | claim("PHRASE", compliments.received) }}'
    for phrase in ("fewer than", "lower than"):
        assert read_narrative(template.replace("PHRASE", phrase), figures) == phrase
    problem = narrative_problem(template.replace("PHRASE", "more than"), figures)
    assert "4 complaints.received in 2021-22 and 8 compliments.received" in problem.what
    swapped = '{{ compliments.received | claim("twice as many as", complaints.received) }}'
    assert read_narrative(swapped, figures) == "twice as many as"


def test_most_common_category_has_more_than_every_other(read_narrative, narrative_problem):
    figures = {OUTCOMES: {"upheld": [3], "not upheld": [2]}, RECEIVED: [5]}
    assert read_narrative(upheld_claim("the most common"), figures, BASES) == "the most common"
    figures[OUTCOMES]["not upheld"] = [3]
    assert "is not true" in narrative_problem(upheld_claim("most common"), figures, BASES).what
    figures[OUTCOMES]["not upheld"] = [WITHHELD]
    problem = narrative_problem(upheld_claim("most common"), figures, BASES)
    assert '"not upheld" in 2021-22 is withheld to protect people' in problem.what


@pytest.mark.parametrize("phrase", ["rocketed", "highest ever", "a record", "", "rose and fell"])
def test_unknown_claim_is_refused_with_the_vocabulary(narrative_problem, phrase):
    problem = narrative_problem(claim(phrase))
    assert f'"{phrase}" is not a claim that can be checked' in problem.what
    assert all(known in problem.remedy for known in CLAIMS)


def test_claim_is_traced_to_its_figure(render_narrative):
    assert render_narrative(claim("fell")) == (
        '<data value="4" data-figure="complaints.received" data-year="2021-22">fell</data>'
    )
