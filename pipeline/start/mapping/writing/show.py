"""A proposal as a person reads it on a terminal: each heading, how sure the match is, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.start.mapping.codes import CodeMatch
from pipeline.start.mapping.draft import TableProposal
from pipeline.start.mapping.exports import ExportColumn
from pipeline.start.mapping.matching import PERSONAL, ColumnMatch
from pipeline.start.mapping.proposal import Proposal
from pipeline.start.mapping.writing.yaml_text import REACHED, percent
from pipeline.validate.findings import count_rows

NO_HEADING = "no heading is like it"
UNDECIDED = "undecided"
MEANT_EMPTY = "an empty cell"
LEFT_OUT = "left out, because it is personal"
NOT_USED = "not read, because the report does not need it"
NOT_KNOWN = "not read, because it is like no column of the data dictionary"


def proposal_text(proposal: Proposal) -> str:
    """The tables one after the other."""
    return "\n".join(line for table in proposal.tables for line in _table_lines(table))


def match_summary(proposal: Proposal) -> str:
    """How many columns and codes are decided, in a sentence."""
    matches = [match for table in proposal.tables for match in _shown_matches(table)]
    codes = [
        match
        for table in proposal.tables
        for matches_of_column in table.codes.values()
        for match in matches_of_column
    ]
    decided = sum(match.is_decided for match in matches)
    undecided = sum(not match.is_decided for match in matches)
    known = sum(match.is_decided for match in codes)
    return (
        f"Decided: {_counted(decided, 'column')} and {_counted(known, 'code')}. "
        f"Undecided: {_counted(undecided, 'column')} and {_counted(len(codes) - known, 'code')}."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shown_matches(table: TableProposal) -> list[ColumnMatch]:
    matches = [*table.matches, *(match for stage in table.stages for match in stage.matches)]
    return [
        match
        for match in matches
        if not match.column.personal and (match.candidates or match.column.required)
    ]


def _table_lines(table: TableProposal) -> Iterator[str]:
    form = f" with the stages {', '.join(stage.stage for stage in table.stages)}"
    system = f", the schema of {table.preset}" if table.preset else ""
    rows_read = count_rows(table.table.row_count)
    selection = table.table.selection
    if selection:
        texts = " or ".join(f'"{text}"' for text in selection.texts)
        rows_read += f" with {selection.heading} {texts}"
    yield (
        f"{table.table.name}: {rows_read}, read as {table.extract.name}"
        f"{form if table.stages else ''}{system}"
    )
    yield ""
    rows = [_match_row("", match) for match in table.matches if match in _shown_matches(table)]
    for stage in table.stages:
        prefix = f"stage_{stage.stage}."
        if stage.reached:
            rows.append((f"{prefix}reached", _headings(stage.reached), "", REACHED))
        rows += [
            _match_row(prefix, match)
            for match in stage.matches
            if match.candidates or match.column.required
        ]
    yield from _aligned(("column", "heading", "sure", "why"), rows)
    code_rows = [
        _code_row(f"{extract}.{column}", match)
        for (extract, column), matches in table.codes.items()
        for match in matches
        if not match.is_ours
    ]
    if code_rows:
        yield ""
        yield from _aligned(("code of", "theirs", "ours", "sure", "why"), code_rows)
    yield ""
    yield from _unread_lines(table)
    if selection and selection.others:
        others = ", ".join(
            f'"{text}" ({count:,})' if text else f"an empty cell ({count:,})"
            for text, count in selection.others.items()
        )
        yield f"Rows that are read as nothing, by {selection.heading}: {others}"
    yield ""


def _match_row(prefix: str, match: ColumnMatch) -> tuple[str, ...]:
    name = f"{prefix}{match.column.name}"
    if not match.candidates:
        return (name, UNDECIDED, "", NO_HEADING)
    best = match.best
    if match.is_decided:
        return (name, _headings(match.columns), percent(best), best.reason)
    headings = " or ".join(candidate.column.heading for candidate in match.candidates)
    shares = " or ".join(percent(candidate) for candidate in match.candidates)
    return (name, f"{UNDECIDED}: {headings}", shares, best.reason)


def _headings(columns: Sequence[ExportColumn]) -> str:
    """The headings that are read into one column, each once."""
    return " and ".join(dict.fromkeys(column.heading for column in columns))


def _code_row(place: str, match: CodeMatch) -> tuple[str, ...]:
    if not match.candidates:
        return (place, match.theirs, UNDECIDED, "", "like none of our codes")
    best = match.candidates[0]
    if match.is_decided:
        return (
            place,
            match.theirs,
            best.code or MEANT_EMPTY,
            f"{best.confidence:.0%}",
            best.reason,
        )
    codes = " or ".join(candidate.code or MEANT_EMPTY for candidate in match.candidates)
    shares = " or ".join(f"{candidate.confidence:.0%}" for candidate in match.candidates)
    return (place, match.theirs, f"{UNDECIDED}: {codes}", shares, best.reason)


def _unread_lines(table: TableProposal) -> Iterator[str]:
    """The headings that no column takes, by the reason."""
    listed = {column for match in _shown_matches(table) for column in _listed_columns(match)}
    listed |= {column for stage in table.stages for column in stage.reached}
    personal = {
        column for match in table.matches if match.column.personal for column in match.columns
    }
    by_reason: dict[str, list[str]] = {LEFT_OUT: [], NOT_USED: [], NOT_KNOWN: []}
    for column in table.table.columns:
        if column in listed:
            continue
        by_reason[_reason(column, personal, table)].append(column.heading)
    for reason, headings in by_reason.items():
        if headings:
            yield f"{reason[0].upper()}{reason[1:]}: {', '.join(dict.fromkeys(headings))}"


def _listed_columns(match: ColumnMatch) -> tuple[ExportColumn, ...]:
    """The columns whose headings are in the row of a match: of an undecided one, its candidates."""
    if match.is_decided:
        return match.columns
    return tuple(candidate.column for candidate in match.candidates)


def _reason(column: ExportColumn, personal: set[ExportColumn], table: TableProposal) -> str:
    meaning = table.meanings.get(column)
    if column in personal or meaning == PERSONAL:
        return LEFT_OUT
    return NOT_USED if meaning else NOT_KNOWN


def _aligned(heading: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows in columns of the same width; the last one is as long as it is."""
    table = [tuple(heading), *rows]
    widths = [max(len(row[number]) for row in table) for number in range(len(heading) - 1)]
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  " + "  ".join([*cells, row[-1]]).rstrip()
