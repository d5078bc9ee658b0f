"""The open data of several years' reports in one file, with what later reports revised."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pipeline.artifacts import (
    DATA_PACKAGE,
    DECIMAL_NUMBER,
    FINAL,
    OPEN_DATA,
    OPEN_DATA_GUIDE,
    OPEN_DATA_META,
    is_final_package,
)
from pipeline.open_data.layout import (
    FILTER_COLUMNS,
    META_COLUMNS,
    NOT_APPLICABLE,
    PLACE_COLUMNS,
    csv_bytes,
    number_text,
)
from pipeline.open_data.screener.screen import screen
from pipeline.problem import Kind, Problem

REVISIONS = "revisions.csv"
REVISION_COLUMNS = ("time_period", *FILTER_COLUMNS, "first_report", "revised_in")
NOT_AVAILABLE = "x"
Key = tuple[str, str, str]  # time period, figure, breakdown
Row = dict[str, str]


class YearData(NamedTuple):
    """The open data of one report: the year that it is on, and its files by name."""

    year: str
    files: Mapping[str, bytes]


def combined_files(reports: Iterable[YearData]) -> dict[str, bytes]:
    """One set of open data for all reports; the latest that has a number decides.

    A number that a later report withholds is withheld.
    reports: the oldest first.
    Raises Problem if a report's files are of an earlier version of this program.
    """
    rows: dict[Key, Row] = {}
    first_reports: dict[Key, str] = {}
    revisions: dict[Key, Row] = {}
    meta: dict[str, Row] = {}
    packages: list[dict[str, Any]] = []
    are_final = []
    for report in reports:
        _check_layout(report)
        package = report.files[DATA_PACKAGE]
        packages.append(json.loads(package))
        are_final.append(is_final_package(package))
        for column in _table(report.files[OPEN_DATA_META]):
            meta[column["col_name"]] = _with_most_decimals(column, meta.get(column["col_name"]))
        for row in _table(report.files[OPEN_DATA]):
            key = (row["time_period"], row["figure"], row["breakdown"])
            earlier = rows.get(key)
            number = number_text(row)
            if number == NOT_AVAILABLE and earlier:
                continue
            if earlier and _is_other_number(number_text(earlier), number):
                names = {name: row[name] for name in ("time_period", *FILTER_COLUMNS)}
                years = {"first_report": first_reports[key], "revised_in": report.year}
                revisions[key] = names | years
            rows[key] = row
            if number != NOT_AVAILABLE:
                first_reports.setdefault(key, report.year)
    files = _tables(rows, meta, revisions)
    files[OPEN_DATA_GUIDE] = report.files[OPEN_DATA_GUIDE]
    files[DATA_PACKAGE] = _combined_package(packages, files, all(are_final))
    _check_rules(files)
    return files


def _check_layout(report: YearData) -> None:
    missing = {OPEN_DATA, OPEN_DATA_META, OPEN_DATA_GUIDE, DATA_PACKAGE} - report.files.keys()
    if missing:
        raise Problem(
            kind=Kind.DATA,
            where=f"reports/{report.year}",
            what=f"it has no {', '.join(sorted(missing))}: an earlier version made this report",
            remedy=f"Make it again: annual-report run {report.year}",
        )


def _check_rules(files: Mapping[str, bytes]) -> None:
    """Raise Problem if the reports together break a rule that none breaks alone."""
    violations = screen(OPEN_DATA, OPEN_DATA_META, files)
    if violations:
        raise Problem(
            kind=Kind.DATA,
            where="the open data of all reports",
            what="\n".join(map(str, violations)),
            remedy="Make the reports again, so that all have the same words: annual-report batch .",
        )


def _with_most_decimals(column: Row, earlier: Row | None) -> Row:
    """The metadata of a column, with as many decimals as any report needs."""
    if earlier and column["indicator_dp"]:
        places = max(int(column["indicator_dp"]), int(earlier["indicator_dp"]))
        return column | {"indicator_dp": str(places)}
    return column


def _is_other_number(earlier: str, later: str) -> bool:
    return later != earlier and all(map(DECIMAL_NUMBER.fullmatch, (earlier, later)))


def _tables(
    rows: Mapping[Key, Row], meta: Mapping[str, Row], revisions: Mapping[Key, Row]
) -> dict[str, bytes]:
    """The CSV files; a figure has the words of its last report in every year."""
    topics = {figure: row["breakdown_topic"] for (_, figure, _), row in rows.items()}
    indicators = [name for name in meta if name not in FILTER_COLUMNS]
    order = {figure: place for place, figure in enumerate(topics)}
    table = [
        {name: row.get(name, NOT_APPLICABLE) for name in (*PLACE_COLUMNS, *FILTER_COLUMNS)}
        | {"breakdown_topic": topics[row["figure"]]}
        | {name: row.get(name, NOT_APPLICABLE) for name in indicators}
        for _, row in sorted(rows.items(), key=lambda item: (order[item[0][1]], item[0][0]))
    ]
    return {
        OPEN_DATA: csv_bytes(table, (*PLACE_COLUMNS, *FILTER_COLUMNS, *indicators)),
        OPEN_DATA_META: csv_bytes(
            [meta[name] for name in (*FILTER_COLUMNS, *indicators)], META_COLUMNS
        ),
        REVISIONS: csv_bytes([row for _, row in sorted(revisions.items())], REVISION_COLUMNS),
    }


def _combined_package(
    packages: list[dict[str, Any]], files: Mapping[str, bytes], is_final: bool
) -> bytes:
    """The last report's package, for the combined files."""
    package = packages[-1] | {"status": FINAL if is_final else "draft"}
    package["name"] = package["name"].rpartition("-")[0].rpartition("-")[0] + "-all-years"
    figures = {one["figure"]: one for earlier in packages for one in earlier["figures"]}
    package["figures"] = list(figures.values())
    sources = [source["title"] for earlier in packages for source in earlier["sources"]]
    package["sources"] = [{"title": title} for title in dict.fromkeys(sources)]
    del package["revisions"]
    fields = {
        field["name"]: field
        for earlier in packages
        for field in earlier["resources"][0]["schema"]["fields"]
    }
    schema = package["resources"][0]["schema"]
    columns = _table(files[OPEN_DATA])[0]
    schema["fields"] = [fields[name] for name in columns]
    package["resources"].append(
        {
            "path": REVISIONS,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {"fields": [{"name": name, "type": "string"} for name in REVISION_COLUMNS]},
            "name": "revisions",
        }
    )
    for resource in package["resources"]:
        content = files[resource["path"]]
        resource["bytes"] = len(content)
        resource["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _table(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))
