"""A file that an option names is written whole, and nothing of a workspace or a user is lost."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from builders import file_bytes

from pipeline.problem import Kind, Problem
from pipeline.system.archives import zip_files
from pipeline.system.output_files import OutputFile

MARK = "Batch of annual reports"
OURS = (
    '<meta name="generator" content="annual-report 0.1.0">\n'
    "<title>Batch of annual reports: 1 made</title>"
)
OF_ANOTHER_KIND = OURS.replace("Batch of annual reports", "Annual report")


@pytest.fixture
def council(tmp_path) -> Path:
    """A workspace next to which pages may be written."""
    for name in ("data/raw/2021-22", "reports/2021-22", "notebooks"):
        (tmp_path / "council" / name).mkdir(parents=True)
    (tmp_path / "council" / "data" / "raw" / "council.yaml").write_text("authority: Anyshire")
    return tmp_path / "council"


def output_file(
    path: Path, overwrite: bool = False, mark: str = MARK, workspaces: tuple[Path, ...] = ()
) -> OutputFile:
    return OutputFile("--page", path, mark, overwrite, workspaces)


INSIDE = "this is inside data/, reports/ or notebooks/"
# fmt: off
REFUSED = [
    ("data/raw/council.yaml", INSIDE),
    ("data/raw/2021-22/page.html", INSIDE),
    ("data/missing/page.html", INSIDE),
    ("reports/page.html", INSIDE),
    ("reports/2021-22/annual-report.html", INSIDE),
    ("notebooks/4_report.ipynb", INSIDE),
    ("notebooks/../data/../reports/page.html", INSIDE),
    (".", "this is a folder"),
    ("missing/page.html", "its folder does not exist"),
]
# fmt: on


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(("name", "what"), REFUSED)
def test_place_of_ours_or_no_place_is_refused(council, name, what, overwrite):
    """So it is whichever workspace the command works on."""
    files = file_bytes(council)
    with pytest.raises(Problem) as refused:
        output_file(council / name, overwrite).write(b"page")
    assert refused.value.kind == Kind.SETTINGS
    assert (refused.value.where, refused.value.what) == (f"--page {council / name}", what)
    assert file_bytes(council) == files


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as on Unix")
def test_link_into_a_workspace_and_a_pipe_are_refused(council, tmp_path):
    (tmp_path / "page.html").symlink_to(council / "data" / "raw" / "council.yaml")
    with pytest.raises(Problem, match="inside data/"):
        output_file(tmp_path / "page.html", overwrite=True).write(b"page")
    (tmp_path / "folder").symlink_to(council / "reports")
    with pytest.raises(Problem, match="inside data/"):
        output_file(tmp_path / "folder" / "page.html").write(b"page")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Problem, match="not an ordinary file"):
        output_file(tmp_path / "pipe", overwrite=True).write(b"page")


@pytest.mark.skipif(os.name != "posix", reason="links as on Unix")
def test_raw_data_behind_a_link_of_the_workspace_is_refused(council, tmp_path):
    (council / "data").rename(tmp_path / "disk")
    (council / "data").symlink_to(tmp_path / "disk")
    target = output_file(tmp_path / "disk" / "raw" / "page.html", workspaces=(council,))
    with pytest.raises(Problem, match="inside data/"):
        target.check()


@pytest.mark.parametrize("content", ["a letter", OF_ANOTHER_KIND, "PK\x03\x04 damaged"])
def test_file_that_is_not_ours_is_replaced_only_on_request(tmp_path, content):
    path = tmp_path / "page.html"
    path.write_text(content)
    with pytest.raises(Problem) as refused:
        output_file(path).write(b"page")
    assert "--overwrite" in refused.value.remedy
    assert path.read_text() == content
    output_file(path, overwrite=True).write(b"page")
    assert path.read_bytes() == b"page"


@pytest.mark.parametrize("content", [None, "", OURS])
def test_new_empty_or_earlier_page_is_written_without_asking(tmp_path, content):
    path = tmp_path / "page.html"
    if content is not None:
        path.write_text(content)
    output_file(path).write(b"page")
    assert path.read_bytes() == b"page"
    assert path.stat().st_mode & 0o077 == 0  # an archive contains the extracts
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]


def test_earlier_archive_of_the_same_kind_is_replaced(tmp_path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(zip_files({"report/audit/run.json": b"{}"}, date(2022, 1, 1)))
    with pytest.raises(Problem):
        output_file(path, mark="another/name").write(b"page")
    output_file(path, mark="report/audit/run.json").write(b"page")
    assert path.read_bytes() == b"page"


def test_page_that_cannot_be_written_leaves_the_last_one(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text(OURS)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        output_file(path).write(b"page")
    assert path.read_text() == OURS
    assert [entry.name for entry in tmp_path.iterdir()] == ["page.html"]
