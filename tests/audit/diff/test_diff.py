"""The diff lists every kind of change since an earlier report, on a terminal and as a page."""

from __future__ import annotations

import csv
import re
import shutil

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from builders import file_bytes

from pipeline.audit.diff.changes import Change, DiffSection
from pipeline.audit.diff.reports import compare_reports, compare_with_published
from pipeline.audit.diff.show import MAX_TERMINAL_CHANGES, TERMINAL_COLUMNS, diff_page, diff_text
from pipeline.audit.pages import AUDIT_WARNING
from pipeline.problem import Kind
from pipeline.release.page_faults import page_faults
from pipeline.run.history import history_folder
from pipeline.settings import load_settings

YEAR = "2021-22"
SECTIONS = ["Inputs", "Settings", "Software", "Rows", "Findings", "Figures", "Sentences", "Charts"]
MASKED_VALUE = "not told"  # the changed report has this for a date of birth
CHANGES_IN_TEXT = [
    "Before: reports/history/2021-22/",
    "Now: reports/2021-22, a draft, made",
    "Inputs: 4 changed data/raw/2021-22/commentary.md",
    "report.yaml, meeting_date 2022-11-09 → 2022-11-30 "
    "annual-report run, formats html, pdf, docx, data → html",
    "Rows: no change",
    "Findings: 1 new data/raw/2021-22/complaints.csv, row 2, date_of_birth, ",
    "Complaints by service area, Looked After Children, 2021-22 (complaints.by_service_area) 2 → 3",
    "we now settle {+most+} concerns earlier.",
    "new: Nobody said this before.",
    "[-Everyone keeps-]{+Nobody loses+} the right to complain",
    "[-2-]{+3+} related to services for looked after children[-, 1 to early help-] and 1 to ",
    "by time taken to respond and year of the request: In 2021-22 "
    "1 within [-limit-]{+extension+} and 1 [-within extension-]{+late+}.",
    "Removed words are marked [-so-], added words {+so+}.",
]
CHANGES_ON_PAGE = [
    "Complaints by service area, Early Help, 2021-22 (complaints.by_service_area) 1 0",
    "Before nothing Now Nobody said this before.",
    "1 to early help",
]
RESERVED_PLACES = [
    "data/raw/changes.html",
    "reports/2021-22/changes.html",
    "reports/history/changes.html",
    "nowhere/changes.html",
    ".",
]


def on_one_line(text: str) -> str:
    return " ".join(text.split())


# The command


@pytest.fixture(scope="module")
def diff_output(changed_report, call_command, tmp_path_factory) -> tuple[str, str]:
    """The command's text on the changed report, and the page that it wrote."""
    path = tmp_path_factory.mktemp("page") / "changes.html"
    result = call_command("diff", YEAR, "--workspace", changed_report.workspace, "--page", path)
    assert result.returncode == 0, result.stderr
    return result.stdout, path.read_text(encoding="utf-8")


@pytest.fixture
def text(diff_output) -> str:
    return diff_output[0]


@pytest.fixture
def page(diff_output) -> str:
    return diff_output[1]


@pytest.mark.parametrize("change", CHANGES_IN_TEXT)
def test_every_kind_of_change_is_listed_in_the_text(text, change):
    assert change in on_one_line(text)


def test_text_fits_a_narrow_terminal_and_has_all_sections(text):
    lines = text.splitlines()[:-1]  # the last contains the path of the page
    assert [line for line in lines if len(line) > TERMINAL_COLUMNS] == []
    titles = [line.partition(":")[0] for line in lines if re.match(r"[A-Z]\w+: (\d|no )", line)]
    assert titles == SECTIONS


def test_page_lists_the_same_changes_and_is_accessible(page):
    tree = BeautifulSoup(page, "html.parser")
    assert page_faults(page) == []
    assert AUDIT_WARNING in tree.header.get_text()
    assert [heading.get_text() for heading in tree.main.find_all("h2")] == SECTIONS
    inserted = {element.get_text() for element in tree.find_all("ins")}
    assert {"most", "Nobody loses"} <= inserted
    assert "Everyone keeps" in {element.get_text() for element in tree.find_all("del")}
    words = on_one_line(tree.main.get_text(" "))
    assert [change for change in CHANGES_ON_PAGE if change not in words] == []


def test_personal_value_of_a_finding_is_in_neither_output(text, page):
    assert MASKED_VALUE not in text
    assert MASKED_VALUE not in page


def test_report_compared_with_itself_has_no_change(changed_report, call_command, tmp_path):
    pages = [tmp_path / "first.html", tmp_path / "second.html"]
    for path in pages:
        result = call_command(
            "diff", "--against", YEAR, "--workspace", changed_report.workspace, "--page", path
        )
        assert re.findall(r"^(\w+): no change$", result.stdout, re.MULTILINE) == SECTIONS
    assert pages[0].read_bytes() == pages[1].read_bytes(), "the same page each time"
    assert page_faults(pages[0].read_text()) == []


@pytest.mark.parametrize("place", RESERVED_PLACES)
def test_page_in_a_reserved_or_missing_folder_is_refused(changed_report, call_command, place):
    workspace = changed_report.workspace
    original_files = file_bytes(workspace)
    result = call_command("diff", "--workspace", workspace, "--page", workspace / place)
    assert result.returncode == Kind.SETTINGS
    assert "Name a file in another folder" in result.stderr
    assert file_bytes(workspace) == original_files


@pytest.mark.parametrize(
    ("removed_file", "message"),
    [("audit/figures.csv", "audit/figures.csv"), ("audit/run.json", "there is no run record")],
)
def test_report_without_an_audit_file_cannot_be_compared(
    changed_report, call_command, tmp_path, removed_file, message
):
    for folder in ("reports", "data/raw"):
        shutil.copytree(changed_report.workspace / folder, tmp_path / folder)
    (earlier,) = history_folder(tmp_path / "reports" / YEAR).iterdir()
    (earlier / removed_file).unlink()
    result = call_command("diff", "--workspace", tmp_path)
    assert result.returncode == Kind.NOTHING_TO_DO
    assert message in result.stderr
    assert earlier.name in result.stderr
    assert "Traceback" not in result.stderr


# Figures


@pytest.fixture
def figure_changes(changed_report, tmp_path):
    """figure_changes(edit): the changes of figures after `edit` returns other rows for them."""

    def compare(edit) -> list[Change]:
        folder = tmp_path / "edited"
        shutil.copytree(changed_report.html.parent, folder)
        path = folder / "audit" / "figures.csv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows = edit(list(csv.DictReader(stream)))
        pd.DataFrame(rows).to_csv(path, index=False)
        sections = compare_reports(changed_report.html.parent, folder)
        return next(section.changes for section in sections if section.title == "Figures")

    return compare


def test_newly_withheld_number_and_changed_rule_are_listed(figure_changes):
    def edit(rows: list[dict]) -> list[dict]:
        for row in rows:
            if row["figure"] == "complaints.received":
                row["rule"] = "Counted otherwise."
                if row["year"] == YEAR:
                    row |= {"value": "", "shorthand": "c"}
        return rows

    rule, number = figure_changes(edit)
    assert rule.where == "Complaints received (complaints.received): its rule"
    assert rule.new == "Counted otherwise."
    assert number == Change("Complaints received, 2021-22 (complaints.received)", "4", "[c]")


def test_number_of_a_new_figure_is_listed_as_new(figure_changes):
    new_figure = {"figure": "complaints.new", "title": "New", "value": "1234.5", "shorthand": ""}
    *_, number = figure_changes(lambda rows: [*rows, rows[-1] | new_figure])
    assert number.where.endswith(" (complaints.new)")
    assert (number.old, number.new) == (None, "1,234.5")


def test_year_that_only_one_report_compares_is_no_change(figure_changes):
    assert figure_changes(lambda rows: [row for row in rows if row["year"] != "2017-18"]) == []


def test_report_is_compared_with_the_numbers_of_published_csv(
    changed_report, call_command, tmp_path
):
    settings = load_settings(changed_report.workspace, YEAR)
    title, sections = compare_with_published(settings)
    assert title == "published.csv, 99 numbers of the years compared"
    assert sections == [DiffSection("Figures", [])]
    workspace = tmp_path / "workspace"
    shutil.copytree(changed_report.workspace, workspace)
    path = workspace / "data" / "processed" / YEAR / "1_validate" / "published.parquet"
    published = pd.read_parquet(path)
    published.loc[0, "value"] += 1
    compliments = {"year": YEAR, "category": "compliments", "value": 101}
    published.loc[len(published)] = published.loc[0].to_dict() | compliments
    published.to_parquet(path)
    output = call_command("diff", "--against", "published", "--workspace", workspace).stdout
    complaints = "Representations by kind, complaints, 2017-18 (representations.by_kind) 44 → 43"
    assert "Figures: 2 changed" in output
    assert complaints in on_one_line(output)
    assert "101 → 102" in output


# The text and the page


@pytest.fixture
def settings(sample_report):
    return load_settings(sample_report.workspace, YEAR)


def test_long_list_is_cut_in_the_text_and_whole_on_the_page(settings):
    changes = [Change(f"Figure {number}", "1", "2") for number in range(MAX_TERMINAL_CHANGES + 5)]
    sections = [DiffSection("Figures", changes)]
    text = diff_text(settings, "old", "new", sections)
    page = diff_page(settings, "old", "new", sections).decode()
    assert f"Figure {MAX_TERMINAL_CHANGES - 1}\n" in text
    assert f"Figure {MAX_TERMINAL_CHANGES}\n" not in text
    assert "and 5 more; --page FILE lists them all" in text
    assert f"Figure {MAX_TERMINAL_CHANGES + 4}<" in page


def test_changed_and_new_and_gone_places_are_counted(settings):
    changes = [
        Change("changed", "1", "2"),
        Change("also changed", "1", "2"),
        Change("new", None, "2"),
        Change("gone", "1", None),
    ]
    text = diff_text(settings, "old", "new", [DiffSection("Figures", changes)])
    assert "Figures: 2 changed, 1 new, 1 gone" in text


def test_markup_in_a_report_is_shown_as_text(settings):
    hostile = Change(
        "<b>where</b>", "<script>alert(1)</script> old", "<script>alert(1)</script> new"
    )
    sections = [
        DiffSection("Sentences", [hostile], is_prose=True),
        DiffSection("Figures", [hostile]),
    ]
    page = diff_page(settings, "<i>old</i>", "<i>new</i>", sections).decode()
    assert page_faults(page) == []
    assert "<script" not in page
    assert "<i>" not in page
