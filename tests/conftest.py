"""Fixtures for all tests: the command, a workspace, and the sample's report, made only once."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import hypothesis
import other_years
import pytest
from builders import COMMAND, COMMAND_SECONDS, REPOSITORY, copy_sample, replace_text
from filelock import FileLock

YEAR = "2021-22"
NOBODY_UID = 65534
# A change of each kind: file, old text, new text.
# fmt: off
SAMPLE_CHANGES = (
    ("complaints.csv",
     "CYP-21-001,2021-06-08,Early Help", "CYP-21-001,2021-06-08,Looked After Children"),
    ("complaints.csv", "2007-09-28", "not told"),
    ("complaints.csv", "not upheld,2021-06-21", "not upheld,2021-06-29"),
    ("investigations.csv", "CYP-21-001,1,2021-06-08,,,no,,,,2021-06-21",
     "CYP-21-001,1,2021-06-08,,,no,,,,2021-06-29"),
    ("commentary.md", "we now settle concerns earlier", "we now settle most concerns earlier"),
    ("commentary.md", "Members may want", "Nobody said this before. Members may want"),
    ("commentary.md", "Everyone keeps the right", "Nobody loses the right"),
    ("report.yaml", "meeting_date: 2022-11-09", "meeting_date: 2022-11-30"),
)
# fmt: on

OTHER_YEARS = {
    "empty": other_years.write_empty_year,
    "first": other_years.write_first_year,
    "large": partial(other_years.write_large_year, complaint_count=369, team_count=16),
    "suppressed": other_years.write_suppressed_year,
}

# Examples of each random test: few in `make test`; CONTRIBUTING.md says how to try more.
hypothesis.settings.register_profile("quick", max_examples=30, deadline=None)
hypothesis.settings.register_profile("thorough", max_examples=100, deadline=None)
hypothesis.settings.load_profile("quick")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile the pipeline once, so that not every command of the tests has to."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compileall.compile_dir(REPOSITORY / "pipeline", quiet=2)


@dataclass(frozen=True)
class FinishedRun:
    """The workspace of a finished run, and where to find its files."""

    workspace: Path
    year: str = YEAR

    @property
    def html(self) -> Path:
        return self.workspace / "reports" / self.year / "annual-report.html"

    @property
    def audit(self) -> Path:
        return self.workspace / "reports" / self.year / "audit"

    @property
    def processed(self) -> Path:
        return self.workspace / "data" / "processed" / self.year

    @property
    def figures(self) -> Path:
        return self.processed / "3_aggregate" / "figures.csv"


def run_command(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess:
    """The result of `annual-report` with these arguments.

    environment: variables to set in addition to those of the tests.
    """
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
    )


@pytest.fixture(scope="session")
def skip_or_fail():
    """skip_or_fail("this needs Chromium: …"): skip the test, or fail it if CI is set."""
    return lambda notice: pytest.fail(notice) if os.environ.get("CI") else pytest.skip(notice)


@pytest.fixture
def another_user(skip_or_fail):
    """another_user(folder): give the folder to another user.

    Returns the words to put before a command so that this user runs it. The user can read
    everything, even a Python in root's home, and can write only their own files.
    """
    if sys.platform != "linux" or os.getuid() or not shutil.which("setpriv"):
        skip_or_fail("this needs Linux and the right to run as another user")
    identity = [f"--reuid={NOBODY_UID}", f"--regid={NOBODY_UID}", "--clear-groups"]
    read_only = "=-all,+dac_read_search"
    capabilities = [f"--{kind}{read_only}" for kind in ("inh-caps", "ambient-caps", "bounding-set")]

    def give(folder: Path) -> list[str]:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY_UID, NOBODY_UID)
        return ["setpriv", *identity, *capabilities]

    return give


@pytest.fixture(scope="session")
def annual_report():
    """annual_report("run", "2021-22", "--workspace", folder): the result of the command."""
    return run_command


@pytest.fixture(scope="session")
def call_command():
    """call_command("trace", …): as `annual_report`, in this process, which takes a tenth as long.

    What a process adds to a command (signals, encodings, what it imports) is tested elsewhere.
    """
    from typer.testing import CliRunner

    from pipeline.cli import app
    from pipeline.problem import Problem

    def call(*arguments: str | Path) -> subprocess.CompletedProcess:
        words = list(map(str, arguments))
        result = CliRunner().invoke(app, words)
        error = result.exception
        if isinstance(error, Problem):
            return subprocess.CompletedProcess(words, error.kind, result.stdout, f"\n{error}\n")
        if error is not None and not isinstance(error, SystemExit):
            raise error
        return subprocess.CompletedProcess(words, result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def temp_folder() -> Iterator[Path]:
    """A run's own temporary folder, whose path is short enough for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def sample_workspace():
    """sample_workspace(folder): the folder, now with the sample's raw data, before any run."""
    return copy_sample


@pytest.fixture
def workspace(tmp_path) -> Path:
    """A copy of the sample workspace, before any run."""
    return copy_sample(tmp_path / "workspace")


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory) -> FinishedRun:
    """The sample year's report, made by the command: once for all processes of pytest-xdist."""
    return run_once(tmp_path_factory, "sample-report", copy_sample)


@pytest.fixture
def reported_workspace(sample_report, tmp_path) -> Path:
    """A workspace with a finished report, whose files a test may change."""
    return Path(shutil.copytree(sample_report.workspace, tmp_path / "reported"))


@pytest.fixture(scope="session")
def changed_report(tmp_path_factory, sample_report) -> FinishedRun:
    """The sample's report after a change of each kind; the previous report is in its history."""

    def prepare(workspace: Path) -> None:
        shutil.copytree(sample_report.workspace, workspace)
        raw = workspace / "data" / "raw" / YEAR
        for name, old, new in SAMPLE_CHANGES:
            replace_text(raw / name, old, new)

    return run_once(tmp_path_factory, "changed-report", prepare, "--formats", "html")


@pytest.fixture(scope="session")
def report_of_another_year(tmp_path_factory) -> Callable[[str], FinishedRun]:
    """report_of_another_year("large"): its report as HTML and PDF, for all processes."""

    def make(year: str) -> FinishedRun:
        def prepare(workspace: Path) -> None:
            OTHER_YEARS[year](copy_sample(workspace) / "data" / "raw")

        return run_once(tmp_path_factory, f"{year}-report", prepare, "--formats", "html,pdf")

    return make


def run_once(
    tmp_path_factory, name: str, prepare: Callable[[Path], object], *options: str
) -> FinishedRun:
    """A report in a folder that all processes of pytest-xdist share.

    prepare: fills the workspace before the run. options: of `annual-report run`.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each process has its own folder in the shared one
        shared = shared.parent
    report = FinishedRun(shared / name)
    done = shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(report.workspace, ignore_errors=True)
            prepare(report.workspace)
            result = run_command("run", YEAR, "--workspace", report.workspace, *options)
            assert result.returncode == 0, result.stderr
            done.touch()
    return report
