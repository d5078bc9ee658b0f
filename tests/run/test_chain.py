"""A run that fails gives one message and an exit code, and leaves the last good report."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from builders import COMMAND_SECONDS, REPOSITORY, replace_text
from filelock import FileLock
from runs import YEAR, unfinished_folders, write_own_notebook, year_files

from pipeline.artifacts import STEPS
from pipeline.problem import Kind
from pipeline.report.documents.html import render_html
from pipeline.settings import load_settings

USAGE_ERROR = 2  # typer's exit code


# What stops a run


def misspell_an_outcome(workspace: Path) -> None:
    replace_text(
        workspace / "data" / "raw" / YEAR / "complaints.csv", ",not upheld,", ",not upehld,"
    )


def misspell_a_key(workspace: Path) -> None:
    replace_text(workspace / "data" / "raw" / "council.yaml", "directorate:", "directorat:")


def type_a_digit(workspace: Path) -> None:
    reference = "{{ compliments.received | counted }} (thanks"
    write_own_notebook(workspace, "4_report", reference, "102 compliments (thanks")


def misspell_a_parameter(workspace: Path) -> None:
    write_own_notebook(workspace, "1_validate", "processed = None", "proccessed = None")


def divide_by_zero(workspace: Path) -> None:
    write_own_notebook(workspace, "1_validate", "from pipeline", "1 / 0\nfrom pipeline")


def change_nothing(workspace: Path) -> None:
    """For a year that does not exist."""


@dataclass(frozen=True)
class Failure:
    """A change that stops the run, and what the message must contain."""

    change: Callable[[Path], None]
    kind: Kind
    messages: tuple[str, ...]
    year: str = YEAR


# fmt: off
FAILURES = [
    Failure(misspell_an_outcome, Kind.DATA, (
        "data/raw/2021-22/complaints.csv, outcome", "row 2", "not upehld", "not upheld",
    )),
    Failure(misspell_a_key, Kind.SETTINGS, (
        'data/raw/council.yaml, line 4, directorat: there is no such key. '
        'Did you mean "directorate"?',
        "directorate: this key is required but missing", "Add `directorate:` with its value.",
    )),
    Failure(type_a_digit, Kind.NOTEBOOK, (
        "notebooks/4_report.ipynb, cell ", '("%%narrative overview"), line ',
        '102 compliments (thanks',
    )),
    Failure(misspell_a_parameter, Kind.NOTEBOOK, (
        'notebooks/1_validate.ipynb: its parameters cell does not set "processed". '
        'Did you mean "proccessed"?',
    )),
    Failure(divide_by_zero, Kind.NOTEBOOK, (
        "notebooks/1_validate.ipynb, cell ", "ZeroDivisionError: division by zero",
        "data/processed/2021-22.failed/1_validate.ipynb",
    )),
    Failure(change_nothing, Kind.SETTINGS, (
        'year: "2021-23" is not a financial year', 'Did you mean "2021-22"?',
    ), "2021-23"),
    Failure(change_nothing, Kind.SETTINGS, (
        "year: there is no folder data/raw/2015-16", "2020-21, 2021-22.",
    ), "2015-16"),
]
# fmt: on


def failure_id(failure: Failure) -> str:
    return failure.change.__name__ if failure.year == YEAR else failure.year


def with_marks(failure: Failure) -> Any:
    """A failure that comes after a step was run belongs to the slow tests, but for one."""
    is_late = failure.change in (type_a_digit, misspell_a_parameter, divide_by_zero)
    marks = [pytest.mark.slow] if is_late else []
    return pytest.param(failure, id=failure_id(failure), marks=marks)


@pytest.mark.parametrize("failure", map(with_marks, FAILURES))
@pytest.mark.slow
def test_failed_run_leaves_the_last_good_report(failure, reported_workspace, annual_report):
    failure.change(reported_workspace)
    files = year_files(reported_workspace)
    options = ("--workspace", reported_workspace, "--formats", "html")
    result = annual_report("run", failure.year, *options)
    assert result.returncode == failure.kind, result.stderr
    for message in failure.messages:
        assert message in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert year_files(reported_workspace) == files
    assert unfinished_folders(reported_workspace) == []


def test_workspace_without_a_year_has_nothing_to_do(workspace, annual_report):
    for folder in (workspace / "data" / "raw").glob("*/"):
        shutil.rmtree(folder)
    result = annual_report("run", "latest", "--workspace", workspace)
    assert result.returncode == Kind.NOTHING_TO_DO
    assert "annual-report new 2021-22" in result.stderr


def test_folder_without_raw_data_is_no_workspace(tmp_path, annual_report):
    result = annual_report("run", "latest", "--workspace", tmp_path)
    assert result.returncode == Kind.SETTINGS
    assert f"{tmp_path}: there is no folder data/raw here" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["run"], ["run", YEAR, "--wrokspace", "."], ["rnu", YEAR]])
def test_mistyped_command_shows_its_usage(words, annual_report):
    result = annual_report(*words)
    assert result.returncode == USAGE_ERROR
    assert "Usage: annual-report" in result.stderr


def test_year_that_is_being_made_is_not_made_twice(reported_workspace, annual_report):
    files = year_files(reported_workspace)
    with FileLock(reported_workspace / "data" / "processed" / f".{YEAR}.lock"):
        result = annual_report("run", YEAR, "--workspace", reported_workspace)
    assert result.returncode == Kind.SETTINGS
    assert "2021-22: another run of this year is under way\nWait until" in result.stderr
    assert year_files(reported_workspace) == files


@pytest.mark.slow
def test_backups_of_a_killed_run_are_restored(reported_workspace, annual_report):
    """They are restored even if the next run fails as well."""
    files = year_files(reported_workspace)
    for folder in (reported_workspace / "reports", reported_workspace / "data" / "processed"):
        (folder / YEAR).rename(folder / f".{YEAR}.old")
    misspell_a_parameter(reported_workspace)
    result = annual_report("run", YEAR, "--workspace", reported_workspace)
    assert result.returncode == Kind.NOTEBOOK
    assert year_files(reported_workspace) == files
    assert unfinished_folders(reported_workspace) == []


@pytest.mark.slow
def test_notebooks_run_by_hand_give_the_same_report(workspace, sample_report, tmp_path):
    """JupyterLab runs them in `notebooks/` with their defaults: the latest year."""
    notebooks = workspace / "notebooks"
    ignored = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(REPOSITORY / "notebooks", notebooks, ignore=ignored)
    names = [f"{step}.ipynb" for step in STEPS]  # the joint one is for several procedures
    command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
    result = subprocess.run(
        [*command, "--output-dir", tmp_path / "out", *names],
        cwd=notebooks,
        env=os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    assert result.returncode == 0, result.stderr
    figures = workspace / "data" / "processed" / YEAR / "3_aggregate" / "figures.csv"
    assert figures.read_bytes() == sample_report.figures.read_bytes()
    assert not (workspace / "reports").exists()
    executed = nbformat.read(tmp_path / "out" / "4_report.ipynb", as_version=4)
    html = render_html(executed, load_settings(workspace, YEAR))
    assert html == sample_report.html.read_text(encoding="utf-8")
