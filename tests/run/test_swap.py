"""Tables and report are swapped in together: killed at any moment, a swap is undone or finished by whatever comes next."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.run.history import kept_reports
from pipeline.run.swap import recover_interrupted_runs, swap_in
from pipeline.settings import Settings, load_settings
from pipeline.system.folders import backup_path, staging_path

YEAR = "2021-22"
pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="a process is killed in the middle of a swap"
)
TOUCHES = ("os.rename", "os.mkdir", "os.remove", "os.rmdir")


def fill(folder: Path, words: str) -> None:
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        (folder / name).write_text(words)


def said_in(folder: Path) -> set[str]:
    """What the files of a folder say; more than one thing where it is torn, nothing where it is not whole."""
    files = sorted(folder.glob("*"))
    return (
        {path.read_text() for path in files}
        if [path.name for path in files] == ["a", "b"]
        else set()
    )


@pytest.fixture
def ready(workspace) -> Settings:
    """A year with the tables and report of its last run in place, and those of the next built aside."""
    settings = load_settings(workspace, YEAR)
    for folder in (settings.processed, settings.published_folder):
        fill(folder, "old")
        fill(staging_path(folder), "new")
    return settings


def killed_at(settings: Settings, moment: int) -> bool:
    """Whether a swap, in a process of its own, was killed as it was about to touch the disk for the n-th time."""
    if not (process := os.fork()):
        try:
            _swap_until(settings, moment)
            os._exit(0)
        finally:
            os._exit(1)
    ended = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def _swap_until(settings: Settings, moment: int) -> None:
    left = count(moment, -1)

    def hook(event: str, _) -> None:
        if event in TOUCHES and next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    swap_in(settings)


@pytest.mark.parametrize("first", [False, True], ids=["over a report", "where there was none"])
@pytest.mark.parametrize("moment", range(14))
def test_killed_at_any_moment_both_are_old_or_both_are_new(ready, moment, first):
    tables, report = ready.processed, ready.published_folder
    if first:
        for folder in (tables, report):
            folder.rename(folder.with_name("away"))
    killed = killed_at(ready, moment)
    for folder in (tables, report):
        assert said_in(folder) in ({"old"}, {"new"}) or not folder.exists(), "torn"
    recover_interrupted_runs(ready)
    both = said_in(report)
    assert said_in(tables) == both
    assert both == {"new"} or (killed and both == (set() if first else {"old"}))
    kept = kept_reports(report)
    assert [said_in(one) for one in kept] == ([{"old"}] if both == {"new"} and not first else [])
    assert [
        path
        for folder in (tables, report)
        for path in (backup_path(folder), staging_path(folder))
        if path.exists()
    ] == []


def test_the_moments_tried_are_all_there_are(ready):
    assert not killed_at(ready, 13)


def test_what_is_whole_is_left_alone_and_what_was_half_made_beside_it_is_gone(ready):
    recover_interrupted_runs(ready)
    assert said_in(ready.processed) == said_in(ready.published_folder) == {"old"}
    assert not staging_path(ready.processed).exists()
    assert not staging_path(ready.published_folder).exists()


def test_a_run_that_is_swapping_is_left_to_itself(ready):
    ready.published_folder.rename(backup_path(ready.published_folder))
    with FileLock(ready.processed.with_name(f".{YEAR}.lock")):
        recover_interrupted_runs(ready)
        assert not ready.published_folder.exists()
        assert said_in(staging_path(ready.published_folder)) == {"new"}
    recover_interrupted_runs(ready)
    assert said_in(ready.published_folder) == {"old"}


def test_a_report_of_another_year_is_put_right_as_well(ready):
    """It tells what was published before, on which this year's disclosure control relies."""
    earlier = ready.published_folder.with_name("2020-21")
    fill(backup_path(earlier), "old")
    recover_interrupted_runs(ready)
    assert said_in(earlier) == {"old"}
