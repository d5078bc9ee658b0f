"""How one table of the exports may be read: which extract it is, and which headings it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.start.mapping.codes import CodeMatch
from pipeline.start.mapping.contents import Surroundings
from pipeline.start.mapping.exports import ExportColumn, ExportTable
from pipeline.start.mapping.matching import ColumnMatch, Described, TableMatcher, describe
from pipeline.start.mapping.presets import Preset, find_preset
from pipeline.start.mapping.stages import StageMatch, find_stages, match_stage
from pipeline.start.mapping.words import best_similarity, heading_words, phrase_words, read_data
from pipeline.validate.definitions import CODED_TYPES, Column, Extract
from pipeline.validate.dictionary import EXTRACTS
from pipeline.validate.reading.layout.source_names import parse_source_name

NAME_BONUS = 4.0  # for the extract that a file or a sheet is named after
LIKE_NAME_BONUS = 2.0  # for one whose usual names it resembles
MIN_NAME_SIMILARITY = 0.75
MISSING_LOSS = 0.8  # for each required column without a heading
STAGES_BONUS = 3.0  # for complaints, if there is a block of columns for each stage
STAGES = ("1", "2", "3")


@dataclass(frozen=True)
class TableProposal:
    """How one table of the exports may be read.

    matches: of each column of the extract. stages: of a wide export. meanings: of the headings
    that no column uses. codes: by extract and column, what each of their codes stands for.
    """

    table: ExportTable
    extract: Extract
    matches: tuple[ColumnMatch, ...]
    stages: tuple[StageMatch, ...] = ()
    meanings: Mapping[ExportColumn, str] = field(default_factory=dict)
    codes: Mapping[tuple[str, str], tuple[CodeMatch, ...]] = field(default_factory=dict)
    preset: str = ""

    def match(self, name: str) -> ColumnMatch | None:
        """The decided match of a column."""
        return next(
            (one for one in self.matches if one.column.name == name and one.is_decided), None
        )

    @property
    def decided_count(self) -> int:
        """How many columns are decided that are not personal."""
        return sum(match.is_decided and not match.column.personal for match in self.matches)

    @property
    def coded_columns(self) -> list[tuple[str, Column, tuple[ExportColumn, ...]]]:
        """Extract, column and headings of each column of codes that is decided."""
        listed = [(self.extract.name, match) for match in self.matches]
        for stage in self.stages:
            listed += [("investigations", match) for match in stage.matches]
        return [
            (extract, match.column, match.columns)
            for extract, match in listed
            if match.is_decided and match.column.type in CODED_TYPES
        ]

    @property
    def date_columns(self) -> list[ExportColumn]:
        """The headings of the dates that are decided."""
        matches = [*self.matches, *(one for stage in self.stages for one in stage.matches)]
        return [
            column
            for match in matches
            if match.is_decided and match.column.type == "date" and not match.column.personal
            for column in match.columns
        ]


def best_draft(table: ExportTable, surroundings: Surroundings) -> TableProposal:
    """The table read as the extract that it is most like."""
    preset = find_preset(table.columns)
    if preset:
        extract = next(one for one in EXTRACTS if one.name == preset.extract)
        return draft_table(table, extract, surroundings)
    for name in table.source_names:
        source_name = parse_source_name(name, surroundings.year)
        if source_name:
            extract = next(one for one in EXTRACTS if one.name == source_name.extract)
            return draft_table(table, extract, surroundings)
    drafts = [draft_table(table, extract, surroundings) for extract in EXTRACTS]
    return max(drafts, key=_score)


def _score(draft: TableProposal) -> float:
    """How well a table fits an extract."""
    score = sum(
        match.best.confidence
        for match in draft.matches
        if match.is_decided and not match.column.personal
    )
    score -= MISSING_LOSS * sum(
        match.column.required and not match.candidates for match in draft.matches
    )
    if draft.stages:
        score += STAGES_BONUS
    phrases = read_data("vocabulary.yaml")["extracts"][draft.extract.name]
    for name in draft.table.source_names:
        words = heading_words(name)
        if best_similarity(words, phrases)[0] >= MIN_NAME_SIMILARITY:
            return score + NAME_BONUS
        if any(set(phrase_words(str(phrase))) <= set(words.all) for phrase in phrases):
            return score + LIKE_NAME_BONUS
    return score


def draft_table(table: ExportTable, extract: Extract, surroundings: Surroundings) -> TableProposal:
    """The table read as an extract, without its codes."""
    described = describe(table.columns, table.row_count, surroundings)
    preset = find_preset(table.columns)
    if preset and preset.extract != extract.name:
        preset = None
    blocks: dict[str, list[Described]] = {}
    if extract.name == "complaints":
        blocks = find_stages(described)
    in_blocks = {one.column for block in blocks.values() for one in block}
    of_case = [one for one in described if one.column not in in_blocks]
    matcher = TableMatcher(extract, extract.columns, of_case, surroundings)
    matches = matcher.match()
    if preset:
        matches = preset.decide(matches, table.columns)
    stages = _stages(blocks, matches, surroundings, preset)
    used = {one for match in matches for one in match.columns if match.is_decided}
    meanings = matcher.other_meanings(used)
    for stage in stages:
        meanings |= dict.fromkeys(stage.unused, f"{stage.stage}")
    return TableProposal(
        table,
        extract,
        tuple(_without_used(match, used) for match in matches),
        tuple(stages),
        meanings,
        preset=preset.name if preset else "",
    )


def _stages(
    blocks: Mapping[str, list[Described]],
    matches: Sequence[ColumnMatch],
    surroundings: Surroundings,
    preset: Preset | None,
) -> list[StageMatch]:
    if not any(one.column.name == "received" for one in matches):
        return []
    return [
        match_stage(stage, block, matches, surroundings, preset)
        for stage, block in blocks.items()
        if stage in STAGES
    ]


def _without_used(match: ColumnMatch, used: set[ExportColumn]) -> ColumnMatch:
    """An undecided match without the headings that another column holds for certain."""
    if match.is_decided:
        return match
    left = tuple(one for one in match.candidates if one.column not in used)
    return replace(match, candidates=left)
