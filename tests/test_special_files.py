"""What is no ordinary file, in any place that a command opens: each command says so, and ends."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from builders import COMMAND
from hostile_outcomes import DOCUMENTED_EXIT_CODES
from runs import YEAR, finish, start_command, unfinished_folders
from special_files import (
    link_to_device,
    link_to_itself,
    make_file,
    make_folder,
    make_pipe,
    make_socket,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="pipes and devices as on Unix"),
]
END_SECONDS = 60  # on a busy machine; a command takes two
REPORT = f"reports/{YEAR}"
TABLES = f"data/processed/{YEAR}"
LOGO = "data/raw/logo.svg"
# Of every kind of file that a command opens, by the folder that has it.
# fmt: off
INPUTS = [
    "council.yaml", "published.csv", "logo.svg", "reference/rows.csv", "procedures/own.yaml",
    *(f"{YEAR}/{name}" for name in ("report.yaml", "commentary.md", "complaints.csv", "x.txt")),
    "2020-21/report.yaml", "2020-21/complaints.csv",
]
MADE = [
    "notebooks/2_clean.ipynb", "reports/numbers/2020-21.csv", f"reports/numbers/{YEAR}.csv",
    "reports/2020-21/figures.csv", "reports/2020-21/datapackage.json",
    f"data/processed/.{YEAR}.lock", f"{TABLES}.review/comments.csv",
    *(f"{TABLES}/{name}" for name in ("1_validate/complaints.parquet", "2_clean/cases.parquet",
                                      "3_aggregate/figures.csv")),
    *(f"{REPORT}/{name}" for name in (
        "annual-report.html", "annual-report.docx", "figures.csv", "datapackage.json",
        "audit/run.json", "audit/paragraphs.json", "audit/4_report.ipynb", "audit/figures.csv",
        "audit/annual-report.html")),
]
FOLDERS = ["reports", "reports/numbers", "reports/history", REPORT, f"{REPORT}/audit", "notebooks",
           "data/processed", TABLES, f"{TABLES}/2_clean", f"{TABLES}.review"]
# What reads the inputs, and what reads a finished report; each ends before a run begins.
READ_INPUTS = [["check", YEAR], ["map", "../export.csv", "--year", YEAR], ["open-cases"]]
READ_REPORT = [
    ["trace", "complaints.received"], ["trace", "--section", "2"], ["diff"], ["open-data"],
    ["diff", "--against", "published"], ["diff", "--docx", "../changes.docx"], ["status"],
    ["review", "../returned.docx"],
]
# Commands that go on to make a report if nothing stops them.
MAKE_REPORT = [["run", YEAR, "--formats", "html"], ["verify", YEAR]]
NAME_A_PATH = [
    ["review", "IT"], ["map", "IT", "--year", YEAR], ["reference", "IT"],
    ["verify", "--from", "IT"], ["diff", "--against", "IT"], ["diff", "--page", "IT"],
    ["verify", "--bundle", "IT"], ["batch", "IT"], ["check", YEAR, "--workspace", "IT"],
    ["init", "IT/sub"],
]
# fmt: on


@pytest.fixture(scope="module")
def council(sample_report, tmp_path_factory) -> Path:
    """A workspace with a report, a logo and, beside it, a returned Word file and an export."""
    folder = tmp_path_factory.mktemp("special")
    council = Path(shutil.copytree(sample_report.workspace, folder / "council"))
    settings = council / "data" / "raw" / "council.yaml"
    settings.write_text(settings.read_text("utf-8") + "\nlogo: logo.svg\n", "utf-8")
    (council / LOGO).write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    shutil.copy(council / REPORT / "annual-report.docx", folder / "returned.docx")
    shutil.copy(council / "data/raw" / YEAR / "complaints.csv", folder / "export.csv")
    return council


@pytest.fixture
def replace(council, tmp_path, monkeypatch) -> Iterator[Callable[[str, Callable], None]]:
    """replace("reports", make_file): put something in a path's place until the test ends."""
    monkeypatch.chdir(council)  # sockets have short addresses
    copy = tmp_path / "copy"
    shutil.copytree(council, copy, symlinks=True)

    def put(name: str, make: Callable[[Path], None]) -> None:
        path = council / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        make(path)

    yield put
    shutil.rmtree(council)
    shutil.copytree(copy, council, symlinks=True)


def refusal(council: Path, *words: str) -> tuple[int, str]:
    """The exit code of a command, which is a documented one, and what it says."""
    result = subprocess.run(
        [COMMAND, *words],
        cwd=council,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
    )
    output = result.stdout + result.stderr
    assert result.returncode in DOCUMENTED_EXIT_CODES, output
    assert "Traceback" not in output
    assert not unfinished_folders(council)
    return result.returncode, output


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("make", [make_pipe, make_folder, link_to_device])
def test_commands_that_read_inputs_end(council, replace, name, make):
    replace(f"data/raw/{name}", make)
    for words in READ_INPUTS:
        refusal(council, *words)


@pytest.mark.parametrize("make", [make_pipe, make_socket, link_to_device])
@pytest.mark.parametrize("name", MADE)
def test_special_file_is_named_by_every_command(council, replace, name, make):
    replace(name, make)
    commands = [*READ_REPORT, *MAKE_REPORT, ["check", YEAR], ["preview"], ["new", "2022-23"]]
    if make is not make_pipe:  # which is the one that makes a reader wait
        commands = [["trace", "complaints.received"], MAKE_REPORT[0]]
    for words in commands:
        code, output = refusal(council, *words)
        assert code == 3
        assert f"{name}: this is a" in output
        assert "put it back" in output


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("make", [make_folder, link_to_itself])
def test_commands_that_read_a_report_end(council, replace, name, make):
    replace(name, make)
    for words in READ_REPORT:
        refusal(council, *words)


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("make", [make_file, make_pipe])
def test_file_or_pipe_in_place_of_a_folder(council, replace, name, make):
    replace(name, make)
    for words in [*READ_REPORT, MAKE_REPORT[0]]:
        refusal(council, *words)


@pytest.mark.parametrize("make", [make_pipe, make_folder, make_socket, link_to_device])
@pytest.mark.parametrize("words", NAME_A_PATH)
def test_path_that_is_named_to_a_command(council, replace, words, make):
    for ending in (".docx", ".csv", ".xlsx", ".zip"):
        replace(f"given{ending}", make)
        code, output = refusal(council, *(word.replace("IT", f"given{ending}") for word in words))
        assert code or words[0] == "init"
        assert "given" in output


@pytest.mark.parametrize("name", ["complaints.csv", "report.yaml"])
def test_preview_that_is_running_names_a_pipe_and_goes_on(council, replace, tmp_path, name):
    preview = start_command(tmp_path, "preview", YEAR, "--workspace", council)
    try:
        assert "http://" in preview.stdout.readline()
        replace(f"data/raw/{YEAR}/{name}", make_pipe)
        assert preview.poll() is None
    finally:
        preview.terminate()
        finish(preview, END_SECONDS)
