"""From each number of the report to its rule, its rows and its places; test_recount counts the rows again."""

from __future__ import annotations

import re
import shlex
from functools import cache

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.audit.evidence import Evidence
from pipeline.audit.uses import uses_in
from pipeline.settings import load_settings


@pytest.fixture(scope="module")
def evidence(sample_report) -> Evidence:
    return Evidence(load_settings(sample_report.workspace, "2021-22"))


@pytest.fixture(scope="module")
def uses(sample_report):
    return uses_in(BeautifulSoup(sample_report.html.read_text(), "html.parser"))


@pytest.fixture(scope="module")
def raw(sample_report):
    """raw("data/raw/2021-22/complaints.csv"): the file as it was handed over, by the number of each line."""

    @cache
    def read(file: str) -> pd.DataFrame:
        table = pd.read_csv(sample_report.workspace / file, dtype="str")
        return table.set_axis(range(2, len(table) + 2))

    return read


def test_every_row_is_named_as_the_raw_file_names_it(evidence, uses, raw):
    for cell in dict.fromkeys(use.cell for use in uses):
        for row in evidence.rows(evidence.number(*cell)):
            if row.reference:
                line = raw(row.file).loc[row.row]
                assert row.reference.split(",")[0] in (line.get("reference"), line.get("complaint"))


def test_a_number_that_was_only_published_names_where(evidence):
    number = evidence.number("complaints.received", "2017-18", "", "")
    assert number.source == "Invented for this sample: no figure was published"
    assert evidence.rows(number) == []


def test_every_number_on_the_page_is_found_with_its_section_and_its_words(uses, sample_report):
    assert len(uses) == len(re.findall(r"<data [^>]*data-figure", sample_report.html.read_text()))
    found = [
        use
        for use in uses
        if use.cell == ("complaints.by_outcome", "2021-22", "partially upheld", "")
    ]
    assert ("1.2 How the complaints ended", "sentence", "2 were partially upheld") in [
        (u.section, u.kind, u.words) for u in found
    ]
    assert {use.kind for use in uses} == {"sentence", "table", "chart", "quotation"}
    assert all(use.printed in use.words for use in uses if use.kind == "sentence")


def test_of_two_equal_numbers_each_is_found_in_its_own_sentence():
    tag = '<data data-figure="complaints.received" data-year="2021-22" value="4">4</data>'
    page = (
        f"<main><h2>Overview</h2><p>There were {tag} complaints. All {tag} were closed.</p></main>"
    )
    assert [use.context for use in uses_in(BeautifulSoup(page, "html.parser"))] == [
        "There were 4 complaints.", "All 4 were closed.",
    ]  # fmt: skip


def test_it_tells_of_rule_base_rows_and_places(sample_report, annual_report):
    said = annual_report(
        "trace",
        "complaints.by_outcome",
        "--category",
        "partially upheld",
        "--workspace",
        sample_report.workspace,
    ).stdout
    for line in (
        "Complaints by outcome, partially upheld, 2021-22: 2", "Share of  complaints.received: 4", "Rows      2",
        "data/raw/2021-22/complaints.csv, row 3  CYP-21-002", "2.5 Outcomes, chart: Most often: partially upheld, 2 of 4",
    ):  # fmt: skip
        assert line in said


def test_it_tells_of_a_number_of_an_earlier_year(sample_report, annual_report):
    said = annual_report(
        "trace", "complaints.received", "--year", "2020-21", "--workspace", sample_report.workspace
    ).stdout
    assert "Complaints received, 2020-21: 21" in said
    assert said.count("data/raw/2020-21/complaints.csv, row ") == 21


def test_a_number_is_found_by_the_section_it_is_printed_in(sample_report, annual_report):
    said = annual_report("trace", "--section", "2.5", "--workspace", sample_report.workspace).stdout
    assert said.startswith("2.5 Outcomes")
    asked = next(
        line for line in said.splitlines() if "not upheld" in line and "2021-22" in line
    ).split("annual-report ")[1]
    again = annual_report(*shlex.split(asked), "--workspace", sample_report.workspace)
    assert again.stdout.startswith("Complaints by outcome, not upheld, 2021-22: 1")


@pytest.mark.parametrize(("asked", "told"), [
    (["complaints.by_outcom"], 'Did you mean "complaints.by_outcome"?'),
    (["complaints.by_outcome", "--category", "upeld"], 'Did you mean "upheld"?'),
    (["--section", "2.99"], "no numbers in a section 2.99"),
    (["complaints.received", "--year", "2021"], "Write it as 2021-22"),
    (["complaints.received", "--year", "2001-02"], "outside the years compared"),
    ([], "neither a figure nor a section"),
])  # fmt: skip
def test_what_is_not_there_is_said_with_what_to_do(sample_report, annual_report, asked, told):
    ended = annual_report("trace", *asked, "--workspace", sample_report.workspace)
    assert ended.returncode in (3, 5)
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr


def test_nothing_is_traced_before_a_report_is_made(tmp_path, sample_workspace, annual_report):
    ended = annual_report("trace", "complaints.received", "--workspace", sample_workspace(tmp_path))
    assert ended.returncode == 6
    assert "annual-report run 2021-22" in ended.stderr


def test_the_cell_of_a_number_is_where_it_stands(evidence):
    number = evidence.number("complaints.by_outcome", None, "upheld", "")
    assert number.cell == ("complaints.by_outcome", "2021-22", "upheld", "")
