"""The open data annex: every published number in the tidy layout of official education statistics, described for machines.

First time_period, time_identifier, geographic_level, country_code, country_name, new_la_code and la_name, then filters, then
indicators.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json

from pipeline.artifacts import OPEN_DATA, TOTAL
from pipeline.report import wording
from pipeline.report.documents.spreadsheet import spreadsheets
from pipeline.report.figures import Number, Published, PublishedFigure
from pipeline.settings import Settings

VALUE_SHORTHANDS = {sign: said for sign, said in wording.SHORTHAND_MEANINGS.items() if sign != "r"}
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
    + "; ".join(f"{sign} {said}" for sign, said in VALUE_SHORTHANDS.items()),
    "revised": "yes where another number was published before",
}
ENGLAND = ("E92000001", "England")
EXCLUDED_SUBJECTS = ("data_quality",)  # what is said of the extracts is no statistic


def open_data_files(settings: Settings, published: Published) -> dict[str, bytes]:
    """`figures.csv`, the `datapackage.json` that describes it, and the same numbers as spreadsheets.

    Figures of texts, such as quotations, are not in it.
    """
    figures = [
        published[id]
        for id in published
        if id.partition(".")[0] not in EXCLUDED_SUBJECTS and not published[id].rows["detail"].any()
    ]
    content = _figures_csv(settings, published, figures)
    described = {OPEN_DATA: content, "datapackage.json": _data_package(settings, content)}
    return described | spreadsheets(settings, published, figures)


def _figures_csv(settings: Settings, published: Published, figures: list[PublishedFigure]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(OPEN_DATA_FIELDS)
    for figure in figures:
        for year in published.window:
            for number in figure.numbers(year):
                writer.writerow([
                    str(year).replace("-", ""), "Financial year", "Local authority", *ENGLAND, settings.council.la_code or "",
                    settings.council.authority, figure.id, figure.title, number.category or TOTAL, figure.unit, figure.rule,
                    figure.base, _csv_value(number), "yes" if number.shorthand == "r" else "no",
                ])  # fmt: skip
    return out.getvalue().encode("utf-8")


def _csv_value(number: Number) -> str:
    return wording.machine_number(round(number.value, 2)) if number.known else number.shorthand


def _data_package(settings: Settings, content: bytes) -> bytes:
    council, report = settings.council, settings.report
    described = {
        "name": f"childrens-social-care-complaints-{settings.year}",
        "title": f"{report.subject}, {settings.year}: {council.authority}",
        "created": f"{report.data_as_at.isoformat()}T00:00:00Z",
        "contributors": [{"title": council.authority, "role": "publisher"}],
        "resources": [{
            "name": "figures", "path": OPEN_DATA, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
            "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "schema": {
                "fields": [
                    {"name": name, "type": "number" if name == "value" else "string", "description": said}
                    for name, said in OPEN_DATA_FIELDS.items()
                ],
                "missingValues": ["", *VALUE_SHORTHANDS],
                "primaryKey": ["time_period", "figure", "category"],
            },
        }],
    }  # fmt: skip
    return (json.dumps(described, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
