"""Which heading of a table holds which column: by its name, and by what stands under it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipeline.start.mapping.contents import Content, Evidence, Surroundings, Verdict
from pipeline.start.mapping.exports import ExportColumn
from pipeline.start.mapping.words import (
    HeadingWords,
    best_similarity,
    column_phrases,
    heading_words,
    read_data,
)
from pipeline.validate.definitions import CODED_TYPES, Column, Extract
from pipeline.validate.reading.sheet_worker import normalise_name

DECIDED = 0.7  # the least confidence in a heading that is proposed
POSSIBLE = 0.4  # the least of a candidate
MIN_LEAD = 0.03  # over the next candidate
MAX_CANDIDATES = 2
BY_CONTENT_ALONE = 0.62  # of a heading whose name says nothing, if only one column has such codes
# How the evidence of the cells changes the confidence in a name: it takes this share of what is
# missing, or leaves this share of what there is.
RAISES = {Verdict.PROOF: 0.7, Verdict.FOR: 0.3}
LEAVES = {Verdict.OPEN: 0.95, Verdict.AGAINST: 0.75, Verdict.NEVER: 0.0}
# A name of which a third says something else, as in "Child's gender" or "Method of reply", may be
# another column with the same codes.
WHOLLY_NAMED = 0.72
MOST_OF_PARTLY_NAMED = 0.69
BY_OUR_NAME = 0.9  # of a heading with our own name, which is read without any entry
NOT_OURS_FACTOR = 0.5  # of a heading that rather names something that the report does not use
STRONG_FIRST = 3  # a power: one strong match counts for more than two weak ones
# What may follow the name of a column of codes, as in STATUS_DESC.
CODE_ENDINGS = {"name", "description", "title", "text"}
OUR_OWN = "our own name"
NOTHING = "nothing that the report uses"
PERSONAL = "personal"


class Candidate(NamedTuple):
    """A heading for a column, how likely it is from 0 to 1, and why."""

    column: ExportColumn
    confidence: float
    reason: str


@dataclass(frozen=True)
class ColumnMatch:
    """The headings that may hold one of our columns.

    candidates: the likeliest first. others: headings that are read into the same column as the
        first, such as "Theme 2" beside "Theme 1".
    """

    column: Column
    candidates: tuple[Candidate, ...] = ()
    others: tuple[ExportColumn, ...] = ()
    is_decided: bool = False

    @property
    def best(self) -> Candidate:
        return self.candidates[0]

    @property
    def columns(self) -> tuple[ExportColumn, ...]:
        """Every heading that is read into the column."""
        return (self.best.column, *self.others) if self.candidates else ()


class Described(NamedTuple):
    """A heading of the table with its words, and what stands under it.

    words: those that are compared, without those of a stage.
    """

    column: ExportColumn
    words: HeadingWords
    content: Content


class TableMatcher:
    """Compares the headings of a table with the columns of an extract.

    columns: those of the extract that are looked for.
    certain: by column, the headings that a preset names.
    """

    def __init__(
        self,
        extract: Extract,
        columns: Sequence[Column],
        described: Sequence[Described],
        surroundings: Surroundings,
    ) -> None:
        self.extract = extract
        self.columns = columns
        self.described = described
        self.surroundings = surroundings
        self._not_ours = [_other_meaning(one.words) for one in described]
        self._candidates = [
            [self._candidate(number, column) for column in columns]
            for number in range(len(described))
        ]

    def match(self, certain: Mapping[str, str] | None = None) -> list[ColumnMatch]:
        """The headings of each column, in the order of the dictionary.

        certain: by the name of a column, the reason why its heading is certain, and the heading.
        """
        size = (len(self.described), len(self.columns))
        scores = np.zeros(size)
        for row, candidates in enumerate(self._candidates):
            scores[row] = [candidate.confidence for candidate in candidates]
        weights = np.where(scores >= POSSIBLE, scores**STRONG_FIRST, 0)
        rows, columns = linear_sum_assignment(weights, maximize=True)
        chosen = {int(column): int(row) for row, column in zip(rows, columns, strict=True)}
        return [self._column_match(scores, number, chosen) for number in range(len(self.columns))]

    def other_meanings(self, used: Collection[ExportColumn]) -> dict[ExportColumn, str]:
        """What each heading that no column uses seems to be: personal, or nothing of use."""
        meanings: dict[ExportColumn, str] = {}
        for number, heading in enumerate(self.described):
            if heading.column in used:
                continue
            best = max(
                self._candidates[number], key=lambda candidate: candidate.confidence, default=None
            )
            score, meaning = self._not_ours[number]
            if heading.content.is_personal:
                meanings[heading.column] = PERSONAL
            elif score >= POSSIBLE and (best is None or score >= best.confidence):
                meanings[heading.column] = meaning
        return meanings

    def _candidate(self, number: int, column: Column) -> Candidate:
        described = self.described[number]
        phrases = column_phrases(self.extract.name, column.name)
        words = _without_ending(described.words) if column.type in CODED_TYPES else described.words
        name_score, phrase = best_similarity(words, phrases)
        evidence = described.content.evidence(self.extract.name, column, self.surroundings)
        score = name_score
        other_score, _ = self._not_ours[number]
        if other_score > name_score and not column.personal:
            score *= NOT_OURS_FACTOR
        confidence = _with_evidence(score, evidence)
        if score < WHOLLY_NAMED:
            confidence = min(confidence, MOST_OF_PARTLY_NAMED)
        reason = f'named like "{phrase}"' if score >= POSSIBLE else ""
        if evidence.verdict is Verdict.PROOF and other_score <= max(name_score, POSSIBLE):
            confidence = max(confidence, BY_CONTENT_ALONE)
        if normalise_name(described.column.heading) == column.name:
            reason = OUR_OWN
            if evidence.verdict is not Verdict.NEVER:
                confidence = max(confidence, BY_OUR_NAME)
        if evidence.verdict in RAISES:
            reason = ", ".join(filter(None, (reason, evidence.reason)))
        elif evidence.reason:
            reason = " but ".join(filter(None, (reason, evidence.reason)))
        return Candidate(described.column, confidence, reason)

    def _column_match(
        self, scores: np.ndarray, number: int, chosen: Mapping[int, int]
    ) -> ColumnMatch:
        column = self.columns[number]
        row_of_column = chosen.get(number)
        settled = {
            row: scores[row, other]
            for other, row in chosen.items()
            if other != number and scores[row, other] >= DECIDED
        }
        rows = [
            row
            for row in np.argsort(-scores[:, number], kind="stable").tolist()
            if scores[row, number] >= POSSIBLE and settled.get(row, 0) < scores[row, number]
        ]
        if row_of_column is None or not rows:
            return ColumnMatch(column)
        if row_of_column in rows:
            rows.remove(row_of_column)
            rows.insert(0, row_of_column)
        candidates = [self._candidates[row][number] for row in rows]
        alike = self._alike(rows[0], rows[1:], column)
        first = candidates[0]
        rivals = [candidate for candidate in candidates[1:] if candidate.column not in alike]
        lead = first.confidence - max((one.confidence for one in rivals), default=0.0)
        is_clear = lead >= MIN_LEAD and self._is_first_choice(scores, rows[0], number, chosen)
        is_decided = rows[0] == row_of_column and first.confidence >= DECIDED and is_clear
        proposed = (first, *rivals[: MAX_CANDIDATES - 1])
        return ColumnMatch(column, proposed, alike if is_decided else (), is_decided)

    def _is_first_choice(
        self, scores: np.ndarray, row: int, number: int, chosen: Mapping[int, int]
    ) -> bool:
        """Whether a heading is at least as likely this column as any that has no better one."""
        for other in range(scores.shape[1]):
            better_row = chosen.get(other)
            is_settled = (
                better_row is not None
                and better_row != row
                and (scores[better_row, other] >= max(scores[row, other], DECIDED))
            )
            is_rival = other != number and not is_settled and not self.columns[other].personal
            if is_rival and scores[row, other] > scores[row, number] - MIN_LEAD:
                return False
        return True

    def _alike(self, row: int, others: Sequence[int], column: Column) -> tuple[ExportColumn, ...]:
        """The headings that a column of codes has besides its first: "Theme 2", or a repetition."""
        if column.type != "codes":
            return ()
        first = _without_numbers(self.described[row].words)
        alike = [
            self.described[other].column
            for other in others
            if _without_numbers(self.described[other].words) == first
        ]
        return tuple(sorted(alike, key=lambda one: one.position))


def describe(
    columns: Sequence[ExportColumn], row_count: int, surroundings: Surroundings
) -> list[Described]:
    """Each heading with its words and its content."""
    return [
        Described(
            column,
            heading_words(column.heading),
            Content(column, row_count, surroundings.year),
        )
        for column in columns
    ]


def with_words(described: Described, words: HeadingWords) -> Described:
    """The same heading, of which only some words are compared."""
    return described._replace(words=words)


def decided_as(match: ColumnMatch, candidate: Candidate) -> ColumnMatch:
    """The match with a heading that a preset or a person has chosen."""
    rest = tuple(one for one in match.candidates if one.column is not candidate.column)
    others = tuple(one for one in match.others if one is not candidate.column)
    return replace(match, candidates=(candidate, *rest), others=others, is_decided=True)


def _with_evidence(score: float, evidence: Evidence) -> float:
    if evidence.verdict in RAISES:
        if score < POSSIBLE:
            return score
        return score + (1 - score) * RAISES[evidence.verdict]
    return score * LEAVES[evidence.verdict]


def _without_ending(words: HeadingWords) -> HeadingWords:
    """The words without one at the end that says only that there is a code."""
    *first, last = words.own or ("",)
    if last not in CODE_ENDINGS:
        return words
    if not first:  # service.name
        return replace(words, own=words.context or words.own, context=())
    return replace(words, own=tuple(first))


def _other_meaning(words: HeadingWords) -> tuple[float, str]:
    """How much a heading names something that the report does not use, and what that is."""
    vocabulary = read_data("vocabulary.yaml")
    unused, _ = best_similarity(words, vocabulary["not_used"])
    personal, _ = best_similarity(words, vocabulary["personal"])
    return (personal, PERSONAL) if personal > unused else (unused, NOTHING)


def _without_numbers(words: HeadingWords) -> tuple[str, ...]:
    return tuple(word for word in words.all if not word.isdigit())
