"""`annual-report check` finds at once whatever would stop a run, and a run lists the same."""

from __future__ import annotations

import json
import shutil
import subprocess
from inspect import signature
from pathlib import Path

import pandas as pd
import pytest
from builders import COMMAND, COMMAND_SECONDS, REPOSITORY, copy_sample, replace_text

from pipeline.inputs import check_inputs, check_warnings_accepted, word_faults
from pipeline.problem import Problem
from pipeline.report.narrative.notebook_faults import OTHER_METHODS, PARAMETERS
from pipeline.settings import load_settings

COMMENTARY = "data/raw/2021-22/commentary.md"
COUNCIL = "data/raw/council.yaml"
REPORT = "data/raw/2021-22/report.yaml"
NOTEBOOK = "notebooks/4_report.ipynb"
OPENING = "Members may want to ask"
BREAKS = """
series_breaks:
  - figure: complaints.recieved
    from_year: 2020-21
    note: counted anew.
comparison_years: 5
"""
# What is changed: the file, the text, the text in its place; then place and what of the fault.
# fmt: off
FAULTS = {
    "typed digit": (COMMENTARY, OPENING, f"We had 4. {OPENING}", f"{COMMENTARY}, line 3",
        'the number in "We had 4. Members may'),
    "unknown name": (COMMENTARY, OPENING, f"{{{{ complants }}}} {OPENING}",
        f"{COMMENTARY}, line 3", 'Did you mean "complaints"?'),
    "misspelt figure": (COMMENTARY, OPENING, f"{{{{ complaints.recieved }}}} {OPENING}",
        f"{COMMENTARY}, line 3", 'Did you mean "received"?'),
    "misspelt category": (COMMENTARY, OPENING, '{{ complaints.by_outcome["uphold"] }}',
        f"{COMMENTARY}, line 3", 'Did you mean "upheld"?'),
    "misspelt filter": (COMMENTARY, OPENING, "{{ complaints.received | countd }}",
        f"{COMMENTARY}, line 3", 'Did you mean "counted"?'),
    "wrong key": (COMMENTARY, OPENING, "{{ council.servise }}", f"{COMMENTARY}, line 3",
        "has no attribute 'servise'"),
    "unknown section": (COMMENTARY, "## learning", "## learnings", f"{COMMENTARY}, line 31",
        'Did you mean "learning"?'),
    "section that is not shown": (COMMENTARY, "## training", "## full_tables",
        f"{COMMENTARY}, line 54", 'the words under "full_tables" would not be printed'),
    "series break of no figure": (COUNCIL, "comparison_years: 5", BREAKS.strip(),
        f"{COUNCIL}, series_breaks, entry 1", 'Did you mean "complaints.received"?'),
    "sensitive figure that does not exist": (COUNCIL, "  policy: publish",
        "  policy: publish\n  sensitive: [breakdown]",
        f"{COUNCIL}, disclosure, sensitive, entry 1", 'Did you mean "breakdowns"?'),
    "missing logo": (COUNCIL, "comparison_years: 5", "comparison_years: 5\nlogo: crest.png",
        f"{COUNCIL}, logo", "there is no file data/raw/crest.png"),
    "section without a cell": (COUNCIL, "comparison_years: 5",
        "comparison_years: 5\nsections: {main: [overview, outlook]}", NOTEBOOK,
        'no cell writes the section "outlook"'),
    "misspelt figure of a table": (NOTEBOOK,
        "complaints.by_theme\\\",)", "complaints.by_thme\\\",)",
        f'{NOTEBOOK}, cell 20 ("report.bars("), line 6', 'Did you mean "complaints.by_theme"?'),
    "unknown chart": (NOTEBOOK, "report.trend(", "report.tend(",
        f'{NOTEBOOK}, cell 13 ("report.tend("), line 1', 'Did you mean "trend"?'),
    "misspelt parameter": (NOTEBOOK, "    subtitle=", "    subtitel=",
        f'{NOTEBOOK}, cell 13 ("report.trend("), line 1', 'no parameter "subtitel"'),
    "typed digit in a headline": (NOTEBOOK,
        "headline=\\\"We received ", "headline=\\\"In 2021 we received ",
        f'{NOTEBOOK}, cell 13 ("report.trend("), line 1, headline', "is typed by hand"),
    "misspelt filter of a cell": (NOTEBOOK, "complaints.withdrawn | portion",
        "complaints.withdrawn | potrion",
        f'{NOTEBOOK}, cell 23 ("%%narrative outcomes"), line 5', 'Did you mean "portion"?'),
    "unknown section of a cell": (NOTEBOOK, "%%narrative training", "%%narrative trainings",
        f'{NOTEBOOK}, cell 47 ("%%narrative trainings"), line 1', 'Did you mean "training"?'),
    "cell that is not Python": (NOTEBOOK, "report.quotations(", "report.quotations((",
        f'{NOTEBOOK}, cell 45 ("report.quotations(("compliments.quotations")"), line 1',
        "this is not Python"),
}
# fmt: on


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The sample with a report notebook of its own."""
    (tmp_path / "notebooks").mkdir()
    shutil.copy(REPOSITORY / NOTEBOOK, tmp_path / NOTEBOOK)
    return copy_sample(tmp_path)


@pytest.fixture(scope="module")
def own_findings(tmp_path_factory):
    """The findings of the sample itself."""
    sample = copy_sample(tmp_path_factory.mktemp("sample"))
    return set(check_inputs(load_settings(sample, "2021-22")).validated.findings)


@pytest.fixture
def findings(workspace, own_findings):
    """findings(): severity, place and what of each finding that the sample itself does not have."""

    def find():
        checked = check_inputs(load_settings(workspace, "2021-22"))
        return [finding for finding in checked.validated.findings if finding not in own_findings]

    return find


def test_sample_has_nothing_that_would_stop_a_run(workspace):
    checked = check_inputs(load_settings(workspace, "2021-22"))
    assert checked.faults == []
    assert not checked.validated.stops


@pytest.mark.parametrize("case", FAULTS)
def test_fault_is_found_before_a_run_with_its_place(workspace, case):
    file, old, new, where, what = FAULTS[case]
    replace_text(workspace / file, old, new)
    faults = word_faults(load_settings(workspace, "2021-22"))
    matching = [fault for fault in faults if fault.where == where]
    assert matching, [fault.where for fault in faults]
    assert what in matching[0].what
    assert matching[0].remedy


@pytest.mark.slow
def test_check_and_run_list_all_faults_of_words_at_once(workspace):
    kept_apart = ("typed digit", "unknown section", "misspelt filter of a cell", "missing logo")
    for case in kept_apart:
        file, old, new, _, _ = FAULTS[case]
        replace_text(workspace / file, old, new)
    for command in ("check", "run"):
        options = ["--formats", "html"] if command == "run" else []
        result = subprocess.run(
            [COMMAND, command, "2021-22", "--workspace", workspace, *options],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        assert result.returncode == 3
        for case in kept_apart:
            _, _, _, where, what = FAULTS[case]
            text = result.stdout + result.stderr
            assert where.partition(", line")[0] in text
            assert what in text
    assert not (workspace / "data" / "processed" / "2021-22").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (COMMENTARY, OPENING, "As {} told us. " + OPENING, f"{COMMENTARY}, row 3"),
        (COUNCIL, "comparison_years: 5", "comparison_years: 5\nnotice: For {}.", COUNCIL),
        (REPORT, "Members are asked to", "Members and {} are asked to", REPORT),
        (NOTEBOOK, "We checked the data before", "{} says: we checked the data before", NOTEBOOK),
        (NOTEBOOK, "Complaints by complainant", "Complaints of {} by complainant", NOTEBOOK),
    ],
)
@pytest.mark.slow
def test_name_of_the_records_in_words_is_critical(workspace, findings, file, old, new, place):
    complaints = workspace / "data/raw/2021-22/complaints.csv"
    name = pd.read_csv(complaints)["complainant_name"].dropna().iloc[0].split()[-1]
    if file == COUNCIL:
        text = (workspace / file).read_text()
        start = text.index("notice:")
        (workspace / file).write_text(text[:start] + text[text.index("service_areas:") :])
    replace_text(workspace / file, old, new.format(name))
    critical = [finding for finding in findings() if finding.severity == "critical"]
    assert critical
    assert all("contains a part of a name (" in one.what for one in critical)
    assert {one.file for one in critical} == {place.partition(",")[0]}
    assert name not in "".join(one.what + one.remedy for one in critical)
    allowed = f"allowed_names:\n  - words: {name}\n    reason: A street.\n    name: A. Officer\n"
    with (workspace / REPORT).open("a") as report:
        report.write(allowed)
    assert findings() == []


@pytest.mark.parametrize(
    ("file", "old", "place"),
    [
        ("learning.csv", "Meet everyone", ("row 4, action", "Tell {}. Meet everyone")),
        ("ombudsman.csv", "Funding levels", ("row 4, subject", "{}: funding levels")),
        ("complaints.csv", "South locality", ("row 2, team", "{}'s team")),
    ],
)
def test_name_in_a_published_text_of_an_extract_is_critical(workspace, findings, file, old, place):
    column, text = place
    replace_text(workspace / "data/raw/2021-22" / file, old, text.format("Dummythorpe"))
    critical = [one for one in findings() if one.severity == "critical"]
    assert [(Path(one.file).name, one.column) for one in critical] == [(file, column)]
    assert "contains a part of a name (complainant_name and child_name in row" in critical[0].what


def test_settings_that_match_nothing_are_warned_of(workspace, findings):
    with (workspace / REPORT).open("a") as report:
        report.write(
            "accepted_warnings:\n"
            "  - {rule: row_counts.rows.like_last_yaer, reason: Known., name: A. Officer}\n"
            "  - {rule: row_counts.rows.like_last_year, reason: Known., name: A. Officer}\n"
            "allowed_names:\n  - {words: Zephyrine, reason: A street., name: A. Officer}\n"
        )
    replace_text(
        workspace / COUNCIL,
        "comparison_years: 5",
        "comparison_years: 5\nseries_breaks:\n"
        "  - {figure: complaints.received, from_year: 2024-25, note: counted anew.}",
    )
    warnings = [(one.file, one.column, one.what) for one in findings()]
    assert [place[:2] for place in warnings] == [
        (REPORT, "accepted_warnings, entry 1"),
        (REPORT, "allowed_names, entry 1"),
        (COUNCIL, "series_breaks, entry 1"),
    ]
    assert 'Did you mean "row_counts.rows.like_last_year"?' in warnings[0][2]
    with pytest.raises(Problem, match="3 warnings are not accepted"):
        check_warnings_accepted(load_settings(workspace, "2021-22"))


def test_notebook_that_cannot_be_read_is_a_fault(workspace):
    (workspace / NOTEBOOK).write_text("{")
    (fault,) = word_faults(load_settings(workspace, "2021-22"))
    assert (fault.where, fault.what) == (NOTEBOOK, "this is not a notebook")


def test_methods_of_the_report_are_known_with_their_parameters():
    from pipeline.joint.notebook import JointReport

    for name, parameters in PARAMETERS.items():
        assert ("self", *parameters) == tuple(signature(getattr(JointReport, name)).parameters)
    names = {name for kind in JointReport.__mro__[:-1] for name in vars(kind)}
    public = {name for name in names if not name.startswith("_")}
    assert public == {*PARAMETERS, *OTHER_METHODS}


def test_faults_of_notebook_name_cells_as_the_notebook_counts(workspace):
    cells = json.loads((workspace / NOTEBOOK).read_text())["cells"]
    assert "".join(cells[19]["source"]).startswith("report.bars(")
