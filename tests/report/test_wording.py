from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.report import wording
from pipeline.year import Year


@pytest.mark.parametrize(("value", "said"), [
    (0, "0"), (1, "1"), (4, "4"), (1234, "1,234"), (1_000_000, "1,000,000"), (2.5, "2.5"), (2.04, "2"), (12345.67, "12,345.7"),
])  # fmt: skip
def test_a_number_in_figures_has_commas_and_at_most_one_decimal_that_says_something(value, said):
    assert wording.numeral(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(4.0, "4"), (2.5, "2.5"), (1_000_000.0, "1000000"), (123456789.0, "123456789")],
)
def test_a_number_for_a_machine_keeps_every_digit(value, said):
    assert wording.machine_number(value) == said


@pytest.mark.parametrize(("value", "noun", "said"), [
    (0, "complaint", "no complaints"), (1, "complaint", "one complaint"), (2, "complaint", "2 complaints"),
    (1500, "complaint", "1,500 complaints"), (1, "person", "one person"), (2, "person", "2 people"), (0, "person", "no people"),
    (2, "inquiry", "2 inquiries"), (2, "day", "2 days"), (2.5, "working day", "2.5 working days"),
])  # fmt: skip
def test_a_noun_agrees_with_its_number(value, noun, said):
    assert wording.count_phrase(value, noun) == said


def test_a_noun_may_bring_its_own_plural():
    assert [wording.count_phrase(n, "child", "children") for n in (0, 1, 2)] == [
        "no children",
        "one child",
        "2 children",
    ]


@pytest.mark.parametrize(
    ("items", "said"), [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")]
)
def test_items_stand_in_a_sentence(items, said):
    assert wording.listing(iter(items)) == said


@pytest.mark.parametrize(("part", "base", "said"), [
    (0, 40, "0%"), (40, 40, "100%"), (2, 3, "67%"), (1, 3, "33%"), (1, 8, "13%"), (1, 200, "1%"), (1, 201, "under 1%"),
    (999, 1000, "over 99%"), (199, 200, "over 99%"), (99, 100, "99%"), (50, 100, "50%"),
])  # fmt: skip
def test_a_share_is_a_whole_percentage_rounded_half_up(part, base, said):
    assert wording.percentage(part, base) == said


@settings(deadline=None)
@given(st.integers(1, 10_000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base))))
def test_a_share_is_0_only_of_nothing_and_100_only_of_everything(share):
    part, base = share
    said = wording.percentage(part, base)
    assert (said == "0%") == (part == 0)
    assert (said == "100%") == (part == base)
    assert said in ("under 1%", "over 99%") or abs(int(said[:-1]) - 100 * part / base) <= 0.5


def test_a_date_does_not_depend_on_the_machines_language():
    assert wording.date_text(date(2022, 6, 4)) == "4 June 2022"


@pytest.mark.parametrize(
    ("style", "said"), [("2021 to 2022", "2021 to 2022"), ("2021/22", "2021/22")]
)
def test_a_year_is_written_as_the_council_writes_it(style, said):
    assert wording.year_name(Year(2021), style) == said


def test_the_turn_of_the_century_is_written_in_full():
    assert wording.year_name(Year(1999), "2021 to 2022") == "1999 to 2000"


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [(2, 1, "up"), (1, 2, "down"), (2, 2, "the same"), (0, 0, "the same")],
)
def test_a_number_moves_one_way(now, before, said):
    assert wording.direction(now, before) == said


@pytest.mark.parametrize(("given", "kept"), [
    ("Early\n\n  Help", "Early Help"), ("Early\u200b Help\ufeff", "Early Help"), ("\u202eplaH ylraE\u202c", "plaH ylraE"),
    ("Early\x00\x1b Help", "Early Help"), ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ("Zoë O\u2019Hara", "Zoë O\u2019Hara"),
])  # fmt: skip
def test_a_text_keeps_what_is_seen_and_loses_what_would_turn_or_hide_the_text_around_it(
    given, kept
):
    assert wording.single_line(given) == kept


def test_every_shorthand_is_explained():
    assert set(wording.SHORTHAND_MEANINGS) == set("cxzrpu")
