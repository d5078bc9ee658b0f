"""A run reads a copy of its inputs: nothing that is saved meanwhile gets into its report."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from builders import SAMPLE_RAW, file_bytes
from runs import YEAR, unfinished_folders

import pipeline
from pipeline.artifacts import STEPS
from pipeline.problem import Kind, Problem
from pipeline.run import snapshot, steps
from pipeline.run.chain import Progress
from pipeline.run.freshness import Freshness, plan_run
from pipeline.run.record import load_record
from pipeline.run.snapshot import ProjectFiles, input_snapshot
from pipeline.run.steps import PROJECT_ROOT
from pipeline.settings import Settings, load_settings
from pipeline.workflow import make_report, run_options

RAW = Path("data", "raw")
PAIR = (RAW / YEAR / "learning.csv", RAW / YEAR / "training.csv")
NOT_AN_INPUT = b"nothing that any step could read: {{ \xff"


def prepared_settings(workspace: Path) -> Settings:
    """The settings of a workspace in which a run may begin."""
    settings = load_settings(workspace, YEAR)
    settings.processed.parent.mkdir(exist_ok=True)
    return settings


def freshness_of(settings: Settings) -> Freshness:
    return Freshness(settings, run_options(settings, "html", final=False))


# The copy


def test_copy_has_every_input_and_ends_with_its_block(reported_workspace):
    (reported_workspace / RAW / "logo.svg").write_text("<svg/>")
    (reported_workspace / "notebooks").mkdir()
    shutil.copy(PROJECT_ROOT / "notebooks" / "4_report.ipynb", reported_workspace / "notebooks")
    (reported_workspace / RAW / "2015-16").mkdir()
    settings = prepared_settings(reported_workspace)
    live = freshness_of(settings)
    with input_snapshot(settings) as copied:
        freshness = freshness_of(copied)
        assert freshness.inputs == live.inputs
        assert {RAW / "logo.svg", Path("notebooks/4_report.ipynb")} <= {
            Path(file.path) for file in freshness.inputs
        }
        assert freshness.other_names == live.other_names
        assert copied.workspace.stat().st_mode & 0o077 == 0
    assert not copied.workspace.exists()


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as on Unix")
def test_link_out_of_the_workspace_and_a_pipe_are_not_copied(workspace, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a secret")
    folder = workspace / RAW / YEAR
    (folder / "concerns.csv").unlink()
    (folder / "concerns.csv").symlink_to(secret)
    (folder / "training.csv").unlink()
    os.mkfifo(folder / "training.csv")
    with input_snapshot(prepared_settings(workspace)) as copied:
        assert (copied.raw / YEAR / "concerns.csv").readlink() == secret
        assert not (copied.raw / YEAR / "training.csv").is_file()
        assert (copied.raw / YEAR / "training.csv").is_symlink()


@pytest.mark.skipif(os.name != "posix", reason="links as on Unix")
def test_year_that_is_a_link_inside_the_workspace_is_an_input(workspace):
    (workspace / RAW / YEAR).rename(workspace / "supplied")
    (workspace / RAW / YEAR).symlink_to(workspace / "supplied")
    (workspace / RAW / YEAR / "round").symlink_to(workspace / "supplied")
    settings = prepared_settings(workspace)
    with input_snapshot(settings) as copied:
        paths = {file.path for file in freshness_of(copied).inputs}
    assert f"data/raw/{YEAR}/complaints.csv" in paths
    assert not any("round/" in path for path in paths)


@pytest.fixture
def during_copies(monkeypatch):
    """during_copies(action): from now on, call it after each file that is copied."""
    copyfile = shutil.copyfile

    def act(action: Callable[[], object]) -> None:
        def copy_and_act(source: Path, target: Path) -> None:
            copyfile(source, target)
            action()

        monkeypatch.setattr(shutil, "copyfile", copy_and_act)

    return act


def test_files_saved_while_they_are_copied_are_copied_again(workspace, during_copies):
    """No copy has an old file next to a new one."""
    settings = prepared_settings(workspace)
    saves = iter(range(2))  # while the first and the second file are copied

    def save_all() -> None:
        for number in saves:
            for path in PAIR:
                (workspace / path).write_text(f"saved {number}")
            return

    during_copies(save_all)
    with input_snapshot(settings) as copied:
        assert [(copied.workspace / path).read_text() for path in PAIR] == ["saved 1"] * 2


def test_file_that_is_written_all_the_time_stops_the_run(workspace, monkeypatch, during_copies):
    monkeypatch.setattr(snapshot, "MAX_COPIES", 2)
    commentary = workspace / RAW / YEAR / "commentary.md"
    settings = prepared_settings(workspace)
    during_copies(lambda: commentary.write_bytes(commentary.read_bytes() + b"\n"))
    with (
        pytest.raises(Problem, match="another program writes") as stopped,
        input_snapshot(settings),
    ):
        pass
    assert stopped.value.kind == Kind.MACHINE
    assert stopped.value.where == str(commentary)
    assert unfinished_folders(workspace) == []


# A run


class Saboteur(Progress):
    """Overwrites every input, and adds others, each time that a step begins or ends."""

    def __init__(self, workspace: Path) -> None:
        super().__init__()
        self.workspace = workspace
        self.moments = 0

    def step_started(self, step: str) -> None:
        super().step_started(step)
        self.overwrite()

    def step_finished(self, step: str) -> None:
        super().step_finished(step)
        self.overwrite()

    def overwrite(self) -> None:
        self.moments += 1
        notebooks = self.workspace / "notebooks"
        notebooks.mkdir(exist_ok=True)
        paths = [path for path in (self.workspace / RAW).rglob("*") if path.is_file()]
        paths += [notebooks / f"{step}.ipynb" for step in STEPS]
        paths += [self.workspace / RAW / YEAR / "more complaints.csv"]
        for path in paths:
            path.write_bytes(NOT_AN_INPUT)


@pytest.mark.slow
def test_inputs_overwritten_at_every_step_do_not_reach_the_run(workspace, sample_report):
    progress = Saboteur(workspace)
    settings = load_settings(workspace, YEAR)
    assert make_report(settings, run_options(settings, "html", final=False), progress)
    assert progress.moments == 2 * (len(STEPS) + 1)
    report = workspace / "reports" / YEAR
    assert (report / "annual-report.html").read_bytes() == sample_report.html.read_bytes()
    assert file_bytes(workspace / "data" / "processed" / YEAR) == file_bytes(
        sample_report.processed
    )
    inputs = load_record(report).inputs
    assert inputs == load_record(sample_report.html.parent).inputs
    shutil.rmtree(workspace / RAW)
    shutil.copytree(SAMPLE_RAW, workspace / RAW)
    shutil.rmtree(workspace / "notebooks")
    # The record describes what was read: with the inputs as they were, nothing is stale.
    restored = freshness_of(load_settings(workspace, YEAR))
    assert plan_run(restored).is_empty, plan_run(restored).reasons


# The program's own files


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A small project in place of the one that runs."""
    for name in ("pipeline/module.py", "pipeline/style.css", "notebooks/4_report.ipynb"):
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content")
    monkeypatch.setattr(steps, "PROJECT_ROOT", tmp_path / "project")
    return tmp_path / "project"


@pytest.mark.parametrize("name", ["pipeline/style.css", "notebooks/4_report.ipynb"])
def test_project_file_written_during_a_run_stops_it(project, name):
    files = ProjectFiles()
    files.check_unchanged()
    path = project / name
    (project / "another").write_text("content")
    path.write_text("changed")
    path.write_text("content")  # back again, which its times tell
    with pytest.raises(Problem, match="was written while the program was running") as stopped:
        files.check_unchanged()
    assert stopped.value.where == str(path)


def test_module_written_since_the_command_began_stops_a_run(project, monkeypatch):
    path = next(iter(pipeline.MODULES_AT_START))
    monkeypatch.setitem(pipeline.MODULES_AT_START, path, (0, 0, 0, 0))
    with pytest.raises(Problem) as stopped:
        ProjectFiles().check_unchanged()
    assert stopped.value.where == str(path)
