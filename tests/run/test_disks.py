"""A full or closed disk is reported, and the last report stays unchanged."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import COMMAND
from faulty_runs import (
    END_SECONDS,
    Snapshot,
    agrees_with_its_record,
    errors_of,
    folder_digests,
    on_linux,
    raw_bytes,
    start_html_run,
)
from runs import YEAR, surviving_processes

from pipeline.problem import Kind

DISK_SIZE = "40m"
ENOUGH_KILOBYTES = 30_000
FEW_KILOBYTES = 64  # a first file can still be written
READ_ONLY_MODE = 0o555
WRITABLE_MODE = 0o755


@pytest.fixture(scope="module")
def disk(tmp_path_factory, sample_report, skip_or_fail) -> Iterator[Path]:
    """A small disk of its own, with a workspace and its report."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_SIZE}", "tmpfs", folder]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    if mounted.returncode:
        skip_or_fail(f"this needs the right to mount a disk: {mounted.stderr.strip()}")
    try:
        shutil.copytree(sample_report.workspace, folder / "workspace")
        (folder / "t").mkdir()
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill_disk(disk: Path, free_kilobytes: int) -> Path:
    """A file that leaves only so much of a disk free."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    size = shutil.disk_usage(disk).free - (free_kilobytes << 10)
    ballast.write_bytes(bytes(max(size, 0)))
    return ballast


def run_on_full_disk(disk: Path, free_kilobytes: int, temp_folder: Path) -> int:
    """The exit code of a run on a disk with so much left; its report is whole in any case."""
    workspace = disk / "workspace"
    untouched = Snapshot.of(workspace)
    ballast = fill_disk(disk, free_kilobytes)
    run = start_html_run(workspace, temp_folder)
    errors = errors_of(run)
    ballast.unlink()
    assert raw_bytes(workspace) == untouched.raw
    assert "Traceback" not in errors
    if run.returncode:
        assert run.returncode == Kind.MACHINE, errors
        assert "the disk is full\nFree some space there" in errors
        assert str(disk) in errors
        assert folder_digests(workspace) == untouched.digests
    assert agrees_with_its_record(workspace / "reports" / YEAR)
    assert surviving_processes(temp_folder, END_SECONDS) == []
    return run.returncode


@on_linux
def test_full_disk_is_reported_and_the_last_report_stays(disk, temp_folder):
    assert run_on_full_disk(disk, 0, temp_folder) == Kind.MACHINE


@on_linux
@pytest.mark.slow
def test_disk_that_fills_at_any_step_leaves_the_last_report(disk, temp_folder):
    sizes = (400, 2500)
    assert Kind.MACHINE in [run_on_full_disk(disk, size, temp_folder) for size in sizes]
    assert run_on_full_disk(disk, ENOUGH_KILOBYTES, temp_folder) == 0


@on_linux
@pytest.mark.slow
def test_full_disk_of_temporary_files_does_no_harm(reported_workspace, disk):
    untouched = Snapshot.of(reported_workspace)
    ballast = fill_disk(disk, FEW_KILOBYTES)
    run = start_html_run(reported_workspace, disk / "t")
    errors = errors_of(run)
    ballast.unlink()
    assert "Traceback" not in errors
    assert run.returncode in (0, Kind.MACHINE), errors
    assert raw_bytes(reported_workspace) == untouched.raw
    assert agrees_with_its_record(reported_workspace / "reports" / YEAR)
    assert surviving_processes(disk / "t", END_SECONDS) == []


@on_linux
@pytest.mark.slow
def test_read_only_disk_is_reported_and_can_still_be_read(disk, temp_folder, annual_report):
    workspace = disk / "workspace"
    untouched = Snapshot.of(workspace)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        run = start_html_run(workspace, temp_folder)
        errors = errors_of(run)
        assert run.returncode == Kind.MACHINE, errors
        assert "this disk can only be read" in errors
        assert "Traceback" not in errors
        traced = annual_report("trace", "complaints.received", "--workspace", workspace)
        assert traced.returncode == 0
        assert Snapshot.of(workspace) == untouched
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@on_linux
@pytest.mark.slow
def test_folder_that_may_not_be_written_is_reported(sample_report, temp_folder, another_user):
    closed = f"reports/{YEAR}"
    workspace = Path(shutil.copytree(sample_report.workspace, temp_folder / "workspace"))
    (workspace / "reports" / "history").mkdir()
    run_folder = temp_folder / "t"
    run_folder.mkdir()
    command = [*another_user(temp_folder), COMMAND]
    (workspace / closed).chmod(READ_ONLY_MODE)
    untouched = Snapshot.of(workspace)
    run = start_html_run(workspace, run_folder, command)
    errors = errors_of(run)
    assert run.returncode == Kind.MACHINE, errors
    assert "you do not have permission to read or write here" in errors
    assert str(workspace / closed) in errors
    assert "Traceback" not in errors
    assert Snapshot.of(workspace) == untouched
    (workspace / closed).chmod(WRITABLE_MODE)
    next_run = start_html_run(workspace, run_folder, command)
    errors = errors_of(next_run)
    assert next_run.returncode == 0, errors
