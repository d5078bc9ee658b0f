"""What two finished reports say, held against each other: findings, figures, sentences and charts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bs4 import BeautifulSoup

from pipeline.aggregate.figure_table import PRINT_TOLERANCE
from pipeline.audit.diff.changes import Change, DiffSection, diff_mappings
from pipeline.audit.diff.wording import Sentence, charts_in, diff_sentences, sentences_in
from pipeline.audit.site import AUDIT_FIGURES, AUDIT_FINDINGS
from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.settings import Settings
from pipeline.validate.store import STEP, load_published

AUDIT_REPORT = "annual-report.html"  # of the audit, which is there whatever formats were asked for
Content = TypeVar("Told")
CsvRows = list[dict[str, str]]


def compare_reports(old: Path, new: Path) -> list[DiffSection]:
    """A part for each of what a report says, whether anything changed in it or not. before, now: the folders of two reports."""
    pages = [
        _read_audit_file(
            folder, AUDIT_REPORT, lambda path: BeautifulSoup(path.read_bytes(), "html.parser")
        )
        for folder in (old, new)
    ]
    figures, findings = (
        [_read_audit_file(folder, name, _read_rows) for folder in (old, new)]
        for name in (AUDIT_FIGURES, AUDIT_FINDINGS)
    )
    sentences: list[list[Sentence]] = [sentences_in(page) for page in pages]
    return [
        DiffSection("Findings", diff_mappings(*map(_findings_by_place, findings)), is_prose=True),
        DiffSection("Figures", _diff_figures(*figures)),
        DiffSection("Sentences", diff_sentences(*sentences), is_prose=True),
        DiffSection("Charts", diff_mappings(*map(charts_in, pages))),
    ]


def compare_with_published(settings: Settings) -> tuple[str, list[DiffSection]]:
    """What published.csv told when the run read it, in words, and the figures of the report that are others."""
    if not (settings.processed / STEP).is_dir():
        raise Problem(
            Kind.NOTHING_TO_DO, f"data/processed/{settings.year}", "what the run read of published.csv is not there any more",
            f"Make the report once more: annual-report run {settings.year}",
        )  # fmt: skip
    rows = _read_audit_file(settings.published_folder, AUDIT_FIGURES, _read_rows)
    made = {(row["year"], row["figure"], row["category"]): row for row in rows if not row["detail"]}
    once = [
        (one, made.get((one.year, one.figure, one.category)))
        for one in load_published(settings).fillna("").itertuples()
    ]
    both = [(one.value, row) for one, row in once if row]
    found = [
        Change(_number_label(row), wording.numeral(value), _number_text(row))
        for value, row in both
        if not row["value"] or abs(float(row["value"]) - float(value)) >= PRINT_TOLERANCE
    ]
    return f"published.csv, {len(both):,} numbers of the years compared", [
        DiffSection("Figures", found)
    ]


def _read_audit_file(folder: Path, name: str, read: Callable[[Path], Content]) -> Content:
    path = folder / "audit" / name
    if not path.is_file():
        raise Problem(
            Kind.NOTHING_TO_DO, f"{folder.name}/audit/{name}", "this report has no such file, so it cannot be compared",
            "Compare with a report that this version of annual-report has made.",
        )  # fmt: skip
    return read(path)


def _read_rows(path: Path) -> CsvRows:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def _findings_by_place(rows: CsvRows) -> dict[str, str]:
    """By rule and place; several of one place are said together."""
    said: dict[str, list[str]] = {}
    for row in rows:
        place = ", ".join(
            filter(
                None, [row["file"], row["row"] and f"row {row['row']}", row["column"], row["rule"]]
            )
        )
        said.setdefault(place, []).append(f"{row['severity']}: {row['what']}")
    return {place: "; ".join(texts) for place, texts in said.items()}


def _diff_figures(before: CsvRows, now: CsvRows) -> list[Change]:
    """Numbers and rules of figures. A year that only one report compares is left out: its numbers have not changed."""
    both = {row["year"] for row in before} & {row["year"] for row in now}
    numbers = [
        {_number_label(row): _number_text(row) for row in rows if row["year"] in both}
        for rows in (before, now)
    ]
    rules = [
        {f"{row['title']} ({row['figure']}): its rule": row["rule"] for row in rows}
        for rows in (before, now)
    ]
    return [*diff_mappings(*rules), *diff_mappings(*numbers)]


def _number_label(row: dict[str, str]) -> str:
    return (
        ", ".join(filter(None, [row["title"], row["category"], row["detail"], row["year"]]))
        + f" ({row['figure']})"
    )


def _number_text(row: dict[str, str]) -> str:
    sign = f"[{row['shorthand']}]" if row["shorthand"] else ""
    return " ".join(
        filter(None, [wording.numeral(float(row["value"])) if row["value"] else "", sign])
    )
