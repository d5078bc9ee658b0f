"""What two finished reports say, held against each other: findings, figures, sentences and charts."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bs4 import BeautifulSoup

from pipeline.aggregate.figure_table import AS_PRINTED
from pipeline.audit.diff.changes import Change, Part, changes
from pipeline.audit.diff.wording import Sentence, changed_sentences, charts_in, sentences_in
from pipeline.audit.site import FIGURES, FINDINGS
from pipeline.problem import Kind, Problem
from pipeline.report import wording
from pipeline.settings import Settings
from pipeline.validate.store import STEP, load_published

REPORT = "annual-report.html"  # of the audit, which is there whatever formats were asked for
Told = TypeVar("Told")
Rows = list[dict[str, str]]


def against_report(before: Path, now: Path) -> list[Part]:
    """A part for each of what a report says, whether anything changed in it or not. before, now: the folders of two reports."""
    pages = [
        _read(folder, REPORT, lambda path: BeautifulSoup(path.read_bytes(), "html.parser"))
        for folder in (before, now)
    ]
    figures, findings = (
        [_read(folder, name, _rows) for folder in (before, now)] for name in (FIGURES, FINDINGS)
    )
    sentences: list[list[Sentence]] = [sentences_in(page) for page in pages]
    return [
        Part("Findings", changes(*map(_findings, findings)), words=True),
        Part("Figures", _figures(*figures)),
        Part("Sentences", changed_sentences(*sentences), words=True),
        Part("Charts", changes(*map(charts_in, pages))),
    ]


def against_published(settings: Settings) -> tuple[str, list[Part]]:
    """What published.csv told when the run read it, in words, and the figures of the report that are others."""
    if not (settings.processed / STEP).is_dir():
        raise Problem(
            Kind.NOTHING_TO_DO, f"data/processed/{settings.year}", "what the run read of published.csv is not there any more",
            f"Make the report once more: annual-report run {settings.year}",
        )  # fmt: skip
    rows = _read(settings.published_folder, FIGURES, _rows)
    made = {(row["year"], row["figure"], row["category"]): row for row in rows if not row["detail"]}
    once = [
        (one, made.get((one.year, one.figure, one.category)))
        for one in load_published(settings).fillna("").itertuples()
    ]
    both = [(one.value, row) for one, row in once if row]
    found = [
        Change(_place(row), wording.numeral(value), _number(row))
        for value, row in both
        if not row["value"] or abs(float(row["value"]) - float(value)) >= AS_PRINTED
    ]
    return f"published.csv, {len(both):,} numbers of the years compared", [Part("Figures", found)]


def _read(folder: Path, name: str, read: Callable[[Path], Told]) -> Told:
    path = folder / "audit" / name
    if not path.is_file():
        raise Problem(
            Kind.NOTHING_TO_DO, f"{folder.name}/audit/{name}", "this report has no such file, so it cannot be compared",
            "Compare with a report that this version of annual-report has made.",
        )  # fmt: skip
    return read(path)


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def _findings(rows: Rows) -> dict[str, str]:
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


def _figures(before: Rows, now: Rows) -> list[Change]:
    """Numbers and rules of figures. A year that only one report compares is left out: its numbers have not changed."""
    both = {row["year"] for row in before} & {row["year"] for row in now}
    numbers = [
        {_place(row): _number(row) for row in rows if row["year"] in both} for rows in (before, now)
    ]
    rules = [
        {f"{row['title']} ({row['figure']}): its rule": row["rule"] for row in rows}
        for rows in (before, now)
    ]
    return [*changes(*rules), *changes(*numbers)]


def _place(row: dict[str, str]) -> str:
    return (
        ", ".join(filter(None, [row["title"], row["category"], row["detail"], row["year"]]))
        + f" ({row['figure']})"
    )


def _number(row: dict[str, str]) -> str:
    sign = f"[{row['shorthand']}]" if row["shorthand"] else ""
    return " ".join(
        filter(None, [wording.numeral(float(row["value"])) if row["value"] else "", sign])
    )
