"""The table of the language: each filter that makes a sentence, by case."""

from __future__ import annotations

import pytest
from lxml import html

RECEIVED = "complaints.received"
CLOSED = "complaints.concluded"
OUTCOMES = "complaints.by_outcome"
WE_RECEIVED = '{{ complaints.received | reported("We received", ranked=true) }}'
ARE_CLOSED = '{{ complaints.concluded | portion("is closed", "are closed") }}'
WERE = '{{ complaints.by_outcome | distribution("was", "were") }}'

# fmt: off
REPORTED = [
    ("down and lowest", [43, 21, 4],
     "We received 4 complaints, down from 21 the year before and the lowest in the 3 years shown."),
    ("up and highest", [4, 21, 43],
     "We received 43 complaints, up from 21 the year before and the highest in the 3 years shown."),
    ("down, not lowest", [4, 43, 21], "We received 21 complaints, down from 43 the year before."),
    ("two years", [21, 4], "We received 4 complaints, down from 21 the year before."),
    ("tied lowest", [4, 21, 4], "We received 4 complaints, down from 21 the year before."),
    ("the same", [7, 7], "We received 7 complaints, the same as the year before."),
    ("one", [3, 1], "We received 1 complaint, down from 3 the year before."),
    ("none", [3, 0], "We received no complaints, down from 3 the year before."),
    ("from none", [0, 2], "We received 2 complaints, up from none the year before."),
    ("first year", [4], "We received 4 complaints."),
    ("no figure before", [None, 4], "We received 4 complaints."),
    ("year before unknown", [6, None, 4],
     "We received 4 complaints, compared with 6 in 2019 to 2020, the last year with a figure."),
    ("withheld", [12, "c"],
     "We do not publish the number of complaints, to protect people."),
    ("year before withheld", ["c", 12],
     "We received 12 complaints."),
    ("unknown", [12, None], "We hold no record of the number of complaints."),
]
PORTION = [
    ("all", 4, 4, "All 4 complaints are closed."),
    ("both", 2, 2, "Both complaints are closed."),
    ("none", 0, 4, "None of the 4 complaints is closed."),
    ("one of several", 1, 4, "Of the 4 complaints, 1 is closed."),
    ("some", 3, 4, "Of the 4 complaints, 3 are closed."),
    ("some of many", 352, 369, "Of the 369 complaints, 352 are closed (95%)."),
    ("the only one", 1, 1, "The only complaint is closed."),
    ("not the only one", 0, 1, "The only complaint is not closed."),
    ("of none", 0, 0, ""),
    ("withheld", "c", 12, "We do not publish how many of the 12 complaints are closed, "
                          "to protect people."),
    ("unknown", None, 12, "We do not know how many of the 12 complaints are closed."),
    ("base withheld", "c", "c", ""),
]
PORTION_AGAIN = [
    ("all", 4, 4, "All 4 are closed."),
    ("both", 2, 2, "Both are closed."),
    ("none", 0, 4, "None of them is closed."),
    ("some", 352, 369, "Of them, 352 are closed (95%)."),
    ("the only one", 1, 1, "It is closed."),
    ("not the only one", 0, 1, "It is not closed."),
    ("withheld", "c", 12, "We do not publish how many of the 12 complaints are closed, "
                          "to protect people."),
]
DISTRIBUTION_AGAIN = [
    ("several", {"upheld": 3, "not upheld": 1}, 4, "They were upheld (3) and not upheld (1)."),
    ("all alike", {"upheld": 3}, 3, "All 3 were upheld."),
    ("the only one", {"upheld": 1}, 1, "It was upheld."),
    ("many", {"a": 9, "b": 30, "d": 20, "e": 9, "f": 1, "g": 2}, 71,
     "They were most often b (30), d (20), a (9) and e (9)."),
]
DISTRIBUTION = [
    ("several", {"upheld": 0, "partially upheld": 2, "not upheld": 1, "no finding": 1}, 4,
     "The 4 complaints were partially upheld (2), not upheld (1) and closed without a finding "
     "(1)."),
    ("other last", {"other": 3, "upheld": 2}, 5, "The 5 complaints were upheld (2) and other (3)."),
    ("all alike", {"upheld": 3, "not upheld": 0}, 3, "All 3 complaints were upheld."),
    ("both alike", {"upheld": 2, "not upheld": 0}, 2, "Both complaints were upheld."),
    ("the only one", {"upheld": 1, "not upheld": 0}, 1, "The only complaint was upheld."),
    ("many", {"a": 9, "b": 30, "d": 20, "e": 9, "f": 1, "g": 2}, 71,
     "The 71 complaints were most often b (30), d (20), a (9) and e (9)."),
    ("many, some withheld", {"a": 9, "b": 30, "d": 20, "e": 9, "h": 1, "f": "c", "g": "c"}, 99,
     "The 99 complaints were b (30), d (20), a (9), e (9) and h (1); we do not publish the other "
     "numbers."),
    ("some withheld", {"upheld": "c", "not upheld": 9, "withdrawn": "c"}, 14,
     "The 14 complaints were not upheld (9); we do not publish the other numbers."),
    ("all withheld", {"upheld": "c", "not upheld": "c"}, 4,
     "We do not publish what the complaints were, to protect people."),
    ("none", {"upheld": 0, "not upheld": 0}, 0, ""),
    ("unknown", {"upheld": None, "not upheld": None}, None, ""),
]
RATE = [
    ("many", 369, 248.5, "There were 248.5 complaints per 1000 children (95% interval 223.8 to "
                         "275.2)."),
    ("few", 4, 2.7, ""),
    ("rate withheld", 369, "c", ""),
    ("unknown", None, None, ""),
]
# fmt: on


def cases(table):
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@pytest.mark.parametrize(("values", "sentence"), cases(REPORTED))
def test_number_received_is_reported_in_one_sentence(read_narrative, values, sentence):
    assert read_narrative(WE_RECEIVED, {RECEIVED: values}) == sentence


@pytest.mark.parametrize(("part", "base", "sentence"), cases(PORTION))
def test_portion_of_a_base_is_one_whole_sentence(read_narrative, part, base, sentence):
    figures = {CLOSED: [part], RECEIVED: [base]}
    assert read_narrative(ARE_CLOSED, figures, {CLOSED: RECEIVED}) == sentence


@pytest.mark.parametrize(("values", "base", "sentence"), cases(DISTRIBUTION))
def test_categories_are_named_in_one_whole_sentence(read_narrative, values, base, sentence):
    figures = {OUTCOMES: {name: [value] for name, value in values.items()}, RECEIVED: [base]}
    assert read_narrative(WERE, figures, {OUTCOMES: RECEIVED}) == sentence


@pytest.mark.parametrize(("count", "rate", "sentence"), cases(RATE))
def test_rate_is_a_sentence_with_its_interval(read_narrative, count, rate, sentence):
    figures = {"complaints.per_1000_children": [rate], RECEIVED: [count]}
    template = "{{ complaints.per_1000_children | rate(complaints.received) }}"
    assert read_narrative(template, figures) == sentence


@pytest.mark.parametrize(("part", "base", "sentence"), cases(PORTION_AGAIN))
def test_cases_named_before_are_not_named_again_for_a_portion(read_narrative, part, base, sentence):
    figures = {CLOSED: [part], RECEIVED: [base]}
    template = ARE_CLOSED.replace('"are closed"', '"are closed", "they"')
    assert read_narrative(template, figures, {CLOSED: RECEIVED}) == sentence


@pytest.mark.parametrize(("values", "base", "sentence"), cases(DISTRIBUTION_AGAIN))
def test_cases_named_before_are_not_named_again(read_narrative, values, base, sentence):
    figures = {OUTCOMES: {name: [value] for name, value in values.items()}, RECEIVED: [base]}
    template = WERE.replace('"were"', '"were", "they"')
    assert read_narrative(template, figures, {OUTCOMES: RECEIVED}) == sentence


def test_rounded_numbers_are_only_about_the_same(read_narrative):
    figures = {RECEIVED: [10, 10]}
    disclosure = {"policy": "suppress", "reason": "A test.", "round_to": 5}
    sentence = read_narrative(WE_RECEIVED, figures, disclosure=disclosure)
    assert sentence == "We received 10 complaints, about the same as the year before."


def test_council_says_how_a_sentence_names_a_category(read_narrative):
    figures = {"complaints.by_theme": {"delay": [2], "other": [1]}, RECEIVED: [3]}
    sentence = read_narrative(
        '{{ complaints.by_theme | distribution("was about", "were about") }}',
        figures,
        {"complaints.by_theme": RECEIVED},
        about={"other": "something else"},
    )
    assert sentence == "The 3 complaints were about delay (2) and something else (1)."


def test_numbers_of_a_sentence_name_their_figures(render_narrative):
    tree = html.fromstring(f"<div>{render_narrative(WE_RECEIVED, {RECEIVED: [21, 4]})}</div>")
    numbers = [(one.get("data-year"), one.text) for one in tree.iter("data")]
    assert numbers == [("2021-22", "4"), ("2020-21", "21")]


def test_number_is_not_compared_across_a_break_in_the_series(read_narrative):
    figures = {RECEIVED: [6, None, 4]}
    breaks = [{"figure": RECEIVED, "from_year": "2020-21", "note": "counted otherwise"}]
    sentence = read_narrative("{{ complaints.received | change }}", figures, series_breaks=breaks)
    assert sentence == "with no figure for the year before to compare"
