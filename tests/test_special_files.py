"""What is no ordinary file, in any place that a command opens: each command says so, and ends."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from builders import COMMAND
from hostile_outcomes import DOCUMENTED_EXIT_CODES
from runs import YEAR, finish, start_command, unfinished_folders
from special_files import (
    link_to_device,
    link_to_itself,
    link_to_nothing,
    make_file,
    make_folder,
    make_pipe,
    make_socket,
)

from pipeline.system.errors import machine_problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="pipes and devices as on Unix"),
]
END_SECONDS = 60  # on a busy machine; a command takes two
DRAFT_SECONDS = 240
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
CLOSED = ["data/raw/council.yaml", f"data/raw/{YEAR}", REPORT, f"{REPORT}/audit", TABLES,
          f"{REPORT}/audit/run.json", f"{TABLES}/3_aggregate/figures.csv"]
OTHERS = [["check", YEAR], ["preview"], ["new", "2022-23"], ["open-cases"]]
NAME_A_PATH = [
    ["review", "given.docx"], ["map", "given.csv", "--year", YEAR], ["reference", "given.csv"],
    ["map", "given.xlsx", "--year", YEAR], ["reference", "given.ods"],
    ["verify", "--from", "given.zip"], ["diff", "--against", "given.zip"],
    ["diff", "--page", "given.html"], ["verify", "--bundle", "given.zip"], ["batch", "given"],
    ["check", YEAR, "--workspace", "given"], ["init", "given/council"],
]
# fmt: on


@pytest.fixture(scope="module")
def council(sample_report, tmp_path_factory) -> Path:
    """A workspace with a report, a logo and, next to it, a returned Word file and an export."""
    folder = tmp_path_factory.mktemp("special")
    council = Path(shutil.copytree(sample_report.workspace, folder / "council"))
    settings = council / "data" / "raw" / "council.yaml"
    settings.write_text(
        settings.read_text("utf-8") + "\nlogo: logo.svg\nla_code: E08000033\n", "utf-8"
    )
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


def refusal(council: Path, *words: str, program: Sequence[str] = ()) -> str:
    """What a command says that ends with a documented exit code other than 0.

    program: what starts it.
    """
    result = subprocess.run(
        [*program, COMMAND, *words],
        cwd=council,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=END_SECONDS,
    )
    output = result.stdout + result.stderr
    assert result.returncode in DOCUMENTED_EXIT_CODES - {0}, output
    assert "Traceback" not in output
    assert not unfinished_folders(council)
    return output


@pytest.fixture
def call(call_command) -> Callable[..., None]:
    """call("diff"): fails if the command, in this process, does not explain an error.

    For what no reader waits for.
    """

    def explain(*words: str) -> None:
        error = None
        try:
            call_command(*words)
        except OSError as unexplained:
            error = unexplained
        assert error is None or machine_problem(error), repr(error)

    return explain


@pytest.mark.parametrize("words", [*READ_REPORT, *MAKE_REPORT, *OTHERS], ids=" ".join)
def test_every_command_names_a_pipe_in_place_of_the_run_record(council, replace, words):
    name = f"{REPORT}/audit/run.json"
    replace(name, make_pipe)
    output = refusal(council, *words)
    assert f"{name}: this is a pipe and not a file" in output
    assert "put it back" in output


@pytest.mark.parametrize("name", [*MADE, *FOLDERS])
def test_pipe_is_named_wherever_it_is(council, replace, name):
    replace(name, make_pipe)
    output = refusal(council, "trace", "complaints.received")
    assert f"{name}: this is a pipe and not a file" in output


@pytest.mark.parametrize("words", READ_INPUTS, ids=" ".join)
@pytest.mark.parametrize("name", INPUTS)
def test_pipe_among_the_inputs_is_named_or_not_read(council, replace, name, words):
    replace(f"data/raw/{name}", make_pipe)
    result = subprocess.run([COMMAND, *words], cwd=council, timeout=END_SECONDS, check=False)
    assert result.returncode in DOCUMENTED_EXIT_CODES


@pytest.mark.parametrize("name", [f"data/raw/{name}" for name in INPUTS] + MADE)
@pytest.mark.parametrize("make", [make_folder, link_to_itself, link_to_nothing])
def test_folder_or_link_in_place_of_a_file_is_explained(call, replace, name, make):
    replace(name, make)
    for words in READ_REPORT if name in MADE else READ_INPUTS:
        call(*words)


@pytest.mark.parametrize("name", FOLDERS)
def test_file_in_place_of_a_folder_is_explained(call, replace, name):
    replace(name, make_file)
    for words in READ_REPORT:
        call(*words)


@pytest.mark.parametrize("name", CLOSED)
def test_what_may_not_be_opened_is_named(council, replace, skip_or_fail, name):
    if sys.platform != "linux" or os.getuid() or not shutil.which("setpriv"):
        skip_or_fail("this needs Linux and the right to take rights from root")
    path = council / name
    mode = path.stat().st_mode
    path.chmod(0)
    rights = "-dac_override,-dac_read_search"
    words = ["run", YEAR, "--force"] if "raw" in name else ["trace", "complaints.received"]
    try:
        program = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"]
        assert name in refusal(council, *words, program=program)
    finally:
        path.chmod(mode)


@pytest.mark.parametrize("make", [make_pipe, make_folder, make_socket, link_to_device])
@pytest.mark.parametrize("words", NAME_A_PATH, ids=" ".join)
def test_path_that_a_command_is_given_is_named(council, replace, words, make):
    name = next(word for word in words if word.startswith("given"))
    replace(name.partition("/")[0], make)
    if words[0] == "init" and make is make_folder:
        words = ["init", "given"]
        (council / "given" / "data").mkdir()
        make_pipe(council / "given" / "data" / "raw")
    output = refusal(council, *words)
    assert "given" in output or "zero" in output  # what a link leads to


def test_page_of_a_preview_names_a_pipe_that_comes_later(council, replace, temp_folder):
    preview = start_command(temp_folder, "preview", YEAR, "--workspace", council)
    try:
        line = preview.stdout.readline()
        assert line, preview.stderr.read()
        address = re.search(r"http://\S+", line)[0]
        deadline = time.monotonic() + DRAFT_SECONDS
        with urllib.request.urlopen(f"{address}events", timeout=END_SECONDS) as events:
            read_until(events, b'"draft": 1', deadline)
            replace(f"data/raw/{YEAR}/report.yaml", make_pipe)
            read_until(events, b"this is not an ordinary file", deadline)
    finally:
        preview.terminate()
        finish(preview, END_SECONDS)


def read_until(lines: Iterable[bytes], text: bytes, deadline: float) -> None:
    for line in lines:
        if text in line:
            return
        assert time.monotonic() < deadline
