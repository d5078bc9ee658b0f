"""A run: all or nothing, one message with where, what and how, an exit code for each class of failure, nothing left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from builders import replace_text
from filelock import FileLock
from runs import (
    is_under_way,
    kernel_pids,
    press_ctrl_c,
    run_processes,
    start_command,
    surviving_processes,
    unfinished_folders,
    write_own_notebook,
)

from pipeline.report.documents.html import render_html
from pipeline.settings import load_settings

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = shutil.which("annual-report", path=str(Path(sys.executable).parent))
YEAR = "2021-22"
SETTINGS, DATA, NOTEBOOK, NOTHING_TO_DO, USAGE, STOPPED = 3, 4, 5, 6, 2, 130
on_linux = pytest.mark.skipif(
    not Path("/proc/net/tcp").exists(), reason="reads /proc, which only Linux has"
)


def contents(workspace: Path) -> dict[str, bytes]:
    """Every file of the raw data, the report and its tables."""
    folders = ("data/raw", f"data/processed/{YEAR}", f"reports/{YEAR}")
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for folder in folders for path in sorted((workspace / folder).rglob("*")) if path.is_file()
    }  # fmt: skip


# What stops a run -------------------------------------------------------------------------------------------------------------


def a_broken_row(workspace: Path) -> None:
    replace_text(
        workspace / "data" / "raw" / YEAR / "complaints.csv", ",not upheld,", ",not upehld,"
    )


def an_unknown_key(workspace: Path) -> None:
    replace_text(workspace / "data" / "raw" / "council.yaml", "directorate:", "directorat:")


def a_typed_digit(workspace: Path) -> None:
    write_own_notebook(
        workspace,
        "4_report",
        "{{ compliments.received | counted }}: thanks",
        "102 compliments: thanks",
    )


def a_missing_parameter(workspace: Path) -> None:
    write_own_notebook(workspace, "1_validate", "processed = None", "proccessed = None")


def a_mistake_in_a_notebook(workspace: Path) -> None:
    write_own_notebook(workspace, "1_validate", "from pipeline", "1 / 0\nfrom pipeline")


def nothing(workspace: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("spoil", "year", "code", "said"),
    [
        (a_broken_row, YEAR, DATA, (
            "data/raw/2021-22/complaints.csv, outcome", "row 2", "not upehld", "not upheld",
        )),
        (an_unknown_key, YEAR, SETTINGS, (
            "data/raw/council.yaml, line 4, directorat: there is no such key. Did you mean \"directorate\"?",
            "directorate: this key is needed and is not there", "Add `directorate:` with its value.",
        )),
        (a_typed_digit, YEAR, NOTEBOOK, (
            "notebooks/4_report.ipynb, cell ", "(\"%%narrative overview\"), line ",
            "the number in \"- 102 compliments: thanks", "is typed by hand\nWrite a reference to a figure",
        )),
        (a_missing_parameter, YEAR, NOTEBOOK, (
            "notebooks/1_validate.ipynb: its parameters cell does not set \"processed\". Did you mean \"proccessed\"?",
            "Give the cell tagged `parameters` a line for each of: workspace, year, processed.",
        )),
        (a_mistake_in_a_notebook, YEAR, NOTEBOOK, (
            "notebooks/1_validate.ipynb, cell ", "ZeroDivisionError: division by zero",
            "kept as data/processed/2021-22.failed/1_validate.ipynb",
        )),
        (nothing, "2021-23", SETTINGS, ("year: \"2021-23\" is not a financial year", "Did you mean \"2021-22\"?")),
        (nothing, "2015-16", SETTINGS, ("year: there is no folder data/raw/2015-16", "This workspace holds 2020-21, 2021-22.")),
    ],
)  # fmt: skip
def test_a_run_that_fails_leaves_the_last_good_report(
    spoil, year, code, said, reported_workspace, annual_report
):
    spoil(reported_workspace)
    before = contents(reported_workspace)
    ended = annual_report("run", year, "--workspace", reported_workspace)
    assert ended.returncode == code, ended.stderr
    for part in said:
        assert part in ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert contents(reported_workspace) == before
    assert unfinished_folders(reported_workspace) == []


def test_a_workspace_without_a_year_has_nothing_to_do(workspace, annual_report):
    for folder in (workspace / "data" / "raw").glob("*/"):
        shutil.rmtree(folder)
    ended = annual_report("run", "latest", "--workspace", workspace)
    assert ended.returncode == NOTHING_TO_DO
    assert "data/raw: holds no year yet\nBegin one with: annual-report new 2021-22" in ended.stderr


def test_a_folder_that_is_no_workspace(tmp_path, annual_report):
    ended = annual_report("run", "latest", "--workspace", tmp_path)
    assert ended.returncode == SETTINGS
    assert f"{tmp_path}: there is no folder data/raw here" in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [["run"], ["run", YEAR, "--wrokspace", "."], ["rnu", YEAR]])
def test_a_mistyped_command(words, annual_report):
    ended = annual_report(*words)
    assert ended.returncode == USAGE
    assert "Usage: annual-report" in ended.stderr


def test_a_year_that_is_being_made_is_not_made_twice(reported_workspace, annual_report):
    before = contents(reported_workspace)
    with FileLock(reported_workspace / "data" / "processed" / f".{YEAR}.lock"):
        ended = annual_report("run", YEAR, "--workspace", reported_workspace)
    assert ended.returncode == SETTINGS
    assert (
        "2021-22: another run of this year is under way\nWait until it has ended, then run again."
        in ended.stderr
    )
    assert contents(reported_workspace) == before


def test_what_a_killed_run_moved_away_comes_back(reported_workspace, annual_report):
    """Even if the next run fails as well."""
    before = contents(reported_workspace)
    for folder in (reported_workspace / "reports", reported_workspace / "data" / "processed"):
        (folder / YEAR).rename(folder / f".{YEAR}.old")
    a_missing_parameter(reported_workspace)
    assert annual_report("run", YEAR, "--workspace", reported_workspace).returncode == NOTEBOOK
    assert contents(reported_workspace) == before
    assert unfinished_folders(reported_workspace) == []


# Processes --------------------------------------------------------------------------------------------------------------------


def start(workspace: Path, year: str, temp_folder: Path) -> subprocess.Popen:
    return start_command(
        temp_folder, "run", year, "--workspace", workspace, "--formats", "html", "--force"
    )


def open_ports(processes: list[int]) -> set[str]:
    """The TCP sockets on which processes listen, as /proc/net shows them: state 0A."""
    listening = {
        fields[9]: fields[1]
        for table in ("tcp", "tcp6") if Path("/proc/net", table).exists()
        for fields in map(str.split, Path("/proc/net", table).read_text().splitlines()[1:]) if fields[3] == "0A"
    }  # fmt: skip
    found = set()
    for process in processes:
        with suppress(OSError):
            held = [str(one.readlink()) for one in Path(f"/proc/{process}/fd").iterdir()]
            found |= {port for inode, port in listening.items() if f"socket:[{inode}]" in held}
    return found


@on_linux
def test_two_years_at_once_open_no_port_and_leave_nothing_behind(
    workspace, sample_report, temp_folder
):
    runs = [start(workspace, year, temp_folder) for year in ("2020-21", YEAR)]
    seen, ports = set(), set()
    while any(run.poll() is None for run in runs):
        seen |= set(kernel_pids(temp_folder))
        ports |= open_ports([process.pid for process in run_processes(temp_folder)])
        time.sleep(0.1)
    for run in runs:
        assert run.returncode == 0, run.stderr.read()
    assert len(seen) == 8  # a kernel a step, and a year
    assert ports == set()
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.glob("annual-report-*")) == []
    assert (workspace / "reports" / "2020-21" / "annual-report.html").is_file()
    assert (
        workspace / "reports" / YEAR / "annual-report.html"
    ).read_bytes() == sample_report.html.read_bytes()


def close_its_terminal(command: subprocess.Popen) -> None:
    os.killpg(command.pid, signal.SIGHUP)


@on_linux
@pytest.mark.parametrize("stop", [press_ctrl_c, subprocess.Popen.terminate, close_its_terminal])
def test_a_run_that_is_stopped_leaves_the_last_good_report_and_no_process(
    reported_workspace, temp_folder, stop
):
    before = contents(reported_workspace)
    run = start(reported_workspace, YEAR, temp_folder)
    while run.poll() is None and not is_under_way(reported_workspace):
        time.sleep(0.05)
    stop(run)
    said, complained = run.communicate(timeout=60)
    assert run.returncode == STOPPED, complained
    words = "Stopped. The last good report is unchanged."
    if (
        stop == close_its_terminal
    ):  # of which Python's own tracker of resources dies, and a warning says so
        assert words in complained
    else:
        assert complained.strip() == words
    assert "Made in" not in said
    assert contents(reported_workspace) == before
    assert unfinished_folders(reported_workspace) == []
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


@on_linux
def test_a_command_that_outlives_its_terminal_on_purpose_goes_on(workspace, temp_folder):
    run = start_command(
        temp_folder, "run", YEAR, "--workspace", workspace, "--formats", "html", prefix=["nohup"]
    )
    while run.poll() is None and not is_under_way(workspace):
        time.sleep(0.05)
    close_its_terminal(run)
    assert run.wait(60) == 0
    assert surviving_processes(temp_folder) == []


@on_linux
@pytest.mark.parametrize("many", [2, 3, 4, 6, 7])
def test_only_the_command_hears_ctrl_c_whatever_has_just_begun(workspace, temp_folder, many):
    """The fork server, the process of the PDF or a kernel: what is cut short while it begins would tell of it at length."""
    run = start_command(temp_folder, "run", YEAR, "--workspace", workspace)
    while run.poll() is None and len(run_processes(temp_folder)) < many:
        pass
    press_ctrl_c(run)
    _, complained = run.communicate(timeout=60)
    assert (run.returncode, complained.strip()) == (
        STOPPED,
        "Stopped. The last good report is unchanged.",
    )
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


@on_linux
def test_the_process_that_runs_the_notebooks_stays_where_it_was_called(
    workspace, annual_report, tmp_path
):
    """What it forks begins in its folder, and a folder that is being made is gone when the run is stopped."""
    told = tmp_path / "told.json"
    tell = f"pathlib.Path({str(told)!r}).write_text(json.dumps([one.cwd() for one in psutil.Process().parents()[:2]]))"
    write_own_notebook(
        workspace,
        "1_validate",
        "from pipeline",
        f"import json, pathlib, psutil\n{tell}\nfrom pipeline",
    )
    assert annual_report("run", YEAR, "--workspace", workspace, "--formats", "html").returncode == 0
    assert json.loads(told.read_text()) == [str(Path.cwd())] * 2


# Tells at its end which thread imported what, in order.
WHO_IMPORTS = """
import atexit, json, sys, threading
from pathlib import Path
from pipeline.cli import main
seen = []
def hook(event, given):
    if event == "import":
        seen.append((threading.current_thread().name, given[0].partition(".")[0]))
if __name__ == "__main__":
    atexit.register(lambda file: Path(file).write_text(json.dumps(seen)), sys.argv.pop(1))
    sys.addaudithook(hook)
    main()
"""


@pytest.mark.slow
def test_no_library_is_imported_by_two_threads_at_once(workspace, tmp_path):
    """Of hundreds of runs one found half of pyarrow: papermill imported it, and pandas at the same moment in another thread."""
    script, told = tmp_path / "imports.py", tmp_path / "told.json"
    script.write_text(WHO_IMPORTS)
    subprocess.run(
        [sys.executable, script, told, "run", YEAR, "--workspace", workspace],
        check=True,
        capture_output=True,
    )
    seen = json.loads(told.read_text())
    others = {thread for thread, _ in seen} - {"MainThread"}
    assert others
    for other in others:
        places = [place for place, (thread, _) in enumerate(seen) if thread == other]
        meanwhile = seen[places[0] : places[-1]]
        here, there = (
            {name for thread, name in meanwhile if thread == one} for one in ("MainThread", other)
        )
        assert (here & there) - set(sys.stdlib_module_names) - {"pipeline"} == set()


@on_linux
@pytest.mark.slow
def test_a_hundred_runs_in_a_row_leave_no_process_and_so_no_port_and_no_file(
    workspace, temp_folder, annual_report
):
    """Each with other words in the commentary, so that each makes a report."""
    commentary = workspace / "data" / "raw" / YEAR / "commentary.md"
    for number in range(100):
        with commentary.open("a") as file:
            file.write("\n")
        ended = annual_report(
            "run", YEAR, "--workspace", workspace, "--formats", "html", TMPDIR=str(temp_folder)
        )
        assert ended.returncode == 0, ended.stderr
        assert "Made in" in ended.stdout, number
        assert surviving_processes(temp_folder) == []
        assert list(temp_folder.iterdir()) == []
    assert len(list((workspace / "reports" / "history" / YEAR).iterdir())) == 10


# By hand ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_notebooks_run_by_hand_on_their_defaults(workspace, sample_report, tmp_path):
    """From `notebooks/`, as JupyterLab runs them, they make of the latest year what the command makes."""
    shutil.copytree(
        REPOSITORY / "notebooks",
        workspace / "notebooks",
        ignore=shutil.ignore_patterns(".ipynb_checkpoints"),
    )
    notebooks = sorted(path.name for path in (workspace / "notebooks").glob("*.ipynb"))
    by_hand = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output-dir", tmp_path / "out", *notebooks],
        cwd=workspace / "notebooks", env=os.environ | {"IPYTHONDIR": str(tmp_path / "ipython")}, capture_output=True, text=True,
    )  # fmt: skip
    assert by_hand.returncode == 0, by_hand.stderr
    figures = workspace / "data" / "processed" / YEAR / "3_aggregate" / "figures.csv"
    assert figures.read_bytes() == sample_report.figures.read_bytes()
    assert not (workspace / "reports").exists()
    executed = nbformat.read(tmp_path / "out" / "4_report.ipynb", as_version=4)
    assert render_html(executed, load_settings(workspace, YEAR)) == sample_report.html.read_text(
        encoding="utf-8"
    )
