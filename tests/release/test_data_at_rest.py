"""What a run leaves on the disk: private to the user, and without a personal value."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from builders import replace_text

from pipeline.release.file_texts import file_texts
from pipeline.system.folders import make_private
from pipeline.validate.dictionary import EXTRACTS

OTHER_USERS = stat.S_IRWXG | stat.S_IRWXO
YEAR = "2021-22"
NAME = "Odalys Dummythorpe"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="this system has no modes")


def open_to_others(workspace: Path) -> list[str]:
    """The files and folders that another user may read, but for the published reports."""
    published = [workspace, workspace / "reports", *workspace.glob("reports/????-??")]
    return [
        str(path.relative_to(workspace))
        for path in workspace.rglob("*")
        if path.stat().st_mode & OTHER_USERS
        and path not in published
        and not (path.is_file() and path.parent in published[2:])
    ]


def personal_values(workspace: Path) -> set[str]:
    """Every value of a personal column in the raw extracts."""
    values: set[str] = set()
    for extract in EXTRACTS:
        for path in workspace.glob(f"data/raw/*/{extract.name}.csv"):
            table = pd.read_csv(path, dtype="str")
            for column in {*extract.personal_columns} & set(table):
                values |= set(table[column].dropna())
    return values


def texts_of(path: Path) -> Iterator[str]:
    if path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv()
    elif path.is_file():
        yield from file_texts(path.name, path.read_bytes())


def files_with(values: set[str], workspace: Path) -> list[str]:
    """The files, other than raw extracts, that contain one of these values."""
    raw = workspace / "data" / "raw"
    return [
        str(path.relative_to(workspace))
        for path in workspace.rglob("*")
        if raw not in path.parents
        and any(value in text for text in texts_of(path) for value in values)
    ]


def test_only_published_files_can_be_read_by_other_users(changed_report):
    assert (changed_report.workspace / "reports" / "history" / YEAR).is_dir()
    assert open_to_others(changed_report.workspace) == []


def test_published_report_can_be_read_by_other_users(sample_report):
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(sample_report.html.stat().st_mode) == 0o666 & ~mask
    assert stat.S_IMODE(sample_report.html.parent.stat().st_mode) == 0o777 & ~mask


@pytest.mark.slow
def test_no_file_but_raw_extracts_has_a_personal_value(sample_report):
    values = personal_values(sample_report.workspace)
    assert NAME in values
    assert len(values) > 200
    assert files_with(values, sample_report.workspace) == []


@pytest.mark.slow
def test_rejected_text_is_nowhere_on_the_disk_after_a_run(reported_workspace, annual_report):
    action = "Make sure that staff"
    learning = reported_workspace / "data" / "raw" / YEAR / "learning.csv"
    replace_text(learning, action, f"Tell {NAME}. {action}")
    result = annual_report("run", YEAR, "-w", reported_workspace, "--formats", "html")
    assert result.returncode != 0
    assert "contains a name (" in result.stderr
    assert files_with({NAME, "Dummythorpe"}, reported_workspace) == []


def test_files_become_private_and_keep_what_their_user_may_do(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    for name, mode in {"extract.csv": 0o644, "read-only.csv": 0o444}.items():
        (tmp_path / "open" / name).touch()
        (tmp_path / "open" / name).chmod(mode)
    outside = tmp_path / "outside.csv"
    outside.touch(mode=0o644)
    (tmp_path / "open" / "link").symlink_to(outside)
    make_private(tmp_path / "open")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes["open"] == 0o700
    assert (modes["extract.csv"], modes["read-only.csv"]) == (0o600, 0o400)
    assert modes["outside.csv"] == modes["link"] != 0o600


def test_folder_becomes_private_while_another_run_deletes_its_files(tmp_path):
    is_finished = threading.Event()

    def make_and_delete() -> None:
        while not is_finished.is_set():
            for name in ("a", "b", "c"):
                (tmp_path / "run" / name / "deep").mkdir(parents=True)
            shutil.rmtree(tmp_path / "run")

    with ThreadPoolExecutor(1) as thread:
        deleting = thread.submit(make_and_delete)
        try:
            for _ in range(500):
                make_private(tmp_path)
        finally:
            is_finished.set()
        deleting.result()


def test_next_command_of_any_kind_empties_the_temporary_folder(tmp_path, annual_report):
    left = tmp_path / "annual-report-left"
    left.mkdir()
    (left / ".held").touch()
    shutil.copy(__file__, left / "complaints.csv")
    result = annual_report("trace", "-w", tmp_path, TMPDIR=str(tmp_path))
    assert result.returncode != 0
    assert not left.exists()
