"""A power cut at any point of a run leaves a whole report, on a disk that loses what is unflushed.

What a real run does to its workspace is recorded: new folders, renames, deletions and flushes. A
simulated disk repeats the first of these changes. It may lose each that was not flushed since, and
loses every file and name in the staged folders that was not flushed. Then the next command
recovers. The staged content is thinned out, for it does not matter which file is lost.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from builders import file_bytes
from runs import YEAR
from test_swap import make_staged_run

from pipeline import system
from pipeline.artifacts import RECORD_PATH, NumberKey
from pipeline.run.chain import Progress
from pipeline.run.history import kept_reports
from pipeline.run.swap import recover_interrupted_runs, swap_in
from pipeline.settings import Settings, load_settings
from pipeline.settings.ledger import read_ledger
from pipeline.system.folders import backup_path, staging_path
from pipeline.workflow import make_report, run_options

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not system.IS_POSIX, reason="flushes folders as on Linux"
)
SIDES = ("data/processed", "reports")
FILES_PER_FOLDER = 2  # of those that are simulated
STAGED = tuple(str(staging_path(Path(side, YEAR))) for side in SIDES)
STAGED_LEDGER = f"reports/numbers/.{YEAR}.csv.new"


class Change(NamedTuple):
    """A change of the disk. kind: make, rename, delete or flush. paths: in the workspace."""

    kind: str
    paths: tuple[str, ...]

    @property
    def folders(self) -> set[str]:
        """The folders whose names it changes."""
        return {str(Path(path).parent) for path in self.paths}


class State(NamedTuple):
    """What must not be lost: tables and report, the reports that it replaced, and the ledger."""

    tables: dict[str, bytes]
    report: dict[str, bytes]
    replaced: list[dict[str, bytes]]
    ledger: set[tuple[NumberKey, float]]

    @classmethod
    def of(cls, settings: Settings) -> State:
        report = settings.published_folder
        return cls(
            file_bytes(settings.processed),
            file_bytes(report),
            [file_bytes(path) for path in kept_reports(report)],
            set(read_ledger(settings.ledger)),
        )


class Recording(NamedTuple):
    """What a run did. start: a workspace as it was, in which all staged content lies ready."""

    start: Settings
    changes: list[Change]
    old: State
    new: State


def record(settings: Settings, folder: Path, work: Callable[[Settings], object]) -> Recording:
    """Record what a piece of work changes in a workspace.

    folder: for a copy of the workspace as it was before.
    """
    start = copied(settings, folder)
    thin_out(start)
    old = State.of(start)
    changes = recorded_changes(settings.workspace, folder, work, settings)
    thin_out(start)
    recovered = copied(start, folder.with_name("new"))
    simulate(recovered.workspace, changes, set())
    new = State.of(recovered)
    assert new != old
    return Recording(start, changes, old, new)


def thin_out(settings: Settings) -> None:
    """Delete all but a few files of each folder, and none that a run reads to keep a report."""
    for side in SIDES:
        for folder in (settings.workspace / side).rglob("*/"):
            files = sorted(path for path in folder.iterdir() if path.is_file())
            spare = [path for path in files if path.name != Path(RECORD_PATH).name]
            if folder.name != "numbers" and YEAR in str(folder):
                for path in spare[FILES_PER_FOLDER:]:
                    path.unlink()


def recorded_changes(
    root: Path, captured: Path, work: Callable[[Settings], object], settings: Settings
) -> list[Change]:
    """The changes of a piece of work; what it stages is copied before it is renamed."""
    changes: list[Change] = []
    functions = {name: getattr(os, name) for name in ("mkdir", "rename", "replace", "fsync")}
    delete = shutil.rmtree

    def note(kind: str, *paths: object) -> None:
        names = tuple(os.path.relpath(os.fspath(path), root) for path in paths)
        if kind == "flush" or not any(".inputs" in name for name in names):
            changes.append(Change(kind, names))
        elif kind == "rename":  # the tables, made in the copy of the inputs
            changes.append(Change("make", names[-1:]))

    def make(path: object, *options: object, **more: object) -> None:
        functions["mkdir"](path, *options, **more)
        if Path(path).is_relative_to(root):
            note("make", path)

    def rename(source: object, target: object) -> None:
        if Path(source).is_relative_to(root):
            note("rename", source, target)
            copy = captured / os.path.relpath(source, root)
            if copy.name.endswith(".new") and not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if Path(source).is_dir() else shutil.copy)(source, copy)
        functions["replace"](source, target)

    def remove(path: Path, *options: object, **more: object) -> None:
        if Path(path).exists() and Path(path).is_relative_to(root):
            note("delete", path)
        delete(path, *options, **more)

    def flush(descriptor: int) -> None:
        note("flush", Path(f"/proc/self/fd/{descriptor}").readlink())
        functions["fsync"](descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", make)
        patch.setattr(os, "rename", rename)
        patch.setattr(os, "replace", rename)
        patch.setattr(os, "fsync", flush)
        patch.setattr(shutil, "rmtree", remove)
        work(settings)
    return changes


def copied(settings: Settings, workspace: Path) -> Settings:
    """The settings of a copy of what a run changes."""
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


def simulate(workspace: Path, changes: list[Change], lost_folders: set[str]) -> None:
    """Do to a workspace what its disk has of the changes after a power cut.

    lost_folders: where the disk loses what was not flushed; elsewhere it has it all the same.
    """
    if lost_folders:
        lose_unflushed_content(workspace, {one.paths[0] for one in changes if one.kind == "flush"})
    for number, change in enumerate(changes):
        is_lost = bool(change.folders & lost_folders) and not is_durable(number, changes)
        paths = [workspace / path for path in change.paths]
        match change.kind:
            case "make" if is_lost:
                shutil.rmtree(paths[0], ignore_errors=True)
            case "make" if paths[0].parent.is_dir():
                paths[0].mkdir(exist_ok=True)
            case "delete" if not is_lost:
                shutil.rmtree(paths[0], ignore_errors=True)
            case "rename" if not is_lost and paths[0].exists():
                if paths[1].parent.is_dir():
                    paths[0].replace(paths[1])
                else:  # the disk has no such folder, so what went there is lost
                    shutil.rmtree(paths[0])


def lose_unflushed_content(workspace: Path, flushed: set[str]) -> None:
    """Lose the files and the names in the staged folders that were not flushed."""
    for staged in STAGED:
        for folder, _, files in os.walk(workspace / staged, topdown=False):
            for name in files:
                path = Path(folder, name)
                if str(path.relative_to(workspace)) not in flushed:
                    path.write_bytes(b"")
            if str(Path(folder).relative_to(workspace)) not in flushed:
                shutil.rmtree(folder)
    ledger = workspace / STAGED_LEDGER
    if ledger.exists() and STAGED_LEDGER not in flushed:
        ledger.write_bytes(b"")


def damages(recording: Recording, changes: list[Change], folder: Path) -> Iterator[str]:
    """What is wrong after a power cut at each point, and each way in which the disk loses."""
    relevant = [one for one in changes if not is_inside_staged(one) or one.kind == "flush"]
    folders = set().union(*(one.folders for one in relevant if one.kind != "flush"))
    ways = [set(), folders, *({each} for each in sorted(folders))]
    last_kind = ""
    for count in range(len(relevant) + 1):
        kind = relevant[count - 1].kind if count else ""
        if kind == last_kind == "flush" and is_inside_staged(relevant[count - 1]):
            continue  # one of many files: it makes no difference how many
        last_kind = kind
        for number, lost_folders in enumerate(ways):
            settings = copied(recording.start, folder / f"{count}-{number}")
            simulate(settings.workspace, relevant[:count], lost_folders)
            recover_interrupted_runs(settings)
            fault = damage_of(settings, recording)
            if fault:
                yield f"after {relevant[count - 1]}, losing {sorted(lost_folders)}: {fault}"
            shutil.rmtree(settings.workspace)


def is_inside_staged(change: Change) -> bool:
    return change.paths[0].startswith(tuple(f"{staged}/" for staged in STAGED))


def damage_of(settings: Settings, recording: Recording) -> str:
    for folder in (settings.processed, settings.published_folder):
        if backup_path(folder).exists() or staging_path(folder).exists():
            return f"{folder} blocks the next run"
    try:
        state = State.of(settings)
    except (KeyError, ValueError) as error:
        return f"the ledger is damaged: {error!r}"
    is_new = state.report == recording.new.report
    whole = recording.new if is_new else recording.old
    if (state.tables, state.report, state.replaced) != whole[:3]:
        return f"tables, report or kept reports are mixed or lost: {[len(x) for x in state]}"
    return "" if state.ledger >= whole.ledger else "numbers of the ledger are lost"


@pytest.fixture(scope="module")
def swap_recording(tmp_path_factory) -> Recording:
    """A swap alone."""
    folder = tmp_path_factory.mktemp("swap")
    return record(make_staged_run(folder / "workspace"), folder / "before", swap_in)


@pytest.fixture(scope="module")
def run_recording(tmp_path_factory, sample_report) -> Recording:
    """A run that makes other formats from the steps of the last one, and adds to the ledger."""
    folder = tmp_path_factory.mktemp("run")
    workspace = Path(shutil.copytree(sample_report.workspace, folder / "workspace"))
    settings = load_settings(workspace, YEAR)
    lines = settings.ledger.read_text().splitlines(keepends=True)
    settings.ledger.write_text("".join(lines[: len(lines) // 2]))
    options = run_options(settings, "data", final=False)
    return record(settings, folder / "before", lambda _: make_report(settings, options, Progress()))


def test_power_cut_at_any_point_of_a_swap_leaves_a_whole_report(swap_recording, tmp_path):
    assert [change.kind for change in swap_recording.changes].count("rename") == 5
    assert list(damages(swap_recording, swap_recording.changes, tmp_path)) == []


@pytest.mark.slow
def test_power_cut_at_any_point_of_a_run_leaves_a_whole_report(run_recording, tmp_path):
    assert run_recording.new.ledger > run_recording.old.ledger
    assert list(damages(run_recording, run_recording.changes, tmp_path)) == []


# fmt: off
FLUSHES = {
    "of the tables' content": lambda path: path.startswith(f"{STAGED[0]}/") and "." in path[-9:],
    "of the report's content": lambda path: path.startswith(f"{STAGED[1]}/") and "." in path[-9:],
    "of the run record": lambda path: path == f"{STAGED[1]}/{RECORD_PATH}",
    "of the tables' names": lambda path: path == STAGED[0],
    "of the report's names": lambda path: path == STAGED[1],
    "of the folder of the tables": lambda path: path == SIDES[0],
    "of the folder of the report": lambda path: path == SIDES[1],
    "of the ledger": lambda path: path == STAGED_LEDGER,
    "of the folder of the ledger": lambda path: path == "reports/numbers",
    "of the folder of kept reports": lambda path: path == "reports/history",
}
# fmt: on


@pytest.mark.slow
@pytest.mark.parametrize("kind", FLUSHES)
def test_each_kind_of_flush_is_needed(swap_recording, run_recording, tmp_path, kind):
    """Without it this simulation finds damage, so it would notice if somebody removed it."""
    assert any(
        damage
        for recording in (swap_recording, run_recording)
        for damage in damages(recording, without_flush(recording, kind), tmp_path)
    )


def without_flush(recording: Recording, kind: str) -> list[Change]:
    return [
        change
        for change in recording.changes
        if change.kind != "flush" or not FLUSHES[kind](change.paths[0])
    ]
