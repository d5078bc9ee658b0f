"""The joint report of the whole council: its length, its chapters, and its totals recounted."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pypdfium2
import pytest
from bs4 import BeautifulSoup

from pipeline.open_data.screener.screen import screen
from pipeline.release.published_numbers import numbers_in_page
from pipeline.start.example import create_example

YEAR = "2025-26"
HEADINGS = {
    "corporate": "Council services",
    "adult": "Adult social care",
    "children": "Children's social care",
}
MOST_PAGES = 30
UPHELD = {"upheld", "partially upheld", "well-founded", "partly well-founded"}
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class WholeCouncil:
    """The reports on the latest year of the example."""

    workspace: Path

    def report(self, procedure: str = "") -> Path:
        return self.workspace / "reports" / procedure / YEAR

    def page(self, procedure: str = "") -> BeautifulSoup:
        text = (self.report(procedure) / "annual-report.html").read_text(encoding="utf-8")
        return BeautifulSoup(text, "html.parser")

    def raw(self, extract: str, year: str = YEAR) -> pd.DataFrame:
        path = self.workspace / "data" / "raw" / year / f"{extract}.csv"
        return pd.read_csv(path, dtype="str", keep_default_na=False)

    def value(self, figure: str, category: str = "", year: str = YEAR) -> int:
        """A number of the joint report."""
        path = self.workspace / "data" / "processed" / YEAR / "3_aggregate" / "figures.csv"
        table = pd.read_csv(path, keep_default_na=False, dtype="str")
        is_asked_for = (table["figure"] == figure) & (table["category"] == category)
        rows = table[is_asked_for & (table["year"] == year)]
        assert len(rows) == 1, (figure, category)
        return int(float(rows["value"].iloc[0]))


@pytest.fixture(scope="module")
def council(tmp_path_factory, annual_report):
    workspace = tmp_path_factory.mktemp("whole council") / "workspace"
    create_example(workspace, "whole-council")
    done = annual_report("run", YEAR, "--workspace", workspace)
    assert done.returncode == 0, done.stderr
    return WholeCouncil(workspace)


def test_joint_report_of_a_big_council_has_thirty_pages(council):
    with pypdfium2.PdfDocument(council.report() / "annual-report.pdf") as document:
        assert 10 < len(document) <= MOST_PAGES


@pytest.mark.parametrize("procedure", ["", *HEADINGS])
def test_open_data_of_each_report_is_accepted_by_both_screeners(council, procedure):
    from frictionless import validate

    folder = council.report(procedure)
    contents = {path.name: path.read_bytes() for path in folder.glob("figures*.csv")}
    assert screen("figures.csv", "figures.meta.csv", contents) == []
    report = validate(str(folder / "datapackage.json"))
    assert report.flatten(["type", "note"]) == []


def test_tables_that_scroll_have_names_of_their_own(council):
    """The chapters have the same tables; a screen reader lists all of them."""
    regions = [region["aria-label"] for region in council.page().select("[role=region]")]
    assert "4 Adult social care: Complaints and compliments in figures" in regions
    assert len(set(regions)) == len(regions) > len(HEADINGS)


def test_chapter_begins_with_the_complaints_that_it_shares(council):
    headings = {heading.get_text(): heading for heading in council.page().find_all("h2")}
    assert headings["3 Council services"].find_next("p").get_text() == (
        "We moved 2 complaints to adult social care and 1 complaint to children's social care. We "
        "took over 1 complaint from adult social care. We answered 1 complaint jointly with adult "
        "social care (counted there)."
    )


def test_complaints_of_the_year_are_told_from_investigations_in_it(council):
    """One of those received in the year was taken to stage 2 after its end."""
    assert council.value("children.complaints.by_stage", "stage 2") == 1
    text = " ".join(council.page().get_text().split())
    assert (
        "Of the 17 complaints received in the year and investigated at stage 1, 2 were taken to "
        "stage 2 by 30 June 2026."
    ) in text


@pytest.mark.parametrize("procedure", HEADINGS)
def test_chapter_shows_the_numbers_of_the_sibling_report(council, procedure):
    sibling = defaultdict(set)
    for key, value in numbers_in_page(council.page(procedure)):
        sibling[key].add(value)
    prefix = f"{procedure}."
    chapter = [
        (key._replace(figure=key.figure.removeprefix(prefix)), value)
        for key, value in numbers_in_page(council.page())
        if key.figure.startswith(prefix) and not re.search("[.](moved_to|joint_with)_", key.figure)
    ]
    assert len(chapter) > 100
    assert [(key, value) for key, value in chapter if value not in sibling[key]] == []


@pytest.mark.parametrize("year", ["2024-25", YEAR])
def test_totals_of_all_procedures_are_those_of_the_raw_files(council, year):
    complaints = council.raw("complaints", year)
    is_counted = (complaints["moved_to"] == "") & (complaints["linked_to"] == "")
    counted = complaints[is_counted]
    assert council.value("complaints.received", year=year) == len(counted)
    for procedure, heading in HEADINGS.items():
        own = counted[counted["procedure"] == procedure]
        assert council.value("complaints.received_by_procedure", heading, year) == len(own)
    for extract in ("ombudsman", "compliments"):
        assert council.value(f"{extract}.received", year=year) == len(council.raw(extract, year))
    assert council.value("learning.recorded", year=year) == len(council.raw("learning", year))


def test_refused_moved_and_upheld_cases_are_recounted(council):
    complaints = council.raw("complaints")
    is_linked, is_moved = complaints["linked_to"] != "", complaints["moved_to"] != ""
    assert is_linked.sum() > 5
    assert is_moved.sum() > 2
    counted = complaints[~is_linked & ~is_moved]
    refused = counted[counted["accepted"] == "no"]
    assert council.value("complaints.turned_away") == len(refused)
    reasons = refused[refused["procedure"] == "corporate"]["not_accepted_reason"].value_counts()
    for reason, count in reasons.items():
        assert council.value("corporate.complaints.turned_away_by_reason", str(reason)) == count
    upheld = counted["outcome"].isin(UPHELD)
    assert council.value("complaints.upheld_wholly_or_partly") == upheld.sum()
    moves = complaints[is_moved].groupby(["procedure", "moved_to"]).size()
    for (source, target), count in moves.items():
        assert council.value(f"{source}.complaints.moved_to_{target}") == count


def test_run_of_the_whole_council_warns_of_the_ombudsman_alone(council):
    """Its staff forgot some complainants whose answer took longer, as staff do."""
    for procedure in ("", *HEADINGS):
        folder = council.workspace / "data" / "processed" / procedure / YEAR / "1_validate"
        findings = pd.read_csv(folder / "findings.csv", encoding="utf-8-sig")
        warned = findings.loc[findings["severity"] != "info", "rule"]
        assert all(warned.str.startswith("investigations.ombudsman_told.")), procedure
