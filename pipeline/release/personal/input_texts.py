"""Personal data in what the report will print: commentary, notebook, settings and extracts.

The same search stops a run at its end, when it finds this in the finished files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.problem import Problem
from pipeline.release.personal.messages import word_to_allow
from pipeline.release.personal.search import find_personal_data
from pipeline.report.narrative.commentary import line_location, read_sections
from pipeline.report.narrative.notebook_cells import narrative_paragraphs
from pipeline.settings import Settings
from pipeline.validate.dictionary import NAME_COLUMNS
from pipeline.validate.findings import Finding, Severity
from pipeline.validate.personal.shapes import suspect_kinds
from pipeline.validate.rules.totals import PUBLISHABLE_TEXTS

PERSONAL_RULE = "words.personal"
SUSPECT_RULE = "words.suspect"
TAKE_OUT = "Take it out."
READ_IT = "Read it, and take out whatever could identify somebody."
LOCATION = ("year", "file", "row")
MAX_ROWS_COMPARED = 50_000
# Keys of the settings that the report does not print.
UNPRINTED = {
    "columns",
    "values",
    "values_by_year",
    "stages",
    "sections",
    "item_types",
    "accepted_warnings",
    "allowed_names",
    "settled_comments",
    "colour",
    "logo",
    "year_style",
    "series_breaks",
    "dates",
}


def personal_findings(
    tables: Mapping[str, pd.DataFrame], notebook: Path, settings: Settings
) -> list[Finding]:
    """A finding for each text that would be published and contains personal data.

    It is critical if the records or its shape show that it is personal. A name with a title or a
    role, initials and the like are a warning, because a person has to look.

    tables: the typed extracts, with their personal columns.
    """
    texts = [*_commentary_texts(settings), *_settings_texts(settings)]
    texts += narrative_paragraphs(notebook)
    texts = [(place, " ".join(text.split())) for place, text in texts]
    compared = _compared_tables(tables)
    findings = []
    printed = [*texts, *_extract_texts(tables, settings)]
    for match in find_personal_data(printed, compared, settings):
        remedy = TAKE_OUT
        if match.is_part:
            word = word_to_allow(match, compared)
            remedy += (
                " If it is an ordinary word, write in report.yaml, under allowed_names: "
                f"- {{words: {word}, reason: <why it is no name here>, name: <who decided>}}"
            )
        what = f"this would be published and contains {match.kind}{match.location(compared)}"
        for place in sorted(match.places):
            findings.append(_finding("critical", PERSONAL_RULE, place, what, remedy))
    for place, text in texts:
        kinds = suspect_kinds(text)
        if kinds:
            what = f"this would be published and has what looks like {' and '.join(kinds)}"
            findings.append(_finding("warning", SUSPECT_RULE, place, what, READ_IT))
    return findings


def _finding(severity: Severity, rule: str, place: str, what: str, remedy: str) -> Finding:
    file, _, within = place.partition(", ")
    return Finding(
        severity=severity,
        rule=rule,
        extract="words",
        file=file,
        column=within or None,
        what=what,
        remedy=remedy,
    )


def _compared_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The extracts; of a very large one only the names are compared, for the sake of time.

    Whatever else of it is in the words is found at the end of a run.
    """
    compared = {}
    for name, table in tables.items():
        is_large = len(table) > MAX_ROWS_COMPARED
        others = [column for column in table if column not in (*LOCATION, *NAME_COLUMNS)]
        compared[name] = table.drop(columns=others) if is_large else table
    return compared


def _commentary_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each paragraph of the commentary, with its place."""
    try:
        sections = read_sections(settings)
    except Problem:  # which is reported by itself
        return
    for section in sections.values():
        line = section.first_line
        for paragraph in re.split(r"(\n\s*\n)", section.template):
            if paragraph.strip():
                yield line_location(settings, line), paragraph
            line += paragraph.count("\n")


def _extract_texts(
    tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[tuple[str, str]]:
    """Each text of the year's extracts that is meant for publication, with its place."""
    for extract, column in PUBLISHABLE_TEXTS:
        table = tables.get(extract)
        if table is None or len(table) > MAX_ROWS_COMPARED:
            continue
        rows = table[(table["year"] == str(settings.year)) & table[column].notna()]
        for file, row, text in zip(rows["file"], rows["row"], rows[column], strict=True):
            yield f"{file}, row {row}, {column}", " ".join(text.split())


def _settings_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    council = settings.council.model_dump(exclude=UNPRINTED)
    report = settings.report.model_dump(exclude=UNPRINTED)
    yield from _texts_within(council, "data/raw/council.yaml")
    yield from _texts_within(report, f"data/raw/{settings.year}/report.yaml")


def _texts_within(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text in a value of the settings, with its keys."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts_within(item, f"{place}, {key}")
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts_within(item, place)
