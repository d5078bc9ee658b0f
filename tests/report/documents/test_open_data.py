"""The open data holds every published number once, in the tidy layout, with a true description."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from pipeline.report.documents.open_data import OPEN_DATA_FIELDS, open_data_files
from pipeline.report.figures import Published
from pipeline.settings import load_settings

FIGURES = {
    "complaints.received": [5, 4],
    "complaints.by_outcome": {"upheld": [None, 1], "not upheld": [None, 3]},
    "stage_1.median_days": [None, 13.5],
    "compliments.quotations": {("Thank you", "parent"): [0, 1]},
}


@pytest.fixture
def make_files(published, a_settings):
    """make_files(la_code=…): the open data of FIGURES, for a council with these settings."""

    def make(**council) -> dict[str, bytes]:
        settings = a_settings(comparison_years="2", **council)
        bases = {"complaints.by_outcome": "complaints.received"}
        return open_data_files(settings, published(FIGURES, bases, settings))

    return make


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


@pytest.fixture(scope="module")
def sample_rows(sample_report) -> list[dict[str, str]]:
    return csv_rows((sample_report.html.parent / "figures.csv").read_bytes())


def test_each_number_has_one_row_under_the_layout_s_columns(make_files):
    rows = csv_rows(make_files(la_code="E08000032")["figures.csv"])
    assert list(rows[0]) == list(OPEN_DATA_FIELDS)
    assert {row["la_name"] for row in rows} == {"Anyshire Council"}
    assert {row["new_la_code"] for row in rows} == {"E08000032"}
    columns = ("time_period", "figure", "category", "value", "share_of")
    # fmt: off
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("202021", "complaints.received", "Total", "5", ""),
        ("202122", "complaints.received", "Total", "4", ""),
        ("202021", "complaints.by_outcome", "upheld", "x", "complaints.received"),
        ("202021", "complaints.by_outcome", "not upheld", "x", "complaints.received"),
        ("202122", "complaints.by_outcome", "upheld", "1", "complaints.received"),
        ("202122", "complaints.by_outcome", "not upheld", "3", "complaints.received"),
        ("202021", "stage_1.median_days", "Total", "x", ""),
        ("202122", "stage_1.median_days", "Total", "13.5", ""),
    ]
    # fmt: on


def test_data_package_describes_the_csv_beside_it(make_files):
    files = make_files()
    rows = csv_rows(files["figures.csv"])
    package = json.loads(files["datapackage.json"])
    (resource,) = package["resources"]
    schema = resource["schema"]
    assert resource["bytes"] == len(files["figures.csv"])
    assert resource["hash"] == f"sha256:{hashlib.sha256(files['figures.csv']).hexdigest()}"
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    assert package["created"] == "2022-06-30T00:00:00Z"
    keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys)


def test_sample_open_data_has_the_numbers_of_its_report(sample_rows):
    values = {
        (row["figure"], row["category"]): row["value"]
        for row in sample_rows
        if row["time_period"] == "202122"
    }
    assert values["representations.received", "Total"] == "109"
    assert values["complaints.by_outcome", "partially upheld"] == "2"
    assert values["complaints.by_sexual_orientation", "not recorded"] == "x"
    assert values["stage_1.longest_late", "Total"] == "z"


def test_open_data_has_every_figure_without_texts(sample_report, sample_rows):
    published = Published.read(load_settings(sample_report.workspace, "2021-22"))
    without_texts = {
        id
        for id in published
        if not id.startswith("data_quality")
        and not any(number.detail for number in published[id].all_numbers)
    }
    assert {row["figure"] for row in sample_rows} == without_texts
