"""The open data of several years in one file: the latest report decides, and revisions show."""

from __future__ import annotations

import csv
import io
import json

import pytest

from pipeline.open_data.combine import YearData, combined_files
from pipeline.problem import Problem

PLACE = "Financial year,Local authority,E92000001,England,x,x,x,x,Anyshire"
COLUMNS = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,new_la_code,old_la_code,la_name,breakdown_topic,breakdown,figure,complaint_count,cost"
)
FIELDS = [{"name": name} for name in COLUMNS.split(",")]
META = """\
col_name,col_type,label,indicator_grouping,indicator_unit,indicator_dp,filter_hint,\
filter_grouping_column,filter_default
breakdown_topic,Filter,Figure,,,,,,Costs
breakdown,Filter,Category,,,,,,
figure,Filter,Id,,,,,,received
complaint_count,Indicator,Complaints,,,0,,,
cost,Indicator,Cost,,£,1,,,
"""


def report(year: str, *rows: str, status: str = "final", **files: bytes) -> YearData:
    """The open data of a report; a row is "period,topic,breakdown,figure,count,cost"."""
    lines = [COLUMNS]
    for row in rows:
        period, rest = row.split(",", 1)
        lines.append(f"{period},{PLACE},{rest}")
    package = {
        "name": f"complaints-{year}",
        "status": status,
        "sources": [{"title": f"Records, {year}"}],
        "figures": [{"figure": "received"}],
        "revisions": [],
        "resources": [
            {"path": "figures.csv", "schema": {"fields": FIELDS}},
            {"path": "figures.meta.csv", "schema": {"fields": []}},
        ],
    }
    contents = {
        "figures.csv": "\n".join(lines).encode() + b"\n",
        "figures.meta.csv": META.encode(),
        "figures.guide.txt": b"Guide\n",
        "datapackage.json": json.dumps(package).encode(),
    }
    return YearData(year, contents | files)


def combined(*reports: YearData) -> tuple[dict[tuple[str, str], str], list[list[str]]]:
    """The counts by period and breakdown, and the revisions as period, breakdown and reports."""
    files = combined_files(reports)
    rows = csv.DictReader(io.StringIO(files["figures.csv"].decode()))
    revisions = csv.DictReader(io.StringIO(files["revisions.csv"].decode()))
    names = ("time_period", "breakdown", "first_report", "revised_in")
    counts = {(row["time_period"], row["breakdown"]): row["complaint_count"] for row in rows}
    return counts, [[row[name] for name in names] for row in revisions]


OLD = (
    "201920,Complaints,Total,received,7,z",
    "202021,Complaints,Total,received,5,z",
    "202021,Complaints,upheld,received,2,z",
    "202021,Costs,Total,costs,z,12.5",
)


def test_later_report_decides_and_its_revision_is_marked():
    new = ("202021,Complaints,Total,received,6,z", "202122,Complaints,Total,received,4,z")
    counts, revisions = combined(report("2020-21", *OLD), report("2021-22", *new))
    assert counts["201920", "Total"] == "7"
    assert counts["202021", "Total"] == "z"  # the cost, which is last
    assert counts["202122", "Total"] == "4"
    assert revisions == [["202021", "Total", "2020-21", "2021-22"]]


def test_number_that_a_later_report_withholds_is_withheld():
    new = ("202021,Complaints,upheld,received,c,z", "202122,Complaints,Total,received,4,z")
    files = combined_files([report("2020-21", *OLD), report("2021-22", *new)])
    assert b",upheld,received,c,z\n" in files["figures.csv"]
    assert b"upheld" not in files["revisions.csv"]


def test_number_that_a_later_report_lacks_is_that_of_the_earlier():
    new = ("201920,Complaints,Total,received,x,z", "202122,Complaints,Total,received,4,z")
    counts, revisions = combined(report("2020-21", *OLD), report("2021-22", *new))
    assert counts["201920", "Total"] == "7"
    assert revisions == []


def test_figure_has_the_words_of_its_last_report_in_all_years():
    new = ("202122,Complaints received,Total,received,4,z",)
    files = combined_files([report("2020-21", *OLD), report("2021-22", *new)])
    assert b",Complaints,Total" not in files["figures.csv"]
    package = json.loads(files["datapackage.json"])
    assert package["status"] == "final"
    assert [source["title"] for source in package["sources"]] == [
        "Records, 2020-21",
        "Records, 2021-22",
    ]


def test_report_of_an_earlier_version_has_to_be_made_again():
    old = report("2020-21", *OLD)
    files = {name: content for name, content in old.files.items() if name != "figures.meta.csv"}
    with pytest.raises(Problem, match=r"no figures.meta.csv: an earlier version made this report"):
        combined_files([YearData("2020-21", files)])
