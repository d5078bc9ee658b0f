"""A folder is replaced whole or not at all, even if a run is killed in between."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline import system
from pipeline.system.folders import (
    backup_path,
    flush,
    replace_atomically,
    restore_backup,
    staging_path,
    swap_in,
)

OLD_CONTENT = {"removed.html": "old", "report.html": "old"}


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in sorted(folder.iterdir())}


def is_alone(folder: Path) -> bool:
    return [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.fixture
def old_folder(tmp_path):
    folder = tmp_path / "reports" / "2021-22"
    folder.mkdir(parents=True)
    for name, text in OLD_CONTENT.items():
        (folder / name).write_text(text)
    return folder


def test_finished_folder_replaces_the_old_one_whole(old_folder):
    with replace_atomically(old_folder) as staging:
        (staging / "report.html").write_text("new")
        assert content(old_folder) == OLD_CONTENT, "nothing changes before the end"
    assert content(old_folder) == {"report.html": "new"}
    assert is_alone(old_folder)


def test_finished_folder_is_created_where_none_existed(tmp_path):
    with replace_atomically(tmp_path / "a" / "b") as staging:
        (staging / "x").write_text("new")
    assert content(tmp_path / "a" / "b") == {"x": "new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_failed_replacement_keeps_old_folder_and_no_rest(old_folder, error):
    def fail_half_way():
        with replace_atomically(old_folder) as staging:
            (staging / "report.html").write_text("half")
            raise error

    with pytest.raises(error):
        fail_half_way()
    assert content(old_folder) == OLD_CONTENT
    assert is_alone(old_folder)


def test_staging_folder_of_a_killed_run_is_emptied_first(old_folder):
    abandoned = staging_path(old_folder)
    abandoned.mkdir()
    (abandoned / "stale.html").write_text("stale")
    with replace_atomically(old_folder) as staging:
        (staging / "report.html").write_text("new")
    assert content(old_folder) == {"report.html": "new"}


def test_backup_is_restored_after_a_kill_between_the_renames(old_folder):
    old_folder.rename(backup_path(old_folder))  # as far as swap_in came
    restore_backup(old_folder)
    assert content(old_folder) == OLD_CONTENT
    assert is_alone(old_folder)


def test_new_folder_is_kept_after_a_kill_after_both_renames(old_folder):
    backup = backup_path(old_folder)
    backup.mkdir()
    (backup / "report.html").write_text("older")
    restore_backup(old_folder)
    assert content(old_folder)["report.html"] == "old"


@pytest.mark.skipif(not system.IS_POSIX, reason="flushes as on POSIX")
def test_flush_raises_unless_the_disk_cannot_flush(old_folder, monkeypatch):
    """A full disk may say so only when it is flushed."""

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    number = errno.EINVAL
    flush(old_folder)
    number = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        flush(old_folder)


def test_backup_is_restored_if_the_new_folder_is_missing(old_folder, tmp_path):
    with pytest.raises(FileNotFoundError):
        swap_in(tmp_path / "missing", old_folder)
    assert content(old_folder) == OLD_CONTENT
    assert is_alone(old_folder)


def test_restoring_without_a_backup_changes_nothing(old_folder, tmp_path):
    restore_backup(old_folder)
    restore_backup(tmp_path / "missing")
    assert content(old_folder) == OLD_CONTENT
    assert not (tmp_path / "missing").exists()
