"""The open data: every published number in the layout of official education statistics.

`figures.csv` has the numbers, `figures.meta.csv` says what its columns are, `datapackage.json`
describes both for machines, and `figures.guide.txt` for people. `pipeline/open_data/screener`
applies the rules of the standard to every report before it is published.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.artifacts import DATA_PACKAGE, OPEN_DATA, OPEN_DATA_GUIDE, OPEN_DATA_META
from pipeline.open_data.layout import META_COLUMNS, csv_bytes
from pipeline.report.documents.data.guide import guide_text
from pipeline.report.documents.data.package import data_package
from pipeline.report.documents.data.rows import data_rows, meta_rows
from pipeline.report.documents.spreadsheet import spreadsheets
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.settings import Settings
from pipeline.settings.ledger import add_to_ledger

EXCLUDED_SUBJECTS = ("data_quality",)  # facts about the extracts are no statistics


def open_data_files(
    settings: Settings, published: Published, final: bool = False
) -> dict[str, bytes]:
    """The open data, what describes it, and the spreadsheets, by name.

    final: whether the report is no draft, which the data package says.

    Figures of texts, such as quotations, are not in them.
    """
    figures = [published[id] for id in published if _is_open_data(published[id])]
    rows = data_rows(settings, published, figures)
    meta = meta_rows(rows, figures)
    files = {OPEN_DATA: csv_bytes(rows, rows[0]), OPEN_DATA_META: csv_bytes(meta, META_COLUMNS)}
    files[OPEN_DATA_GUIDE] = guide_text(settings, published, figures).encode("utf-8")
    files[DATA_PACKAGE] = data_package(settings, figures, meta, files, final)
    return files | spreadsheets(settings, published, figures)


def _is_open_data(figure: PublishedFigure) -> bool:
    subject = figure.id.partition(".")[0]
    has_texts = any(number.detail for number in figure.all_numbers)
    return subject not in EXCLUDED_SUBJECTS and not has_texts


def record_numbers(settings: Settings, ledger: Path) -> None:
    """Add the counts that a run is about to publish, in whatever format, to its year's ledger."""
    published = Published.read(settings)
    counts = {
        number.key: number.value
        for id in published
        for number in published[id].all_numbers
        if number.value is not None and published[id].measure == "count"
    }
    add_to_ledger(ledger, counts)
