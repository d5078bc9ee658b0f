"""The blocks of columns that a wide export has for each stage of the procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.start.mapping.codes import code_list
from pipeline.start.mapping.contents import Surroundings
from pipeline.start.mapping.exports import ExportColumn
from pipeline.start.mapping.matching import (
    Candidate,
    ColumnMatch,
    Described,
    TableMatcher,
    decided_as,
    with_words,
)
from pipeline.start.mapping.presets import Preset
from pipeline.start.mapping.words import (
    HeadingWords,
    best_similarity,
    column_phrases,
    phrase_words,
    read_data,
)
from pipeline.validate.definitions import YES_NO, Column
from pipeline.validate.dictionary import EXTRACTS_BY_NAME

INVESTIGATIONS = EXTRACTS_BY_NAME["investigations"]
NOT_IN_A_BLOCK = ("complaint", "stage")
STAGES = ("1", "2", "3")
# Columns that only one stage has.
ONLY_STAGE = {"agreed": "2", "bypassed": "2", "panel_met": "3", "panel_reported": "3"}
NAMED_STAGE_SIMILARITY = 0.8  # of "Investigation cost", whose stage has no number
DUE_PHRASES = ["date due", "due date", "target date", "due", "deadline", "response due"]
MIN_DUE_SIMILARITY = 0.8
FIRST_STAGE_DATE = "the date of the case, because stage 1 has none of its own"


@dataclass(frozen=True)
class StageMatch:
    """One stage's columns in a wide export.

    reached: headings that show whether a case reached the stage, where its own do not.
    unused: headings of the stage that no column needs.
    """

    stage: str
    matches: tuple[ColumnMatch, ...]
    reached: tuple[ExportColumn, ...] = ()
    unused: tuple[ExportColumn, ...] = ()

    def match(self, name: str) -> ColumnMatch:
        """The match of a column of investigations."""
        return next(match for match in self.matches if match.column.name == name)

    @property
    def is_complete(self) -> bool:
        """Whether it is decided when the stage was asked for, without which it cannot be read."""
        return self.match("requested").is_decided


def stage_of(words: HeadingWords) -> tuple[str, HeadingWords] | None:
    """The stage whose number a heading has, and the heading's other words; None without one."""
    stages = read_data("vocabulary.yaml")["stages"]
    numbered = {word for name in stages["numbered"] for word in phrase_words(str(name))}
    numbers = {str(word): str(number) for word, number in stages["words"].items()}
    for is_context, part in ((True, words.context), (False, words.own)):
        for position, word in enumerate(part):
            after, earlier = part[position + 1 : position + 2], part[:position][-1:]
            number = ""
            drop = {position}
            if word in numbered and after and (after[0].isdigit() or after[0] in numbers):
                number = numbers.get(after[0], after[0])
                drop.add(position + 1)
            elif word == "stage" and earlier and earlier[0] in numbers:
                number = numbers[earlier[0]]
                drop.add(position - 1)
            if not number:
                continue
            rest = tuple(one for place, one in enumerate(part) if place not in drop)
            rest = tuple(one for one in rest if not (is_context and one == "stage"))
            if is_context:
                return number, replace(words, context=rest)
            return number, replace(words, own=rest)
    return None


def named_stage_of(words: HeadingWords) -> tuple[str, HeadingWords] | None:
    """The stage that a heading names without its number, such as "Panel date"."""
    named = read_data("vocabulary.yaml")["stages"]["named"]
    for stage, phrases in named.items():
        for phrase in phrases:
            marks = phrase_words(str(phrase))
            if set(marks) <= set(words.all):
                rest = tuple(word for word in words.own if word not in marks)
                context = tuple(word for word in words.context if word not in marks)
                return str(stage), replace(words, own=rest or words.own, context=context)
    return None


def stage_columns(stage: str) -> list[Column]:
    """The columns of investigations that a stage may have in its block."""
    return [
        column
        for column in INVESTIGATIONS.columns
        if column.name not in NOT_IN_A_BLOCK and ONLY_STAGE.get(column.name, stage) == stage
    ]


def find_stages(described: Sequence[Described]) -> dict[str, list[Described]]:
    """By number of the stage its headings, with the other words; empty where there are no blocks.

    A block has at least two headings with the number of a stage.
    """
    blocks: dict[str, list[Described]] = {}
    for heading in described:
        numbered = stage_of(heading.words)
        if numbered:
            stage, rest = numbered
            bypassed = best_similarity(rest, column_phrases(INVESTIGATIONS.name, "bypassed"))[0]
            if bypassed >= NAMED_STAGE_SIMILARITY:  # "Stage 1 bypassed" is a column of stage 2
                stage = ONLY_STAGE["bypassed"]
            blocks.setdefault(stage, []).append(with_words(heading, rest))
    if sum(map(len, blocks.values())) < 2:
        return {}
    in_blocks = {one.column for block in blocks.values() for one in block}
    for heading in described:
        named = named_stage_of(heading.words)
        if not named or heading.column in in_blocks:
            continue
        stage, rest = named
        scores = [
            best_similarity(words, column_phrases(INVESTIGATIONS.name, column.name))[0]
            for column in stage_columns(stage)
            for words in (rest, heading.words)
        ]
        if max(scores) >= NAMED_STAGE_SIMILARITY:
            blocks.setdefault(stage, []).append(with_words(heading, rest))
    return {stage: blocks[stage] for stage in sorted(blocks)}


def match_stage(
    stage: str,
    block: Sequence[Described],
    of_case: Sequence[ColumnMatch],
    surroundings: Surroundings,
    preset: Preset | None,
) -> StageMatch:
    """The columns of a stage.

    of_case: the matches of the case, whose date received is also that of stage 1.
    """
    received = next(one for one in of_case if one.column.name == "received")
    matcher = TableMatcher(INVESTIGATIONS, stage_columns(stage), block, surroundings)
    matches = matcher.match()
    if preset:
        matches = preset.decide(matches, [one.column for one in block], stage)
    has_own_date = matches[0].is_decided
    if stage == "1" and not matches[0].candidates and received.is_decided:
        first = Candidate(received.best.column, received.best.confidence, FIRST_STAGE_DATE)
        matches[0] = decided_as(matches[0], first)
    used = {one for match in matches if match.is_decided for one in match.columns}
    candidates = {one.column for match in matches for one in match.candidates}
    unused = tuple(one.column for one in block if one.column not in used | candidates)
    reached = _reached(block, matches, has_own_date, _turned_away(of_case))
    return StageMatch(stage, tuple(matches), reached, unused)


def _reached(
    block: Sequence[Described],
    matches: Sequence[ColumnMatch],
    has_own_date: bool,
    turned_away: pa.ChunkedArray | None,
) -> tuple[ExportColumn, ...]:
    """The headings that show that a case reached the stage, if its own do not show it.

    A date due that cases have, too, which were not accepted, shows nothing.
    """
    own = {
        match.column.name: match.best.column
        for match in matches
        if match.is_decided and match.best.reason != FIRST_STAGE_DATE
    }
    if not own:
        return ()
    if has_own_date:
        date_filled = _is_filled(own["requested"])
        others = [_is_filled(column) for name, column in own.items() if name != "requested"]
        is_shown = all(not _any_without(other, date_filled) for other in others)
        return () if is_shown else (own["requested"],)
    due = [
        (best_similarity(one.words, DUE_PHRASES)[0], one.column)
        for one in block
        if one.column not in own.values()
        and one.content.days
        and (
            turned_away is None or not pc.any(pc.and_(_is_filled(one.column), turned_away)).as_py()
        )
    ]
    score, column = max(due, key=lambda pair: pair[0], default=(0.0, None))
    if column is None or score < MIN_DUE_SIMILARITY:
        return ()
    late = [own[name] for name in ("responded",) if name in own]
    extra = [one for one in late if _any_without(_is_filled(one), _is_filled(column))]
    return (column, *extra)


def _turned_away(of_case: Sequence[ColumnMatch]) -> pa.ChunkedArray | None:
    """For each case whether it was not accepted; None if that is not known."""
    accepted = next(one for one in of_case if one.column.name == "accepted")
    if not accepted.is_decided:
        return None
    column = accepted.best.column
    listed = code_list("complaints", accepted.column, YES_NO)
    rejecting = [
        text for text in column.counts if (code := listed.certain(text)) and code.code == "no"
    ]
    return pc.is_in(column.cells, value_set=pa.array(rejecting, pa.string()))


def _is_filled(column: ExportColumn) -> pa.ChunkedArray:
    return pc.not_equal(column.cells, "")


def _any_without(first: pa.ChunkedArray, second: pa.ChunkedArray) -> bool:
    """Whether a row has the first and not the second."""
    return bool(pc.any(pc.and_(first, pc.invert(second))).as_py())
