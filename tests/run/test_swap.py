"""Tables and report are swapped in together; an interrupted swap is finished or undone later."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

import pytest
from builders import copy_sample
from filelock import FileLock
from runs import YEAR

from pipeline.run.history import kept_reports
from pipeline.run.swap import recover_interrupted_runs, swap_in
from pipeline.settings import Settings, load_settings
from pipeline.system.folders import backup_path, staging_path

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed")
DISK_EVENTS = ("os.rename", "os.mkdir", "os.remove", "os.rmdir")
RENAMES = 4  # of a swap over an existing report: tables and report away, and the new ones in
MAX_MOMENTS = 100
FILE_NAMES = ["a", "b"]


def fill(folder: Path, text: str) -> None:
    folder.mkdir(parents=True)
    for name in FILE_NAMES:
        (folder / name).write_text(text)


def texts_in(folder: Path) -> set[str]:
    """The texts of a folder's files: two if it is mixed, none if a file is missing."""
    files = sorted(folder.glob("*"))
    if [path.name for path in files] != FILE_NAMES:
        return set()
    return {path.read_text() for path in files}


def make_staged_run(workspace: Path) -> Settings:
    """A year with the tables and report of its last run, and those of the next one staged."""
    settings = load_settings(copy_sample(workspace), YEAR)
    for folder in (settings.processed, settings.published_folder):
        fill(folder, "old")
        fill(staging_path(folder), "new")
    return settings


@pytest.fixture
def staged_run(tmp_path) -> Settings:
    return make_staged_run(tmp_path)


def is_killed_at(settings: Settings, moment: int) -> bool:
    """Swap in a forked process that is killed before it changes the disk for the n-th time.

    moment: n, from 0. False if the swap was done before that.
    """
    pid = os.fork()
    if pid == 0:
        try:
            swap_until(settings, moment)
            os._exit(0)
        finally:
            os._exit(1)
    exit_code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert exit_code in (0, -signal.SIGKILL)
    return exit_code != 0


def swap_until(settings: Settings, moment: int) -> None:
    countdown = count(moment, -1)

    def kill_at_moment(event: str, _: object) -> None:
        if event in DISK_EVENTS and next(countdown) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(kill_at_moment)
    swap_in(settings)


@pytest.mark.parametrize("is_first", [False, True], ids=["over a report", "no report yet"])
def test_swap_killed_at_any_moment_is_finished_or_undone(tmp_path, is_first):
    for moment in range(MAX_MOMENTS):
        settings = make_staged_run(tmp_path / str(moment))
        if is_first:
            for folder in (settings.processed, settings.published_folder):
                folder.rename(folder.with_name("away"))
        was_killed = is_killed_at(settings, moment)
        check_recovery(settings, was_killed, is_first)
        if not was_killed:
            break
    assert not was_killed
    assert moment >= (RENAMES // 2 if is_first else RENAMES)


def check_recovery(settings: Settings, was_killed: bool, is_first: bool) -> None:
    """Tables and report are both old or both new, and nothing unfinished is left."""
    tables = settings.processed
    report = settings.published_folder
    for folder in (tables, report):
        assert texts_in(folder) in ({"old"}, {"new"}) or not folder.exists(), "mixed"
    recover_interrupted_runs(settings)
    texts = texts_in(report)
    assert texts_in(tables) == texts
    undone = set() if is_first else {"old"}
    assert texts == {"new"} or (was_killed and texts == undone)
    replaced = [{"old"}] if texts == {"new"} and not is_first else []
    assert [texts_in(path) for path in kept_reports(report)] == replaced
    for folder in (tables, report):
        assert not backup_path(folder).exists()
        assert not staging_path(folder).exists()


def test_recovery_keeps_what_is_whole_and_removes_what_is_staged(staged_run):
    recover_interrupted_runs(staged_run)
    for folder in (staged_run.processed, staged_run.published_folder):
        assert texts_in(folder) == {"old"}
        assert not staging_path(folder).exists()


def test_recovery_leaves_a_run_that_is_swapping(staged_run):
    report = staged_run.published_folder
    report.rename(backup_path(report))
    with FileLock(staged_run.processed.with_name(f".{YEAR}.lock")):
        recover_interrupted_runs(staged_run)
        assert not report.exists()
        assert texts_in(staging_path(report)) == {"new"}
    recover_interrupted_runs(staged_run)
    assert texts_in(report) == {"old"}


def test_recovery_restores_the_report_of_another_year(staged_run):
    """It tells what was published before, and this year's disclosure control relies on that."""
    earlier = staged_run.published_folder.with_name("2020-21")
    fill(backup_path(earlier), "old")
    recover_interrupted_runs(staged_run)
    assert texts_in(earlier) == {"old"}
