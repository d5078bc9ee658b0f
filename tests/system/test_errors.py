"""An error of the machine is told in words, with where and what to do; any other is left alone."""

from __future__ import annotations

import errno
import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from pipeline.problem import Kind
from pipeline.system.errors import machine_problem, machine_problem_in_notebook


def error(number: int, *file: str) -> OSError:
    return OSError(number, os.strerror(number), *file)


@pytest.mark.parametrize(("given", "where", "what"), [
    (error(errno.ENOSPC, "reports/a.html"), "reports/a.html", "the disk is full"),
    (error(errno.EDQUOT, "reports/a.html"), "reports/a.html", "the disk is full"),
    (error(errno.EACCES, "reports"), "reports", "this user may not write here, or may not read it"),
    (error(errno.EROFS, "reports"), "reports", "this disk can only be read"),
    (MemoryError(), "2021-22", "the memory of this machine was not enough"),
    (BrokenProcessPool("A process in the process pool was terminated abruptly"), "2021-22", "a process of this run was ended"),
    (FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']"), "temporary files", "no folder for them"),
])  # fmt: skip
def test_it_says_where_and_what_and_what_to_do(given, where, what):
    problem = machine_problem(given, where="2021-22")
    assert (problem.kind, problem.where) == (Kind.MACHINE, where)
    assert what in problem.what
    assert problem.remedy.endswith(".")


def test_a_full_disk_whose_file_is_not_named_is_looked_for(tmp_path):
    problem = machine_problem(error(errno.ENOSPC), tmp_path)
    assert str(tmp_path) in problem.where


@pytest.mark.parametrize(("name", "said", "what"), [
    ("OSError", "[Errno 28] No space left on device", "the disk is full"),
    ("OSError", "[Errno 28] Error writing bytes to file. Detail: [errno 28] No space left on device", "the disk is full"),
    ("PermissionError", "[Errno 13] Permission denied: '/data/processed'", "this user may not write here, or may not read it"),
    ("_ArrayMemoryError", "Unable to allocate 8 PiB", "the memory of this machine was not enough"),
    ("ArrowMemoryError", "malloc failed", "the memory of this machine was not enough"),
])  # fmt: skip
def test_it_is_known_by_its_words_where_a_notebook_met_it(tmp_path, name, said, what):
    assert (
        machine_problem_in_notebook(name, said, tmp_path, "notebooks/1_validate.ipynb").what == what
    )


@pytest.mark.parametrize(
    "given",
    [
        ValueError("[Errno 28]"),
        FileNotFoundError(errno.ENOENT, "no such file", "a"),
        RuntimeError("x"),
    ],
)
def test_an_error_of_the_program_is_left_alone(given, tmp_path):
    assert machine_problem(given, tmp_path) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [("ValueError", "5 is not 6"), ("FileNotFoundError", "[Errno 2] No such file: 'a'")],
)
def test_so_is_one_of_a_notebook(tmp_path, name, said):
    assert machine_problem_in_notebook(name, said, tmp_path, "notebooks/1_validate.ipynb") is None
