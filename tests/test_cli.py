"""What the commands say, and the exit code by which a script knows what happened."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.problem import Kind

COMMAND = Path(sys.executable).with_name("annual-report")

NAME = "Zebedee Examplewick"


@pytest.fixture
def spoilt(workspace):
    """A workspace in which a name stands where a date of birth should, and `accepted` is neither yes nor no."""
    path = workspace / "data" / "raw" / "2021-22" / "complaints.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    rows[0] |= {"date_of_birth": NAME, "accepted": "perhaps"}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return workspace


def test_a_check_of_good_extracts_says_what_was_read_and_what_comes_next(workspace, annual_report):
    ended = annual_report("check", "2021-22", "--workspace", workspace)
    assert ended.returncode == 0
    assert ended.stderr == ""
    lines = ended.stdout.splitlines()
    assert lines[0] == "Calderbrook Council, 2021-22. Rows read:"
    assert [line.split() for line in lines if line.startswith(("complaints ", "concerns "))] == [
        ["complaints", "21", "4"],
        ["concerns", "none", "14"],
    ]
    assert lines[-1] == "Nothing stands in the way of a report. Next: annual-report run 2021-22"


def test_a_check_of_bad_extracts_lists_them_hides_what_is_personal_and_fails(
    spoilt, annual_report, everything
):
    raw = everything(spoilt / "data" / "raw")
    ended = annual_report("check", "2021-22", "--workspace", spoilt)
    assert ended.returncode == Kind.DATA
    assert "critical: data/raw/2021-22/complaints.csv, accepted" in ended.stdout
    assert "warning: data/raw/2021-22/complaints.csv, date_of_birth" in ended.stdout
    assert "•••" in ended.stdout
    kept = spoilt / "data" / "processed" / "2021-22.findings"
    written = [
        ended.stdout,
        (kept / "findings.csv").read_text(),
        (kept / "findings.html").read_text(),
    ]
    assert not any(NAME in text for text in written)
    assert everything(spoilt / "data" / "raw") == raw
    assert not (spoilt / "reports").exists()


def test_a_check_after_the_mending_leaves_no_list_of_what_was_wrong(spoilt, annual_report):
    annual_report("check", "2021-22", "--workspace", spoilt)
    path = spoilt / "data" / "raw" / "2021-22" / "complaints.csv"
    path.write_text(path.read_text().replace("perhaps", "yes"))
    annual_report("check", "2021-22", "--workspace", spoilt)
    assert (
        "critical"
        not in (spoilt / "data" / "processed" / "2021-22.findings" / "findings.csv").read_text()
    )


def test_personal_values_are_shown_on_a_terminal_on_request_and_nowhere_else(spoilt, annual_report):
    refused = annual_report("check", "2021-22", "--workspace", spoilt, "--show-personal")
    assert refused.returncode == Kind.SETTINGS
    assert "personal values are shown on a terminal only" in refused.stderr
    assert NAME not in refused.stdout + refused.stderr
    assert NAME in on_a_terminal("check", "2021-22", "--workspace", str(spoilt), "--show-personal")


def on_a_terminal(*words: str) -> str:
    """What a command prints where its output is a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no such terminals")
    ours, theirs = pty.openpty()
    said = []
    with subprocess.Popen([COMMAND, *words], stdout=theirs, stderr=theirs):
        os.close(theirs)
        with (
            suppress(OSError),
            os.fdopen(ours, "rb", buffering=0) as terminal,
        ):  # Linux ends it with an error
            while data := terminal.read(65536):
                said.append(data)
    return b"".join(said).decode()


def test_a_check_imports_no_great_expectations(workspace):
    code = f"""
import sys
from pipeline.settings import load_settings
from pipeline.validate import check
check(load_settings({str(workspace)!r}, "2021-22"))
print([name for name in ("great_expectations", "papermill", "nbconvert", "matplotlib", "scipy") if name in sys.modules])
"""
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_a_council_and_its_first_year_begin_with_two_commands(tmp_path, annual_report):
    begun = annual_report("init", tmp_path / "council")
    assert begun.returncode == 0
    assert f"annual-report new 2022-23 --workspace {tmp_path / 'council'}" in begun.stdout
    again = annual_report("init", tmp_path / "council")
    assert again.returncode == Kind.SETTINGS
    assert "this is there already, and nothing is ever written over" in again.stderr
    unfilled = annual_report("new", "2022-23", "--workspace", tmp_path / "council")
    assert unfilled.returncode == Kind.SETTINGS
    assert "authority: nothing is written after this key yet" in unfilled.stderr


def test_a_new_year_says_what_to_do_next_in_the_workspace_it_is_in(workspace, annual_report):
    begun = annual_report("new", "2022-23", "--workspace", workspace)
    assert begun.returncode == 0
    assert f"annual-report check 2022-23 --workspace {workspace}" in begun.stdout
    assert annual_report("new", "2022-23", "--workspace", workspace).returncode == Kind.SETTINGS


# Draft and final

ACCEPTED = """
accepted_warnings:
  - rule: row_counts.rows.like_last_year
    reason: The export is complete; compliments are asked for in every team now.
    name: Head of Service
"""


def test_a_final_report_is_refused_while_a_warning_is_not_accepted_and_says_which(
    workspace, annual_report
):
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--final")
    assert ended.returncode == Kind.DATA
    assert "2 warnings are not accepted, so this report is not final" in ended.stderr
    assert (
        "  row_counts.rows.like_last_year\n    data/raw/2021-22/complaints.csv: "
        "complaints has 4 rows"
    ) in ended.stderr
    assert "accepted_warnings: a list of rule, reason and name" in ended.stderr
    assert not (workspace / "reports").exists()


def test_of_many_warnings_of_one_rule_the_first_are_said(workspace, annual_report):
    compliments = workspace / "data" / "raw" / "2021-22" / "compliments.csv"
    heading, *rows = compliments.read_text(encoding="utf-8").splitlines()
    again = [
        row.replace("CMP-21-", "CMP-22-") for row in rows
    ]  # each as another in all but its reference
    compliments.write_text("\n".join([heading, *rows, *again]) + "\n", encoding="utf-8")
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--final")
    assert "206 warnings are not accepted" in ended.stderr
    of_the_rule = ended.stderr.partition("  compliments.reference.alike\n")[2].splitlines()
    assert of_the_rule[2].endswith(
        "has the same date, service area and text as another: rows 4 and 106 of "
        "data/raw/2021-22/compliments.csv"
    )
    assert of_the_rule[3] == "    and 201 more"
    assert "All are listed by: annual-report check 2021-22" in ended.stderr


@pytest.mark.slow
def test_once_they_are_accepted_it_bears_no_mark_of_a_draft(
    workspace, annual_report, sample_report
):
    assert "Draft: numbers and words may still change" in sample_report.html.read_text()
    settings = workspace / "data" / "raw" / "2021-22" / "report.yaml"
    settings.write_text(settings.read_text() + ACCEPTED)
    ended = annual_report(
        "run", "2021-22", "--workspace", workspace, "--final", "--formats", "html"
    )
    assert ended.returncode == 0, ended.stderr
    (html,) = (workspace / "reports" / "2021-22").glob("*.*")
    assert "Draft" not in html.read_text()


def test_a_claim_without_a_figure_has_to_be_accepted_too(workspace, annual_report):
    settings = workspace / "data" / "raw" / "2021-22" / "report.yaml"
    settings.write_text(settings.read_text() + ACCEPTED)
    commentary = settings.with_name("commentary.md")
    commentary.write_text(commentary.read_text() + "\nThat doubled.\n")
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--final")
    assert ended.returncode == Kind.DATA
    assert "commentary.claims\n    data/raw/2021-22/commentary.md, line" in ended.stderr


def test_formats_that_there_are_not_are_refused_with_the_nearest(workspace, annual_report):
    ended = annual_report("run", "2021-22", "--workspace", workspace, "--formats", "htm")
    assert ended.returncode == Kind.SETTINGS
    assert '"htm" is not a format. Did you mean "html"?' in ended.stderr
