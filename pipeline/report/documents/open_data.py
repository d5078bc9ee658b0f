"""The open data: every published number in the tidy layout of official education statistics.

The columns are time_period, time_identifier, geographic_level, country_code, country_name,
new_la_code and la_name, then filters, then indicators; a data package describes them for machines.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

from pipeline.artifacts import DATA_PACKAGE, FINAL, OPEN_DATA, TOTAL
from pipeline.report import wording
from pipeline.report.documents.spreadsheet import spreadsheets
from pipeline.report.figure import PublishedFigure
from pipeline.report.figures import Published
from pipeline.report.number import Number
from pipeline.settings import Settings
from pipeline.settings.ledger import add_to_ledger

VALUE_SHORTHANDS = {
    sign: meaning for sign, meaning in wording.SHORTHAND_MEANINGS.items() if sign != "r"
}
OPEN_DATA_FIELDS = {
    "time_period": "Financial year: 202122 is 1 April 2021 to 31 March 2022",
    "time_identifier": "What kind of period that is",
    "geographic_level": "What kind of area the row is about",
    "country_code": "Code of the country (ONS)",
    "country_name": "Name of the country",
    "new_la_code": "Code of the local authority (ONS), empty where it is not given",
    "la_name": "Name of the local authority",
    "figure": "Id of the figure",
    "title": "What the figure is",
    "category": "Category within the figure; Total where it has none",
    "unit": "What is counted or measured",
    "rule": "How the figure is made",
    "share_of": "Id of the figure that is the base of a share; empty where there is none",
    "value": "The number, or a shorthand: "
    + "; ".join(f"{sign} {meaning}" for sign, meaning in VALUE_SHORTHANDS.items()),
    "revised": "yes where another number was published before",
}
ENGLAND = ("E92000001", "England")
EXCLUDED_SUBJECTS = ("data_quality",)  # facts about the extracts are no statistics


def open_data_files(
    settings: Settings, published: Published, final: bool = False
) -> dict[str, bytes]:
    """`figures.csv`, the `datapackage.json` that describes it, and the spreadsheets, by name.

    final: whether the report is no draft, which the data package says.

    Figures of texts, such as quotations, are not in them.
    """
    figures = [published[id] for id in published if _is_open_data(published[id])]
    figures_csv = _figures_csv(settings, published, figures)
    package = _data_package(settings, figures_csv, final)
    files = {OPEN_DATA: figures_csv, DATA_PACKAGE: package}
    return files | spreadsheets(settings, published, figures)


def _is_open_data(figure: PublishedFigure) -> bool:
    subject = figure.id.partition(".")[0]
    has_texts = any(number.detail for number in figure.all_numbers)
    return subject not in EXCLUDED_SUBJECTS and not has_texts


def _figures_csv(settings: Settings, published: Published, figures: list[PublishedFigure]) -> bytes:
    """One row per figure, year and category, under OPEN_DATA_FIELDS."""
    council = settings.council
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(OPEN_DATA_FIELDS)
    for figure in figures:
        for year in published.window:
            for number in figure.numbers(year):
                row = [
                    str(year).replace("-", ""),
                    "Financial year",
                    "Local authority",
                    *ENGLAND,
                    council.la_code or "",
                    council.authority,
                    figure.id,
                    figure.title,
                    number.category or TOTAL,
                    figure.unit,
                    figure.rule,
                    figure.base,
                    _csv_value(number),
                    "yes" if number.shorthand == "r" else "no",
                ]
                writer.writerow(row)
    return out.getvalue().encode("utf-8")


def _csv_value(number: Number) -> str:
    """The number to two decimals, or the shorthand in its place."""
    if number.value is None:
        return number.shorthand
    return wording.machine_number(round(number.value, 2))


def _data_package(settings: Settings, figures_csv: bytes, final: bool) -> bytes:
    """The description of the open data as a Frictionless data package, in JSON."""
    council = settings.council
    report = settings.report
    fields = [
        {
            "name": name,
            "type": "number" if name == "value" else "string",
            "description": description,
        }
        for name, description in OPEN_DATA_FIELDS.items()
    ]
    resource = {
        "name": "figures",
        "path": OPEN_DATA,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(figures_csv),
        "hash": f"sha256:{hashlib.sha256(figures_csv).hexdigest()}",
        "schema": {
            "fields": fields,
            "missingValues": ["", *VALUE_SHORTHANDS],
            "primaryKey": ["time_period", "figure", "category"],
        },
    }
    package = {
        "name": f"childrens-social-care-complaints-{settings.year}",
        "title": f"{report.subject}, {settings.year}: {council.authority}",
        "status": FINAL if final else "draft",
        "created": f"{report.data_as_at.isoformat()}T00:00:00Z",
        "contributors": [{"title": council.authority, "role": "publisher"}],
        "resources": [resource],
    }
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


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
