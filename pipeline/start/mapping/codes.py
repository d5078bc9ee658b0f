"""Which of our codes each of the case system's stands for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipeline.start.mapping.words import phrase_words, read_data, spelling_ratio
from pipeline.validate.definitions import Column
from pipeline.validate.reading.convert import YES_NO_SYNONYMS

CERTAIN = 1.0
LISTED = 0.97  # our code in other words
IN_PARTS = 0.93  # each part, as in "Letter/post", means the same code
IN_OTHER_WORDS = 0.9  # with the subject of the sentence, or by whom
SPELT_ALIKE = 0.86
OUTSIDE_BRACKETS = 0.82
DECIDED = 0.8  # the least confidence in a code that is proposed
POSSIBLE = 0.45  # the least of a candidate
MIN_SPELLING = 0.87  # a ratio of letters
MIN_SPELLING_LETTERS = 5
MAX_LETTERS_APART = 4  # in the length of two texts that are spelt alike
WORDS_WEIGHT = 0.78  # of the share of words that two texts have in common
LETTERS_WEIGHT = 0.6  # of how alike their letters are
MAX_CANDIDATES = 2
# What may stand before a code: "02 - ", "(b) ", "U: ", "#".
NUMBERING = re.compile(
    r"^(?:#+|\(?[A-Za-z]?\d{1,3}\)?\s*[-.:)]\s*|\(?[A-Za-z]\)\s+|[A-Z]\s*[-:]\s+)(?=[^\W\d])"
)
NEGATIONS = {"not", "no", "non", "none", "never", "without", "number"}  # no. is a number, too
NEGATIVE_BEGINNINGS = ("unj", "uns", "unf")  # unjustified, unsubstantiated, unfounded
# What says nothing of a code: "Complaint upheld", "Withdrawn by customer", "Upheld by manager".
SUBJECT = re.compile(r"^(?:the )?(?:complaint|case|outcome|status|decision)\W+", re.IGNORECASE)
YES_AND = re.compile(r"^yes\s*[-:,(\u2013]+\s*|\)$", re.IGNORECASE)  # "Yes - advocate"
BY_WHOM = re.compile(
    r"\s+by (?:the )?(?:complainant|customer|client|requester|enquirer|family|parent|service user"
    r"|young person|council|team|manager)s?$",
    re.IGNORECASE,
)
EMPTY_CODE = ""
EMPTY_NAME = "an empty cell"
SEPARATORS = (";", "|", ",")
ALTERNATIVES = re.compile(r"\s*/\s*|\s+or\s+", re.IGNORECASE)
BRACKETS = re.compile(r"\s*\([^)]*\)\s*")
NO_LETTER = re.compile(r"[\W_]+")


class Candidate(NamedTuple):
    """One of our codes ("" for an empty cell), and how likely it is what the text means."""

    code: str
    confidence: float
    reason: str


@dataclass(frozen=True)
class CodeMatch:
    """What one of the case system's codes stands for.

    candidates: the likeliest first. count: rows with it.
    """

    theirs: str
    count: int
    candidates: tuple[Candidate, ...]

    @property
    def is_decided(self) -> bool:
        return bool(self.candidates) and self.candidates[0].confidence >= DECIDED

    @property
    def is_ours(self) -> bool:
        """Whether this is our own code, which needs no entry."""
        return self.is_decided and self.candidates[0].confidence == CERTAIN

    @property
    def code(self) -> str:
        """The likeliest of our codes."""
        return self.candidates[0].code


class CodeList:
    """The codes that a column may have, and how else they are written."""

    def __init__(self, extract: str, column: Column, codes: Sequence[str]) -> None:
        self.codes = list(codes)
        listed = read_data("codes.yaml")
        lists = listed["columns"]
        phrases = lists.get(f"{extract}.{column.name}", lists.get(column.name, {}))
        self._ours = {code.casefold(): code for code in codes}
        if column.type == "yes/no":
            self._ours |= YES_NO_SYNONYMS
            phrases = {code: [*phrases.get(code, []), *listed["yes_no"][code]] for code in codes}
        self._phrases = [
            (_code_words(str(phrase)), code)
            for code in self.codes
            for phrase in (code, *phrases.get(code, []))
        ]
        self._by_words = {_word_key(words): code for words, code in reversed(self._phrases)}
        self._by_letters = {
            _letters(str(phrase)): code
            for code in self.codes
            for phrase in (code, *phrases.get(code, []))
        }
        self._empty_words = {_code_words(str(one)) for one in listed["empty"]}
        self._empty_texts = {str(one).casefold() for one in listed["empty"]}
        self._certain: dict[str, Candidate | None] = {}
        self._matches: dict[str, tuple[Candidate, ...]] = {}

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """Our codes that a text may mean, the likeliest first; at most two."""
        if text not in self._matches:
            certain = self.certain(text)
            possible = [certain] if certain else self._possible(_code_words(_plain(text)))
            ranked = sorted(possible, key=lambda one: (-one.confidence, one.code))
            self._matches[text] = tuple(ranked[:MAX_CANDIDATES])
        return self._matches[text]

    def certain(self, text: str) -> Candidate | None:
        """The code that a text means in other words or another spelling; None where it is open."""
        if text not in self._certain:
            self._certain[text] = self._find(text.strip())
        return self._certain[text]

    def _find(self, text: str) -> Candidate | None:
        folded = text.casefold()
        if folded in self._ours:
            return Candidate(self._ours[folded], CERTAIN, "the same code")
        plain = _plain(text)
        words = _code_words(plain)
        code = self._by_words.get(_word_key(words)) or self._by_letters.get(_letters(plain))
        if code and words:
            return Candidate(code, LISTED, f'means "{code}"')
        if folded in self._empty_texts or words in self._empty_words:
            return Candidate(EMPTY_CODE, LISTED, "stands for an empty cell")
        outside = BRACKETS.sub("", plain)
        if outside and outside != plain:
            code = self._by_words.get(_word_key(_code_words(outside)))
            if code:
                return Candidate(code, OUTSIDE_BRACKETS, f'means "{code}" outside its brackets')
        shorter = BY_WHOM.sub("", SUBJECT.sub("", YES_AND.sub("", plain)))
        if shorter != plain:
            code = self._by_words.get(_word_key(_code_words(shorter)))
            if code:
                return Candidate(code, IN_OTHER_WORDS, f'means "{code}"')
        respelt = self._respelt(words)
        if respelt:
            return respelt
        parts = ALTERNATIVES.split(plain)
        codes = {self._by_words.get(_word_key(_code_words(part)), "") for part in parts}
        if len(parts) > 1 and len(codes) == 1 and (code := codes.pop()):
            return Candidate(code, IN_PARTS, f'each part means "{code}"')
        return None

    def _respelt(self, words: tuple[str, ...]) -> Candidate | None:
        """The code whose phrase is spelt nearly like these words; None if there is none."""
        text = " ".join(words)
        if len(text) < MIN_SPELLING_LETTERS:
            return None
        for phrase, code in self._phrases:
            other = " ".join(phrase)
            if abs(len(other) - len(text)) > MAX_LETTERS_APART or len(other) < MIN_SPELLING_LETTERS:
                continue
            if spelling_ratio(text, other) >= MIN_SPELLING and _is_negative(phrase) == _is_negative(
                words
            ):
                return Candidate(code, SPELT_ALIKE, f'spelt like "{other}"')
        return None

    def _possible(self, words: tuple[str, ...]) -> list[Candidate]:
        """The codes that share a word with a text, or are spelt a little like it."""
        best: dict[str, Candidate] = {}
        for phrase, code in self._phrases:
            if not words or not phrase or _is_negative(words) != _is_negative(phrase):
                continue
            shared = set(words) & set(phrase)
            share = 2 * len(shared) / (len(set(words)) + len(set(phrase)))
            ratio = spelling_ratio(" ".join(words), " ".join(phrase))
            confidence = max(WORDS_WEIGHT * share, LETTERS_WEIGHT * ratio)
            reason = f'has "{" ".join(sorted(shared))}"' if shared else "spelt a little alike"
            if confidence >= max(POSSIBLE, best[code].confidence if code in best else 0):
                best[code] = Candidate(code, confidence, reason)
        return list(best.values())


@cache
def code_list(extract: str, column: Column, codes: tuple[str, ...]) -> CodeList:
    """The codes of a column, compared once however many headings there are."""
    return CodeList(extract, column, codes)


def split_list(text: str, separator: str) -> list[str]:
    """The codes in a cell that may hold several."""
    return [part.strip() for part in text.split(separator) if part.strip()]


def _plain(text: str) -> str:
    """A text without a number in front of it."""
    return NUMBERING.sub("", text.strip())


def _letters(text: str) -> str:
    return NO_LETTER.sub("", text.casefold())


def _word_key(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words in an order that does not depend on theirs."""
    return tuple(sorted(words))


@cache
def _code_words(text: str) -> tuple[str, ...]:
    joined = text.replace("&", " and ").replace("<", "under ").replace("+", " and over ")
    return phrase_words(joined)


@cache
def _is_negative(words: tuple[str, ...]) -> bool:
    return any(word in NEGATIONS or word.startswith(NEGATIVE_BEGINNINGS) for word in words)
