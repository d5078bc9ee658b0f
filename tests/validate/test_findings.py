"""The findings as they are read: as text, table, findings.csv, page, and the error of a run."""

from __future__ import annotations

import csv
import re

import lxml.html
import pytest

from pipeline.problem import Kind
from pipeline.validate.finding_tables import to_frame, write_csv
from pipeline.validate.findings import (
    MASK,
    Finding,
    FindingGroup,
    count_by_severity,
    findings_text,
    group_findings,
    masked,
    problem_for,
    quotable_text,
    sort_findings,
)
from pipeline.validate.findings_page import findings_html

FILE = "data/raw/2021-22/complaints.csv"


def finding(**changes) -> Finding:
    defaults = {
        "severity": "critical",
        "rule": "complaints.outcome.allowed",
        "extract": "complaints",
        "file": FILE,
        "row": 3,
        "column": "outcome",
        "value": "Uphel",
        "what": 'outcome is "Uphel", which is not one of its codes',
        "remedy": "Use one of: upheld; not upheld.",
    }
    return Finding(**{**defaults, **changes})


PERSONAL = finding(
    severity="warning",
    rule="complaints.date_of_birth.readable",
    column="date_of_birth",
    value="31/02/2010",
    what='"31/02/2010" is not a date',
    remedy="Correct 31/02/2010.",
)


def test_findings_are_sorted_by_severity_and_place():
    mixed = [
        finding(severity="info", row=1),
        finding(row=9),
        finding(extract="ombudsman", row=2),
        finding(row=None),
        finding(severity="warning"),
        finding(extract="complaints", file="data/raw/2020-21/complaints.csv", row=99),
    ]
    assert [(one.severity, one.extract, one.row) for one in sort_findings(mixed)] == [
        ("critical", "complaints", 99),
        ("critical", "complaints", None),
        ("critical", "complaints", 9),
        ("critical", "ombudsman", 2),
        ("warning", "complaints", 3),
        ("info", "complaints", 1),
    ]


def test_personal_value_is_masked_in_the_sentences_too():
    assert masked(PERSONAL) == finding(
        severity="warning",
        rule="complaints.date_of_birth.readable",
        column="date_of_birth",
        value=MASK,
        what=f'"{MASK}" is not a date',
        remedy=f"Correct {MASK}.",
    )
    assert masked(finding()) == finding()


@pytest.mark.parametrize(
    "view",
    [findings_text, findings_html, lambda findings: str(problem_for([*findings, finding()]))],
)
def test_no_view_shows_a_personal_value_by_default(view):
    assert "31/02/2010" not in view([PERSONAL])
    assert "31/02/2010" in findings_text([PERSONAL], show_personal=True)


def test_personal_value_is_in_neither_table_nor_file(tmp_path):
    write_csv([PERSONAL], tmp_path / "findings.csv")
    assert "31/02/2010" not in (tmp_path / "findings.csv").read_text(encoding="utf-8")
    assert to_frame([PERSONAL])["value"].tolist() == [MASK]


def test_text_says_what_where_and_what_to_do():
    assert findings_text(
        [finding(), finding(row=9, value="x", what='outcome is "x", which is not one of its codes')]
    ) == (
        "2 critical, 0 warning, 0 info\n\n"
        f"critical: {FILE}, outcome, 2 times\n"
        '  row 3: outcome is "Uphel", which is not one of its codes\n'
        '  row 9: outcome is "x", which is not one of its codes\n'
        "  → Use one of: upheld; not upheld."
    )
    assert findings_text([]) == "No findings: every rule is met."


def test_finding_about_a_whole_file_has_no_row():
    text = findings_text([finding(row=None, column=None, value=None, what="the file is empty")])
    assert "complaints.csv\n  the file is empty\n" in text


def test_value_that_the_sentence_leaves_out_is_added():
    assert '  row 3: this is not a date (found "31/02")\n' in findings_text(
        [finding(value="31/02", what="this is not a date")]
    )


def test_text_of_500_findings_is_short():
    many = [finding(row=row) for row in range(2, 502)] + [
        finding(severity="warning", rule="complaints.closed.open", row=7)
    ]
    text = findings_text(many)
    assert len(text.splitlines()) < 20
    assert "critical: data/raw/2021-22/complaints.csv, outcome, 500 times" in text
    assert "  and 495 more: rows 7 to 501" in text
    assert text.count("→") == 2
    assert len(group_findings(many)) == 2


def test_rows_of_a_group_are_named_in_spans():
    rows = [2, 3, 4, 9, 9, 11, 20, 21, 30, 31, 40, 41]
    assert (
        FindingGroup(tuple(finding(row=row) for row in rows)).rows
        == "rows 2 to 4, 9, 11, 20 to 21, 30 to 31 and 2 more"
    )
    assert FindingGroup((finding(row=1200),)).rows == "row 1,200"
    assert FindingGroup((finding(row=None),)).rows == ""


def test_problem_lists_only_critical_findings():
    problem = problem_for(
        [finding(row=row) for row in range(2, 42)]
        + [finding(severity="warning", what="only a warning")]
    )
    assert problem.kind == Kind.DATA
    assert problem.what.startswith("40 critical findings, so no report can be made")
    assert all(f"row {row}:" in problem.what for row in range(2, 42))
    assert "only a warning" not in str(problem)
    assert "Use one of: upheld; not upheld." in problem.what
    assert problem.remedy.endswith(".")


def test_problem_shortens_a_long_group():
    problem = problem_for([finding(row=row) for row in range(2, 1002)])
    assert "1,000 critical findings" in problem.what
    assert "and 995 more: rows 7 to 1,001" in problem.what


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_findings_csv_contains_no_formula(formula, tmp_path):
    write_csv([finding(value=formula, what=f"{formula} is odd")], tmp_path / "findings.csv")
    with (tmp_path / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["value"] == "'" + formula
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())


def test_findings_csv_does_not_depend_on_order(tmp_path):
    findings = [finding(row=row) for row in (5, 2, 9)] + [PERSONAL]
    write_csv(findings, tmp_path / "a.csv")
    write_csv(findings[::-1], tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert (
        (tmp_path / "a.csv")
        .read_bytes()
        .startswith(
            b"\xef\xbb\xbfseverity,rule,extract,file,row,column,value,what,remedy,stands_for\n"
        )
    )


def test_table_has_the_same_types_when_empty():
    assert (
        to_frame([]).dtypes.astype(str).to_dict()
        == to_frame([finding()]).dtypes.astype(str).to_dict()
    )
    assert to_frame([finding(), finding(row=None)])["row"].isna().tolist() == [True, False]


def test_page_is_self_contained_and_marked_up():
    page = findings_html([finding(), PERSONAL])
    tree = lxml.html.document_fromstring(page)
    assert tree.get("lang") == "en-GB"
    assert len(tree.findall(".//h1")) == 1
    assert [caption.text for caption in tree.iter("caption")] == [
        "1 critical, by rule and file",
        "1 warning, by rule and file",
    ]
    assert {cell.get("scope") for cell in tree.iter("th")} == {"col", "row"}
    assert not list(tree.iter("script", "link", "img", "iframe"))
    assert not re.search(r"https?://|url\(|@import", page)


def test_page_escapes_markup_in_a_value():
    page = findings_html(
        [finding(value="<script>alert(1)</script>\u202e", what="<img src=x onerror=alert(1)>")]
    )
    assert "<script>" not in page
    assert "<img" not in page
    assert "\u202e" not in page


def test_page_shows_the_first_of_very_many():
    page = findings_html([finding(row=row) for row in range(2, 502)])
    assert page.count("<tr>") == 1 + 20 + 1
    assert "480 more of the same rule" in page
    assert "complaints.csv, rows 22 to 501" in page
    assert "No findings: every rule is met." in findings_html([])


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\x00b\x1b[2Jc", "a b [2Jc"),
        ("left\u202eright\u200b", "left right"),
        ("two\nlines", "two lines"),
        ("x" * 100, "x" * 79 + "…"),
    ],
)
def test_quoted_value_is_one_harmless_line(text, quoted):
    assert quotable_text(text) == quoted


def test_text_contains_no_terminal_escapes():
    text = findings_text(
        [finding(what="clear \x1b[2J the screen", file="data/raw/\x1b]0;x\x07.csv")]
    )
    assert "\x1b" not in text
    assert "\x07" not in text


def test_findings_are_counted_by_severity():
    assert count_by_severity([finding(), PERSONAL, PERSONAL]) == "1 critical, 2 warning, 0 info"
