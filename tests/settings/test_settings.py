"""Every mistake in the settings is reported with file, line, key, value and what is allowed."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from pipeline.problem import Kind, Problem
from pipeline.settings import load_settings, years_in
from pipeline.year import Year

COUNCIL = """\
authority: Anyshire Council
directorate: Children
service: Social care
panel: Scrutiny
report_of: Director
contact:
  role: Complaints manager
  email: complaints@example.org
service_areas:
  - Early Help
themes: [delay]
item_types: [Policy, Performance]
disclosure:
  policy: publish
  reason: by decision of the panel
"""
REPORT = """\
subject: Annual report
meeting_date: 2022-11-09
data_as_at: 2022-06-30
author: Complaints manager
wards: All
item_type: [Policy]
exempt: no
members_are_asked: Members are asked to note.
"""


@pytest.fixture
def workspace(tmp_path):
    raw = tmp_path / "data" / "raw"
    (raw / "2021-22").mkdir(parents=True)
    (raw / "council.yaml").write_text(COUNCIL, encoding="utf-8")
    (raw / "2021-22" / "report.yaml").write_text(REPORT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def problem(workspace):
    """problem(council="…", report="…", year="…"): the problem that these settings raise."""

    def load_bad_settings(council=COUNCIL, report=REPORT, year="2021-22") -> Problem:
        (workspace / "data" / "raw" / "council.yaml").write_text(council, encoding="utf-8")
        (workspace / "data" / "raw" / "2021-22" / "report.yaml").write_text(
            report, encoding="utf-8"
        )
        with pytest.raises(Problem) as raised:
            load_settings(workspace, year)
        assert raised.value.remedy.endswith("."), "the remedy is a sentence"
        return raised.value

    return load_bad_settings


def replace_once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_table_of_an_extract_may_be_described_once_or_per_file(workspace):
    tables = """\
tables:
  complaints:
    headings: 4
    ignore_rows: [17]
  compliments:
    - {file: 2021-22, sheet: Export, headings: [4, 5], first_column: c, last_row: 16}
    - headings: 1
separator: ","
two_digit_years_from: 1950
"""
    path = workspace / "data" / "raw" / "council.yaml"
    path.write_text(COUNCIL + tables, encoding="utf-8")
    council = load_settings(workspace, "2021-22").council
    [layout] = council.tables["complaints"]
    assert (layout.headings, layout.ignore_rows, layout.last_row) == ((4,), (17,), None)
    of_year, any_file = council.tables["compliments"]
    assert (of_year.headings, of_year.first_column) == ((4, 5), "C")
    assert [layout.applies_to("2021-22/a.xlsx") for layout in (of_year, any_file)] == [True, True]
    assert not of_year.applies_to("2020-21/a.xlsx")
    assert (council.separator, council.two_digit_years_from) == (",", 1950)


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("{headngs: 4}", 'there is no such key. Did you mean "headings"?'),
        ("{headings: [4, 6]}", "headings in two rows are in one row and the next, as in [4, 5]"),
        ("{headings: 4, last_row: 3}", "last_row is above the headings"),
        ("{first_column: 3}", 'found "3", which is not a column'),
        ("{headings: four}", 'found "four", which is not a whole number in range'),
    ],
)
def test_wrong_description_of_a_table_is_named(problem, entry, what):
    raised = problem(council=f"{COUNCIL}tables:\n  complaints: {entry}\n")
    assert raised.what == what
    assert "complaints" in raised.where


def test_good_settings_get_defaults_from_the_regulations(workspace):
    settings = load_settings(workspace, "2021-22")
    assert settings.council.authority == "Anyshire Council"
    assert settings.council.time_limits.as_settings["stage_1"] == 10
    assert settings.council.comparison_years == 5
    assert [str(year) for year in settings.window] == [
        "2017-18",
        "2018-19",
        "2019-20",
        "2020-21",
        "2021-22",
    ]
    assert settings.available_years == (Year(2021),)
    assert settings.report.exempt is False
    assert settings.processed == workspace.resolve() / "data" / "processed" / "2021-22"


def test_settings_cannot_change_after_reading(workspace):
    settings = load_settings(workspace, "2021-22")
    for model, key in (
        (settings, "year"),
        (settings.council, "authority"),
        (settings.council.contact, "email"),
        (settings.council.procedure, "title"),
        (settings.report, "exempt"),
    ):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(model, key, "other")


MISTAKES_IN_COUNCIL = {
    "an unknown key": (
        replace_once(
            COUNCIL, "directorate: Children", "directorate: Children\nyear_stile: 2021/22"
        ),
        "council.yaml, line 3, year_stile",
        'there is no such key. Did you mean "year_style"?',
        "Keys allowed here: about, authority, ",
    ),
    "an unknown key within a part": (
        COUNCIL + "time_limits:\n  stage_1_extnded: 20\n",
        "council.yaml, line 17, time_limits.stage_1_extnded",
        'Did you mean "stage_1_extended"?',
        "Keys allowed here: stage_1, ",
    ),
    "a missing key": (
        replace_once(COUNCIL, "panel: Scrutiny\n", ""),
        "council.yaml, line 1, panel",
        "this key is required but missing",
        "`panel:`",
    ),
    "a missing key within a part": (
        replace_once(COUNCIL, "  role: Complaints manager\n", ""),
        "council.yaml, line 6, contact.role",
        "required but missing",
        "`role:`",
    ),
    "a key with nothing after it": (
        replace_once(COUNCIL, "panel: Scrutiny", "panel:"),
        "council.yaml, line 4, panel",
        "this key has no value yet",
        "Write its value",
    ),
    "an empty text": (
        replace_once(COUNCIL, "panel: Scrutiny", 'panel: " "'),
        "council.yaml, line 4, panel",
        "found nothing",
        "Write text here",
    ),
    "a word that is not one of those allowed": (
        COUNCIL + "year_style: 21-22\n",
        "council.yaml, line 16, year_style",
        'found "21-22", which is not allowed',
        "'2021 to 2022' or '2021/22'",
    ),
    "a policy of disclosure that there is not": (
        replace_once(COUNCIL, "policy: publish", "policy: hide"),
        "council.yaml, line 14, disclosure.policy",
        'found "hide"',
        "'publish'",
    ),
    "a list where a text is needed": (
        replace_once(COUNCIL, "panel: Scrutiny", "panel: [Scrutiny, Cabinet]"),
        "council.yaml, line 4, panel",
        "found a list",
        "Write one text",
    ),
    "a text where a list is needed": (
        replace_once(COUNCIL, "themes: [delay]", "themes: delay"),
        "council.yaml, line 11, themes",
        'found "delay" where a list is needed',
        "after a hyphen",
    ),
    "an empty list": (
        replace_once(COUNCIL, "themes: [delay]", "themes: []"),
        "council.yaml, line 11, themes",
        "the list is empty",
        "at least one",
    ),
    "nothing in a list": (
        replace_once(COUNCIL, "themes: [delay]", "themes: [delay, ~]"),
        "council.yaml, line 11, themes.1",
        "found nothing",
        "Write text here",
    ),
    "a text where keys are needed": (
        replace_once(
            COUNCIL,
            "contact:\n  role: Complaints manager\n  email: complaints@example.org",
            "contact: complaints@example.org",
        ),
        "council.yaml, line 6, contact",
        "where keys and values are needed",
        "Keys allowed here: email, role, telephone",
    ),
    "a bad e-mail address": (
        replace_once(COUNCIL, "complaints@example.org", "complaints at example"),
        "council.yaml, line 8, contact.email",
        'found "complaints at example", which is not an e-mail address',
        "complaints@example.org",
    ),
    "an extended limit that is not longer": (
        COUNCIL + "time_limits:\n  stage_1: 10\n  stage_1_extended: 10\n",
        "council.yaml, line 16, time_limits",
        "an extended limit must be longer than the limit it extends",
        "",
    ),
    "a limit of no days": (
        COUNCIL + "time_limits:\n  stage_1: 0\n",
        "council.yaml, line 17, time_limits.stage_1",
        'found "0"',
        "Write a length of 1 or more",
    ),
    "a limit in words": (
        COUNCIL + "time_limits:\n  stage_1: ten\n",
        "council.yaml, line 17, time_limits.stage_1",
        'found "ten"',
        "Write a length of 1 or more",
    ),
    "more years than can be compared": (
        COUNCIL + "comparison_years: 21\n",
        "council.yaml, line 16, comparison_years",
        'found "21"',
        "20",
    ),
    "a bank holiday that is no date": (
        COUNCIL + "bank_holidays:\n  add: [19 September 2022]\n",
        "council.yaml, line 17, bank_holidays.add.0",
        'found "19 September 2022", which is not a date',
        "2022-11-09",
    ),
    "a tolerance in words": (
        COUNCIL + "row_count_tolerance: half\n",
        "council.yaml, line 16, row_count_tolerance",
        'found "half"',
        "0.5",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES_IN_COUNCIL)
def test_mistake_in_council_yaml_is_reported_with_its_place(problem, mistake):
    text, where, what, remedy = MISTAKES_IN_COUNCIL[mistake]
    raised_problem = problem(council=text)
    assert raised_problem.kind == Kind.SETTINGS
    assert raised_problem.where.startswith("data/raw/council.yaml")
    assert raised_problem.where.endswith(where)
    assert what in raised_problem.what
    assert remedy in raised_problem.remedy


MISTAKES_IN_REPORT = {
    "a date as a person might write it": (
        replace_once(REPORT, "2022-11-09", "9/11/2022"),
        "line 2, meeting_date",
        'found "9/11/2022", which is not a date',
        "2022-11-09",
    ),
    "a date that there is not": (
        replace_once(REPORT, "2022-11-09", "2022-02-30"),
        "line 2, meeting_date",
        'found "2022-02-30", which is not a date',
        "2022-11-09",
    ),
    "a bare number for a date": (
        replace_once(REPORT, "2022-11-09", "864000"),
        "line 2, meeting_date",
        'found "864000", which is not a date',
        "2022-11-09",
    ),
    "neither yes nor no": (
        replace_once(REPORT, "exempt: no", "exempt: perhaps"),
        "line 7, exempt",
        'found "perhaps", which is neither yes nor no',
        "yes or no",
    ),
    "an exemption without a reason": (
        replace_once(REPORT, "exempt: no", "exempt: yes"),
        "report.yaml, line 1",
        "an exempt report needs `exempt_reason`",
        "",
    ),
    "a type of item that the panel does not know": (
        replace_once(REPORT, "[Policy]", "[Polcy]"),
        "report.yaml, item_type",
        'found "Polcy"',
        "Use one of: Policy; Performance.",
    ),
    "a key of the other file": (
        REPORT + "authority: Anyshire\n",
        "line 9, authority",
        "there is no such key.",
        "Keys allowed here: accepted",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES_IN_REPORT)
def test_mistake_in_report_yaml_is_reported_with_its_place(problem, mistake):
    text, where, what, remedy = MISTAKES_IN_REPORT[mistake]
    raised_problem = problem(report=text)
    assert raised_problem.where.startswith("data/raw/2021-22/report.yaml")
    assert raised_problem.where.endswith(where)
    assert what in raised_problem.what
    assert remedy in raised_problem.remedy


def test_unknown_item_type_is_reported_with_the_nearest(problem):
    assert (
        'Did you mean "Policy"?' in problem(report=replace_once(REPORT, "[Policy]", "[Polcy]")).what
    )


def test_several_mistakes_are_reported_together_with_lines(problem):
    text = replace_once(
        replace_once(COUNCIL, "panel: Scrutiny", "pannel: Scrutiny"),
        "complaints@example.org",
        "nobody",
    )
    raised_problem = problem(council=text)
    assert raised_problem.what.startswith("3 things to fix\n")
    assert "data/raw/council.yaml, line 4, pannel: there is no such key." in raised_problem.what
    assert "data/raw/council.yaml, line 8, contact.email: found" in raised_problem.what


@pytest.mark.parametrize(
    "year", ["../../etc", "2021-2", "2021-23", "", "2021-22/", "/etc", "..", "2021-22\x00"]
)
def test_text_that_is_not_a_year_is_never_used_as_a_path(problem, year):
    raised_problem = problem(year=year)
    assert "is not a financial year: write it as 2021-22" in raised_problem.what
    assert "This workspace contains 2021-22." in raised_problem.remedy


def test_missing_year_is_refused_with_the_years_available(problem):
    raised_problem = problem(year="2022-23")
    assert raised_problem.what == "there is no folder data/raw/2022-23"
    assert raised_problem.remedy.startswith("This workspace contains 2021-22.")


def test_latest_is_the_last_year_whatever_else_is_there(workspace):
    raw = workspace / "data" / "raw"
    for name in ("2019-20", "2099-98", "notes", "2023"):
        (raw / name).mkdir()
    (raw / "2024-25").write_text("a file is not a year's folder")
    assert years_in(workspace) == [Year(2019), Year(2021)]
    assert load_settings(workspace, "latest").year == Year(2021)


def test_available_years_are_limited_to_the_window(workspace):
    (workspace / "data" / "raw" / "2010-11").mkdir()
    assert load_settings(workspace, "2021-22").available_years == (Year(2021),)


def test_folder_without_raw_data_is_no_workspace(tmp_path):
    with pytest.raises(Problem, match="there is no folder data/raw here") as raised:
        load_settings(tmp_path, "latest")
    assert "--workspace" in raised.value.remedy


def test_workspace_without_a_year_has_nothing_to_do(tmp_path):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    with pytest.raises(Problem, match="there is no year here yet") as raised:
        load_settings(tmp_path, "latest")
    assert raised.value.kind == Kind.NOTHING_TO_DO


@pytest.mark.parametrize("name", ["council.yaml", "2021-22/report.yaml"])
def test_missing_settings_file_is_reported_by_its_path(workspace, name):
    (workspace / "data" / "raw" / name).unlink()
    with pytest.raises(Problem, match=re.escape(f"data/raw/{name}: the file is missing")):
        load_settings(workspace, "2021-22")


def test_column_may_be_mapped_to_one_or_several_headings(workspace):
    mapping = (
        "columns:\n  complaints:\n    reference: Case ID\n    received: [Date received, Received]\n"
    )
    (workspace / "data" / "raw" / "council.yaml").write_text(COUNCIL + mapping)
    columns = load_settings(workspace, "2021-22").council.columns["complaints"]
    assert columns == {"reference": ("Case ID",), "received": ("Date received", "Received")}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            'colour: "#FFDD00"',
            '.*line 16, colour: found "#FFDD00", on which white text has a contrast of 1.2 to 1',
        ),
        (
            'colour: "#757575"',
            "contrast of 4.2 to 1",
        ),  # enough on white, too little on the grey of the footer
        ("colour: navy", 'found "navy", which is not a colour\nWrite it as "#12436D"'),
        ("logo: ../logo.png", "which is not a picture's name"),
        ("logo: logo.gif", "Write the name of a .png or .svg file in the folder of council.yaml"),
    ],
)
def test_unreadable_colour_and_bad_logo_are_refused(line, message, problem):
    assert re.search(message, str(problem(council=COUNCIL + line + "\n")))
