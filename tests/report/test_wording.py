"""Numbers, years and lists in plain English."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.aggregate.figure_table import NOT_APPLICABLE, REVISED
from pipeline.aggregate.published.numbers import NOT_AVAILABLE, WITHHELD
from pipeline.report import wording
from pipeline.validate.definitions import SHORTHANDS
from pipeline.year import Year

# fmt: off
NUMERALS = [
    (0, "0"), (1, "1"), (4, "4"), (1234, "1,234"), (1_000_000, "1,000,000"),
    (2.5, "2.5"), (2.04, "2"), (12345.67, "12,345.7"),
]
MACHINE_NUMBERS = [
    (4.0, "4"), (2.5, "2.5"), (1_000_000.0, "1000000"), (123456789.0, "123456789"),
]
COUNT_PHRASES = [
    (0, "complaint", "no complaints"), (1, "complaint", "1 complaint"),
    (2, "complaint", "2 complaints"), (1500, "complaint", "1,500 complaints"),
    (0, "person", "no people"), (1, "person", "1 person"), (2, "person", "2 people"),
    (2, "inquiry", "2 inquiries"), (2, "day", "2 days"), (2.5, "working day", "2.5 working days"),
]
PERCENTAGES = [
    (0, 40, "0%"), (40, 40, "100%"), (2, 3, "67%"), (1, 3, "33%"), (1, 8, "13%"),
    (1, 200, "1%"), (1, 201, "under 1%"), (999, 1000, "over 99%"), (199, 200, "over 99%"),
    (99, 100, "99%"), (50, 100, "50%"),
]
LISTINGS = [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")]
DIRECTIONS = [(2, 1, "up"), (1, 2, "down"), (2, 2, "the same"), (0, 0, "the same")]
SINGLE_LINES = [
    ("Early\n\n  Help", "Early Help"),
    ("Early\u200b Help\ufeff", "Early Help"),
    ("\u202eplaH ylraE\u202c", "plaH ylraE"),
    ("Early\x00\x1b Help", "Early Help"),
    ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ("Zoë O\u2019Hara", "Zoë O\u2019Hara"),
]
# fmt: on


@pytest.mark.parametrize(("value", "text"), NUMERALS)
def test_numeral_has_commas_and_at_most_one_decimal(value, text):
    assert wording.numeral(value) == text


@pytest.mark.parametrize(("value", "text"), MACHINE_NUMBERS)
def test_machine_number_keeps_every_digit(value, text):
    assert wording.machine_number(value) == text


@pytest.mark.parametrize(("value", "noun", "phrase"), COUNT_PHRASES)
def test_noun_agrees_with_its_number(value, noun, phrase):
    number = "no" if value == 0 else wording.number_word(value)
    assert f"{number} {wording.plural(noun, value)}" == phrase


def test_noun_may_bring_its_own_plural_form():
    nouns = [wording.plural("ox", count, "oxen") for count in (0, 1, 1.04, 2)]
    assert nouns == ["oxen", "ox", "ox", "oxen"]


def test_number_too_small_to_print_is_not_called_none():
    assert [wording.number_word(value) for value in (0, 0.04, 0.96)] == ["none", "under 0.1", "1"]


@pytest.mark.parametrize(("items", "text"), LISTINGS)
def test_listing_joins_items_as_in_a_sentence(items, text):
    assert wording.listing(iter(items)) == text


@pytest.mark.parametrize(("part", "base", "text"), PERCENTAGES)
def test_percentage_is_whole_and_rounded_half_up(part, base, text):
    assert wording.percentage(part, base) == text


@settings(deadline=None)
@given(st.integers(1, 10_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_percentage_is_0_only_for_none_and_100_only_for_all(share):
    part, base = share
    text = wording.percentage(part, base)
    assert (text == "0%") == (part == 0)
    assert (text == "100%") == (part == base)
    if text not in ("under 1%", "over 99%"):
        assert abs(int(text.removesuffix("%")) - 100 * part / base) <= 0.5


def test_date_does_not_depend_on_the_language_of_the_machine():
    assert wording.date_text(date(2022, 6, 4)) == "4 June 2022"


@pytest.mark.parametrize("style", ["2021 to 2022", "2021/22"])
def test_year_is_written_in_the_style_of_the_council(style):
    assert wording.year_name(Year(2021), style) == style


def test_year_at_the_turn_of_the_century_is_written_in_full():
    assert wording.year_name(Year(1999), "2021 to 2022") == "1999 to 2000"


@pytest.mark.parametrize(("current", "previous", "text"), DIRECTIONS)
def test_direction_is_up_down_or_the_same(current, previous, text):
    assert wording.direction(current, previous) == text


@pytest.mark.parametrize(("text", "line"), SINGLE_LINES)
def test_single_line_drops_invisible_and_direction_characters(text, line):
    assert wording.single_line(text) == line


@pytest.mark.parametrize(
    ("text", "capitalised"), [("", ""), ("late", "Late"), ("SEND", "SEND"), ("éa", "Éa")]
)
def test_capitalise_changes_the_first_letter_only(text, capitalised):
    assert wording.capitalise(text) == capitalised


def test_sentences_end_at_full_stops_followed_by_space():
    text = "We had 2.5 days. Why?  Nobody knows"
    assert list(wording.split_sentences(text)) == [
        (0, "We had 2.5 days."),
        (17, "Why?"),
        (23, "Nobody knows"),
    ]


def test_exactly_the_shorthand_that_numbers_can_have_is_explained():
    figure_signs = {WITHHELD, NOT_AVAILABLE, NOT_APPLICABLE, REVISED}
    assert set(wording.SHORTHAND_MEANINGS) == figure_signs | set(SHORTHANDS)
