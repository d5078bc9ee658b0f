"""The reports of several procedures: side by side, a failure stops no other, then the joint one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from builders import file_bytes, replace_text
from random_councils import write_joint_workspace
from runs import (
    STOP_SECONDS,
    STOPPED_EXIT_CODE,
    STOPPED_MESSAGE,
    YEAR,
    on_posix,
    press_ctrl_c,
    start_command,
    surviving_processes,
    unfinished_folders,
    wait_until,
)

from pipeline.problem import Kind, Problem
from pipeline.run.batch.batch import FAILED, MADE, CouncilYear
from pipeline.run.batch.executors import usable_cores
from pipeline.run.snapshot import (
    MEMORY_PER_INPUT_BYTE,
    RUNS_PER_CORE,
    expected_needs,
    runs_at_once,
)
from pipeline.settings import load_settings
from pipeline.system.resources import available_memory
from pipeline.workflow.side_by_side import combined_problem

BROKEN = Problem(kind=Kind.DATA, where="extracts", what="a date is wrong", remedy="Correct it.")
OTHER = Problem(kind=Kind.SETTINGS, where="council.yaml", what="a key is wrong", remedy="See docs.")
MIN_FIGURES = 50
MIN_LINKS = 100
COUNTS = {"corporate": 12, "adult": 9, "children": 6}


def failed(name: str, problem: Problem) -> CouncilYear:
    return CouncilYear(Path(), "Anytown Council", name, FAILED, problem=problem)


def test_reports_without_a_fault_have_no_problem():
    assert combined_problem([CouncilYear(Path(), "Anytown Council", YEAR, MADE)]) is None


def test_fault_that_several_reports_share_is_reported_once():
    results = [failed(f"{YEAR}/adult", BROKEN), failed(f"{YEAR}/corporate", BROKEN)]
    assert combined_problem(results) is BROKEN


def test_different_faults_are_reported_together_with_their_reports():
    names = [f"{YEAR}/adult", f"{YEAR}/corporate", f"{YEAR}/children"]
    results = [failed(*pair) for pair in zip(names, (BROKEN, OTHER, BROKEN), strict=True)]
    problem = combined_problem(results)
    assert problem is not None
    assert problem.kind == Kind.DATA
    assert "2 different things stop these reports" in problem.what
    assert f"{names[0]}, {names[2]}: extracts: a date is wrong\nCorrect it." in problem.what
    assert f"{names[1]}: council.yaml: a key is wrong" in problem.what


@pytest.fixture
def workspace(tmp_path) -> Path:
    return write_joint_workspace(tmp_path / "workspace", COUNTS)


def test_memory_is_needed_for_each_procedure_that_runs_at_once(workspace):
    settings = load_settings(workspace, YEAR)
    runs = runs_at_once(settings)
    _, memory = expected_needs(settings)
    _, memory_of_one = expected_needs(load_settings(workspace, f"{YEAR}/adult"))
    assert 1 <= runs <= min(RUNS_PER_CORE * usable_cores(), len(COUNTS))
    assert memory == runs * memory_of_one


def test_procedures_follow_one_another_where_memory_is_short(workspace):
    settings = load_settings(workspace, YEAR)
    extract = workspace / "data" / "raw" / YEAR / "concerns.csv"
    with extract.open("r+b") as file:  # a file without contents, of which the size is known
        file.truncate(available_memory() // MEMORY_PER_INPUT_BYTE)
    assert runs_at_once(settings) == 1


@pytest.mark.parametrize("command", ["run", "batch"])
def test_wrong_words_of_all_reports_are_named_before_any_run(
    workspace, annual_report, tmp_path, command
):
    year = workspace / "data" / "raw" / YEAR
    (year / "commentary.md").write_text("## overview\n\nWe had 17 complaints.\n")
    (year / "commentary.adult.md").write_text("## overview\n\n{{ no_such_figure }}\n")
    if command == "run":
        done = annual_report("run", YEAR, "--workspace", workspace, "--formats", "html")
        failure, errors = Kind.SETTINGS, done.stderr
    else:
        page = ("--page", tmp_path / "batch.html")
        done = annual_report("batch", workspace, "--years", YEAR, "--formats", "html", *page)
        failure, errors = Kind.SOME_FAILED, done.stdout
    assert done.returncode == failure, done.stderr
    for fault in (
        f'data/raw/{YEAR}/commentary.md, line 3: the number in "We had 17 complaints."',
        f"data/raw/{YEAR}/commentary.adult.md, line 3: there is no such name",
    ):
        assert errors.count(fault) == 1, errors
    assert "Traceback" not in done.stderr
    assert not (workspace / "reports").exists()
    assert list(workspace.glob("data/processed/*/*/*")) == []


def spoil_complaints(workspace: Path, procedure: str) -> tuple[Path, bytes]:
    """Make the status of a procedure's first complaint unknown; the file, and what it was."""
    path = workspace / "data" / "raw" / YEAR / "complaints.csv"
    content = path.read_bytes()
    first = next(row for row in content.decode("utf-8").splitlines() if f"{procedure}-" in row)
    replace_text(path, first, re.sub(",(closed|open),", ",unknown,", first))
    return path, content


def assert_numbers_lead_to_the_joint_audit(audit: Path) -> None:
    """A chapter's figures have their pages there: each number's link ends at its row."""
    assert not (audit / "figures").exists()
    links = re.findall(r'href="([^"#]*/figures/[^"#]*)#?([^"]*)"', _texts_of(audit))
    assert len(links) > MIN_LINKS
    for address, anchor in links:
        page = (audit / address).resolve()
        assert page.parent == audit.parents[2] / YEAR / "audit" / "figures"
        assert not anchor or f'id="{anchor}"' in page.read_text(encoding="utf-8"), address


def _texts_of(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html")))


@pytest.mark.slow
def test_failing_procedures_are_all_named_and_the_others_kept(workspace, annual_report):
    path, content = spoil_complaints(workspace, "adult")
    spoil_complaints(workspace, "children")
    words = ("run", YEAR, "--workspace", workspace, "--formats", "html")
    done = annual_report(*words)
    assert done.returncode == Kind.DATA, done.stderr
    assert f"{YEAR}/adult: extracts: 1 critical finding" in done.stderr
    assert f"{YEAR}/children: extracts: 1 critical finding" in done.stderr
    assert "Traceback" not in done.stderr
    assert f"{YEAR}/corporate  made" in done.stdout
    assert (workspace / "reports" / "corporate" / YEAR / "audit").is_dir()
    assert not (workspace / "reports" / YEAR).exists()
    corporate = file_bytes(workspace / "reports" / "corporate")
    path.write_bytes(content)
    done = annual_report(*words)
    assert done.returncode == 0, done.stderr
    assert f"{YEAR}/corporate  made" in done.stdout  # the extract is shared, and has changed
    assert f"{YEAR}  made" in done.stdout
    assert (workspace / "reports" / YEAR / "annual-report.html").is_file()
    assert file_bytes(workspace / "reports" / "corporate").keys() >= corporate.keys()
    assert_numbers_lead_to_the_joint_audit(workspace / "reports" / "corporate" / YEAR / "audit")
    done = annual_report(*words)
    assert done.stdout.count("  unchanged, ") == len(COUNTS) + 1
    assert done.stdout.count("is up to date") == len(COUNTS) + 1


@pytest.mark.slow
def test_procedure_that_is_in_no_report_has_the_pages_of_its_figures(tmp_path, annual_report):
    counts = {"corporate": 12, "adult": 9}
    workspace = write_joint_workspace(tmp_path / "workspace", counts, reports=["corporate"])
    done = annual_report("run", YEAR, "--workspace", workspace, "--formats", "html")
    assert done.returncode == 0, done.stderr
    for procedure in counts:
        audit = workspace / "reports" / procedure / YEAR / "audit"
        assert len(list((audit / "figures").iterdir())) > MIN_FIGURES
        assert "../" not in (audit / "figures.html").read_text(encoding="utf-8")


def procedures_under_way(workspace: Path) -> int:
    """How many procedures have a run that is past its first step."""
    pattern = "data/processed/*/.*.inputs/data/processed/*/*/1_validate"
    return len(list(workspace.glob(pattern)))


@on_posix
@pytest.mark.slow
def test_ctrl_c_stops_all_procedures_and_leaves_nothing(workspace, temp_folder):
    words = ("run", YEAR, "--workspace", workspace, "--formats", "html")
    command = start_command(temp_folder, *words)
    wait_until(lambda: procedures_under_way(workspace) > 0, command)
    press_ctrl_c(command)
    _, errors = command.communicate(timeout=STOP_SECONDS)
    assert (command.returncode, errors.strip()) == (STOPPED_EXIT_CODE, STOPPED_MESSAGE)
    assert unfinished_folders(workspace) == []
    assert not (workspace / "reports" / YEAR).exists()
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []
