"""What counts as a number in words, and what is ordinary English."""

from __future__ import annotations

import re

import pytest

from pipeline.report.narrative.prose.number_words import number_in_words, number_phrases

REMEDY = "Write a reference to a figure or a setting instead"
# fmt: off
STOPPED = [
    # counts
    "two complaints", "Two complaints", "TWO", "t**wo** complaints", "tw&#111;", "tw\u00ado",
    "\uff54\uff57\uff4f", "tw\u043e complaints", "tw{{ 'o' }} complaints", "a solitary complaint",
    "tw{% if true %}o{% endif %} complaints", "thirty-six per cent were upheld", "thirty six",
    "thirty\nsix",
    "ninety-nine", "thirtysix", "one hundred and four", "a hundred", "hundreds of families",
    "a dozen", "dozens of calls", "a couple of families", "a pair of reviews", "tens of cases",
    "zero complaints", "nil", "nought", "a trio of cases", "double-digit growth",
    # one
    "One complaint was late", "one very serious complaint", "one of the complaints was upheld",
    "one of our cases", "only one", "at least one", "more than one family", "2one child"[1:],
    "one in three", "one in {{ complaints.received }}", "one out of ten", "one per cent",
    "Some were upheld, one was not", "One remains open", "and one is late", "within one day",
    "a one-year plan", "not a single complaint", "the only complaint", "the sole complaint",
    # parts, multiples and orders
    "half of them", "nearly half", "one half", "a quarter of them", "fell by a quarter",
    "three-quarters", "a third of the complaints", "just under a third", "a third were late",
    "two-thirds", "a tenth", "twice as many", "thrice", "only once", "once in every case",
    "tenfold",
    "the fourth complaint", "the tenth year", "a second complaint", "the second highest",
    "for the third year running", "the third consecutive year", "in the twenties",
    # joined to a name or a unit
    "stage two", "Stage One", "stage II", "Stage III", "a ten-day limit", "level one", "Annex IV",
    # a reference that the text makes another number of
    "{{ complaints.received }}% were late", "{{ complaints.received }} per cent",
    "£{{ complaints.received }}", "{{ complaints.received }} dozen",
    # in a reference
    '{{ "two" }}', '{{ complaints.received | counted("pair of complaints") }} of two',
    '{{ ["two", "three"] | listing }}',
]
ALLOWED = [
    "one of our priorities", "no one", "one another", "on the one hand", "this one",
    "the right one",
    "a difficult one was resolved", "one-to-one support", "a one-off payment", "one by one",
    "one can see that children are safe", "one might expect families to ask", "as one team",
    "for one thing, families told us", "one of the reasons", "one day a parent rang", "everyone",
    "no one was late", "she was the one who rang", "one way of doing this",
    "at first", "first of all", "the first complaint", "a second look", "a second opinion",
    "a third party", "the third sector", "the second stage", "twenty-first century", "sixth form",
    "each quarter", "every quarter", "once a quarter", "the last quarter of the year",
    "from some quarters", "once a response is sent", "at once", "once more", "half-term",
    "half term", "the first half of the year", "a half-sister", "on behalf of", "in another case",
    "a single point of contact", "a single parent", "the only way", "a couple who foster",
    "two-way communication", "zero tolerance", "tone", "often", "weight", "attention",
    "at the tent",
    "At this stage I think", "a CV", "both of them", "several families", "a few", "many",
    "[guide](https://example.org/two-way)", "{# two years ago #}a", "{% if true %}a{% endif %}",
    '{% if council.service == "two" %}a{% endif %}a', '{{ name("Three Rivers team") }}',
    '{{ stated(3, "case reviews, team log", "three") }}', "{{ stage_2 }}",
]
LISTS = [
    "1. a\n2. b", "1) a\n2) b", "1. a\n1. b", "Words.\n\n1. a\n\n   more\n\n2. b",
    "1. a\n   1. b\n   2. c\n2. d", "1. a\ncontinued\n2. b",
    "1. a\n{% if true %}\n2. b\n{% endif %}",
]
NOT_LISTS = [
    "1. a", "4. complaints were late", "We had\n4. complaints", "2. a\n3. b", "10. a\n11. b",
    "1. a\n2. b\n\nWords.\n\n3. complaints", "1. a\n2. b 3", "1. a\n3. b", "2021. a",
]
VALUES = [
    ("thirty-six", 36), ("a dozen", 12), ("half a day", 0.5), ("two thirds", 2 / 3),
    ("one hundred and four", 104), ("two thousand and one", 2001), ("three", 3),
    ("none", 0), ("twice", 2), ("several", None),
]
# fmt: on


@pytest.mark.parametrize("text", STOPPED)
def test_number_in_words_is_refused_like_typed_digits(narrative_problem, text):
    problem = narrative_problem(f"Words.\n\n{text}\n")
    assert re.match(r"line [34]", problem.where)
    assert "is typed by hand" in problem.what
    assert REMEDY in f"{problem.what} {problem.remedy}"


@pytest.mark.parametrize("text", ALLOWED)
def test_ordinary_english_is_no_number_and_is_printed(read_narrative, text):
    assert read_narrative(f"Words.\n\n{text}\n").startswith("Words.")


def test_message_quotes_the_phrase_with_its_line(narrative_problem):
    problem = narrative_problem("All is well.\nThere were twenty-\nfive complaints.\n")
    assert problem.where == "line 2"
    assert problem.what == 'the number in "twenty- five complaints" is typed by hand'


@pytest.mark.parametrize("text", LISTS)
def test_numbered_list_is_no_typed_number(read_narrative, text):
    assert read_narrative(text)


@pytest.mark.parametrize("text", NOT_LISTS)
def test_number_that_counts_no_items_is_typed(narrative_problem, text):
    assert "is typed by hand" in narrative_problem(text).what


def test_every_phrase_of_a_text_is_given_with_its_line():
    text = "two complaints\n\nhalf of them\n"
    assert list(number_phrases(text)) == [(1, "two complaints"), (3, "half")]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_number_in_words_has_its_value(text, value):
    assert number_in_words(text) == (None if value is None else pytest.approx(value))
