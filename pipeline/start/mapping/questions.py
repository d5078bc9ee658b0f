"""What is undecided, asked on a terminal: accept the likeliest, choose another, or skip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.problem import printable
from pipeline.start.mapping.codes import CERTAIN, LISTED, CodeMatch
from pipeline.start.mapping.codes import Candidate as CodeCandidate
from pipeline.start.mapping.draft import TableProposal
from pipeline.start.mapping.matching import Candidate, ColumnMatch, decided_as
from pipeline.start.mapping.proposal import Proposal

SKIP = "s"
CHOSEN = "you chose it"
# Shows a question with numbered answers, and returns what was typed ("" for Return).
Ask = Callable[[str, Sequence[str]], str]


def ask_columns(drafts: Sequence[TableProposal], ask: Ask) -> list[TableProposal]:
    """The drafts with an answer for every undecided column; one that is skipped stays so."""
    answered = []
    for draft in drafts:
        matches = tuple(_ask_column(draft, draft.extract.name, one, ask) for one in draft.matches)
        stages = tuple(
            replace(
                stage,
                matches=tuple(
                    _ask_column(draft, f"stage_{stage.stage}", one, ask) for one in stage.matches
                ),
            )
            for stage in draft.stages
        )
        answered.append(replace(draft, matches=matches, stages=stages))
    return answered


def ask_codes(proposal: Proposal, codes: dict[str, Sequence[str]], ask: Ask) -> Proposal:
    """The proposal with an answer for every undecided code.

    codes: by "extract.column", those that the column may have.
    """
    answers: dict[tuple[str, str], str] = {}
    tables = []
    for table in proposal.tables:
        by_column = {}
        for (extract, column), matches in table.codes.items():
            allowed = codes.get(f"{extract}.{column}", ())
            by_column[extract, column] = tuple(
                _ask_code(f"{extract}.{column}", match, allowed, answers, ask) for match in matches
            )
        tables.append(replace(table, codes=by_column))
    return replace(proposal, tables=tuple(tables))


def _ask_column(draft: TableProposal, place: str, match: ColumnMatch, ask: Ask) -> ColumnMatch:
    if match.is_decided or match.column.personal:
        return match
    # Of a case some columns are needed now and then, such as the date closed.
    is_of_case = place == draft.extract.name
    is_needed = match.column.required or (is_of_case and bool(match.column.required_when))
    if not match.candidates and not is_needed:
        return match
    candidates = list(match.candidates)
    likely = {one.column for one in candidates}
    if is_needed:
        used = {one for other in draft.matches if other.is_decided for one in other.columns}
        candidates += [
            Candidate(column, 0.0, CHOSEN)
            for column in draft.table.columns
            if column not in used | likely
        ]
    options = [
        f"{printable(one.column.heading)}{f' ({one.confidence:.0%})' if one.confidence else ''}"
        for one in candidates
    ]
    question = f"{place}.{match.column.name} ({match.column.meaning}): which heading?"
    number = _number(ask(question, options), len(options), has_default=bool(match.candidates))
    if number is None:
        return match
    return decided_as(match, candidates[number]._replace(reason=CHOSEN))


def _ask_code(
    place: str,
    match: CodeMatch,
    allowed: Sequence[str],
    answers: dict[tuple[str, str], str],
    ask: Ask,
) -> CodeMatch:
    if match.is_decided or not allowed:
        return match
    key = (place.rpartition(".")[2], match.theirs)
    if key not in answers:
        likely = [one.code for one in match.candidates]
        codes = [*likely, *(code for code in allowed if code not in likely), ""]
        options = [code or "an empty cell" for code in codes]
        question = f'{place}: what does "{printable(match.theirs)}" mean ({match.count:,} rows)?'
        number = _number(ask(question, options), len(options), has_default=bool(likely))
        if number is None:
            return match
        answers[key] = codes[number]
    code = answers[key]
    is_same = code.casefold() == match.theirs.casefold()
    chosen = CodeCandidate(code, CERTAIN if is_same else LISTED, CHOSEN)
    return replace(match, candidates=(chosen,))


def _number(answer: str, count: int, has_default: bool) -> int | None:
    """The position that was typed, counted from 0; None to skip.

    has_default: whether Return alone accepts the first.
    """
    typed = answer.strip().casefold()
    if not typed and has_default:
        return 0
    if typed.isdigit() and 1 <= int(typed) <= count:
        return int(typed) - 1
    return None
