"""The words of a text, and which of a million texts may be repeated in what is published."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from pipeline.release import matching as module
from pipeline.release.matching import CandidateFilter, normalised_words

PUBLISHED = ["Four young people of 2 families said so.", "It was a fine Strasse, O'Neill."]


def kept(*texts: str, in_a_row: int = 1) -> list[str]:
    return list(
        CandidateFilter([normalised_words(text) for text in PUBLISHED]).candidates(
            pd.Series(texts, dtype="str"), in_a_row
        )
    )


@pytest.mark.parametrize(("text", "words"), [
    ("O'Néill-Young", ["oneill", "young"]), ("o\u2019neill", ["oneill"]), ("12 High St.", ["12", "high", "st"]),
    ("Straße", ["strasse"]), ("ﬁne", ["fine"]), (" -- ", []),
])  # fmt: skip
def test_words_are_compared_without_case_accents_and_apostrophes(text, words):
    assert normalised_words(text) == words


def test_a_text_is_kept_for_one_word_that_is_published():
    assert kept("Ada YOUNG", "Ada Youngs", "Sean O\u2019Néill", "", " -- ") == [
        "Ada YOUNG",
        "Sean O\u2019Néill",
    ]


def test_words_have_to_stand_in_a_row_in_the_text_and_in_what_is_published():
    texts = (
        "four young people",
        "four of the young people",
        "young four",
        "young",
        "so it",
        "was a",
        "families young",
    )
    assert kept(*texts, in_a_row=2) == [
        "four young people",
        "four of the young people",
        "young",
        "was a",
    ]
    assert kept(*texts, in_a_row=6) == ["four young people", "young", "was a"]


def test_a_row_of_words_does_not_go_on_from_one_text_to_the_next():
    assert kept("they say four", "young people", "of them", in_a_row=3) == ["young people"]


def test_a_text_in_other_letters_is_always_kept():
    assert kept("Łódź", "Ξένια", "Ada") == ["Łódź", "Ξένια"]


def test_nothing_plain_is_kept_where_nothing_is_published():
    assert list(CandidateFilter([]).candidates(pd.Series(["Ada", "Ξένια"], dtype="str"), 1)) == [
        "Ξένια"
    ]


def test_no_text_is_lost_that_is_repeated(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 7)  # so that texts stand on both sides of a border
    chance = random.Random(1)
    signs = [
        *"aA2 \u2019'-_.,\t\n", "four", "Young", "é", "e\u0301", "ß", "ﬁ", "²", "\u034f", "\u0345", "Ǆ", "—", "\u00a0", "İ", "٢",
        "か\u3099",
    ]  # fmt: skip
    texts = pd.Series(
        ["".join(chance.choices(signs, k=chance.randrange(12))) for _ in range(5000)], dtype="str"
    )
    published = [normalised_words(text) for text in texts.head(300)]
    for in_a_row in (1, 2, 6):
        runs = {
            run
            for said in published
            for length in range(1, in_a_row + 1)
            for run in _runs(said, length)
        }
        given = set(CandidateFilter(published).candidates(texts, in_a_row))
        for text in texts:
            said = normalised_words(text)
            repeated = not runs.isdisjoint(_runs(said, min(len(said), in_a_row)))
            assert text in given or not repeated, text
            assert text not in given or repeated or in_a_row > 2 or not text.isascii(), text


def _runs(said: list[str], length: int) -> list[tuple[str, ...]]:
    return (
        [tuple(said[start : start + length]) for start in range(len(said) - length + 1)]
        if length
        else []
    )
