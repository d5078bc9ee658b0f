"""A power cut at any point of a swap leaves a whole report, on a disk that loses what is unflushed.

The renames, deletions and flushes of a real swap are recorded. A simulated disk repeats the first
of them: it may lose each change of a folder's names that was not flushed since, and loses every
file and name in the staged folders that was not flushed. Then the next command recovers.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from runs import YEAR
from test_swap import make_staged_run, texts_in

from pipeline.run.swap import recover_interrupted_runs, swap_in
from pipeline.settings import Settings
from pipeline.system.folders import backup_path, staging_path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="flushes folders as on Linux")
SIDES = ("data/processed", "reports")  # two folders whose changes a disk may write in any order


class Change(NamedTuple):
    """A change of the disk. kind: rename, delete or flush. paths: relative to the workspace."""

    kind: str
    paths: tuple[str, ...]

    @property
    def folders(self) -> set[str]:
        """The folders whose names it changes."""
        return {str(Path(path).parent) for path in self.paths}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory) -> list[Change]:
    """The changes of one swap."""
    settings = make_staged_run(tmp_path_factory.mktemp("recorded"))
    root = settings.workspace
    changes: list[Change] = []
    rename, delete, flush = os.rename, shutil.rmtree, os.fsync

    def note(kind: str, *paths: object) -> None:
        names = [os.path.relpath(os.fspath(path), root) for path in paths]
        changes.append(Change(kind, tuple(names)))

    def recorded_rename(source: object, target: object) -> None:
        note("rename", source, target)
        rename(source, target)

    def recorded_delete(path: Path, **options: object) -> None:
        if path.exists():
            note("delete", path)
        delete(path, **options)

    def recorded_flush(descriptor: int) -> None:
        note("flush", Path(f"/proc/self/fd/{descriptor}").readlink())
        flush(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "rename", recorded_rename)
        patch.setattr(shutil, "rmtree", recorded_delete)
        patch.setattr(os, "fsync", recorded_flush)
        swap_in(settings)
    return changes


@pytest.fixture(scope="module")
def before_swap(tmp_path_factory) -> Settings:
    return make_staged_run(tmp_path_factory.mktemp("before"))


def copied(settings: Settings, workspace: Path) -> Settings:
    """The settings of a copy of what a swap changes."""
    for side in SIDES:
        shutil.copytree(settings.workspace / side, workspace / side)
    places = {"workspace": workspace, "processed": workspace / SIDES[0] / YEAR}
    return settings.model_copy(update=places)


def is_durable(number: int, changes: list[Change]) -> bool:
    """Whether a folder of a change was flushed after it."""
    folders = changes[number].folders
    return any(
        later.kind == "flush" and folders & {later.paths[0]} for later in changes[number + 1 :]
    )


def simulate(workspace: Path, changes: list[Change], lost_sides: set[str]) -> None:
    """Do to a workspace what its disk has of the changes after a power cut.

    lost_sides: where the disk loses what was not flushed; elsewhere it has it all the same.
    """
    flushed = {change.paths[0] for change in changes if change.kind == "flush"}
    for side in SIDES:
        staged = workspace / staging_path(Path(side, YEAR))
        for file in staged.iterdir():
            if str(staged.relative_to(workspace)) not in flushed:
                file.unlink()
            elif str(file.relative_to(workspace)) not in flushed:
                file.write_bytes(b"")
    for number, change in enumerate(changes):
        is_lost = any(path.startswith(tuple(lost_sides)) for path in change.paths)
        if change.kind == "flush" or (lost_sides and is_lost and not is_durable(number, changes)):
            continue
        paths = [workspace / path for path in change.paths]
        if not paths[0].exists():
            continue
        if change.kind == "delete":
            shutil.rmtree(paths[0])
        else:
            paths[1].parent.mkdir(parents=True, exist_ok=True)
            paths[0].rename(paths[1])


def damages(before_swap: Settings, changes: list[Change], folder: Path) -> Iterator[str]:
    """What is wrong after a power cut at each point, and each way in which the disk loses."""
    for count in range(len(changes) + 1):
        for number, losses in enumerate(product([True, False], repeat=len(SIDES))):
            lost_sides = {side for side, is_lost in zip(SIDES, losses, strict=True) if is_lost}
            settings = copied(before_swap, folder / f"{count}-{number}")
            simulate(settings.workspace, changes[:count], lost_sides)
            recover_interrupted_runs(settings)
            fault = damage_of(settings)
            if fault:
                yield f"after {changes[count - 1]}, losing {sorted(lost_sides)}: {fault}"
            shutil.rmtree(settings.workspace)


def damage_of(settings: Settings) -> str:
    texts = [texts_in(folder) for folder in (settings.processed, settings.published_folder)]
    if texts not in ([{"old"}] * 2, [{"new"}] * 2):
        return f"tables and report are {texts}"
    for folder in (settings.processed, settings.published_folder):
        if backup_path(folder).exists() or staging_path(folder).exists():
            return f"{folder} blocks the next run"
    return ""


def test_power_cut_at_any_point_leaves_a_whole_report(recorded, before_swap, tmp_path):
    assert [change.kind for change in recorded].count("rename") == 5
    assert list(damages(before_swap, recorded, tmp_path)) == []


# fmt: off
FLUSHES = {
    "of the tables' content": lambda path: path.startswith("data/processed/.2021-22.new/"),
    "of the report's content": lambda path: path.startswith("reports/.2021-22.new/"),
    "of the tables' names": lambda path: path == "data/processed/.2021-22.new",
    "of the report's names": lambda path: path == "reports/.2021-22.new",
    "of the folder of the tables": lambda path: path == "data/processed",
    "of the folder of the report": lambda path: path == "reports",
}
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize("kind", FLUSHES)
def test_each_kind_of_flush_is_needed(recorded, before_swap, tmp_path, kind):
    """Without it this simulation finds damage, so it would notice if somebody removed it."""
    without = [
        change
        for change in recorded
        if change.kind != "flush" or not FLUSHES[kind](change.paths[0])
    ]
    assert len(without) < len(recorded)
    assert next(damages(before_swap, without, tmp_path), "") != ""
