"""Headings and codes as words that can be compared, whatever a case system makes of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from pipeline.validate.reading.encoding.damage import repaired

WEAK_WEIGHT = 0.35  # of a word that says little, where a word that says something has 1
CONTEXT_WEIGHT = 0.25  # of a word of the block, as in CaseStatusReceipt.DateReceived
MIN_SPELLING_RATIO = 83  # of a misspelt word to the right one, out of 100
MIN_SPELLING_LETTERS = 4
MIN_PIECE_LETTERS = 3  # of a word in a heading without spaces, such as datereceived
MISSPELLING_FACTOR = 0.96
MAX_HEADING_WORDS = 8
LIKE_HEADING = 0.75  # the least similarity of a cell to the name of a column
# A phrase near the end of a list is a less usual name.
RANK_LOSS = 0.004
MAX_RANK_LOSS = 0.08
BLOCK_SEPARATOR = re.compile(r"(?<=\w)(?:\.|::?|->)(?=\w)")
WORD_BOUNDARY = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])"
)
# What a form says of how to answer: "(select all that apply)", "Issue(s)", "(Y/N)".
INSTRUCTION = re.compile(
    r"[(\[](?:please )?(?:select|tick|choose|pick|drop)\b[^)\]]*[)\]]|\(e?s\)"
    r"|[(\[]?\by ?/ ?n\b[)\]]?",
    re.IGNORECASE,
)
LETTER_E = re.compile(r"\be[- ](?=mail|form)", re.IGNORECASE)
IRREGULAR_PLURALS = {"children": "child", "people": "person", "persons": "person"}
NO_PLURALS = ("ss", "us", "is")


@dataclass(frozen=True)
class HeadingWords:
    """The words of a heading: those of its block, before the last full stop, and its own.

    is_respelt: whether a word was not known, and the nearest known one was taken.
    """

    own: tuple[str, ...]
    context: tuple[str, ...] = ()
    is_respelt: bool = False

    @property
    def all(self) -> tuple[str, ...]:
        return self.context + self.own


@cache
def read_data(name: str) -> dict[str, Any]:
    """One of the package's YAML files."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return content


@cache
def phrase_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase of the vocabulary, or of a code, in the form in which they compare."""
    words: list[str] = []
    for token in re.findall(r"[^\W_]+", _plain(phrase)):
        words += _token_words(token)
    return tuple(words)


def column_phrases(extract: str, column: str) -> list[str]:
    """What a column may be called: its own name, then the usual names in their order."""
    phrases: list[str] = read_data("vocabulary.yaml")["columns"].get(extract, {}).get(column, [])
    return [column.replace("_", " "), *map(str, phrases)]


@cache
def is_like_heading(text: str) -> bool:
    """Whether a text is like the usual name of any column of ours, spelt right."""
    all_words = phrase_words(text)
    # The stage of a block says nothing of the column.
    words = HeadingWords(
        tuple(word for word in all_words if word != "stage" and not word.isdigit()) or all_words
    )
    if not 0 < len(words.own) <= MAX_HEADING_WORDS:
        return False
    if frozenset(words.own) in _usual_names():
        return True
    return any(
        similarity(words, tuple(name)) >= LIKE_HEADING
        for name in _usual_names()
        if not name.isdisjoint(words.own)
    )


@cache
def _usual_names() -> frozenset[frozenset[str]]:
    """The words of every usual name of a column."""
    columns = read_data("vocabulary.yaml")["columns"]
    return frozenset(
        frozenset(phrase_words(phrase))
        for extract, listed in columns.items()
        for column in listed
        for phrase in column_phrases(extract, column)
    )


@cache
def heading_words(heading: str) -> HeadingWords:
    """The words of a heading, spelt as the vocabulary spells them."""
    *blocks, own = BLOCK_SEPARATOR.split(_plain(heading).strip())
    own_words, own_is_respelt = _known_words(own)
    context, context_is_respelt = _known_words(" ".join(blocks))
    return HeadingWords(own_words, context, own_is_respelt or context_is_respelt)


def best_similarity(words: HeadingWords, phrases: Sequence[str]) -> tuple[float, str]:
    """How similar a heading is to the nearest of these phrases, from 0 to 1, and that phrase."""
    best, best_phrase = 0.0, ""
    for rank, phrase in enumerate(phrases):
        usual = 1 - min(RANK_LOSS * rank, MAX_RANK_LOSS)
        score = similarity(words, phrase_words(phrase)) * usual
        if score > best:
            best, best_phrase = score, phrase
    return best, best_phrase


def similarity(words: HeadingWords, phrase: Sequence[str]) -> float:
    """How similar a heading is to a phrase: the share of their words that they have in common."""
    theirs = set(phrase)
    shared = theirs & set(words.all)
    if not shared:
        return 0.0
    weights = {word: _weight(word) for word in {*theirs, *words.all}}
    total = sum(weights[word] for word in theirs)
    total += sum(weights[word] for word in set(words.own))
    for word in set(words.context) - set(words.own):
        total += weights[word] * (1 if word in theirs else CONTEXT_WEIGHT)
    score = 2 * sum(weights[word] for word in shared) / total
    is_weak = all(weights[word] < 1 for word in shared)
    if is_weak and set(words.own) != theirs:
        score *= 0.6
    return score * (MISSPELLING_FACTOR if words.is_respelt else 1)


def spelling_ratio(text: str, other: str) -> float:
    """How alike two texts are letter by letter, from 0 to 1."""
    return float(fuzz.ratio(text, other)) / 100


def _plain(text: str) -> str:
    """The text repaired, in one form of each sign, without apostrophes."""
    composed = unicodedata.normalize("NFKC", repaired(text)).replace("_x0020_", " ")
    question = INSTRUCTION.sub(" ", composed).replace("%", " percent ").replace("#", " number ")
    return LETTER_E.sub("e", re.sub("['\u2019`]", "", question))


def _weight(word: str) -> float:
    return WEAK_WEIGHT if word in _word_lists()["weak"] or word.isdigit() else 1.0


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    content = read_data("vocabulary.yaml")
    return {
        "weak": frozenset(map(str, content["weak_words"])),
        "stop": frozenset(map(str, content["stop_words"])) | {"e"},
    }


def _token_words(token: str) -> list[str]:
    """The words that one run of letters and digits stands for; none for a word without meaning."""
    abbreviations = read_data("vocabulary.yaml")["abbreviations"]
    whole = token.casefold()
    if whole in abbreviations:
        return list(phrase_words(str(abbreviations[whole])))
    pieces = WORD_BOUNDARY.split(token)
    if len(pieces) > 1:
        return [word for piece in pieces for word in _token_words(piece)]
    if whole in _word_lists()["stop"]:
        return []
    return [_singular(whole)]


def _singular(word: str) -> str:
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and len(word) > 3 and not word.endswith(NO_PLURALS):
        return word[:-1]
    return word


@cache
def _vocabulary() -> frozenset[str]:
    """Every word of the vocabulary's phrases."""
    content = read_data("vocabulary.yaml")
    stages = content["stages"]
    phrases = [*content["not_used"], *content["personal"], *content["weak_words"]]
    phrases += [*stages["numbered"], *stages["words"], *content["abbreviations"].values()]
    for lists in (*content["columns"].values(), content["extracts"], stages["named"]):
        phrases += [phrase for listed in lists.values() for phrase in listed]
        phrases += [name.replace("_", " ") for name in lists]
    return frozenset(word for phrase in phrases for word in phrase_words(str(phrase)))


def _known_words(text: str) -> tuple[tuple[str, ...], bool]:
    """The words of a part of a heading, and whether one of them had to be guessed."""
    words: list[str] = []
    is_respelt = False
    for token in re.findall(r"[^\W_]+", text):
        whole = _singular(token.casefold())
        for word in [whole] if whole in _vocabulary() else _token_words(token):
            if word in _vocabulary() or word.isdigit():
                words.append(word)
                continue
            respelt = _respelt(word)
            is_respelt |= respelt != [word]
            words += respelt
    return tuple(words), is_respelt


@cache
def _respelt(word: str) -> list[str]:
    """An unknown word as known ones: the nearest, or several written without a space."""
    if len(word) >= MIN_SPELLING_LETTERS:
        choices = sorted(_vocabulary())
        nearest = process.extractOne(
            word, choices, scorer=fuzz.ratio, score_cutoff=MIN_SPELLING_RATIO
        )
        if nearest and len(nearest[0]) >= MIN_SPELLING_LETTERS:
            return [str(nearest[0])]
    return _pieces(word) or [word]


def _pieces(word: str) -> list[str]:
    """The fewest known words that a run of letters consists of; none if it does not."""
    abbreviations = read_data("vocabulary.yaml")["abbreviations"]
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(0, end - MIN_PIECE_LETTERS + 1):
            earlier = best[start]
            piece = word[start:end]
            known: Iterable[str] = ()
            if _singular(piece) in _vocabulary():
                known = [_singular(piece)]
            elif piece in abbreviations:
                known = phrase_words(str(abbreviations[piece]))
            if earlier is None or not known:
                continue
            candidate = [*earlier, *known]
            current = best[end]
            if current is None or len(candidate) < len(current):
                best[end] = candidate
    return best[-1] or []
