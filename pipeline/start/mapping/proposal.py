"""What council.yaml should say of some exports, as far as it can be told from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.settings.procedures import DEFAULT, packaged_names, packaged_procedure
from pipeline.start.mapping.codes import CodeMatch, code_list
from pipeline.start.mapping.contents import Content, Surroundings
from pipeline.start.mapping.draft import TableProposal, best_draft, draft_table
from pipeline.start.mapping.exports import ExportTable
from pipeline.start.mapping.forms import (
    date_order,
    first_year_of_two_digits,
    placeholders,
    separator,
)
from pipeline.start.mapping.shared_files import split_by_kind
from pipeline.validate.definitions import YES_NO, Column
from pipeline.validate.dictionary import EXTRACTS
from pipeline.year import Year

MIN_DECIDED = 2  # columns of a table that is an extract


@dataclass(frozen=True)
class Proposal:
    """What council.yaml should say of all exports together.

    lists: lists of codes that the council has left empty, by their key such as
    "equality.gender", with the codes of the exports. dates: the order of day and month; "" where
    no date needs it, None where it cannot be told. separator: of the codes in a cell, if it is no
    semicolon. two_digit_years_from: the first year of the hundred of years with two digits.
    """

    tables: tuple[TableProposal, ...]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dates: str | None = ""
    placeholders: tuple[str, ...] = ()
    separator: str = ""
    two_digit_years_from: int | None = None


def draft_tables(
    tables: Sequence[ExportTable], council: Mapping[str, Any], year: Year
) -> list[TableProposal]:
    """Each table as the extract that it is most like, with its columns but not yet their codes.

    council: what council.yaml says so far, as text; it may be incomplete.
    """
    surroundings = Surroundings(year, council_codes(council))
    drafts = [
        draft
        for table in tables
        for draft in split_by_kind(best_draft(table, surroundings), surroundings)
    ]
    references = frozenset(
        text
        for draft in drafts
        if draft.extract.name == "complaints" and (match := draft.match("reference"))
        for text in match.best.column.counts
    )
    if not references:
        return _tables_of_use(drafts)
    joined = replace(surroundings, references=references)
    return _tables_of_use(
        draft
        if draft.extract.name == "complaints"
        else draft_table(draft.table, draft.extract, joined)
        for draft in drafts
    )


def _tables_of_use(drafts: Iterable[TableProposal]) -> list[TableProposal]:
    """The tables that are like an extract; the only one of a workbook needs no sheet.

    A sheet of notes is like none. If no table is, all are returned. Rows of one kind in a file of
    several are of use in any case: nothing is dropped without a word.
    """
    every = list(drafts)
    chosen = [
        draft
        for draft in every
        if draft.decided_count >= MIN_DECIDED or draft.table.selection is not None
    ] or every
    files = Counter(file for draft in chosen for file in draft.table.files)
    return [
        draft
        if any(files[file] > 1 for file in draft.table.files)
        else replace(draft, table=replace(draft.table, sheet=""))
        for draft in chosen
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
        dates=date_order(drafts, year),
        placeholders=placeholders(drafts, council, surroundings),
        separator=separator(drafts, year),
        two_digit_years_from=first_year_of_two_digits(drafts, year),
    )


def propose(tables: Sequence[ExportTable], council: Mapping[str, Any], year: Year) -> Proposal:
    """What council.yaml should say of the exports, as far as it can be told from them."""
    return complete(draft_tables(tables, council, year), council, year)


def council_codes(council: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The codes of every coded column, by "extract.column"."""
    names = council.get("procedures")
    name = names[0] if isinstance(names, list) and names else DEFAULT
    procedure = packaged_procedure(name if name in packaged_names() else DEFAULT)
    codes: dict[str, Sequence[str]] = {}
    for extract in EXTRACTS:
        for column in extract.columns:
            if column.type == "yes/no":
                codes[f"{extract.name}.{column.name}"] = YES_NO
            elif column.from_settings:
                listed = setting(council, column.from_settings)
                codes[f"{extract.name}.{column.name}"] = listed if isinstance(listed, list) else ()
            elif column.from_procedure:
                codes[f"{extract.name}.{column.name}"] = column.codes_of(procedure)
            elif column.codes:
                codes[f"{extract.name}.{column.name}"] = column.codes
    return codes


def setting(council: Mapping[str, Any], key: str) -> Any:
    """A value of council.yaml by its key, such as "equality.gender"; None where there is none."""
    value: Any = council
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


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
