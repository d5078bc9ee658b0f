"""Entries of the settings that match nothing, and so do not do what their author believes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from pipeline.problem import did_you_mean
from pipeline.settings import Settings
from pipeline.validate.dictionary import EXTRACTS, REFERENCE_COLUMNS
from pipeline.validate.findings import Finding


def unused_setting_findings(
    rules: Collection[str], tables: Mapping[str, pd.DataFrame], settings: Settings
) -> Iterator[Finding]:
    """A warning for each accepted warning, allowed name and series break that matches nothing.

    rules: those of the warnings that there are. tables: the typed extracts.
    """
    report = settings.report
    report_file = f"data/raw/{settings.year}/report.yaml"
    for position, accepted in enumerate(report.accepted_warnings, 1):
        if accepted.rule not in rules:
            yield _warning(
                report_file,
                f"accepted_warnings, entry {position}",
                f'there is no warning of the rule "{accepted.rule}" to accept.'
                f"{did_you_mean(accepted.rule, sorted(rules))}",
                "Correct the rule, or take the entry out: the cause is gone.",
            )
    for position, allowed in enumerate(report.allowed_names, 1):
        if not _occurs(allowed.words, tables):
            yield _warning(
                report_file,
                f"allowed_names, entry {position}",
                "no row of the extracts contains these words, so nothing has to be allowed",
                "Correct the spelling, or take the entry out.",
            )
    for position, series_break in enumerate(settings.council.series_breaks, 1):
        if series_break.from_year > settings.year:
            yield _warning(
                "data/raw/council.yaml",
                f"series_breaks, entry {position}",
                f"{series_break.from_year} is after {settings.year}, the year of this report, so "
                "nothing is said of the break",
                "Correct the year, if this report should show it.",
            )


def _warning(file: str, key: str, what: str, remedy: str) -> Finding:
    return Finding(
        severity="warning",
        rule=f"settings.{key.partition(',')[0]}.used",
        extract="settings",
        file=file,
        column=key,
        what=what,
        remedy=remedy,
    )


def _occurs(words: str, tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a personal column, or one of references, has these words, in whatever case."""
    pattern = " ".join(words.casefold().split())
    for extract in EXTRACTS:
        table = tables.get(extract.name, pd.DataFrame())
        for column in {*extract.personal_columns, *REFERENCE_COLUMNS} & set(table):
            texts = table[column].dropna().astype("str").str.casefold()
            if any(texts.str.contains(part, regex=False).any() for part in pattern.split()):
                return True
    return False
