"""What the commands print, and the exit codes that tell a script what happened."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from builders import COMMAND, COMMAND_SECONDS, file_bytes, replace_text

from pipeline.problem import Kind

YEAR = "2021-22"
NAME = "Zebedee Examplewick"
READ_BYTES = 65536


def raw_file(workspace: Path, name: str) -> Path:
    return workspace / "data" / "raw" / YEAR / name


@pytest.fixture
def faulty_workspace(workspace):
    """One complaint has a name for a date of birth, and neither yes nor no under `accepted`."""
    path = raw_file(workspace, "complaints.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    rows[0] |= {"date_of_birth": NAME, "accepted": "perhaps"}
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return workspace


def test_check_of_good_extracts_counts_rows_and_says_next(workspace, annual_report):
    result = annual_report("check", YEAR, "--workspace", workspace)
    assert result.returncode == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == "Calderbrook Council, 2021-22. Rows read:"
    counts = [line.split() for line in lines if line.startswith(("complaints ", "concerns "))]
    assert counts == [["complaints", "21", "4"], ["concerns", "none", "14"]]
    assert lines[-1] == "The extracts are ready. Next: annual-report run 2021-22"


def test_check_of_bad_extracts_fails_and_masks_personal_values(faulty_workspace, annual_report):
    raw = file_bytes(faulty_workspace / "data" / "raw")
    result = annual_report("check", YEAR, "--workspace", faulty_workspace)
    assert result.returncode == Kind.DATA
    assert "critical: data/raw/2021-22/complaints.csv, accepted" in result.stdout
    assert "warning: data/raw/2021-22/complaints.csv, date_of_birth" in result.stdout
    assert "•••" in result.stdout
    folder = faulty_workspace / "data" / "processed" / f"{YEAR}.findings"
    texts = [
        result.stdout,
        (folder / "findings.csv").read_text(),
        (folder / "findings.html").read_text(),
    ]
    assert not any(NAME in text for text in texts)
    assert file_bytes(faulty_workspace / "data" / "raw") == raw
    assert not (faulty_workspace / "reports").exists()


def test_check_after_correction_removes_the_old_findings(faulty_workspace, call_command):
    call_command("check", YEAR, "--workspace", faulty_workspace)
    replace_text(raw_file(faulty_workspace, "complaints.csv"), "perhaps", "yes")
    call_command("check", YEAR, "--workspace", faulty_workspace)
    folder = faulty_workspace / "data" / "processed" / f"{YEAR}.findings"
    assert "critical" not in (folder / "findings.csv").read_text()


def test_personal_values_are_shown_only_on_a_terminal(faulty_workspace, annual_report):
    arguments = ("check", YEAR, "--workspace", str(faulty_workspace), "--show-personal")
    refused = annual_report(*arguments)
    assert refused.returncode == Kind.SETTINGS
    assert "personal values are shown on a terminal only" in refused.stderr
    assert NAME not in refused.stdout + refused.stderr
    assert NAME in output_on_a_terminal(*arguments)


def output_on_a_terminal(*arguments: str) -> str:
    """What a command prints if its output is a terminal."""
    pty = pytest.importorskip("pty", reason="this system has no such terminals")
    reader, writer = pty.openpty()
    chunks = []
    with subprocess.Popen([COMMAND, *arguments], stdout=writer, stderr=writer) as command:
        os.close(writer)
        deadline = threading.Timer(COMMAND_SECONDS, command.kill)
        deadline.start()
        # Linux reports the end of a terminal as an error.
        with suppress(OSError), os.fdopen(reader, "rb", buffering=0) as terminal:
            while chunk := terminal.read(READ_BYTES):
                chunks.append(chunk)
        deadline.cancel()
    return b"".join(chunks).decode()


def test_check_imports_no_slow_library(workspace):
    slow = ("great_expectations", "papermill", "nbconvert", "matplotlib", "scipy")
    code = f"""
import sys
from pipeline.settings import load_settings
from pipeline.validate import check
check(load_settings({str(workspace)!r}, {YEAR!r}))
print([name for name in {slow!r} if name in sys.modules])
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=COMMAND_SECONDS
    )
    assert result.stdout.strip() == "[]"


def test_init_and_new_start_a_council_and_its_first_year(tmp_path, call_command):
    result = call_command("init", tmp_path / "council")
    assert result.returncode == 0
    assert f"annual-report new 2022-23 --workspace {tmp_path / 'council'}" in result.stdout
    again = call_command("init", tmp_path / "council")
    assert again.returncode == Kind.SETTINGS
    assert "this exists already, and no file is ever overwritten" in again.stderr
    unfilled = call_command("new", "2022-23", "--workspace", tmp_path / "council")
    assert unfilled.returncode == Kind.SETTINGS
    assert "authority: this key has no value yet" in unfilled.stderr


def test_new_year_gives_next_command_with_its_workspace(workspace, call_command):
    result = call_command("new", "2022-23", "--workspace", workspace)
    assert result.returncode == 0
    assert f"annual-report check 2022-23 --workspace {workspace}" in result.stdout
    assert call_command("new", "2022-23", "--workspace", workspace).returncode == Kind.SETTINGS


# Draft and final

ACCEPTED = """
accepted_warnings:
  - rule: row_counts.rows.like_last_year
    reason: The export is complete; compliments are asked for in every team now.
    name: Head of Service
"""


def test_final_report_is_refused_with_unaccepted_warnings(workspace, call_command):
    result = call_command("run", YEAR, "--workspace", workspace, "--final")
    assert result.returncode == Kind.DATA
    assert "2 warnings are not accepted, so this report is not final" in result.stderr
    assert (
        "  row_counts.rows.like_last_year\n    data/raw/2021-22/complaints.csv: "
        "complaints has 4 rows"
    ) in result.stderr
    assert "accepted_warnings with its rule, a reason and a name" in result.stderr
    assert not (workspace / "reports").exists()


def test_only_first_warnings_of_each_rule_are_listed(workspace, call_command):
    compliments = raw_file(workspace, "compliments.csv")
    heading, *rows = compliments.read_text(encoding="utf-8").splitlines()
    copies = [row.replace("CMP-21-", "CMP-22-") for row in rows]
    compliments.write_text("\n".join([heading, *rows, *copies]) + "\n", encoding="utf-8")
    result = call_command("run", YEAR, "--workspace", workspace, "--final")
    assert "206 warnings are not accepted" in result.stderr
    listed = result.stderr.partition("  compliments.reference.alike\n")[2].splitlines()
    assert listed[2].endswith(
        "has the same date, service area and text as another: rows 4 and 106 of "
        "data/raw/2021-22/compliments.csv"
    )
    assert listed[3] == "    and 201 more"
    assert "To list them all: annual-report check 2021-22" in result.stderr


@pytest.mark.slow
def test_final_report_with_accepted_warnings_is_no_draft(workspace, annual_report, sample_report):
    assert "Draft: numbers and words may still change" in sample_report.html.read_text()
    settings = raw_file(workspace, "report.yaml")
    settings.write_text(settings.read_text() + ACCEPTED)
    result = annual_report("run", YEAR, "--workspace", workspace, "--final", "--formats", "html")
    assert result.returncode == 0, result.stderr
    (html,) = (workspace / "reports" / YEAR).glob("*.*")
    assert "Draft" not in html.read_text()


def test_claim_without_a_figure_must_also_be_accepted(workspace, call_command):
    settings = raw_file(workspace, "report.yaml")
    settings.write_text(settings.read_text() + ACCEPTED)
    commentary = settings.with_name("commentary.md")
    commentary.write_text(commentary.read_text() + "\nThat doubled.\n")
    result = call_command("run", YEAR, "--workspace", workspace, "--final")
    assert result.returncode == Kind.DATA
    assert "commentary.claims\n    data/raw/2021-22/commentary.md, line" in result.stderr


def test_unknown_format_is_refused_with_the_nearest(workspace, call_command):
    result = call_command("run", YEAR, "--workspace", workspace, "--formats", "htm")
    assert result.returncode == Kind.SETTINGS
    assert '"htm" is not a format. Did you mean "html"?' in result.stderr
