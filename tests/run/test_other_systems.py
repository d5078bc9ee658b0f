"""A run, a batch and a preview on Linux with what Windows has: no fork, CRLF and cp1252."""

from __future__ import annotations

import os
import re
import shutil
import urllib.request
from pathlib import Path

import pytest
from builders import REPOSITORY, copy_sample
from runs import (
    YEAR,
    press_ctrl_c,
    start_command,
    surviving_processes,
    untimed_bytes,
    wait_until,
)

NO_POSIX = REPOSITORY / "tests" / "no_posix"
DRAFT_SECONDS = 120
# What a checkout has as text, by its ending; git may write it with CRLF.
TEXT_ENDINGS = {".py", ".ipynb", ".j2", ".css", ".html", ".js", ".json", ".yaml", ".csv", ".md"}


@pytest.fixture(scope="module")
def crlf_checkout(tmp_path_factory) -> Path:
    """The program and its notebooks as git on Windows may write them."""
    checkout = tmp_path_factory.mktemp("checkout")
    for folder in ("pipeline", "notebooks"):
        shutil.copytree(
            REPOSITORY / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    write_crlf(checkout)
    return checkout


def write_crlf(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.suffix in TEXT_ENDINGS:
            path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@pytest.mark.slow
def test_checkout_and_system_of_windows_make_the_same_report(
    crlf_checkout, sample_report, tmp_path, annual_report
):
    """Every file but the two with times, also the audit, though each input has other bytes."""
    workspace = copy_sample(tmp_path / "workspace")
    write_crlf(workspace)
    path = os.pathsep.join(map(str, (NO_POSIX, crlf_checkout)))
    finished = annual_report("run", YEAR, "--workspace", workspace, PYTHONPATH=path)
    assert finished.returncode == 0, finished.stderr
    assert "This system cannot fork processes" in finished.stdout
    for folder in ("reports", f"data/processed/{YEAR}"):
        assert untimed_bytes(workspace / folder) == untimed_bytes(sample_report.workspace / folder)


@pytest.mark.slow
def test_batch_and_preview_work_without_what_posix_has(
    reported_workspace, tmp_path, annual_report, monkeypatch
):
    """A year of a batch and a draft in a process that is started, with a report to go on from."""
    own_path = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(NO_POSIX), own_path]).rstrip(os.pathsep))
    page = tmp_path / "batch.html"
    batch = annual_report("batch", reported_workspace, "--years", YEAR, "--page", page)
    assert batch.returncode == 0, batch.stderr
    assert "unchanged" in batch.stdout
    preview = start_command(tmp_path, "preview", YEAR, "--workspace", reported_workspace)
    address = re.search(r"http://\S+", preview.stdout.readline())[0]
    wait_until(lambda: b"There is no draft yet" not in read(f"{address}report"))
    assert b"Calderbrook" in read(f"{address}report")
    press_ctrl_c(preview)
    preview.wait(DRAFT_SECONDS)
    assert surviving_processes(tmp_path) == []


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=DRAFT_SECONDS) as response:
        return response.read()
