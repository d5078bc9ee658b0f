"""A proposal as the lines that council.yaml needs, with what is undecided in comments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import yaml

from pipeline.start.mapping.codes import EMPTY_CODE, CodeMatch
from pipeline.start.mapping.draft import TableProposal
from pipeline.start.mapping.exports import Selection
from pipeline.start.mapping.matching import Candidate, ColumnMatch
from pipeline.start.mapping.proposal import Proposal
from pipeline.start.mapping.stages import StageMatch
from pipeline.validate.dictionary import EXTRACTS

NEVER_FOLD = 10_000  # characters
REPEATED = "this heading appears several times: the {name}s are combined"
FEW_HEADINGS = 6  # with which a table below title rows may not be recognised
REACHED = "the stage was reached where this is filled"
ORDER_UNDECIDED = "undecided: day first, or month first. The dates do not show which."


def council_lines(proposal: Proposal) -> str:
    """The YAML text of all that is proposed; "" where nothing is needed."""
    blocks = [
        *_lists_block(proposal),
        _columns_block(proposal.tables),
        _values_block(proposal.tables),
        _stages_block(proposal.tables),
        _tables_block(proposal.tables),
        *_settings_blocks(proposal),
    ]
    return "\n".join(block for block in blocks if block)


def scalar(text: str) -> str:
    """A text as YAML, in quotation marks where it needs them."""
    if "\n" in text:
        return json.dumps(text, ensure_ascii=False)
    written = yaml.safe_dump(text, width=NEVER_FOLD, allow_unicode=True)
    return written.removesuffix("...\n").strip()


def percent(candidate: Candidate) -> str:
    """How sure a match is."""
    return f"{candidate.confidence:.0%}"


def _lists_block(proposal: Proposal) -> Iterator[str]:
    nested: dict[str, dict[str, Sequence[str]]] = {}
    for key, codes in proposal.lists.items():
        section, _, name = key.partition(".")
        if name:
            nested.setdefault(section, {})[name] = codes
        else:
            yield "\n".join([f"{key}:", *(f"  - {scalar(code)}" for code in codes), ""])
    for section, lists in nested.items():
        lines = [f"{section}:"]
        for name, listed in lists.items():
            lines.append(f"  {name}: [{', '.join(map(_flow_scalar, listed))}]")
        yield "\n".join([*lines, ""])


def _flow_scalar(text: str) -> str:
    """A text inside square brackets."""
    if "\n" in text:
        return scalar(text)
    listed = yaml.safe_dump([text], default_flow_style=True, width=NEVER_FOLD, allow_unicode=True)
    return listed.strip()[1:-1]


def _columns_block(tables: Sequence[TableProposal]) -> str:
    by_extract: dict[str, dict[str, str]] = {}
    for table in tables:
        listed = by_extract.setdefault(table.extract.name, {})
        for match in table.matches:
            for line in _column_lines(table, match):
                listed.setdefault(match.column.name, line)
    lines = []
    for extract, listed in by_extract.items():
        is_comment = all(line.startswith("#") for line in listed.values())
        if listed:
            lines.append(f"  # {extract}:" if is_comment else f"  {extract}:")
            lines += [f"    {line}" for line in listed.values()]
    if not lines:
        return ""
    has_entry = any(not line.strip().startswith("#") for line in lines)
    return "\n".join(["columns:" if has_entry else "# columns:", *lines, ""])


def _column_lines(table: TableProposal, match: ColumnMatch) -> Iterator[str]:
    """The entry of a column; nothing where it has our own name, or is personal."""
    column = match.column
    if column.personal:
        return
    if not match.candidates:
        if column.required:
            yield f"# {column.name}:  # undecided: no heading is like it, and it is required"
        return
    keys = list(dict.fromkeys(_heading_keys(table, match)))
    if not match.is_decided:
        yield f"# {column.name}: {scalar(keys[0])}  # {_undecided(table, match)}"
    elif keys != [column.name]:
        entry = scalar(keys[0]) if len(keys) == 1 else f"[{', '.join(map(_flow_scalar, keys))}]"
        is_repeated = len(keys) == 1 and match.others
        note = f"  # {REPEATED.format(name=column.name)}" if is_repeated else ""
        yield f"{column.name}: {entry}{note}"


def _heading_keys(table: TableProposal, match: ColumnMatch) -> list[str]:
    """How council.yaml names the headings of a column."""
    if match.column.type == "codes":
        return [" ".join(one.heading.split()) for one in match.columns]
    return [table.table.heading_key(match.best.column)]


def _undecided(table: TableProposal, match: ColumnMatch) -> str:
    first, *rest = match.candidates
    text = f"undecided: {percent(first)}"
    if rest:
        key = table.table.heading_key(rest[0].column)
        text += f"; or {scalar(key)}, {percent(rest[0])}"
    return text


def _values_block(tables: Sequence[TableProposal]) -> str:
    lines = []
    for key, matches in _matches_by_key(tables).items():
        of_key = [line for match in matches.values() for line in _code_lines(match)]
        if not of_key:
            continue
        is_comment = all(line.startswith("#") for line in of_key)
        lines += [f"  # {key}:" if is_comment else f"  {key}:", *(f"    {one}" for one in of_key)]
    if not lines:
        return ""
    has_entry = any(not line.strip().startswith("#") for line in lines)
    return "\n".join(["values:" if has_entry else "# values:", *lines, ""])


def _matches_by_key(tables: Sequence[TableProposal]) -> dict[str, dict[str, CodeMatch]]:
    """The codes by the key under `values:`: the column, or extract and column where they differ."""
    by_column: dict[str, dict[str, dict[str, CodeMatch]]] = {}
    for table in tables:
        for (extract, column), matches in table.codes.items():
            listed = by_column.setdefault(column, {}).setdefault(extract, {})
            listed |= {match.theirs: match for match in matches}
    keyed: dict[str, dict[str, CodeMatch]] = {}
    for column, by_extract in by_column.items():
        if _is_shared(column) and not _conflict(list(by_extract.values())):
            for of_extract in by_extract.values():
                keyed.setdefault(column, {}).update(of_extract)
        else:
            keyed |= {f"{extract}.{column}": listed for extract, listed in by_extract.items()}
    return keyed


def _is_shared(column: str) -> bool:
    """Whether several extracts have a column of this name, all with the same codes."""
    same = [
        (one.codes, one.from_settings, one.from_procedure)
        for extract in EXTRACTS
        for one in extract.columns
        if one.name == column
    ]
    return len(same) > 1 and len(set(same)) == 1


def _conflict(by_extract: Sequence[dict[str, CodeMatch]]) -> bool:
    """Whether a text means different codes in two extracts."""
    meanings: dict[str, str] = {}
    for matches in by_extract:
        for theirs, match in matches.items():
            code = match.code if match.is_decided else "?"
            if meanings.setdefault(theirs.casefold(), code) != code:
                return True
    return False


def _code_lines(match: CodeMatch) -> Iterator[str]:
    if match.is_ours:
        return
    theirs = scalar(match.theirs)
    if match.is_decided:
        yield f"{theirs}: {_code_scalar(match.code)}"
    elif not match.candidates:
        yield f"# {theirs}:  # undecided: like none of our codes"
    else:
        first, *rest = match.candidates
        text = f"undecided: {first.confidence:.0%}"
        if rest:
            text += f"; or {_code_scalar(rest[0].code)}, {rest[0].confidence:.0%}"
        yield f"# {theirs}: {_code_scalar(first.code)}  # {text}"


def _code_scalar(code: str) -> str:
    return '""' if code == EMPTY_CODE else scalar(code)


def _stages_block(tables: Sequence[TableProposal]) -> str:
    lines: list[str] = []
    for table in tables:
        for stage in table.stages:
            if f"  stage_{stage.stage}:" in lines:  # of another table
                continue
            of_stage = list(_stage_lines(table, stage))
            if of_stage and not stage.is_complete:
                lines.append(f"  # stage_{stage.stage}: it is not known when it was asked for")
                lines += [f"  # {line.removeprefix('# ')}" for line in of_stage]
            elif of_stage:
                lines += [f"  stage_{stage.stage}:", *(f"    {line}" for line in of_stage)]
    if not lines:
        return ""
    has_entry = any(not line.strip().startswith("#") for line in lines)
    return "\n".join(["stages:" if has_entry else "# stages:", *lines, ""])


def _stage_lines(table: TableProposal, stage: StageMatch) -> Iterator[str]:
    keys = [table.table.heading_key(column) for column in stage.reached]
    if len(keys) == 1:
        yield f"reached: {scalar(keys[0])}  # {REACHED}"
    elif keys:
        yield f"reached: [{', '.join(map(_flow_scalar, keys))}]"
    for match in stage.matches:
        if not match.candidates:
            continue
        key = scalar(table.table.heading_key(match.best.column))
        if match.is_decided:
            yield f"{match.column.name}: {key}"
        else:
            yield f"# {match.column.name}: {key}  # {_undecided(table, match)}"


def _tables_block(tables: Sequence[TableProposal]) -> str:
    """Which sheet is an extract, and where its headings are, where the reader could not tell."""
    lines: list[str] = []
    for table in tables:
        of_table: list[str] = []
        is_named = table.extract.name in table.table.sheet.casefold()
        if table.table.sheet and not is_named:
            of_table.append(f"    sheet: {scalar(table.table.sheet)}")
        if table.table.heading_rows and table.decided_count < FEW_HEADINGS:
            rows = ", ".join(map(str, table.table.heading_rows))
            of_table.append(f"    headings: [{rows}]")
        if table.table.selection:
            of_table = list(_selection_lines(table, table.table.selection, of_table))
        if of_table and f"  {table.extract.name}:" not in lines:
            lines += [f"  {table.extract.name}:", *of_table]
    return "\n".join(["tables:", *lines, ""]) if lines else ""


def _selection_lines(
    table: TableProposal, selection: Selection, of_table: Sequence[str]
) -> Iterator[str]:
    """The entry of each file that holds other records too; of_table: the lines that all share."""
    texts = ", ".join(map(_flow_scalar, selection.texts))
    listed = texts if len(selection.texts) == 1 else f"[{texts}]"
    for file in table.table.files:
        first, *rest = (
            f"    file: {scalar(f'{selection.folder}/{file}')}",
            *of_table,
            f"    only: {{{_flow_scalar(selection.heading)}: {listed}}}",
        )
        if len(table.table.files) == 1:
            yield from (first, *rest)
        else:
            yield from (f"    - {first.strip()}", *(f"  {line}" for line in rest))


def _settings_blocks(proposal: Proposal) -> Iterator[str]:
    if proposal.placeholders:
        quoted = ", ".join(f'"{text}"' for text in proposal.placeholders)
        yield f"placeholders: [{quoted}]\n"
    if proposal.separator:
        yield f'separator: "{proposal.separator}"\n'
    if proposal.two_digit_years_from:
        yield f"two_digit_years_from: {proposal.two_digit_years_from}\n"
    if proposal.dates:
        yield f"dates: {proposal.dates}\n"
    elif proposal.dates is None:
        yield f"# dates: day first  # {ORDER_UNDECIDED}\n"
