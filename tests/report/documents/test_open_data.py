"""The open data holds every published number once, in the official layout, truly described."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import pytest

from pipeline.open_data.layout import FILTER_COLUMNS, PLACE_COLUMNS, category_of, number_text
from pipeline.open_data.screener.screen import screen
from pipeline.report.documents.open_data import open_data_files
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
    """The rows of figures.csv, each also with its `category` and its `value`."""
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    return [
        row | {"category": category_of(row) or "Total", "value": number_text(row)} for row in rows
    ]


@pytest.fixture(scope="module")
def sample_rows(sample_report) -> list[dict[str, str]]:
    return csv_rows((sample_report.html.parent / "figures.csv").read_bytes())


def test_each_number_has_one_row_under_the_layout_s_columns(make_files):
    content = make_files(la_code="E08000032")["figures.csv"]
    heading = content.decode("utf-8").splitlines()[0].split(",")
    assert heading == [*PLACE_COLUMNS, *FILTER_COLUMNS, "complaint_count", "investigation_count"]
    rows = csv_rows(content)
    places = {tuple(row[name] for name in PLACE_COLUMNS[1:]) for row in rows}
    # fmt: off
    assert places == {
        ("Financial year", "Local authority", "E92000001", "England",
         "E12000003", "Yorkshire and The Humber", "E08000032", "380", "Bradford"),
    }
    columns = ("time_period", "figure", "category", "complaint_count", "investigation_count")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("202021", "complaints.received", "Total", "5", "z"),
        ("202122", "complaints.received", "Total", "4", "z"),
        ("202021", "complaints.by_outcome", "upheld", "x", "z"),
        ("202021", "complaints.by_outcome", "not upheld", "x", "z"),
        ("202122", "complaints.by_outcome", "upheld", "1", "z"),
        ("202122", "complaints.by_outcome", "not upheld", "3", "z"),
        ("202021", "stage_1.median_days", "Total", "z", "x"),
        ("202122", "stage_1.median_days", "Total", "z", "13.5"),
    ]
    # fmt: on


@pytest.mark.parametrize("code", [None, "E07000001"])
def test_authority_that_is_not_in_the_list_has_x_for_its_codes(make_files, code):
    files = make_files(la_code=code) if code else make_files()
    (place,) = {
        (row["new_la_code"], row["old_la_code"], row["region_code"], row["la_name"])
        for row in csv_rows(files["figures.csv"])
    }
    assert place == ("x", "x", "x", "Anyshire Council")
    assert screen("figures.csv", "figures.meta.csv", files) == []


def test_metadata_names_each_column_with_unit_and_decimals(make_files):
    meta = list(csv.DictReader(io.StringIO(make_files()["figures.meta.csv"].decode("utf-8"))))
    columns = ("col_name", "col_type", "indicator_dp", "filter_default")
    assert [tuple(row[name] for name in columns) for row in meta] == [
        ("breakdown_topic", "Filter", "", "Complaints received"),
        ("breakdown", "Filter", "", "Total"),
        ("figure", "Filter", "", "complaints.received"),
        ("complaint_count", "Indicator", "0", ""),
        ("investigation_count", "Indicator", "1", ""),
    ]


def test_guide_explains_every_figure_symbol_and_the_licence(make_files):
    guide = make_files()["figures.guide.txt"].decode("utf-8")
    assert "Open Government Licence v3.0" in guide
    assert "c: withheld to protect people" in guide
    assert "Share of: Complaints received" in guide
    for figure in ("complaints.received", "complaints.by_outcome", "stage_1.median_days"):
        assert f"({figure})" in guide


def test_data_package_describes_the_csv_beside_it(make_files):
    files = make_files()
    rows = csv_rows(files["figures.csv"])
    package = json.loads(files["datapackage.json"])
    resource = package["resources"][0]
    schema = resource["schema"]
    assert resource["bytes"] == len(files["figures.csv"])
    assert resource["hash"] == f"sha256:{hashlib.sha256(files['figures.csv']).hexdigest()}"
    assert [field["name"] for field in schema["fields"]] == [
        *PLACE_COLUMNS,
        *FILTER_COLUMNS,
        "complaint_count",
        "investigation_count",
    ]
    assert package["created"] == "2022-06-30T00:00:00Z"
    keys = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert [licence["name"] for licence in package["licenses"]] == ["OGL-UK-3.0"]
    assert package["sources"][0] == {"title": "Records of Anyshire Council, as at 30 June 2022"}
    assert [(figure["figure"], figure["share_of"]) for figure in package["figures"]] == [
        ("complaints.received", ""),
        ("complaints.by_outcome", "complaints.received"),
        ("stage_1.median_days", ""),
    ]


def test_frictionless_and_our_screener_accept_the_files(sample_report):
    from frictionless import validate

    folder = sample_report.html.parent
    assert screen("figures.csv", "figures.meta.csv", contents(folder)) == []
    report = validate(str(folder / "datapackage.json"))
    assert report.flatten(["type", "note"]) == []


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("figures*.csv")}


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
