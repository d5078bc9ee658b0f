"""`datapackage.json`: the open data described for machines, as Frictionless Data specifies."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from pipeline.artifacts import FINAL, FROM_EXTRACTS, OPEN_DATA, OPEN_DATA_META, TOTAL
from pipeline.open_data.layout import META_COLUMNS, STANDARD, SYMBOLS, period_of
from pipeline.report import wording
from pipeline.report.figure import PublishedFigure
from pipeline.settings import Settings

FIELD_DESCRIPTIONS = {
    "time_period": "Financial year: 202122 is 1 April 2021 to 31 March 2022",
    "time_identifier": "What kind of period that is",
    "geographic_level": "What kind of area the row is about",
    "country_code": "Code of the country (ONS)",
    "country_name": "Name of the country",
    "region_code": "Code of the region (ONS); x where it is not known",
    "region_name": "Name of the region; x where it is not known",
    "new_la_code": "Code of the local authority (ONS); x where it is not known",
    "old_la_code": "Code of the local authority (DfE); x where it is not known",
    "la_name": "Name of the local authority",
    "breakdown_topic": "What the figure is",
    "breakdown": "Category within the figure; Total where it has none",
    "figure": "Id of the figure, which stays the same if its words change",
}
JOINT_TITLE = "complaints under all procedures"
LICENCE = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}


def data_package(
    settings: Settings,
    figures: list[PublishedFigure],
    meta: list[dict[str, str]],
    files: dict[str, bytes],
    final: bool,
) -> bytes:
    """The description of the open data as a Frictionless data package, in JSON."""
    council = settings.council
    report = settings.report
    indicators = {row["col_name"]: row["label"] for row in meta if row["col_type"] == "Indicator"}
    fields = [
        {"name": name, "type": "string", "description": description}
        for name, description in FIELD_DESCRIPTIONS.items()
    ]
    fields += [
        {"name": name, "type": "number", "description": f"{label}, or a symbol"}
        for name, label in indicators.items()
    ]
    keys = ["time_period", "figure", "breakdown"]
    data = _resource(OPEN_DATA, files, fields) | {"name": "figures"}
    data["schema"] |= {"missingValues": ["", *SYMBOLS], "primaryKey": keys}
    meta_fields = [{"name": name, "type": "string"} for name in META_COLUMNS]
    described = _resource(OPEN_DATA_META, files, meta_fields) | {"name": "figures-meta"}
    package = {
        "name": _package_name(settings),
        "title": f"{report.subject}, {settings.year}: {council.authority}",
        "status": FINAL if final else "draft",
        "created": f"{report.data_as_at.isoformat()}T00:00:00Z",
        "contributors": [{"title": council.authority, "role": "publisher"}],
        "licenses": [LICENCE],
        "sources": [{"title": title} for title in source_titles(settings, figures)],
        "standard": STANDARD,
        "symbols": SYMBOLS,
        "resources": [data, described],
        "figures": [
            {
                "figure": figure.id,
                "title": figure.title,
                "unit": figure.unit,
                "rule": figure.rule,
                "share_of": figure.base,
            }
            for figure in figures
        ],
        "revisions": list(_revisions(figures)),
    }
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _package_name(settings: Settings) -> str:
    """What the complaints are about, in small letters, digits and hyphens, and the year."""
    title = JOINT_TITLE if settings.is_joint else settings.council.procedure.title
    words = re.findall(r"[a-z0-9]+", re.sub(r"['\u2019]", "", title.casefold()))
    return "-".join([*words, str(settings.year)])


def _resource(name: str, files: dict[str, bytes], fields: list[dict[str, str]]) -> dict[str, Any]:
    content = files[name]
    return {
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": fields},
    }


def source_titles(settings: Settings, figures: Iterable[PublishedFigure]) -> list[str]:
    """Where the numbers come from: the council's records first, then earlier publications."""
    day = wording.date_text(settings.report.data_as_at)
    own = f"Records of {settings.council.authority}, as at {day}"
    others = dict.fromkeys(source for figure in figures for source in figure.sources)
    return [own, *(source for source in others if source != FROM_EXTRACTS)]


def _revisions(figures: Iterable[PublishedFigure]) -> Iterable[dict[str, str]]:
    """The numbers that differ from what was once published."""
    for figure in figures:
        for number in figure.all_numbers:
            if number.once_published is not None:
                yield {
                    "time_period": period_of(str(number.year)),
                    "figure": figure.id,
                    "breakdown": number.category or TOTAL,
                    "published_before": wording.machine_number(round(number.once_published, 2)),
                }
