"""Errors of the machine become Problems with a place and a remedy; other errors do not."""

from __future__ import annotations

import errno
import importlib
import os
import shutil

import pytest
from nbclient.exceptions import DeadKernelError

from pipeline.problem import Kind
from pipeline.system.errors import (
    KILLED_PROCESS_ERRORS,
    ProcessKilled,
    machine_problem,
    machine_problem_in_notebook,
)

NOTEBOOK = "notebooks/1_validate.ipynb"
NO_PERMISSION = "you do not have permission to read or write here"
NO_MEMORY = "this machine ran out of memory"
FULL_DISK_IN_ARROW = (
    "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device"
)


def os_error(number: int, *file: str) -> OSError:
    return OSError(number, os.strerror(number), *file)


NO_TEMPORARY_FOLDER = FileNotFoundError(
    errno.ENOENT, "No usable temporary directory found in ['/tmp']"
)
# fmt: off
MACHINE_ERRORS = [
    (os_error(errno.ENOSPC, "reports/a.html"), "reports/a.html", "the disk is full"),
    (os_error(errno.EDQUOT, "reports/a.html"), "reports/a.html", "the disk is full"),
    (os_error(errno.EACCES, "reports"), "reports", NO_PERMISSION),
    (os_error(errno.EIO, "reports"), "reports", "this disk, or the network that leads to it"),
    (os_error(errno.EROFS, "reports"), "reports", "this disk can only be read"),
    (MemoryError(), "2021-22", NO_MEMORY),
    (DeadKernelError("Kernel died"), "2021-22", "a process was killed"),
    (RuntimeError("Kernel died before replying to kernel_info"), "2021-22", "a process was killed"),
    (ProcessKilled(), "2021-22", "a process was killed"),
    (SystemError("error return without exception set: NULL without setting an exception"),
     "2021-22", NO_MEMORY),
    (NO_TEMPORARY_FOLDER, "temporary files", "no folder for them"),
]
NOTEBOOK_ERRORS = [
    ("OSError", "[Errno 28] No space left on device", "the disk is full"),
    ("OSError", FULL_DISK_IN_ARROW, "the disk is full"),
    ("PermissionError", "[Errno 13] Permission denied: '/data/processed'", NO_PERMISSION),
    ("_ArrayMemoryError", "Unable to allocate 8 PiB", NO_MEMORY),
    ("ArrowMemoryError", "malloc failed", NO_MEMORY),
]
PROGRAM_ERRORS = [
    ValueError("[Errno 28]"),
    FileNotFoundError(errno.ENOENT, "no such file", "a"),
    RuntimeError("x"),
]
# fmt: on


@pytest.mark.parametrize(("error", "where", "what"), MACHINE_ERRORS)
def test_machine_error_becomes_a_problem_with_place_and_remedy(error, where, what):
    problem = machine_problem(error, where="2021-22")
    assert (problem.kind, problem.where) == (Kind.MACHINE, where)
    assert what in problem.what
    assert problem.remedy.endswith(".")


@pytest.mark.parametrize(
    ("place", "path", "what"),
    [
        ("a", "a", "this is a folder, where a file is expected"),
        ("a/page.html", "a/page.html/b/c", "this is a file, where a folder is expected"),
        ("a/page.html", "a/page.html", "this is a file, where a folder is expected"),
    ],
)
def test_folder_in_place_of_a_file_and_the_reverse_are_named(tmp_path, place, path, what):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "page.html").touch()
    errors = (IsADirectoryError, NotADirectoryError, FileExistsError)
    with pytest.raises(errors) as failed:
        (tmp_path / path).mkdir() if place == path != "a" else (tmp_path / path).read_bytes()
    problem = machine_problem(failed.value)
    assert (problem.kind, problem.where) == (Kind.SETTINGS, str(tmp_path / place))
    assert problem.what == what


@pytest.mark.parametrize("target", ["link", "nothing"])
def test_link_that_leads_nowhere_is_named(tmp_path, target):
    link = tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(OSError, match=str(link)) as failed:
        link.read_bytes()
    problem = machine_problem(failed.value)
    assert (problem.kind, problem.where) == (Kind.SETTINGS, str(link))


@pytest.mark.parametrize("module", KILLED_PROCESS_ERRORS)
def test_libraries_still_have_the_errors_of_killed_processes(module):
    error_class = getattr(importlib.import_module(module), KILLED_PROCESS_ERRORS[module])
    assert issubclass(error_class, Exception)
    assert error_class.__module__ == module


def test_full_disk_without_file_name_is_placed_in_workspace(tmp_path):
    problem = machine_problem(os_error(errno.ENOSPC), tmp_path)
    assert str(tmp_path) in problem.where


@pytest.mark.parametrize(("name", "message", "what"), NOTEBOOK_ERRORS)
def test_machine_error_in_notebook_is_recognised_by_its_text(tmp_path, name, message, what):
    assert machine_problem_in_notebook(name, message, tmp_path, NOTEBOOK).what.startswith(what)


@pytest.mark.parametrize("error", PROGRAM_ERRORS)
def test_error_of_the_program_is_no_machine_problem(error, tmp_path):
    assert machine_problem(error, tmp_path) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [("ValueError", "5 is not 6"), ("FileNotFoundError", "[Errno 2] No such file: 'a'")],
)
def test_program_error_in_notebook_is_no_machine_problem(tmp_path, name, message):
    assert machine_problem_in_notebook(name, message, tmp_path, NOTEBOOK) is None


@pytest.mark.parametrize("names", [("free", "full"), ("full", "free"), ("free", "free", "full")])
def test_disk_that_is_full_is_named_and_no_other(tmp_path, monkeypatch, names):
    """An error that copies names the file that was read first; a run writes to several disks."""
    usage = shutil.disk_usage(tmp_path)
    for name in ("free", "full"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda path: usage._replace(free=0 if "full" in str(path) else 10**9),
    )
    files = [str(tmp_path / name / "file") for name in names[:2]]
    error = OSError(errno.ENOSPC, "No space left on device", files[0], None, files[-1])
    workspace = tmp_path / names[-1]
    problem = machine_problem(error, workspace)
    assert problem is not None
    assert "full" in problem.where
    assert problem.what == "the disk is full"
