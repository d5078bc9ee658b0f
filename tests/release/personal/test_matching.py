"""The words of a text, and which of a million texts may be repeated in the published files."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from pipeline.release.personal import matching
from pipeline.release.personal.matching import CandidateFilter, normalised_words, readings

PUBLISHED = ["Four young people of 2 families said so.", "It was a fine Strasse, O'Neill."]


def candidates(*texts: str, min_run: int = 1) -> list[str]:
    published = [normalised_words(text) for text in PUBLISHED]
    return list(CandidateFilter(published).candidates(pd.Series(texts, dtype="str"), min_run))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O'Néill-Young", ["oneill", "young"]),
        ("o\u2019neill", ["oneill"]),
        ("o\u2018neill o`neill o\u00b4neill o\u02bcneill o\u2032neill", ["oneill"] * 5),
        ("12 High St.", ["12", "high", "st"]),
        ("Straße", ["strasse"]),
        ("ﬁne", ["fine"]),
        (" -- ", []),
    ],
)
def test_words_are_normalised_for_case_accents_and_apostrophes(text, words):
    assert normalised_words(text) == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("JosÃ©", "José"),
        ("Jos√©", "José"),
        ("O&#39;Neill", "O'Neill"),
        ("O&amp;#39;Neill", "O'Neill"),
        ("O\\'Neill", "O'Neill"),
        ("O%27Neill", "O'Neill"),
        ("Jos\\u00e9", "José"),
        ("Dummy\u00adthorpe", "Dummythorpe"),
        ("Dummy<b>thorpe</b>", "Dummythorpe"),
    ],
)
def test_damaged_or_escaped_text_is_also_read_as_meant(text, meant):
    assert readings(text) == [text, meant]
    assert candidates(text) == [text]


@pytest.mark.parametrize("text", ["José", "O'Neill", "AT&T", "36% of 12", "a < b", "C:\\old"])
def test_text_that_is_not_damaged_has_one_reading(text):
    assert readings(text) == [text]


def test_text_with_one_published_word_is_a_candidate():
    texts = ("Ada YOUNG", "Ada Youngs", "Sean O\u2019Néill", "", " -- ")
    assert candidates(*texts) == ["Ada YOUNG", "Sean O\u2019Néill"]


def test_words_must_be_consecutive_in_text_and_in_published_file():
    texts = [
        "four young people",
        "four of the young people",
        "young four",
        "young",
        "so it",
        "was a",
        "families young",
    ]
    in_twos = ["four young people", "four of the young people", "young", "was a"]
    assert candidates(*texts, min_run=2) == in_twos
    assert candidates(*texts, min_run=6) == ["four young people", "young", "was a"]


def test_run_of_words_does_not_continue_in_the_next_text():
    assert candidates("they say four", "young people", "of them", min_run=3) == ["young people"]


def test_text_in_letters_beyond_ascii_is_always_a_candidate():
    assert candidates("Łódź", "Ξένια", "Ada") == ["Łódź", "Ξένια"]


def test_ascii_text_is_no_candidate_if_nothing_is_published():
    texts = pd.Series(["Ada", "Ξένια"], dtype="str")
    assert list(CandidateFilter([]).candidates(texts, 1)) == ["Ξένια"]


def test_every_repeated_text_is_a_candidate_in_random_texts(monkeypatch):
    monkeypatch.setattr(matching, "TEXTS_PER_BATCH", 101)  # so that many batches are compared
    texts = random_texts(5000)
    published = [normalised_words(text) for text in texts.head(300)]
    for min_run in (1, 2, 6):
        published_runs = {
            run
            for words in published
            for length in range(1, min_run + 1)
            for run in runs(words, length)
        }
        chosen = set(CandidateFilter(published).candidates(texts, min_run))
        for text in texts:
            words = normalised_words(text)
            is_repeated = not published_runs.isdisjoint(runs(words, min(len(words), min_run)))
            assert text in chosen or not is_repeated, text
            # Up to pairs of words, the filter is exact for ASCII.
            assert text not in chosen or is_repeated or min_run > 2 or not text.isascii(), text


def random_texts(count: int) -> pd.Series:
    """Short texts of words, signs and characters that are hard to normalise."""
    # fmt: off
    pieces = [
        *"aA2 \u2019'-_.,\t\n", "four", "Young", "é", "e\u0301", "ß", "ﬁ", "²", "\u034f", "\u0345",
        "Ǆ", "—", "\u00a0", "İ", "٢", "か\u3099",
    ]
    # fmt: on
    generator = random.Random(1)
    texts = ["".join(generator.choices(pieces, k=generator.randrange(12))) for _ in range(count)]
    return pd.Series(texts, dtype="str")


def runs(words: list[str], length: int) -> list[tuple[str, ...]]:
    """Each run of so many consecutive words; none of length 0."""
    if not length:
        return []
    return [tuple(words[start : start + length]) for start in range(len(words) - length + 1)]
