"""What council.yaml should say of some exports, as far as it can be told from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.start.mapping.codes import CodeMatch, code_list
from pipeline.start.mapping.contents import Content, Surroundings
from pipeline.start.mapping.exports import ExportColumn, ExportTable
from pipeline.start.mapping.matching import (
    ColumnMatch,
    Described,
    TableMatcher,
    describe,
)
from pipeline.start.mapping.presets import Preset, find_preset
from pipeline.start.mapping.stages import StageMatch, find_stages, match_stage
from pipeline.start.mapping.words import best_similarity, heading_words, phrase_words, read_data
from pipeline.validate.dictionary import EXTRACTS, YES_NO, Column, Extract
from pipeline.validate.reading.layout.source_names import parse_source_name
from pipeline.year import Year

NAME_BONUS = 4.0  # for the extract that a file or a sheet is named after
LIKE_NAME_BONUS = 2.0  # for one whose usual names it resembles
MIN_NAME_SIMILARITY = 0.75
MISSING_LOSS = 0.8  # for each required column without a heading
STAGES_BONUS = 3.0  # for complaints, if there is a block of columns for each stage
CODED = ("code", "codes", "yes/no")
STAGES = ("1", "2", "3")
DAY_FIRST, MONTH_FIRST = "day first", "month first"


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
    def coded_columns(self) -> list[tuple[str, Column, tuple[ExportColumn, ...]]]:
        """Extract, column and headings of each column of codes that is decided."""
        listed = [(self.extract.name, match) for match in self.matches]
        for stage in self.stages:
            listed += [("investigations", match) for match in stage.matches]
        return [
            (extract, match.column, match.columns)
            for extract, match in listed
            if match.is_decided and match.column.type in CODED
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


@dataclass(frozen=True)
class Proposal:
    """What council.yaml should say of all exports together.

    lists: lists of codes that the council has left empty, by their key such as
    "equality.gender", with the codes of the exports. dates: the order of day and month; "" where
    no date needs it, None where it cannot be told.
    """

    tables: tuple[TableProposal, ...]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: str | None = ""
    placeholders: tuple[str, ...] = ()


def draft_tables(
    tables: Sequence[ExportTable], council: Mapping[str, Any], year: Year
) -> list[TableProposal]:
    """Each table as the extract that it is most like, with its columns but not yet their codes.

    council: what council.yaml says so far, as text; it may be incomplete.
    """
    surroundings = Surroundings(year, council_codes(council))
    drafts = [_best_draft(table, surroundings) for table in tables]
    references = frozenset(
        text
        for draft in drafts
        if draft.extract.name == "complaints" and (match := draft.match("reference"))
        for text in match.best.column.counts
    )
    if not references:
        return drafts
    joined = replace(surroundings, references=references)
    return [
        draft if draft.extract.name == "complaints" else _draft(draft.table, draft.extract, joined)
        for draft in drafts
    ]


def complete(drafts: Sequence[TableProposal], council: Mapping[str, Any], year: Year) -> Proposal:
    """The proposal for drafts whose columns are settled: with codes, dates and placeholders."""
    surroundings = Surroundings(year, council_codes(council))
    lists = _lists(drafts, surroundings)
    codes = dict(surroundings.codes)
    for extract in EXTRACTS:
        for column in extract.columns:
            if column.from_settings in lists:
                codes[f"{extract.name}.{column.name}"] = lists[column.from_settings]
    surroundings = replace(surroundings, codes=codes)
    return Proposal(
        tables=tuple(replace(draft, codes=_codes(draft, surroundings)) for draft in drafts),
        lists=lists,
        dates=_date_order(drafts, year),
        placeholders=_placeholders(drafts, council, surroundings),
    )


def propose(tables: Sequence[ExportTable], council: Mapping[str, Any], year: Year) -> Proposal:
    """What council.yaml should say of the exports, as far as it can be told from them."""
    return complete(draft_tables(tables, council, year), council, year)


def council_codes(council: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The codes of every coded column, by "extract.column"."""
    codes: dict[str, Sequence[str]] = {}
    for extract in EXTRACTS:
        for column in extract.columns:
            if column.type == "yes/no":
                codes[f"{extract.name}.{column.name}"] = YES_NO
            elif column.from_settings:
                listed = setting(council, column.from_settings)
                codes[f"{extract.name}.{column.name}"] = listed if isinstance(listed, list) else ()
            elif column.codes:
                codes[f"{extract.name}.{column.name}"] = column.codes
    return codes


def setting(council: Mapping[str, Any], key: str) -> Any:
    """A value of council.yaml by its key, such as "equality.gender"; None where there is none."""
    value: Any = council
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _best_draft(table: ExportTable, surroundings: Surroundings) -> TableProposal:
    """The table read as the extract that it is most like."""
    preset = find_preset(table.columns)
    if preset:
        extract = next(one for one in EXTRACTS if one.name == preset.extract)
        return _draft(table, extract, surroundings)
    for name in table.source_names:
        source_name = parse_source_name(name, surroundings.year)
        if source_name:
            extract = next(one for one in EXTRACTS if one.name == source_name.extract)
            return _draft(table, extract, surroundings)
    drafts = [_draft(table, extract, surroundings) for extract in EXTRACTS]
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


def _draft(table: ExportTable, extract: Extract, surroundings: Surroundings) -> TableProposal:
    """The table read as an extract, without its codes."""
    described = describe(table.columns, table.row_count, surroundings)
    preset = find_preset(table.columns)
    if preset and preset.extract != extract.name:
        preset = None
    blocks: dict[str, list[Described]] = {}
    if extract.name == "complaints":
        blocks = find_stages(described, surroundings)
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
    received = next((one for one in matches if one.column.name == "received"), None)
    if received is None:
        return []
    return [
        match_stage(stage, block, received, surroundings, preset)
        for stage, block in blocks.items()
        if stage in STAGES
    ]


def _without_used(match: ColumnMatch, used: set[ExportColumn]) -> ColumnMatch:
    """An undecided match without the headings that another column holds for certain."""
    if match.is_decided:
        return match
    left = tuple(one for one in match.candidates if one.column not in used)
    return replace(match, candidates=left)


def _codes(
    draft: TableProposal, surroundings: Surroundings
) -> dict[tuple[str, str], tuple[CodeMatch, ...]]:
    """What each code of theirs stands for, by extract and column."""
    counts_by_column: dict[tuple[str, str], dict[str, int]] = {}
    columns: dict[tuple[str, str], Column] = {}
    for extract, column, headings in draft.coded_columns:
        key = (extract, column.name)
        columns[key] = column
        counts = counts_by_column.setdefault(key, {})
        for heading in headings:
            content = Content(heading, draft.table.row_count, surroundings.year)
            listed = content.code_counts(column)
            listed |= {text: heading.counts[text] for text in content.placeholders}
            for text, count in listed.items():
                counts[text] = counts.get(text, 0) + count
    return {
        key: _code_matches(key[0], columns[key], counts, surroundings)
        for key, counts in counts_by_column.items()
    }


def _code_matches(
    extract: str, column: Column, counts: Mapping[str, int], surroundings: Surroundings
) -> tuple[CodeMatch, ...]:
    codes = surroundings.codes.get(f"{extract}.{column.name}", ())
    listed = code_list(extract, column, tuple(codes))
    return tuple(
        CodeMatch(text, count, listed.candidates(text))
        for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _lists(
    drafts: Sequence[TableProposal], surroundings: Surroundings
) -> dict[str, tuple[str, ...]]:
    """The codes of each list that the council has left empty, sorted."""
    codes: dict[str, dict[str, str]] = {}
    for draft in drafts:
        for extract, column, headings in draft.coded_columns:
            key = column.from_settings
            if not key or surroundings.codes.get(f"{extract}.{column.name}"):
                continue
            listed = codes.setdefault(key, {})
            for heading in headings:
                content = Content(heading, draft.table.row_count, surroundings.year)
                for text in content.code_counts(column):
                    listed.setdefault(text.casefold(), text)
    return {key: tuple(sorted(listed.values())) for key, listed in codes.items() if listed}


def _date_order(drafts: Sequence[TableProposal], year: Year) -> str | None:
    """The order of day and month of all dates together; "" where no date needs it."""
    contents = [
        Content(column, draft.table.row_count, year)
        for draft in drafts
        for column in draft.date_columns
    ]
    unproved = [one for one in contents if one.unordered and one.order is None]
    if not unproved:
        return ""
    proved = {one.order for one in contents if one.order}
    if len(proved) == 1:
        return proved.pop()
    return None if proved else _order_within_year(drafts, year)


def _order_within_year(drafts: Sequence[TableProposal], year: Year) -> str | None:
    """The only order in which the dates received lie in the reported year; None if both do."""
    fits = {DAY_FIRST: True, MONTH_FIRST: True}
    has_dates = False
    for draft in drafts:
        for match in draft.matches:
            if not (match.is_decided and match.column.within_year):
                continue
            for written in Content(match.best.column, draft.table.row_count, year).unordered:
                has_dates = True
                first, second, starts = int(written[1]), int(written[2]), int(written[3]) % 100
                for order, month in ((DAY_FIRST, second), (MONTH_FIRST, first)):
                    in_first_half = starts == year.starts % 100 and month >= 4
                    in_second_half = starts == (year.starts + 1) % 100 and month <= 3
                    fits[order] &= in_first_half or in_second_half
    possible = [order for order, is_possible in fits.items() if is_possible]
    return possible[0] if has_dates and len(possible) == 1 else None


def _placeholders(
    drafts: Sequence[TableProposal], council: Mapping[str, Any], surroundings: Surroundings
) -> tuple[str, ...]:
    """Texts in columns of dates and numbers that stand for an empty cell."""
    known = {str(one).casefold() for one in council.get("placeholders") or ()}
    codes = {code.casefold() for listed in surroundings.codes.values() for code in listed}
    texts: dict[str, str] = {}
    for draft in drafts:
        matches = [*draft.matches, *(one for stage in draft.stages for one in stage.matches)]
        for match in matches:
            if not match.is_decided or match.column.personal or match.column.type in CODED:
                continue
            for column in match.columns:
                content = Content(column, draft.table.row_count, surroundings.year)
                for text in content.placeholders:
                    if text.casefold() not in known | codes:
                        texts.setdefault(text.casefold(), text)
    return tuple(sorted(texts.values()))
