"""The open data annex holds every published number once, in the tidy layout, and is described as it is."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from pipeline.report.documents.open_data import OPEN_DATA_FIELDS, open_data_files
from pipeline.report.figures import Published

FIGURES = {
    "complaints.received": [5, 4], "complaints.by_outcome": {"upheld": [None, 1], "not upheld": [None, 3]},
    "stage_1.median_days": [None, 13.5], "compliments.quotations": {("Thank you", "parent"): [0, 1]},
}  # fmt: skip


@pytest.fixture
def made(published, a_settings):
    def make(**council):
        settings = a_settings(comparison_years="2", **council)
        published(FIGURES, {"complaints.by_outcome": "complaints.received"}, settings)
        return open_data_files(settings, Published.read(settings))

    return make


def rows(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files["figures.csv"].decode())))


def test_each_number_stands_once_under_the_columns_of_the_layout(made):
    table = rows(made(la_code="E08000032"))
    assert list(table[0]) == list(OPEN_DATA_FIELDS)
    assert {row["la_name"] for row in table} == {"Anyshire Council"}
    assert {row["new_la_code"] for row in table} == {"E08000032"}
    assert [(row["time_period"], row["figure"], row["category"], row["value"], row["share_of"]) for row in table] == [
        ("202021", "complaints.received", "Total", "5", ""), ("202122", "complaints.received", "Total", "4", ""),
        ("202021", "complaints.by_outcome", "upheld", "x", "complaints.received"),
        ("202021", "complaints.by_outcome", "not upheld", "x", "complaints.received"),
        ("202122", "complaints.by_outcome", "upheld", "1", "complaints.received"),
        ("202122", "complaints.by_outcome", "not upheld", "3", "complaints.received"),
        ("202021", "stage_1.median_days", "Total", "x", ""), ("202122", "stage_1.median_days", "Total", "13.5", ""),
    ]  # fmt: skip


def test_the_package_describes_the_file_that_lies_beside_it(made):
    files = made()
    package = json.loads(files["datapackage.json"])
    (resource,) = package["resources"]
    assert resource["bytes"] == len(files["figures.csv"])
    assert resource["hash"] == f"sha256:{hashlib.sha256(files['figures.csv']).hexdigest()}"
    assert [field["name"] for field in resource["schema"]["fields"]] == list(rows(files)[0])
    assert package["created"] == "2022-06-30T00:00:00Z"
    keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows(files)]
    assert len(set(keys)) == len(keys)


def test_the_sample_s_annex_says_what_its_report_says(sample_report):
    table = list(csv.DictReader((sample_report.html.parent / "figures.csv").open(encoding="utf-8")))
    now = {
        (row["figure"], row["category"]): row["value"]
        for row in table
        if row["time_period"] == "202122"
    }
    assert now["representations.received", "Total"] == "109"
    assert now["complaints.by_outcome", "partially upheld"] == "2"
    assert now["complaints.by_sexual_orientation", "not recorded"] == "x"
    assert now["stage_1.longest_late", "Total"] == "z"


def test_every_figure_without_texts_is_in_it(sample_report):
    from pipeline.settings import load_settings

    published = Published.read(load_settings(sample_report.workspace, "2021-22"))
    table = csv.DictReader((sample_report.html.parent / "figures.csv").open(encoding="utf-8"))
    without_texts = {
        id
        for id in published
        if not published[id].rows["detail"].any() and not id.startswith("data_quality")
    }
    assert {row["figure"] for row in table} == without_texts
