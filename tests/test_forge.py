"""The workflow of a public forge agrees with the Makefile and with pyproject.toml."""

from __future__ import annotations

import re
import shlex
import tomllib

import pytest
import yaml
from builders import REPOSITORY

from pipeline.cli import app
from pipeline.report.documents.pdf import LIBRARIES

WORKFLOW = REPOSITORY / ".github" / "workflows" / "ci.yml"
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
SYSTEMS = ["ubuntu-latest", "macos-latest", "windows-latest"]
ACTIONS = re.compile(r"(actions|conda-incubator)/[a-z-]+@v\d+")


@pytest.fixture(scope="module")
def jobs():
    return yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


def commands(job) -> list[str]:
    """The lines that a job runs."""
    texts = [step["run"] for step in job["steps"] if "run" in step]
    return [line for text in texts for line in text.splitlines()]


def test_every_system_and_every_declared_python_is_tried(jobs):
    versions = [
        text.rpartition(" ")[2]
        for text in PROJECT["project"]["classifiers"]
        if text.startswith("Programming Language :: Python :: 3.")
    ]
    assert jobs["test"]["strategy"]["matrix"] == {"os": SYSTEMS, "python": versions}
    assert f">={versions[0]}" == PROJECT["project"]["requires-python"]
    assert jobs["conda"]["strategy"]["matrix"] == {"os": SYSTEMS}


def test_workflow_checks_runs_and_tests_what_make_does(jobs):
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8").replace("$(BIN)/", "")
    lines = commands(jobs["test"])
    for line in (
        "ruff check --quiet .",
        "ruff format --quiet --check .",
        "mypy --no-error-summary",
    ):
        assert line in lines
        assert line in makefile
    installs = "python -m pip install --no-deps --no-build-isolation -e ."
    assert installs in lines
    assert installs.replace("install ", "install --quiet ", 1) in makefile
    assert "python -m pip install --require-hashes -r requirements-dev.lock" in lines
    assert any(LIBRARIES in line for line in lines)
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    called = {shlex.split(line)[1] for line in lines if line.startswith("annual-report ")}
    assert {"check", "run"} == called <= known


def test_workflow_selects_tests_by_marks_that_exist(jobs):
    marks = {text.partition(":")[0] for text in PROJECT["tool"]["pytest"]["ini_options"]["markers"]}
    (line,) = [line for line in commands(jobs["test"]) if "pytest" in line]
    selection = shlex.split(line)[-1]
    assert set(re.findall(r"\w+", selection)) - {"not", "and"} <= marks
    assert "not slow" in selection


def test_every_step_runs_a_command_or_a_known_action(jobs):
    for job in jobs.values():
        for step in job["steps"]:
            assert set(step) <= {"name", "uses", "with", "run", "if"}
            assert ("run" in step) != ("uses" in step)
            assert "uses" not in step or ACTIONS.fullmatch(step["uses"]), step
            condition = step.get("if")
            assert condition in (None, "runner.os == 'Linux'", "runner.os == 'macOS'")
