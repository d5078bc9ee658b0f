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
    ("year before withheld, an earlier one known", [30, "c", 12],
     "We received 12 complaints."),
    ("year before withheld", ["c", 12],
     "We received 12 complaints."),
    ("unknown", [12, None], "We hold no record of the number of complaints."),
]
PORTION = [
    ("all", 4, 4, "All 4 complaints are closed."),
    ("both", 2, 2, "Both complaints are closed."),
    ("none", 0, 4, "None of the 4 complaints is closed."),
    ("none of two", 0, 2, "Neither of the 2 complaints is closed."),
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
    ("none", 0, 4, "None is closed."),
    ("none of two", 0, 2, "Neither is closed."),
    ("some", 352, 369, "Of the 369, 352 are closed (95%)."),
    ("the only one", 1, 1, "It is closed."),
    ("not the only one", 0, 1, "It is not closed."),
    ("withheld", "c", 12, "We do not publish how many of the 12 complaints are closed, "
                          "to protect people."),
]
DISTRIBUTION_AGAIN = [
    ("several", {"upheld": 3, "not upheld": 1}, 4, "Of the 4, 3 were upheld and 1 not upheld."),
    ("all alike", {"upheld": 3}, 3, "All 3 were upheld."),
    ("the only one", {"upheld": 1}, 1, "It was upheld."),
    ("many", {"a": 9, "b": 30, "d": 20, "e": 9, "f": 1, "g": 2}, 71,
     "They were most often b (30), d (20), a (9) and e (9)."),
]
DISTRIBUTION = [
    ("several", {"upheld": 0, "partially upheld": 2, "not upheld": 1, "no finding": 1}, 4,
     "Of the 4 complaints, 2 were partially upheld, 1 not upheld and 1 closed without a finding."),
    ("one, then more", {"not upheld": 1, "upheld": 1}, 2,
     "Of the 2 complaints, 1 was not upheld and 1 upheld."),
    ("few categories of many", {"upheld": 130, "not upheld": 239}, 369,
     "Of the 369 complaints, 239 were not upheld and 130 upheld."),
    ("other last", {"other": 3, "upheld": 2}, 5, "Of the 5 complaints, 2 were upheld and 3 other."),
    ("some not recorded", {"not recorded": 3, "upheld": 2}, 5,
     "Of the 5 complaints, 2 were upheld. For 3 this is not recorded."),
    ("none recorded", {"not recorded": 5, "upheld": 0}, 5, ""),
    ("many, some not recorded", {"a": 9, "b": 30, "d": 20, "e": 5, "f": 1, "not recorded": 20}, 85,
     "The 85 complaints were most often b (30), d (20) and a (9). For 20 this is not recorded."),
    ("all alike", {"upheld": 3, "not upheld": 0}, 3, "All 3 complaints were upheld."),
    ("both alike", {"upheld": 2, "not upheld": 0}, 2, "Both complaints were upheld."),
    ("the only one", {"upheld": 1, "not upheld": 0}, 1, "The only complaint was upheld."),
    ("many", {"a": 9, "b": 30, "d": 20, "e": 9, "f": 1, "g": 2}, 71,
     "The 71 complaints were most often b (30), d (20), a (9) and e (9)."),
    ("many, some withheld", {"a": 9, "b": 30, "d": 20, "e": 9, "h": 1, "f": "c", "g": "c"}, 99,
     "Of the 99 complaints, 30 were b, 20 d, 9 a, 9 e and 1 h; we do not publish the other "
     "numbers."),
    ("some withheld", {"upheld": "c", "not upheld": 9, "withdrawn": "c"}, 14,
     "Of the 14 complaints, 9 were not upheld; we do not publish the other numbers."),
    ("all withheld", {"upheld": "c", "not upheld": "c"}, 4,
     "We do not publish what the complaints were, to protect people."),
    ("none", {"upheld": 0, "not upheld": 0}, 0, ""),
    ("unknown", {"upheld": None, "not upheld": None}, None, ""),
]
THEMES = [
    ("all and some", {"delay": 5, "cost": 1}, 5,
     "All 5 complaints were about delay; 1 was also about cost."),
    ("both and some", {"delay": 2, "cost": 1, "staff": 1}, 2,
     "Both complaints were about delay; 1 was also about cost and 1 about staff."),
    ("both, both", {"delay": 2, "cost": 2}, 2,
     "Both complaints were about delay; both were also about cost."),
    ("one of each", {"delay": 1, "cost": 1}, 1, "The only complaint was about delay and cost."),
    ("overlapping", {"delay": 3, "cost": 2}, 4,
     "Of the 4 complaints, 3 were about delay and 2 about cost."),
    ("many, with brackets", {"SEND": 30, "delay": 20, "cost": 9, "staff": 8, "a": 1}, 68,
     "The 68 complaints were most often about special educational needs (SEND, 30), delay (20) "
     "and cost (9)."),
]
VERBS = [
    ("adjective", '"is", "are"', "Of the 3 complaints, 2 are a and 1 b."),
    ("preposition", '"came from", "came from"', "Of the 3 complaints, 2 came from a and 1 from b."),
    ("two words", '"was refused because of", "were refused because of"',
     "Of the 3 complaints, 2 were refused because of a and 1 because of b."),
    ("participle", '"was made", "were made"', "Of the 3 complaints, 2 were made a and 1 b."),
]
NEXT_DUE = [
    ("one", {"a": ("16 December 2022", "in progress", 1), "b": ("1 May 2022", "implemented", 1)},
     "The next is due on 16 December 2022."),
    ("several",
     {"a": ("3 March 2023", "in progress", 1), "b": ("20 January 2023", "in progress", 1)},
     "The next is due on 20 January 2023."),
    ("none in progress", {"a": ("16 December 2022", "implemented", 1)}, ""),
    ("no date", {"a": ("not recorded", "in progress", 1)}, ""),
    ("withheld", {"a": ("16 December 2022", "in progress", "c")}, ""),
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


def test_only_case_is_denied_to_be_upheld_even_in_part(read_narrative):
    figures = {CLOSED: [0], RECEIVED: [1]}
    upheld = '"was upheld in whole or in part", "were upheld in whole or in part"'
    template = ARE_CLOSED.replace('"is closed", "are closed"', upheld)
    assert read_narrative(template, figures, {CLOSED: RECEIVED}) == (
        "The only complaint was upheld neither in whole nor in part."
    )


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
    assert sentence == "Of the 3 complaints, 2 were about delay and 1 about something else."


@pytest.mark.parametrize(("themes", "base", "sentence"), cases(THEMES))
def test_themes_of_which_a_case_has_several_are_one_sentence(
    read_narrative, themes, base, sentence
):
    figures = {"complaints.by_theme": {name: [value] for name, value in themes.items()}}
    template = '{{ complaints.by_theme | distribution("was about", "were about") }}'
    about = {"SEND": "special educational needs (SEND)"}
    bases = {"complaints.by_theme": RECEIVED}
    figures[RECEIVED] = [base]
    assert read_narrative(template, figures, bases, about=about) == sentence


@pytest.mark.parametrize(("verbs", "sentence"), cases(VERBS))
def test_second_category_repeats_only_the_preposition(read_narrative, verbs, sentence):
    figures = {OUTCOMES: {"a": [2], "b": [1]}, RECEIVED: [3]}
    template = f"{{{{ complaints.by_outcome | distribution({verbs}) }}}}"
    assert read_narrative(template, figures, {OUTCOMES: RECEIVED}) == sentence


@pytest.mark.parametrize(("actions", "sentence"), cases(NEXT_DUE))
def test_next_action_in_progress_is_named_by_its_date(read_narrative, actions, sentence):
    texts = {
        (name, f"Head of Service | {due} | {status}"): [count]
        for name, (due, status, count) in actions.items()
    }
    narrative = read_narrative("{{ learning.tracker | next_due }}", {"learning.tracker": texts})
    assert narrative == sentence


def test_numbers_of_a_sentence_name_their_figures(render_narrative):
    tree = html.fromstring(f"<div>{render_narrative(WE_RECEIVED, {RECEIVED: [21, 4]})}</div>")
    numbers = [(one.get("data-year"), one.text) for one in tree.iter("data")]
    assert numbers == [("2021-22", "4"), ("2020-21", "21")]


def test_number_is_not_compared_across_a_break_in_the_series(read_narrative):
    figures = {RECEIVED: [6, None, 4]}
    breaks = [{"figure": RECEIVED, "from_year": "2020-21", "note": "counted otherwise"}]
    sentence = read_narrative("{{ complaints.received | change }}", figures, series_breaks=breaks)
    assert sentence == "with no figure for the year before to compare"
