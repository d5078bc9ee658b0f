"""A pipe, a socket or a device is found before it is opened, wherever it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from special_files import link_to_device, link_to_pipe, make_pipe, make_socket

from pipeline.problem import Kind, Problem
from pipeline.system import file_states
from pipeline.system.file_states import check_no_special_files

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices as on Unix")


KINDS = [
    (make_pipe, "a pipe"),
    (make_socket, "a socket"),
    (link_to_device, "a device"),
    (link_to_pipe, "a pipe"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder with an ordinary file in a folder, as the current one."""
    (tmp_path / "reports" / "2021-22" / "audit").mkdir(parents=True)
    (tmp_path / "reports" / "2021-22" / "page.html").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("make", "kind"), KINDS)
@pytest.mark.parametrize("name", ["run.json", "2021-22/audit/run.json", "2021-22/.hidden"])
def test_special_file_is_named_with_its_kind(folder, make, kind, name):
    make(folder / "reports" / name)
    with pytest.raises(Problem) as refused:
        check_no_special_files(folder, "notebooks", "reports")
    assert refused.value.kind == Kind.SETTINGS
    assert kind in refused.value.what
    if make is not link_to_pipe:  # where the pipe itself may be found first
        assert refused.value.where == f"reports/{name}"


def test_special_file_in_place_of_a_whole_folder_is_named(folder):
    make_pipe(folder / "notebooks")
    with pytest.raises(Problem, match="notebooks: this is a pipe"):
        check_no_special_files(folder, "notebooks", "reports")


def test_files_folders_and_links_that_lead_nowhere_are_fine(folder):
    (folder / "reports" / "round").symlink_to("round")
    (folder / "reports" / "gone").symlink_to("nothing")
    (folder / "reports" / "linked").symlink_to("2021-22/page.html")
    check_no_special_files(folder, "reports", "missing")


def test_folder_of_a_year_may_be_a_link_and_others_are_not_followed(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "run.json").mkdir()
    make_pipe(elsewhere / "run.json" / "pipe")
    (folder / "reports" / "large").symlink_to(elsewhere)
    check_no_special_files(folder, "reports")
    (folder / "reports" / "2020-21").symlink_to(elsewhere)
    with pytest.raises(Problem, match=r"reports/2020-21/run\.json/pipe"):
        check_no_special_files(folder, "reports")


def test_years_that_are_links_to_what_is_around_them_end(folder):
    for year in range(2000, 2010):
        (folder / "reports" / f"{year}-{(year + 1) % 100:02}").symlink_to(folder)
    check_no_special_files(folder, "reports")


def test_each_folder_is_listed_once(folder, monkeypatch):
    for number in range(50):
        (folder / "reports" / "2021-22" / f"{number}").mkdir()
    listed = []
    scandir = os.scandir
    monkeypatch.setattr(
        file_states.os, "scandir", lambda path: listed.append(path) or scandir(path)
    )
    check_no_special_files(folder, "reports")
    assert len(listed) == len(set(listed)) == 53
