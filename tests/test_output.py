"""Every command prints on any terminal, pipe or file, whatever characters it has to print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import COMMAND, COMMAND_SECONDS, replace_text

from pipeline.problem import Kind

YEAR = "2021-22"
DASH = "\N{EN DASH}"
COUNCIL = f"Łódź é 😀 {DASH} [bold]Council[/x] ✓ →"
# The council's name as printed, by the environment of the command.
# fmt: off
ENVIRONMENTS = {
    "cp1252": (
        {"PYTHONIOENCODING": "cp1252"},
        f"\\u0141ód\\u017a é \\U0001f600 {DASH} [bold]Council[/x] v ->",
    ),
    "ascii": (
        {"PYTHONIOENCODING": "ascii"},
        "\\u0141\\xf3d\\u017a \\xe9 \\U0001f600 - [bold]Council[/x] v ->",
    ),
    "C": (
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        "\\u0141\\xf3d\\u017a \\xe9 \\U0001f600 - [bold]Council[/x] v ->",
    ),
    "utf-8": ({"PYTHONIOENCODING": "utf-8"}, COUNCIL),
}
# fmt: on
# All commands print through one stream, which `check` tries in each of them.
FEWER_ENCODINGS = pytest.mark.parametrize("terminal", ["cp1252", "C"], indirect=True)
posix_only = pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX is needed")


@pytest.fixture(params=ENVIRONMENTS)
def terminal(request):
    """terminal("check", …): the result of the command, and the council's name as it prints it."""
    environment, printed_council = ENVIRONMENTS[request.param]
    encoding = "ascii" if request.param == "C" else request.param

    def run(*arguments: str | Path) -> tuple[subprocess.CompletedProcess, str]:
        finished = subprocess.run(
            [COMMAND, *map(str, arguments)],
            env={**os.environ, **environment},
            capture_output=True,
            encoding=encoding,
            timeout=COMMAND_SECONDS,
        )
        return finished, printed_council

    return run


@pytest.fixture
def far_workspace(workspace) -> Path:
    """A workspace whose council, folder and files have names that few encodings have."""
    council = workspace / "data" / "raw" / "council.yaml"
    replace_text(council, "authority: Calderbrook Council", f'authority: "{COUNCIL}"')
    return workspace.rename(workspace.with_name(f"Łódź {DASH} é 😀"))


def test_check_prints_names_that_the_encoding_lacks(far_workspace, terminal):
    (far_workspace / "data" / "raw" / YEAR / "notes ✓ é.csv").write_text("a,b\n1,2\n")
    finished, council = terminal("check", YEAR, "--workspace", far_workspace)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[0] == f"{council}, {YEAR}. Rows read:"
    assert "notes" in finished.stdout


@FEWER_ENCODINGS
def test_failing_command_prints_its_problem_in_any_encoding(far_workspace, terminal):
    finished, _ = terminal("trace", "complaints.recieved", "--workspace", far_workspace)
    assert finished.returncode == Kind.NOTHING_TO_DO
    assert "Make it first: annual-report run" in finished.stderr
    assert "Traceback" not in finished.stderr


@FEWER_ENCODINGS
@pytest.mark.slow
def test_other_commands_print_names_in_any_encoding(far_workspace, terminal, tmp_path):
    finished, council = terminal("status", "--workspace", far_workspace)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(f"{council}, {YEAR}")
    for arguments in (
        ("init", tmp_path / "Ł →"),
        ("new", "2030-31", "--workspace", far_workspace),
        ("--help",),
    ):
        finished, _ = terminal(*arguments)
        assert (finished.returncode, finished.stderr) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("terminal", ["cp1252"], indirect=True)
def test_run_and_its_reading_commands_print_in_any_encoding(far_workspace, terminal, tmp_path):
    finished, council = terminal("run", YEAR, "--workspace", far_workspace, "--formats", "html")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith(f"{council}, {YEAR}")
    page = (far_workspace / "reports" / YEAR / "annual-report.html").read_text(encoding="utf-8")
    assert f"Łódź é 😀 {DASH} " in page
    for arguments in (
        ("trace", "complaints.received"),
        ("diff", "--against", "published"),
    ):
        finished, _ = terminal(*arguments, "--workspace", far_workspace)
        assert (finished.returncode, finished.stderr) == (0, ""), arguments
    page = tmp_path / "batch.html"
    options = ("--years", YEAR, "--formats", "html", "--jobs", "1", "--page", page)
    finished, council = terminal("batch", far_workspace, *options)
    assert (finished.returncode, finished.stderr) == (0, "")
    assert council in finished.stdout


@posix_only
@pytest.mark.slow
def test_file_whose_name_is_no_text_stops_check_and_run(workspace, annual_report):
    path = workspace / "data" / "raw" / YEAR / "complaints \udcff.csv"
    path.write_text("a,b\n")
    for command in ("check", "run"):
        expect_name_problem(annual_report(command, YEAR, "--workspace", workspace))
    path.unlink()
    assert annual_report("check", YEAR, "--workspace", workspace).returncode == 0


@posix_only
@pytest.mark.slow
def test_folder_whose_name_is_no_text_stops_every_command(workspace, annual_report):
    workspace = workspace.rename(workspace.with_name("notes\udcff"))
    for arguments in (("check", YEAR), ("run", YEAR), ("status",), ("new", "2030-31")):
        expect_name_problem(annual_report(*arguments, "--workspace", workspace))
    expect_name_problem(annual_report("init", workspace / "new"))


def expect_name_problem(finished: subprocess.CompletedProcess) -> None:
    assert finished.returncode == Kind.SETTINGS
    assert "\\xff" in finished.stderr
    assert "this name contains a byte that stands for no character" in finished.stderr
    assert "Give the file or folder another name" in finished.stderr


def shell(command: str) -> subprocess.CompletedProcess:
    """The result of a line of shell, in which $1 is the command."""
    words = ["bash", "-c", f"set -o pipefail; {command}", "bash", COMMAND]
    return subprocess.run(words, capture_output=True, encoding="utf-8", timeout=COMMAND_SECONDS)


@posix_only
@pytest.mark.parametrize("arguments", [f"check {YEAR}", "status", "trace --help"])
def test_reader_that_stops_reading_fails_no_command(workspace, arguments):
    finished = shell(f"$1 {arguments} --workspace '{workspace}' | head -1")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert len(finished.stdout.splitlines()) == 1


@posix_only
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.slow
def test_closed_output_fails_no_command(workspace, closed):
    assert shell(f"$1 check {YEAR} --workspace '{workspace}' {closed}").returncode == 0
    assert shell(f"$1 check 1999-00 --workspace '{workspace}' {closed}").returncode == Kind.SETTINGS


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the device is Linux's")
@pytest.mark.parametrize(
    ("arguments", "buffering"),
    [(f"check {YEAR}", ""), (f"run {YEAR}", "1"), ("status", "1"), ("run --help", "")],
)
def test_output_that_cannot_be_written_is_a_problem(workspace, arguments, buffering):
    command = f"$1 {arguments} --workspace '{workspace}'"
    finished = shell(f"PYTHONUNBUFFERED={buffering} {command} >/dev/full")
    assert finished.returncode == Kind.MACHINE
    lines = finished.stderr.strip().splitlines()
    assert lines[0].startswith("standard output: what the command prints cannot be written: ")
    assert lines[1].startswith("Free some space there or name another file")
    assert len(lines) == 2


def test_text_without_the_signs_of_an_encoding_stays_readable():
    code = (
        "from pipeline.system.output import prepare_output; prepare_output();"
        'print("2021\\u201322 \\u2192 \\u2018a\\u2019\\u2026 \\u0142 \\udcff")'
    )
    finished = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="ascii",
        check=True,
    )
    assert finished.stdout == "2021-22 -> 'a'... \\u0142 \\udcff\n"
