"""What every test may ask for: the command, a workspace to spoil, and the sample's report, built once for all tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

REPOSITORY = Path(__file__).resolve().parents[1]
COMMAND = shutil.which("annual-report", path=str(Path(sys.executable).parent))


@dataclass(frozen=True)
class Report:
    """A finished run: the workspace, and where in it things lie."""

    workspace: Path
    year: str = "2021-22"

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


def run_command(*words: str | Path, **surroundings: str) -> subprocess.CompletedProcess:
    """`annual-report` as a user types it, but for the surroundings (environment variables) that a test names."""
    return subprocess.run(
        [COMMAND, *map(str, words)],
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


def copy_of_the_sample(folder: Path) -> Path:
    """A workspace with the repository's raw data and nothing else."""
    shutil.copytree(REPOSITORY / "data" / "raw", folder / "data" / "raw")
    return folder


@pytest.fixture(scope="session")
def file_bytes():
    """everything(folder): each file below it and what is in it."""
    return lambda folder: {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="session")
def skip_or_fail():
    """lacking("this needs Chromium: …"): skips the test on a user's machine, and fails it where CI is set."""
    return lambda notice: pytest.fail(notice) if os.environ.get("CI") else pytest.skip(notice)


@pytest.fixture
def another_user(lacking):
    """another_user(folder): gives a folder, and all in it, to another user; the words before a command that this user gives.

    That user may read everything, also where a Python lies in root's own home, and write nothing but what is theirs.
    """
    if sys.platform != "linux" or os.getuid() or not shutil.which("setpriv"):
        lacking("this needs Linux and the right to run as another user")
    nobody = 65534
    read_only = "=-all,+dac_read_search"
    prefix = ["setpriv", f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    prefix += [f"--{which}{read_only}" for which in ("inh-caps", "ambient-caps", "bounding-set")]

    def given(folder: Path) -> list[str]:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, nobody, nobody)
        return prefix

    return given


@pytest.fixture(scope="session")
def annual_report():
    """annual_report("run", "2021-22", "--workspace", folder): what the command said, and its exit code."""
    return run_command


@pytest.fixture(scope="session")
def sample_workspace():
    """sample_workspace(folder): the folder with the sample's raw data in it, before any run."""
    return copy_of_the_sample


@pytest.fixture
def workspace(tmp_path) -> Path:
    """A copy of the sample workspace, before any run."""
    return copy_of_the_sample(tmp_path / "workspace")


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory) -> Report:
    """The sample year's report, made by the command itself: once, also where pytest-xdist runs several processes."""
    return made_once(tmp_path_factory, "sample-report", copy_of_the_sample)


@pytest.fixture(scope="session")
def changed_report(tmp_path_factory, sample_report) -> Report:
    """The sample's report after a change of each kind; the one before it is kept, as a run keeps it."""

    def change(workspace: Path) -> None:
        shutil.copytree(sample_report.workspace, workspace)
        raw = workspace / "data" / "raw" / "2021-22"
        for name, before, now in (
            (
                "complaints.csv",
                "CYP-21-001,2021-06-08,Early Help",
                "CYP-21-001,2021-06-08,Looked After Children",
            ),
            ("complaints.csv", "2007-09-28", "not told"),
            ("commentary.md", "took the trouble to tell", "took the time and the trouble to tell"),
            (
                "commentary.md",
                "Members should read",
                "Nobody said this before. Members should read",
            ),
            ("commentary.md", "It takes away nobody's right to", "Nobody loses the right to"),
            ("report.yaml", "meeting_date: 2022-11-09", "meeting_date: 2022-11-30"),
        ):
            text = (raw / name).read_text(encoding="utf-8")
            assert before in text
            (raw / name).write_text(text.replace(before, now), encoding="utf-8")

    return made_once(tmp_path_factory, "changed-report", change, "--formats", "html")


def made_once(
    tmp_path_factory, name: str, prepare: Callable[[Path], object], *options: str
) -> Report:
    """A report in a folder that all of pytest-xdist's processes share. prepare: fills the workspace that it is made in."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # its own folder lies in the one that all share
        shared = shared.parent
    report, done = Report(shared / name), shared / f"{name}.done"
    with FileLock(shared / f"{name}.lock"):
        if not done.exists():
            shutil.rmtree(report.workspace, ignore_errors=True)
            prepare(report.workspace)
            ended = run_command("run", "2021-22", "--workspace", report.workspace, *options)
            assert ended.returncode == 0, ended.stderr
            done.touch()
    return report
