"""What a killed command leaves in a temporary folder, raw data too, is gone with the next; what is in use is left alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.system.temporary import temporary_folder

KILLED = """
import os, signal
from pipeline.system.temporary import scratch
with scratch() as folder:
    (folder / "raw.csv").write_text("a complaint")
    print(folder, flush=True)
    input()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary folders are made."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_folder_is_this_user_s_alone_and_is_gone_when_the_block_ends(temporary):
    with temporary_folder() as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o077 == 0
        (folder / "raw.csv").write_text("a complaint")
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed")
def test_what_a_killed_process_left_is_taken_away_by_the_next_and_not_before(temporary):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    left = Path(process.stdout.readline().strip())
    with temporary_folder():
        assert sorted(path.name for path in left.iterdir()) == [".held", "raw.csv"], "it was in use"
    process.communicate("\n")
    assert (left / "raw.csv").exists()
    with temporary_folder() as folder:
        assert list(temporary.iterdir()) == [folder]


def test_what_another_program_made_is_left_alone(temporary):
    (temporary / "annual-report-of-another-program").mkdir()
    (temporary / "annual-report-what-happened.txt").write_text(
        "a traceback that somebody was told to send"
    )
    with temporary_folder():
        pass
    assert len(list(temporary.iterdir())) == 2


def test_one_that_was_taken_for_left_before_it_was_locked_is_made_anew_and_private(
    temporary, monkeypatch
):
    class Meddled(tempfile.TemporaryDirectory):
        def __init__(self, **words):
            super().__init__(**words)
            Path(self.name).rmdir()

    monkeypatch.setattr(tempfile, "TemporaryDirectory", Meddled)
    with temporary_folder() as folder:
        assert [path.name for path in folder.iterdir()] == [".held"]
        assert folder.stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


def test_two_in_one_process_do_not_disturb_each_other(temporary):
    with temporary_folder() as one, temporary_folder() as other:
        assert one.is_dir()
        assert other.is_dir()


def test_many_at_once_do_not_take_each_other_for_left(temporary):
    """As the years of a batch begin: of two that did so in the same moment one failed."""

    def used(number: int) -> str:
        with temporary_folder() as folder:
            (folder / "raw.csv").write_text(str(number))
            return (folder / "raw.csv").read_text()

    with ThreadPoolExecutor(4) as many:
        assert list(many.map(used, range(600))) == [str(number) for number in range(600)]
    assert list(temporary.iterdir()) == []
