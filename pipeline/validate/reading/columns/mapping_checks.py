"""The checks of what council.yaml says of headings and codes, before any file is read."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.problem import Kind, Problem, did_you_mean
from pipeline.reference.layouts import LAYOUTS_BY_NAME
from pipeline.settings import Council
from pipeline.validate.definitions import Column
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME
from pipeline.validate.findings import Finding
from pipeline.validate.reading.columns.headings import normalise_heading
from pipeline.year import Year


def check_mapping(council: Council) -> None:
    """Check `columns:`, `values:`, `stages:` and `placeholders:` against the data dictionary.

    Raises Problem for the first thing that the data dictionary does not have.
    """
    _check_columns(council)
    for name, ours_by_theirs in council.values.items():
        _check_values(council, name, ours_by_theirs)
    for year, values in council.values_by_year.items():
        for name, ours_by_theirs in values.items():
            _check_values(council, name, ours_by_theirs, key=f"values_by_year, {year}")
    _check_placeholders(council)
    if council.mixed_outcome:
        codes = list(council.procedure.outcome_codes)
        _check_code(council.mixed_outcome, codes, key="mixed_outcome", kind="outcome")
    for extract in council.tables:
        _check_name(
            extract,
            [known.name for known in EXTRACTS],
            key=f"tables, {extract}",
            kind="extract",
        )
        _check_layouts(council, extract)
    for stage, block in council.stages.mapped.items():
        if not block.requested:
            raise _mapping_problem(
                f"stages, stage_{stage}",
                what="it does not say which heading holds the date the stage was asked for",
                remedy=(
                    "Add `requested:` with the heading; at stage 1 it is that of the date received."
                ),
            )


def _check_layouts(council: Council, extract: str) -> None:
    """Refuse two entries for the same file or sheet, of which one would not be obeyed."""
    places = [(layout.file, layout.sheet) for layout in council.tables[extract]]
    for file, sheet in places:
        if file and not Year.is_name(file.partition("/")[0]):
            raise _mapping_problem(
                f"tables, {extract}",
                what=f'"{file}" is in the folder of no year',
                remedy="Write where the file is below data/raw, such as 2021-22/feedback.csv.",
            )
        if places.count((file, sheet)) > 1:
            name = " · ".join(filter(None, (file, sheet))) or "all files"
            raise _mapping_problem(
                f"tables, {extract}",
                what=f"there are two entries for {name}",
                remedy="Make one of them; `only:` takes several texts, as in "
                "`only: {Feedback Type: [Complaint, Statutory complaint]}`.",
            )


def _check_placeholders(council: Council) -> None:
    """Refuse a placeholder that is one of our codes, which would then be read as empty."""
    declared = {text.casefold(): text for text in council.placeholders}
    for extract in EXTRACTS:
        for column in extract.columns:
            for code in column.allowed_values(council) or ():
                if code.casefold() in declared:
                    raise _mapping_problem(
                        "placeholders",
                        what=(
                            f'"{declared[code.casefold()]}" is a code of {extract.name}, '
                            f"{column.name}, so it cannot stand for an empty cell everywhere"
                        ),
                        remedy=(
                            "Remove it here, and say under `values:` in which column it means "
                            "nothing."
                        ),
                    )


def shared_heading_findings(council: Council) -> list[Finding]:
    """A warning for each heading that council.yaml reads into several columns."""
    places: dict[tuple[str, str], list[str]] = {}
    spellings: dict[str, str] = {}
    for extract, columns in council.columns.items():
        for name, headings in columns.items():
            for heading in headings:
                spellings.setdefault(normalise_heading(heading), heading)
                places.setdefault((extract, normalise_heading(heading)), []).append(name)
    for stage, block in council.stages.mapped.items():
        for name, heading in block.headings.items():
            spellings.setdefault(normalise_heading(heading), heading)
            key = ("investigations", normalise_heading(heading))
            places.setdefault(key, []).append(f"{name} of stage {stage}")
    return [
        Finding(
            severity="warning",
            rule=f"{extract}.heading.shared",
            extract=extract,
            file="data/raw/council.yaml",
            what=f'the heading "{spellings[heading]}" is read as {" and as ".join(names)}',
            remedy=(
                "Nothing to do if that is meant; else name the right heading of each in "
                "council.yaml."
            ),
        )
        for (extract, heading), names in places.items()
        if len(set(names)) > 1 and extract in EXTRACTS_BY_NAME
    ]


def _check_columns(council: Council) -> None:
    extract_names = [*(extract.name for extract in EXTRACTS), *LAYOUTS_BY_NAME]
    for extract, columns in council.columns.items():
        _check_name(extract, extract_names, key=f"columns, {extract}", kind="extract")
        if extract in LAYOUTS_BY_NAME:
            names = list(LAYOUTS_BY_NAME[extract].columns)
            for name in columns:
                _check_name(name, names, key=f"columns, {extract}, {name}", kind="column")
            continue
        for name, headings in columns.items():
            key = f"columns, {extract}, {name}"
            column_names = list(EXTRACTS_BY_NAME[extract].column_names)
            _check_name(name, column_names, key=key, kind=f"column of {extract}")
            column_type = EXTRACTS_BY_NAME[extract].column(name).type
            if len(headings) > 1 and column_type != "codes":
                raise _mapping_problem(
                    key,
                    what="this column takes one heading, and several are named",
                    remedy="Keep one of them.",
                )


def _check_values(
    council: Council, name: str, ours_by_theirs: Mapping[str, str], key: str = "values"
) -> None:
    """Check the codes of one column, named "column" or "extract.column"."""
    columns: dict[str, list[Column]] = {}
    for extract in EXTRACTS:
        for column in extract.columns:
            known_name = f"{extract.name}.{column.name}" if "." in name else column.name
            columns.setdefault(known_name, []).append(column)
    _check_name(name, sorted(columns), key=f"{key}, {name}", kind="column")
    codes_of_columns: list[str] = []
    for column in columns[name]:
        codes = column.allowed_values(council)
        if codes is None:
            return
        codes_of_columns += codes
    allowed = list(dict.fromkeys(codes_of_columns))
    for theirs, ours in ours_by_theirs.items():
        parts = ours.split(";") if columns[name][0].type == "codes" else [ours]
        for code in (part.strip() for part in parts):
            if code:
                place = f"{key}, {name}, {theirs}"
                _check_code(code, allowed, key=place, kind=f"code of {name}")


def _check_name(name: str, allowed: list[str], key: str, kind: str) -> None:
    """Check the name of an extract or a column, which council.yaml has to spell as we do."""
    if name not in allowed:
        raise _unknown_word_problem(name, allowed, key, kind)


def _check_code(code: str, allowed: list[str], key: str, kind: str) -> None:
    """Check one of our codes, which may have other capitals."""
    if code.casefold() not in {known.casefold() for known in allowed}:
        raise _unknown_word_problem(code, allowed, key, kind)


def _unknown_word_problem(word: str, allowed: list[str], key: str, kind: str) -> Problem:
    return _mapping_problem(
        key,
        what=f'there is no {kind} "{word}".{did_you_mean(word, allowed)}',
        remedy=f"Use one of: {'; '.join(allowed)}.",
    )


def _mapping_problem(key: str, what: str, remedy: str) -> Problem:
    return Problem(
        kind=Kind.SETTINGS, where=f"data/raw/council.yaml, {key}", what=what, remedy=remedy
    )
