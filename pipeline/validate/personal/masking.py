"""What of a finding is personal in any column: a name in a coded cell, a date or a heading."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import pandas as pd

from pipeline.settings import Council
from pipeline.validate.dictionary import EXTRACTS, EXTRACTS_BY_NAME, NAME_COLUMNS
from pipeline.validate.findings import Finding
from pipeline.validate.personal.dates import MONTH_NAMES
from pipeline.validate.personal.shapes import NAME, NO_NAMES, ROLES, personal_data_kinds

QUOTED = re.compile(r'"([^"]+)"')
WORD = re.compile(r"[^\W\d_]+")
SEVERAL_NAMES = re.compile(rf"(?<!\w){NAME}(?:[ .,]+{NAME})+")
MIN_NAME_LETTERS = 3  # of a name that is masked by itself


def with_unread(
    tables: Mapping[str, pd.DataFrame], unread_personal: Sequence[pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    """The typed extracts as they are searched: with the personal columns that are not read.

    unread_personal: those of each source, which become rows of complaints with nothing else.
    """
    if not unread_personal:
        return dict(tables)
    parts = [rows.astype({"file": "str"}) for rows in (tables["complaints"], *unread_personal)]
    return {**tables, "complaints": pd.concat(parts, ignore_index=True)}


def hide_personal_texts(
    findings: Iterable[Finding], tables: Mapping[str, pd.DataFrame], council: Council
) -> list[Finding]:
    """The findings, each with the personal texts in it, which are shown on a terminal only.

    tables: the typed extracts, with the names that are looked for.
    """
    findings = list(findings)
    texts = {text for finding in findings for text in _texts(finding)}
    if not texts:
        return findings
    known = _known_words(council)
    words = {word.casefold() for text in texts for word in WORD.findall(text)}
    names = _recorded_names(tables, words - known)
    hidden = {text for text in texts if _is_personal(text, names, known)}
    return [_with_hidden(finding, hidden) if hidden else finding for finding in findings]


def _with_hidden(finding: Finding, hidden: Collection[str]) -> Finding:
    own = tuple(text for text in dict.fromkeys(_texts(finding)) if text in hidden)
    return replace(finding, hidden=own) if own else finding


def _texts(finding: Finding) -> Iterator[str]:
    """What a finding quotes of a file: the value, headings, and texts in quotation marks."""
    if finding.value:
        yield finding.value
    extract = EXTRACTS_BY_NAME.get(finding.extract)
    if finding.column and extract and finding.column not in extract.column_names:
        yield finding.column
    yield from QUOTED.findall(f"{finding.what} {finding.remedy}")
    if ".heading." in finding.rule:
        yield from finding.what.partition(": ")[2].split(", ")


def _is_personal(text: str, names: Collection[str], known: Collection[str]) -> bool:
    """Whether a text has a name of the records, looks like a name, or has other personal data."""
    words = [word.casefold() for word in WORD.findall(text)]
    if any(word in names for word in words) or personal_data_kinds(text):
        return True
    return any(
        not {word.casefold() for word in WORD.findall(match[0])} & {*known}
        for match in SEVERAL_NAMES.finditer(text)
    )


def _known_words(council: Council) -> set[str]:
    """The words that files use for other things than people."""
    equality = chain.from_iterable(codes for _, codes in council.equality)
    texts = [*MONTH_NAMES, *NO_NAMES, *ROLES, *council.service_areas, *council.themes, *equality]
    for extract in EXTRACTS:
        for column in extract.columns:
            texts += [column.name.replace("_", " "), column.meaning]
            texts += column.allowed_values(council) or ()
    return {word.casefold() for text in texts for word in WORD.findall(text)}


def _recorded_names(tables: Mapping[str, pd.DataFrame], words: Collection[str]) -> set[str]:
    """Those of these words that are a part of a name in the records."""
    if not words:
        return set()
    names: set[str] = set()
    for table in tables.values():
        for column in NAME_COLUMNS & set(table):
            for name in table[column].dropna().unique():
                names.update(WORD.findall(name.casefold()))
    return {word for word in names & {*words} if len(word) >= MIN_NAME_LETTERS}
