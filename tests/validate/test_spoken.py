"""The words of a text, and which of a million texts hold words that are published."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from pipeline.validate import spoken as module
from pipeline.validate.spoken import holding, spoken

PUBLISHED = {"four", "young", "people", "oneill", "fine", "strasse", "2"}


def held(*texts: str, in_a_row: int = 1) -> list[str]:
    return list(holding(pd.Series(texts, dtype="str"), PUBLISHED, in_a_row))


@pytest.mark.parametrize(("text", "words"), [
    ("O'Néill-Young", ["oneill", "young"]), ("o\u2019neill", ["oneill"]), ("12 High St.", ["12", "high", "st"]),
    ("Straße", ["strasse"]), ("ﬁne", ["fine"]), (" -- ", []),
])  # fmt: skip
def test_words_are_compared_without_case_accents_and_apostrophes(text, words):
    assert spoken(text) == words


def test_a_text_is_given_for_one_word_that_is_published():
    assert held("Ada YOUNG", "Ada Youngs", "Sean O\u2019Néill", "", " -- ") == ["Ada YOUNG", "Sean O\u2019Néill"]


def test_words_have_to_stand_in_a_row_of_one_text():
    texts = ("four young people", "four of the young people", "four", "young of the people", "of four", "young")
    assert held(*texts, in_a_row=2) == ["four young people", "four of the young people", "four", "young"]
    assert held(*texts, in_a_row=6) == ["four young people", "four", "young"]


def test_a_text_in_other_letters_is_always_given():
    assert held("Łódź", "Ξένια", "Ada") == ["Łódź", "Ξένια"]


def test_no_text_is_lost_that_the_words_themselves_would_find(monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 7)  # so that texts stand on both sides of a border
    chance = random.Random(1)
    signs = [
        *"aA2 \u2019'-_.,\t\n", "four", "Young", "é", "e\u0301", "ß", "ﬁ", "²", "\u034f", "\u0345", "Ǆ", "—", "\u00a0", "İ", "٢",
        "か\u3099",
    ]  # fmt: skip
    texts = pd.Series(["".join(chance.choices(signs, k=chance.randrange(9))) for _ in range(5000)], dtype="str").drop_duplicates()
    published = sorted({word for text in texts.head(300) for word in spoken(text)})
    for in_a_row in (1, 2, 6):
        given = set(holding(texts, published, in_a_row))
        for text in texts:
            among = [word in published for word in spoken(text)]
            number = min(len(among), in_a_row)
            found = number and any(all(among[at : at + number]) for at in range(len(among) - number + 1))
            assert text in given or not found, text
            assert text not in given or found or not text.isascii(), text
