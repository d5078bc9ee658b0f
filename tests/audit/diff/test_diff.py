"""What changed since the report that somebody read: every kind of change is told, on a terminal and as a page."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.audit.diff.changes import Change, DiffSection
from pipeline.audit.diff.reports import compare_reports, compare_with_published
from pipeline.audit.diff.show import MAX_TERMINAL_CHANGES, TERMINAL_COLUMNS, diff_page, diff_text
from pipeline.audit.pages import AUDIT_WARNING
from pipeline.release.page_faults import page_faults
from pipeline.run.history import history_folder
from pipeline.settings import load_settings

PARTS = ["Inputs", "Settings", "Software", "Rows", "Findings", "Figures", "Sentences", "Charts"]


@pytest.fixture(scope="module")
def told(changed_report, annual_report, tmp_path_factory):
    """What the command said of the sample's changed report, and the page that it wrote."""
    to = tmp_path_factory.mktemp("page") / "changes.html"
    ended = annual_report("diff", "2021-22", "--workspace", changed_report.workspace, "--page", to)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, to.read_text(encoding="utf-8")


def words_of(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("change", [
    "Before: reports/history/2021-22/", "Now: reports/2021-22, a draft, made",
    "Inputs: 3 changed data/raw/2021-22/commentary.md",
    "report.yaml, meeting_date 2022-11-09 → 2022-11-30 annual-report run, formats html, pdf, docx, data → html",
    "Rows: no change",
    "Findings: 1 new data/raw/2021-22/complaints.csv, row 2, date_of_birth, ",
    "Complaints by service area, Looked After Children, 2021-22 (complaints.by_service_area) 2 → 3",
    "somebody who took the {+time and the+} trouble to tell us something.",
    "new: Nobody said this before.",
    "[-It takes away nobody's-]{+Nobody loses the+} right to complain",
    "gone: one was about Early Help",
    "2 Complaints by service area [-2-]{+3+} were about Looked After Children",
    "Most often about Looked After Children, [-2-]{+3+} of 4",
    "Complaints received, by service area and year: Early Help, 2021 to 2022 1 → 0",
    "Words taken out are marked [-so-], words put in {+so+}.",
])  # fmt: skip
def test_every_kind_of_change_is_told(told, change):
    assert change in words_of(told[0])


def test_it_reads_well_on_a_narrow_terminal(told):
    lines = told[0].splitlines()[:-1]  # the last names the page, wherever that is
    assert [line for line in lines if len(line) > TERMINAL_COLUMNS] == []
    titles = [line.partition(":")[0] for line in lines if re.match(r"[A-Z]\w+: (\d|no )", line)]
    assert titles == PARTS


def test_the_page_tells_the_same_and_passes_the_gate_of_the_report(told):
    page = BeautifulSoup(told[1], "html.parser")
    assert page_faults(told[1]) == []
    assert AUDIT_WARNING in page.header.get_text()
    assert [heading.get_text() for heading in page.main.find_all("h2")] == PARTS
    assert {"time and the", "Nobody loses the"} <= {one.get_text() for one in page.find_all("ins")}
    assert "It takes away nobody's" in {one.get_text() for one in page.find_all("del")}
    said = words_of(page.main.get_text(" "))
    for change in ("Complaints by service area, Early Help, 2021-22 (complaints.by_service_area) 1 0",
                   "Before nothing Now Nobody said this before.", "Before one was about Early Help Now nothing"):  # fmt: skip
        assert change in said


def test_nothing_personal_is_told_of_a_finding(told):
    assert not any("not told" in text for text in told)


def test_a_report_differs_in_nothing_from_itself_and_the_page_is_the_same_bytes(
    changed_report, annual_report, tmp_path
):
    for name in ("one.html", "two.html"):
        ended = annual_report(
            "diff", "--against", "2021-22", "--workspace", changed_report.workspace, "--page", tmp_path / name
        )  # fmt: skip
        assert re.findall(r"^(\w+): no change$", ended.stdout, re.MULTILINE) == PARTS
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    assert page_faults((tmp_path / "one.html").read_text()) == []


# Figures ----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def other(changed_report, tmp_path):
    """other(change): the figures of the changed report after a change to their rows, against those before it."""

    def figures(change) -> list[Change]:
        folder = tmp_path / "other"
        shutil.copytree(changed_report.html.parent, folder)
        path = folder / "audit" / "figures.csv"
        with path.open(encoding="utf-8", newline="") as opened:
            rows = change(list(csv.DictReader(opened)))
        pd.DataFrame(rows).to_csv(path, index=False)
        return next(
            part.changes
            for part in compare_reports(changed_report.html.parent, folder)
            if part.title == "Figures"
        )

    return figures


def test_a_number_that_is_withheld_now_and_a_rule_that_is_another_are_told(other):
    def change(rows: list[dict]) -> list[dict]:
        for row in rows:
            if row["figure"] == "complaints.received":
                row["rule"] = "Counted otherwise."
                row |= {"value": "", "shorthand": "c"} if row["year"] == "2021-22" else {}
        return rows

    rule, number = other(change)
    assert (rule.where, rule.now) == (
        "Complaints received (complaints.received): its rule",
        "Counted otherwise.",
    )
    assert number == Change("Complaints received, 2021-22 (complaints.received)", "4", "[c]")


def test_a_figure_that_there_was_not_is_new(other):
    (*_, number) = other(
        lambda rows: [
            *rows,
            rows[-1] | {"figure": "complaints.new", "title": "New", "value": "1234.5"},
        ]
    )
    assert (number.where.rpartition(" ")[2], number.before, number.now) == (
        "(complaints.new)",
        None,
        "1,234.5",
    )


def test_numbers_of_a_year_that_only_one_report_compares_have_not_changed(other):
    assert other(lambda rows: [row for row in rows if row["year"] != "2017-18"]) == []


def test_published_numbers_are_held_against_the_report(changed_report, annual_report, tmp_path):
    settings = load_settings(changed_report.workspace, "2021-22")
    said, parts = compare_with_published(settings)
    assert (said, parts) == (
        "published.csv, 99 numbers of the years compared",
        [DiffSection("Figures", [])],
    )
    shutil.copytree(changed_report.workspace, tmp_path / "workspace")
    read = (
        tmp_path
        / "workspace"
        / "data"
        / "processed"
        / "2021-22"
        / "1_validate"
        / "published.parquet"
    )
    published = pd.read_parquet(read)
    published.loc[0, "value"] += 1
    published.loc[len(published)] = published.loc[0].to_dict() | {
        "year": "2021-22",
        "category": "compliments",
        "value": 101,
    }
    published.to_parquet(read)
    ended = annual_report("diff", "--against", "published", "--workspace", tmp_path / "workspace")
    assert "Figures: 2 changed" in ended.stdout
    assert (
        "Representations by kind, complaints, 2017-18 (representations.by_kind) 44 → 43"
        in words_of(ended.stdout)
    )
    assert "101 → 102" in ended.stdout


# What is shown, and where ------------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(sample_report):
    return load_settings(sample_report.workspace, "2021-22")


def test_a_long_list_is_cut_on_the_terminal_and_whole_on_the_page(settings):
    parts = [
        DiffSection(
            "Figures",
            [Change(f"Figure {number}", "1", "2") for number in range(MAX_TERMINAL_CHANGES + 5)],
        )
    ]
    text, page = (
        diff_text(settings, "one", "other", parts),
        diff_page(settings, "one", "other", parts).decode(),
    )
    assert f"Figure {MAX_TERMINAL_CHANGES - 1}\n" in text
    assert f"Figure {MAX_TERMINAL_CHANGES}\n" not in text
    assert "and 5 more, which --page FILE writes down" in text
    assert f"Figure {MAX_TERMINAL_CHANGES + 4}<" in page


def test_what_stands_in_a_report_is_text_and_no_markup(settings):
    hostile = Change(
        "<b>where</b>", "<script>alert(1)</script> old", "<script>alert(1)</script> new"
    )
    parts = [DiffSection("Sentences", [hostile], is_prose=True), DiffSection("Figures", [hostile])]
    page = diff_page(settings, "<i>one</i>", "<i>other</i>", parts).decode()
    assert page_faults(page) == []
    assert "<script" not in page
    assert "<i>" not in page


@pytest.mark.parametrize("place", ["data/raw/changes.html", "reports/2021-22/changes.html", "reports/history/changes.html",
                                   "nowhere/changes.html", "."])  # fmt: skip
def test_no_page_is_written_where_a_run_would_take_it_away(
    changed_report, annual_report, everything, place
):
    before = everything(changed_report.workspace)
    ended = annual_report(
        "diff", "--workspace", changed_report.workspace, "--page", changed_report.workspace / place
    )
    assert ended.returncode == 3
    assert "Name a file in another folder" in ended.stderr
    assert everything(changed_report.workspace) == before


@pytest.mark.parametrize(
    ("lost", "told"),
    [("audit/figures.csv", "audit/figures.csv"), ("audit/run.json", "not a run record")],
)
def test_a_report_of_an_older_version_is_said_to_be_none_to_compare(
    changed_report, annual_report, tmp_path, lost, told
):
    shutil.copytree(changed_report.workspace / "reports", tmp_path / "reports")
    shutil.copytree(changed_report.workspace / "data" / "raw", tmp_path / "data" / "raw")
    (kept,) = history_folder(tmp_path / "reports" / "2021-22").iterdir()
    (kept / lost).unlink()
    ended = annual_report("diff", "--workspace", tmp_path)
    assert ended.returncode == 6
    assert told in ended.stderr
    assert Path(kept.name).name in ended.stderr
    assert "Traceback" not in ended.stderr
