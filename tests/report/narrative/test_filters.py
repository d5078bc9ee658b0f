"""The filters of the narrative: what they print of 0, 1, 2 and many, unknown and withheld."""

from __future__ import annotations

import re

import pytest

UNKNOWN = None
WITHHELD = "c"
RECEIVED = "complaints.received"
OUTCOMES = "complaints.by_outcome"
BASES = {OUTCOMES: RECEIVED}
YEARS_WITH_FIGURE = "years for which there is a figure"
ROUNDED = {"disclosure": {"policy": "suppress", "reason": "decided", "round_to": "5"}}
# fmt: off
COUNTS = [
    (0, "No complaints were received."), (1, "1 complaint was received."),
    (2, "2 complaints were received."), (1234, "1,234 complaints were received."),
    (UNKNOWN, "An unknown number of complaints were received."),
    (WITHHELD, "An undisclosed number (possibly none) of complaints were received."),
    (0.04, "Under 0.1 complaints were received."), (1.04, "1 complaint was received."),
]
CHANGES = [
    ((12, 4), "down from 12 the year before"), ((4, 12), "up from 4 the year before"),
    ((1, 2), "up from 1 the year before"), ((0, 1), "up from none the year before"),
    ((4, 4), "the same as the year before"), ((0, 0), "the same as the year before"),
    ((3, UNKNOWN, 4), "compared with 3 in 2019 to 2020, the last year with a figure"),
    ((4, UNKNOWN), "not to be compared with 4 the year before"),
    ((UNKNOWN, UNKNOWN, 4), "with no earlier year to compare"),
    ((4,), "with no earlier year to compare"),
    ((UNKNOWN, 4), "with no earlier year to compare"),
]
CHANGES_WITH_WITHHELD = [
    (WITHHELD, 0, "No complaints were received, "
                  "not compared with the year before, to protect people."),
    (4, WITHHELD, "An undisclosed number (possibly none) of complaints were received, "
                  "not compared with the year before, to protect people."),
]
SHARES = [
    (2, 3, "2 of 3"), (19, 19, "19 of 19"), (15, 49, "15 of 49"),
    (15, 50, "15 of 50 (30%)"), (0, 60, "0 of 60 (0%)"),
    (999, 1000, "999 of 1,000 (over 99%)"), (0, 0, "0 of 0"),
    (UNKNOWN, 3, "an unknown number of the 3"), (2, UNKNOWN, "2 of an unknown number"),
    (UNKNOWN, UNKNOWN, "an unknown number"),
]
SHARES_WITH_WITHHELD = [
    (WITHHELD, 4, "an undisclosed number (possibly none) of the 4"),
    (0, WITHHELD, "0 of an undisclosed number (possibly none)"),
    (3, WITHHELD, "3 of an undisclosed number"),
    (WITHHELD, WITHHELD, "an undisclosed number (possibly none)"),
]
RANKS = [
    ((3, 9, 12), "the highest of the 3 years"), ((3, 9, 2), "the lowest of the 3 years"),
    ((12, 9, 12), "the joint highest of the 3 years"),
    ((3, 9, 3), "the joint lowest of the 3 years"),
    ((3, 9, 5), "neither the highest nor the lowest of the 3 years"),
    ((4, 4, 4), "the same in each of the 3 years"),
    ((4,), "the only one known of the years compared"),
    ((UNKNOWN, UNKNOWN, 4), "the only one known of the years compared"),
    ((3, UNKNOWN, 4), f"the highest of the {YEARS_WITH_FIGURE}"),
    ((4, UNKNOWN, 4), f"the same in each of the {YEARS_WITH_FIGURE}"),
    ((UNKNOWN, 3, 4), "the highest of the 2 years"),
    ((3, 9, UNKNOWN), "not available"), ((UNKNOWN, UNKNOWN, UNKNOWN), "not available"),
]
BREAKDOWNS = [
    ({"upheld": 1, "not upheld": 2, "open": 0}, "2 not upheld and 1 upheld"),
    ({"upheld": 1, "not upheld": 1, "open": 1}, "1 upheld, 1 not upheld and 1 open"),
    ({"upheld": 1}, "1 upheld"), ({"upheld": 0}, "none"),
]
BREAKDOWNS_WITH_WITHHELD = [
    ({"upheld": WITHHELD, "not upheld": WITHHELD},
     "the numbers for upheld and not upheld are not shown"),
    ({"upheld": WITHHELD, "not upheld": 0}, "the number for upheld is not shown"),
    ({"upheld": 6, "not upheld": WITHHELD, "open": WITHHELD},
     "6 upheld; we do not publish the other numbers"),
    ({"upheld": 6, "not upheld": 1, "open": WITHHELD},
     "6 upheld and 1 not upheld; we do not publish the other numbers"),
]
MOST = [
    ({"upheld": 3, "not upheld": 1}, "upheld, 3 of 4"),
    ({"upheld": 2, "not upheld": 2}, "upheld or not upheld, 2 each, of 4"),
    ({"upheld": 0}, "none"), ({"upheld": 1}, "upheld, 1 of 1"),
]
MOST_WITH_WITHHELD = [
    ({"upheld": 6, "not upheld": WITHHELD}, 9, "upheld, 6 of 9"),
    ({"upheld": 6, "not upheld": WITHHELD}, 12, "not shown, to protect people"),
    ({"upheld": WITHHELD}, 4, "not shown, to protect people"),
    ({"upheld": 6, "not upheld": WITHHELD}, WITHHELD, "not shown, to protect people"),
    ({"upheld": 6, "not upheld": 2}, WITHHELD, "upheld, 6"),
    ({"upheld": 2, "not upheld": 2}, WITHHELD, "upheld or not upheld, 2 each"),
    ({"upheld": UNKNOWN, "not upheld": UNKNOWN}, UNKNOWN, "not available"),
]
UNDISCLOSED = [
    ({"upheld": WITHHELD}, "undisclosed", "the number for upheld is not shown"),
    ({"upheld": WITHHELD, "open": WITHHELD, "not upheld": 2}, "undisclosed",
     "the numbers for upheld and open are not shown"),
    ({"upheld": WITHHELD, "open": WITHHELD}, 'undisclosed("ended as")',
     "the numbers of those that ended as upheld and open are not shown"),
    ({"upheld": 2}, "undisclosed", "no number is withheld"),
]
# A filter on each kind of number: withheld is the same whether it is small or protects another.
CASES = {
    "zero": [3, 0], "one": [3, 1], "two": [3, 2], "many": [3, 1200], "withheld": [3, WITHHELD],
    "withheld before": [WITHHELD, 3], "unknown": [3, UNKNOWN], "unknown before": [5, UNKNOWN, 3],
    "tied": [3, 3], "first year": [3],
}
SENTENCES = {
    "counted": [
        "no complaints", "1 complaint", "2 complaints", "1,200 complaints",
        "an undisclosed number (possibly none) of complaints", "3 complaints",
        "an unknown number of complaints", "3 complaints", "3 complaints", "3 complaints",
    ],
    "was": ["were", "was", "were", "were", "were", "were", "were", "were", "were", "were"],
    "has": ["have", "has", "have", "have", "have", "have", "have", "have", "have", "have"],
    "change": [
        "down from 3 the year before", "down from 3 the year before",
        "down from 3 the year before", "up from 3 the year before",
        "not compared with the year before, to protect people",
        "not compared with the year before, to protect people",
        "not to be compared with 3 the year before",
        "compared with 5 in 2019 to 2020, the last year with a figure",
        "the same as the year before", "with no earlier year to compare",
    ],
    "chance": [
        *["The number of complaints is within the usual year-to-year variation."] * 3,
        "The number of complaints is higher than year-to-year variation would explain.", *[""] * 3,
        "The number of complaints is within the usual year-to-year variation.", *[""] * 2,
    ],
    "rank": [
        "the lowest of the 2 years", "the lowest of the 2 years", "the lowest of the 2 years",
        "the highest of the 2 years", *["not compared with other years to protect people"] * 2,
        "not available", f"the lowest of the {YEARS_WITH_FIGURE}",
        "the same in each of the 2 years", "the only one known of the years compared",
    ],
    "pounds": [
        "£0", "£1", "£2", "£1,200", "an undisclosed amount (possibly none)", "£3",
        "an unknown amount", "£3", "£3", "£3",
    ],
}
ROUNDED_SENTENCES = [
    ("rank", [5, 10, 10], "among the highest of the 3 years"),
    ("rank", [5, 10, 15], "the highest of the 3 years"),
    ("change", [5, 10], "up from 5 the year before"),
    ("chance", [10, 15], "The number of complaints is within the usual year-to-year variation."),
    ("chance", [10, 25], ""),  # true of some of the exact numbers
]
# fmt: on


def received(*values):
    return {RECEIVED: list(values)}


def outcomes(values, total=None):
    """Figures of one year: outcomes by name, and their total."""
    if total is None and UNKNOWN not in values.values():
        total = sum(values.values())
    by_outcome = {name: [value] for name, value in values.items()}
    return {OUTCOMES: by_outcome, RECEIVED: [total]}


@pytest.mark.parametrize(("number", "sentence"), COUNTS)
def test_counted_and_was_agree_with_the_number(read_narrative, number, sentence):
    template = (
        "{{ complaints.received | counted | capital }} {{ complaints.received | was }} received."
    )
    assert read_narrative(template, received(9, number)) == sentence


@pytest.mark.parametrize(("number", "text"), [(0, "none have"), (1, "1 has"), (2, "2 have")])
def test_number_without_noun_and_has_agree(read_narrative, number, text):
    template = "{{ complaints.received }} {{ complaints.received | has }}"
    assert read_narrative(template, received(9, number)) == text


def test_counted_takes_another_noun_with_its_plural(read_narrative):
    template = '{{ complaints.received | counted("ox", many="oxen") }}'
    assert read_narrative(template, received(1, 2)) == "2 oxen"


def test_withheld_number_after_the_loses_its_article(read_narrative):
    template = "Of the {{ complaints.received | counted }}, none is open."
    text = "Of the undisclosed number (possibly none) of complaints, none is open."
    assert read_narrative(template, received(WITHHELD)) == text
    text = "Of the unknown number of complaints, none is open."
    assert read_narrative(template, received(UNKNOWN)) == text


@pytest.mark.parametrize(("values", "text"), CHANGES)
def test_change_has_direction_and_earlier_number(read_narrative, values, text):
    assert read_narrative("{{ complaints.received | change }}", received(*values)) == text


@pytest.mark.parametrize(("previous", "current", "sentence"), CHANGES_WITH_WITHHELD)
def test_change_from_or_to_a_withheld_number_is_not_given(
    read_narrative, previous, current, sentence
):
    template = (
        "{{ complaints.received | counted | capital }} were received, "
        "{{ complaints.received | change }}."
    )
    assert read_narrative(template, received(previous, current)) == sentence


@pytest.mark.parametrize(("part", "base", "text"), SHARES)
def test_share_has_its_base_and_no_percentage_of_a_small_one(read_narrative, part, base, text):
    figures = outcomes({"upheld": part}, base)
    figures[RECEIVED] = [base]
    assert read_narrative('{{ complaints.by_outcome["upheld"] | share }}', figures, BASES) == text


@pytest.mark.parametrize(("part", "base", "text"), SHARES_WITH_WITHHELD)
def test_share_prints_only_the_number_that_is_not_withheld(read_narrative, part, base, text):
    figures = outcomes({"upheld": part}, base)
    assert read_narrative('{{ complaints.by_outcome["upheld"] | share }}', figures, BASES) == text


def test_council_decides_from_which_base_a_share_has_a_percentage(read_narrative):
    template = '{{ complaints.by_outcome["upheld"] | share }}'
    figures = outcomes({"upheld": 2}, 3)
    assert read_narrative(template, figures, BASES, small_base="3") == "2 of 3 (67%)"


def test_share_of_a_figure_without_base_is_refused(narrative_problem):
    assert "this figure has no base" in narrative_problem("{{ complaints.received | share }}").what


@pytest.mark.parametrize(("values", "text"), RANKS)
def test_rank_is_among_the_years_with_a_number(read_narrative, values, text):
    assert read_narrative("{{ complaints.received | rank }}", received(*values)) == text


def test_rank_is_not_given_if_a_year_is_withheld(read_narrative):
    text = "not compared with other years to protect people"
    figures = received(3, WITHHELD, 4)
    assert read_narrative("{{ complaints.received | rank }}", figures) == text


@pytest.mark.parametrize(("values", "text"), BREAKDOWNS)
def test_breakdown_is_by_size_and_equals_in_order_of_print(read_narrative, values, text):
    assert read_narrative("{{ complaints.by_outcome | breakdown }}", outcomes(values)) == text


def test_breakdown_may_have_a_word_before_the_category(read_narrative):
    template = '{{ complaints.by_outcome | breakdown(link="about") }}'
    assert read_narrative(template, outcomes({"upheld": 2})) == "2 about upheld"


@pytest.mark.parametrize(("values", "text"), BREAKDOWNS_WITH_WITHHELD)
def test_breakdown_names_the_withheld_categories(read_narrative, values, text):
    figures = outcomes(values, WITHHELD)
    assert read_narrative("{{ complaints.by_outcome | breakdown }}", figures) == text


@pytest.mark.parametrize(("values", "text"), MOST)
def test_most_names_all_of_several_equals(read_narrative, values, text):
    assert read_narrative("{{ complaints.by_outcome | most }}", outcomes(values), BASES) == text


@pytest.mark.parametrize(("values", "total", "text"), MOST_WITH_WITHHELD)
def test_most_is_not_given_if_a_withheld_part_may_be_larger(read_narrative, values, total, text):
    figures = outcomes(values, total)
    assert read_narrative("{{ complaints.by_outcome | most }}", figures, BASES) == text


def test_capital_goes_to_the_first_letter_behind_a_tag(render_narrative):
    html = render_narrative("{{ complaints.received | counted | capital }}", received(0))
    assert re.fullmatch(r"<data [^>]*>No</data> complaints", html)


@pytest.mark.parametrize(
    ("filter_name", "text"), [("change", "about the same as"), ("rank", "about the same in each")]
)
def test_rounded_numbers_that_are_equal_are_about_the_same(read_narrative, filter_name, text):
    template = f"{{{{ complaints.received | {filter_name} }}}}"
    assert read_narrative(template, received(10, 10), **ROUNDED).startswith(text)


@pytest.mark.parametrize("filter_name", SENTENCES)
@pytest.mark.parametrize(("position", "case"), list(enumerate(CASES)))
def test_filter_is_true_of_every_kind_of_number(read_narrative, filter_name, position, case):
    template = f"{{{{ complaints.received | {filter_name} }}}}"
    assert read_narrative(template, received(*CASES[case])) == SENTENCES[filter_name][position]


@pytest.mark.parametrize(("values", "filter_call", "text"), UNDISCLOSED)
def test_withheld_categories_are_not_described_as_having_cases(
    read_narrative, values, filter_call, text
):
    figures = outcomes(values, 9)
    assert read_narrative(f"{{{{ complaints.by_outcome | {filter_call} }}}}", figures) == text


def test_breakdown_of_unknown_numbers_is_not_none(read_narrative):
    template = "{{ complaints.by_outcome | breakdown }}"
    assert read_narrative(template, outcomes({"upheld": UNKNOWN}, UNKNOWN)) == "not available"


def test_withheld_base_of_a_published_part_cannot_be_none(read_narrative):
    template = "{{ complaints.received | counted }}"
    figures = outcomes({"upheld": 7, "open": WITHHELD}, WITHHELD)
    assert read_narrative(template, figures, BASES) == "an undisclosed number of complaints"
    figures = outcomes({"upheld": 0, "open": WITHHELD}, WITHHELD)
    assert "(possibly none)" in read_narrative(template, figures, BASES)


def test_most_without_a_base_gives_the_number_alone(read_narrative):
    figures = outcomes({"upheld": 3, "open": 1})
    assert read_narrative("{{ complaints.by_outcome | most }}", figures) == "upheld, 3"
    figures = outcomes({"upheld": 3, "open": WITHHELD}, 4)
    text = "not shown, to protect people"
    assert read_narrative("{{ complaints.by_outcome | most }}", figures) == text


@pytest.mark.parametrize(("filter_name", "values", "text"), ROUNDED_SENTENCES)
def test_rounded_numbers_say_no_more_than_they_know(read_narrative, filter_name, values, text):
    template = f"{{{{ complaints.received | {filter_name} }}}}"
    assert read_narrative(template, received(*values), **ROUNDED) == text


def test_most_of_rounded_numbers_allows_for_the_rounding(read_narrative):
    template = "{{ complaints.by_outcome | most }}"
    figures = outcomes({"upheld": 15, "not upheld": WITHHELD}, 25)
    assert read_narrative(template, figures, BASES) == "upheld, 15 of 25"
    text = "not shown, to protect people"
    assert read_narrative(template, figures, BASES, **ROUNDED) == text


def test_years_before_a_break_are_not_ranked(read_narrative):
    series_break = {"figure": RECEIVED, "from_year": "2020-21", "note": "counted otherwise."}
    changes = {"series_breaks": [series_break]}
    template = "{{ complaints.received | rank }}; {{ complaints.received.highest }}"
    assert read_narrative(template, received(50, 9, 4), **changes) == (
        "the lowest of the 2 years since the break in the series; 9"
    )
    series_break["from_year"] = "2021-22"
    template = "{{ complaints.received | rank }}, {{ complaints.received | change }}."
    assert read_narrative(template, received(50, 9, 4), **changes) == (
        "the only one known of the years compared since the break in the series, "
        "not to be compared with 9 the year before: counted otherwise."
    )
