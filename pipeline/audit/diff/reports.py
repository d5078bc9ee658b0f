"""The changes between two finished reports: findings, figures, sentences and charts."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup

from pipeline.aggregate.published.numbers import (
    PRINT_TOLERANCE,
    known_values,
    published_totals,
)
from pipeline.artifacts import AUDIT_FOLDER, FIGURES_FILE, FINDINGS_FILE, REPORT_PAGE, VALIDATE_STEP
from pipeline.audit.diff.changes import Change, DiffSection, diff_mappings
from pipeline.audit.diff.wording import charts_in, diff_sentences, sentences_in
from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.settings import Settings
from pipeline.validate.store import load_published

CsvRow = dict[str, str]
MAX_COMPARED_BYTES = 50_000_000  # a page has 2


class _ReportContent(NamedTuple):
    """What is compared of a report, read from its audit, which every format has."""

    page: BeautifulSoup
    figures: list[CsvRow]
    findings: list[CsvRow]


def compare_reports(old: Path, new: Path) -> list[DiffSection]:
    """The changes between two reports: a section for each topic, even if nothing changed.

    old, new: the folders of the reports.
    Raises Problem if one lacks a file to compare.
    """
    old_report = _read_report(old)
    new_report = _read_report(new)
    findings = diff_mappings(
        _findings_by_place(old_report.findings), _findings_by_place(new_report.findings)
    )
    sentences = diff_sentences(sentences_in(old_report.page), sentences_in(new_report.page))
    charts = diff_mappings(charts_in(old_report.page), charts_in(new_report.page))
    return [
        DiffSection("Findings", findings, is_prose=True),
        DiffSection("Figures", _diff_figures(old_report.figures, new_report.figures)),
        DiffSection("Sentences", sentences, is_prose=True),
        DiffSection("Charts", charts),
    ]


def compare_with_published(settings: Settings) -> tuple[str, list[DiffSection]]:
    """What was compared, and the figures that differ from published.csv as the run read it.

    Raises Problem if the tables of the run or its audit are missing.
    """
    if not (settings.processed / VALIDATE_STEP).is_dir():
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where=f"data/processed/{settings.year}",
            what="the run's copy of published.csv is missing",
            remedy=f"Make the report again: annual-report run {settings.name}",
        )
    current_rows = {
        (row["year"], row["figure"], row["category"]): row
        for row in _read_rows(_audit_file(settings.published_folder, FIGURES_FILE))
        if not row["detail"]
    }
    number_count = 0
    changes = []
    entered = published_totals(load_published(settings), settings.council).entered
    for key, published_value in known_values(entered).items():
        row = current_rows.get((key.year, key.figure, key.category))
        if row is None:
            continue
        number_count += 1
        value = row["value"]
        if not value or abs(float(value) - published_value) >= PRINT_TOLERANCE:
            old_text = wording.numeral(published_value)
            changes.append(Change(_number_label(row), old_text, _number_text(row)))
    title = f"published.csv, {number_count:,} numbers of the years compared"
    return title, [DiffSection("Figures", changes)]


def _read_report(folder: Path) -> _ReportContent:
    html = _audit_file(folder, REPORT_PAGE).read_bytes()
    return _ReportContent(
        page=BeautifulSoup(html, "html.parser"),
        figures=_read_rows(_audit_file(folder, FIGURES_FILE)),
        findings=_read_rows(_audit_file(folder, FINDINGS_FILE)),
    )


def _audit_file(folder: Path, name: str) -> Path:
    """The path of a file of a report's audit.

    Raises Problem if it does not exist, as in reports of earlier versions.
    """
    path = folder / AUDIT_FOLDER / name
    if not path.is_file():
        raise Problem(
            kind=Kind.NOTHING_TO_DO,
            where=f"{folder.name}/{AUDIT_FOLDER}/{name}",
            what="this report has no such file, so it cannot be compared",
            remedy="Compare with a report made by this version of annual-report.",
        )
    if path.stat().st_size > MAX_COMPARED_BYTES:
        raise Problem(
            kind=Kind.DIFFERS,
            where=f"{folder.name}/{AUDIT_FOLDER}/{name}",
            what=f"this file has more than the {MAX_COMPARED_BYTES:,} bytes that are compared",
            remedy="Check that it is the right report.",
        )
    return path


def _read_rows(path: Path) -> list[CsvRow]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _findings_by_place(rows: list[CsvRow]) -> dict[str, str]:
    """The findings of each place and rule, in one text."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        line = f"row {row['row']}" if row["row"] else ""
        place = _join_filled(row["file"], line, row["column"], row["rule"])
        texts.setdefault(place, []).append(f"{row['severity']}: {row['what']}")
    return {place: "; ".join(findings) for place, findings in texts.items()}


def _diff_figures(old: list[CsvRow], new: list[CsvRow]) -> list[Change]:
    """The changes of rules and numbers.

    A year that only one report compares is left out, because its numbers have not changed.
    """
    years = {row["year"] for row in old} & {row["year"] for row in new}
    return [
        *diff_mappings(_rules(old), _rules(new)),
        *diff_mappings(_numbers(old, years), _numbers(new, years)),
    ]


def _rules(rows: list[CsvRow]) -> dict[str, str]:
    return {f"{row['title']} ({row['figure']}): its rule": row["rule"] for row in rows}


def _numbers(rows: list[CsvRow], years: set[str]) -> dict[str, str]:
    return {_number_label(row): _number_text(row) for row in rows if row["year"] in years}


def _number_label(row: CsvRow) -> str:
    label = _join_filled(row["title"], row["category"], row["detail"], row["year"])
    return f"{label} ({row['figure']})"


def _number_text(row: CsvRow) -> str:
    number = wording.numeral(float(row["value"])) if row["value"] else ""
    shorthand = f"[{row['shorthand']}]" if row["shorthand"] else ""
    return f"{number} {shorthand}".strip()


def _join_filled(*texts: str) -> str:
    return ", ".join(text for text in texts if text)
