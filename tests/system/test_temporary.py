"""A killed command's temporary folder is deleted by the next; one in use is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline import system
from pipeline.system.temporary import LOCK_NAME, remove_abandoned_folders, temporary_folder

OTHER_USERS = 0o077  # the permissions of everybody but the owner
on_posix = pytest.mark.skipif(
    not system.IS_POSIX, reason="on Windows each user has a folder for temporary files"
)
PROCESS_SECONDS = 60  # the longest that the other process may take
KILLED_PROCESS = """
import os, signal
from pipeline.system.temporary import temporary_folder
with temporary_folder() as folder:
    (folder / "raw.csv").write_text("a complaint")
    print(folder, flush=True)
    input()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def parent(tmp_path, monkeypatch):
    """Where temporary folders are created."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_folder_is_private_and_is_deleted_after_the_block(parent):
    with temporary_folder() as folder:
        assert folder.parent == parent
        assert folder.stat().st_mode & OTHER_USERS == 0
        (folder / "raw.csv").write_text("a complaint")
    assert list(parent.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed")
def test_folder_of_a_process_is_deleted_only_once_it_is_killed(parent):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED_PROCESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    abandoned = Path(process.stdout.readline().strip())
    with temporary_folder():
        assert sorted(path.name for path in abandoned.iterdir()) == [LOCK_NAME, "raw.csv"]
    process.communicate("\n", timeout=PROCESS_SECONDS)
    assert (abandoned / "raw.csv").exists()
    with temporary_folder() as folder:
        assert list(parent.iterdir()) == [folder]


def test_files_of_other_programs_are_not_deleted(parent):
    (parent / "annual-report-of-another-program").mkdir()
    (parent / "annual-report-what-happened.txt").write_text("a traceback to send to us")
    with temporary_folder():
        pass
    assert len(list(parent.iterdir())) == 2


def test_folder_deleted_before_it_is_locked_is_recreated_private(parent, monkeypatch):
    class DeletedAtOnce(tempfile.TemporaryDirectory):
        def __init__(self, **options):
            super().__init__(**options)
            Path(self.name).rmdir()

    monkeypatch.setattr(tempfile, "TemporaryDirectory", DeletedAtOnce)
    with temporary_folder() as folder:
        assert [path.name for path in folder.iterdir()] == [LOCK_NAME]
        assert folder.stat().st_mode & OTHER_USERS == 0
    assert list(parent.iterdir()) == []


def test_two_folders_of_one_process_do_not_interfere(parent):
    with temporary_folder() as first, temporary_folder() as second:
        assert first.is_dir()
        assert second.is_dir()


def test_threads_do_not_delete_each_others_folders(parent):
    """As when the years of a batch start: two in the same moment once made one fail."""

    def use_folder(number: int) -> str:
        with temporary_folder() as folder:
            (folder / "raw.csv").write_text(str(number))
            return (folder / "raw.csv").read_text()

    with ThreadPoolExecutor(4) as threads:
        texts = list(threads.map(use_folder, range(600)))
    assert texts == [str(number) for number in range(600)]
    assert list(parent.iterdir()) == []


@on_posix
def test_folder_of_a_command_killed_before_its_lock_is_deleted(parent):
    for name in ("annual-report-abandond", "annual-report-with_own", "annual-report-open4all"):
        (parent / name).mkdir(0o700)
    (parent / "annual-report-with_own" / "letter.txt").write_text("not ours")
    (parent / "annual-report-open4all").chmod(0o755)
    remove_abandoned_folders()
    assert sorted(path.name for path in parent.iterdir()) == [
        "annual-report-open4all",
        "annual-report-with_own",
    ]


KILLED_IN_THE_BLOCK = """
import os, signal, sys
from pathlib import Path
from pipeline.system.temporary import deleted_if_killed
folder, file, done = map(Path, sys.argv[1:])
with deleted_if_killed(done):
    done.write_text("finished")
    done = done.rename(done.with_name("done"))
with deleted_if_killed(folder, file):
    folder.mkdir()
    (folder / "raw.csv").write_text("a complaint")
    file.write_text("half a page")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed")
def test_unfinished_file_outside_the_folder_is_deleted_by_the_next(parent, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    names = [str(outside / name) for name in (".a.new", ".b.new", ".c.new")]
    killed = subprocess.run([sys.executable, "-c", KILLED_IN_THE_BLOCK, *names])
    assert killed.returncode == -9
    assert sorted(path.name for path in outside.iterdir()) == [".a.new", ".b.new", "done"]
    (outside / ".c.new").write_text("of another command, under the name of the finished one")
    remove_abandoned_folders()
    assert sorted(path.name for path in outside.iterdir()) == [".c.new", "done"]
    assert list(parent.iterdir()) == []


@on_posix
def test_notes_that_somebody_else_could_write_delete_nothing(parent, tmp_path_factory):
    letter = tmp_path_factory.mktemp("outside") / "letter.txt"
    letter.write_text("not ours")
    folder = parent / "annual-report-abandoned"
    folder.mkdir(0o777)
    folder.chmod(0o777)
    (folder / LOCK_NAME).touch()
    (folder / "unfinished-1").write_text(str(letter))
    remove_abandoned_folders()
    assert letter.exists()
    assert list(parent.iterdir()) == []


KILLED_COMMAND = """
import os, signal
from pipeline.run.kernels import fork_server
from pipeline.run.kernels.managers import private_kernels
fork_server.start()
with private_kernels() as kernels:
    kernels.prepare(["1_validate"])
    print(os.environ["TMPDIR"], flush=True)
    input()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed")
def test_command_of_any_kind_deletes_what_a_killed_one_left(annual_report):
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        killed = subprocess.run(
            [sys.executable, "-c", KILLED_COMMAND],
            input="\n",
            env=os.environ | {"TMPDIR": folder},
            capture_output=True,
            text=True,
        )
        assert killed.returncode == -9, killed.stderr
        assert list(Path(folder).iterdir()) != []
        finished = annual_report("--help", TMPDIR=folder)
        assert finished.returncode == 0
        assert list(Path(folder).iterdir()) == []
