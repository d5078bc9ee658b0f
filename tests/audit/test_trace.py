"""From each number of the report to its rule, rows and uses; test_recount counts the rows again."""

from __future__ import annotations

import re
import shlex
from functools import cache

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pipeline.artifacts import NumberKey
from pipeline.audit.evidence import Evidence
from pipeline.audit.uses import uses_in
from pipeline.problem import Kind
from pipeline.settings import load_settings

YEAR = "2021-22"
FIRST_DATA_ROW = 2  # of a CSV file, below its headings
DATA_ELEMENT = '<data data-figure="complaints.received" data-year="2021-22" value="4">4</data>'
TRACE_LINES = (
    "Complaints by outcome, partially upheld, 2021-22: 2",
    "Share of  complaints.received: 4",
    "Rows      2",
    "data/raw/2021-22/complaints.csv, row 3  CYP-21-002",
    "1 The year in numbers, table: Complaints and compliments in figures",
)
# fmt: off
MISTAKES = [
    (["complaints.by_outcom"], Kind.NOTEBOOK, 'Did you mean "complaints.by_outcome"?'),
    (["complaints.by_outcome", "--category", "upeld"], Kind.NOTEBOOK, 'Did you mean "upheld"?'),
    (["--section", "2.99"], Kind.SETTINGS, "no numbers in a section 2.99"),
    (["complaints.received", "--year", "2021"], Kind.SETTINGS, "Write it as 2021-22"),
    (["complaints.received", "--year", "2001-02"], Kind.NOTEBOOK, "outside the years compared"),
    ([], Kind.SETTINGS, "neither a figure nor a section"),
]
# fmt: on


@pytest.fixture(scope="module")
def evidence(sample_report) -> Evidence:
    return Evidence(load_settings(sample_report.workspace, "2021-22"))


@pytest.fixture(scope="module")
def uses(sample_report):
    return uses_in(BeautifulSoup(sample_report.html.read_text(), "html.parser"))


@pytest.fixture(scope="module")
def raw_file(sample_report):
    """raw_file("data/raw/2021-22/complaints.csv"): the extract, indexed by its row numbers."""

    @cache
    def read(file: str) -> pd.DataFrame:
        table = pd.read_csv(sample_report.workspace / file, dtype="str")
        return table.set_axis(range(FIRST_DATA_ROW, FIRST_DATA_ROW + len(table)))

    return read


@pytest.fixture
def trace(sample_report, call_command):
    """trace("complaints.received"): the result of the command on the sample's report."""
    return lambda *arguments: call_command(
        "trace", *arguments, "--workspace", sample_report.workspace
    )


def test_every_row_has_the_reference_of_the_raw_file(evidence, uses, raw_file):
    for key in dict.fromkeys(use.key for use in uses):
        for row in evidence.rows(evidence.number(*key)):
            if row.reference:
                record = raw_file(row.file).loc[row.row]
                references = (record.get("reference"), record.get("complaint"))
                assert row.reference.split(",")[0] in references


def test_number_known_only_from_published_csv_names_its_source(evidence):
    number = evidence.number("complaints.received", "2017-18", "", "")
    assert number.source == "Invented for this sample"
    assert evidence.rows(number) == []


def test_every_number_on_the_page_has_its_section_and_context(uses, sample_report):
    elements = re.findall(r"<data [^>]*data-figure", sample_report.html.read_text())
    assert len(uses) == len(elements)
    key = NumberKey("complaints.by_outcome", "2021-22", "partially upheld")
    places = [(use.section, use.kind, use.context) for use in uses if use.key == key]
    sentence = "Of the 4, 2 were partially upheld, 1 not upheld and 1 withdrawn."
    assert ("What members need to know", "sentence", sentence) in places
    assert {use.kind for use in uses} == {"sentence", "table", "chart", "quotation"}
    assert all(use.printed in use.context for use in uses if use.kind == "sentence")


def test_equal_numbers_are_found_each_in_its_own_sentence():
    html = (
        f"<main><h2>Overview</h2><p>There were {DATA_ELEMENT} complaints. "
        f"All {DATA_ELEMENT} were closed.</p></main>"
    )
    contexts = [use.context for use in uses_in(BeautifulSoup(html, "html.parser"))]
    assert contexts == ["There were 4 complaints.", "All 4 were closed."]


def test_trace_shows_rule_base_rows_and_uses(trace):
    output = trace("complaints.by_outcome", "--category", "partially upheld").stdout
    assert [line for line in TRACE_LINES if line not in output] == []


def test_trace_of_an_earlier_year_lists_that_years_rows(trace):
    output = trace("complaints.received", "--year", "2020-21").stdout
    assert "Complaints received, 2020-21: 21" in output
    assert output.count("data/raw/2020-21/complaints.csv, row ") == 21


def test_trace_of_a_section_lists_a_command_for_each_number(trace):
    output = trace("--section", "1").stdout
    assert output.startswith("1 The year in numbers")
    lines = [line for line in output.splitlines() if "not upheld" in line and "2021-22" in line]
    command = lines[0].split("annual-report trace ")[1]
    number_output = trace(*shlex.split(command)).stdout
    assert number_output.startswith("Complaints by outcome, not upheld, 2021-22: 1")


@pytest.mark.parametrize(("arguments", "kind", "message"), MISTAKES)
def test_unknown_number_is_refused_with_what_to_do(trace, arguments, kind, message):
    result = trace(*arguments)
    assert result.returncode == kind
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_trace_before_the_first_report_says_how_to_make_one(
    tmp_path, sample_workspace, call_command
):
    workspace = sample_workspace(tmp_path)
    result = call_command("trace", "complaints.received", "--workspace", workspace)
    assert result.returncode == Kind.NOTHING_TO_DO
    assert "annual-report run 2021-22" in result.stderr


def test_key_of_a_number_identifies_figure_year_and_category(evidence):
    number = evidence.number("complaints.by_outcome", None, "upheld", "")
    assert number.key == ("complaints.by_outcome", "2021-22", "upheld", "")


@pytest.mark.slow
def test_changed_table_or_page_is_a_warning_of_trace(reported_workspace, call_command):
    options = ("--workspace", reported_workspace)
    clean = call_command("trace", "complaints.received", *options)
    assert clean.returncode == 0
    assert "warning" not in clean.stdout
    figures = reported_workspace / "data" / "processed" / YEAR / "3_aggregate" / "figures.csv"
    page = reported_workspace / "reports" / YEAR / "annual-report.html"
    extract = reported_workspace / "data" / "raw" / YEAR / "complaints.csv"
    for path, name in (
        (figures, "3_aggregate/figures.csv changed: by hand or by another program"),
        (page, "annual-report.html changed: by hand or by another program"),
        (extract, "complaints.csv changed: an input, since the report was made"),
    ):
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        for arguments in (("complaints.received",), ("--section", "1.1")):
            lines = call_command("trace", *arguments, *options).stdout.splitlines()
            assert lines[0] == (
                "warning: this is not what the run record describes, so a number may be another"
            )
            assert name in lines[1]
            assert lines[2] == f"  → Make the report again: annual-report run {YEAR}"
        path.write_bytes(content)
    assert call_command("trace", "complaints.received", *options).stdout == clean.stdout


def test_missing_or_damaged_record_is_a_warning_of_trace(reported_workspace, call_command):
    record = reported_workspace / "reports" / YEAR / "audit" / "run.json"
    for content, message in ((None, "there is no run record"), ("{", "this is not a run record")):
        record.unlink(missing_ok=True)
        if content:
            record.write_text(content)
        finished = call_command("trace", "complaints.received", "--workspace", reported_workspace)
        assert finished.returncode == 0
        lines = finished.stdout.splitlines()
        assert lines[0].startswith(f"warning: reports/{YEAR}/audit/run.json: {message}")
        assert "Nothing tells whether data/processed/2021-22 is what" in lines[1]
        assert lines[2] == f"  → Make the report again: annual-report run {YEAR}"
        assert "Complaints received, 2021-22: 4" in lines
