"""A batch: council-years in order, a failure stops no other, and the same bytes on a cluster."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from builders import replace_text
from other_councils import write_council
from runs import (
    STOP_SECONDS,
    STOPPED_EXIT_CODE,
    STOPPED_MESSAGE,
    YEAR,
    is_under_way,
    kernel_pids,
    on_posix,
    press_ctrl_c,
    start_command,
    surviving_processes,
    unfinished_folders,
    untimed_bytes,
    wait_until,
    wait_until_under_way,
    write_own_notebook,
)

from pipeline.problem import Kind, Problem
from pipeline.release.page_faults import page_faults
from pipeline.run.batch.batch import council_years, parse_year_range
from pipeline.system.temporary import LOCK_NAME
from pipeline.year import Year

EARLIER_YEAR = "2020-21"
NO_SCHEDULER = "tcp://127.0.0.1:9"
CLUSTER_SECONDS = 900
DASK = Path(sys.executable).with_name("dask")
# Put in front of a notebook: counts the attempts in a file, and may then kill the council-year.
COUNT_ATTEMPTS = """import multiprocessing, os, pathlib
run, marks = multiprocessing.parent_process().pid, pathlib.Path({marks!r})
with marks.open("a") as opened:
    opened.write("|")
attempts = len(marks.read_text())
{action}
from pipeline"""
# What kills a council-year, and how often it is then attempted.
# fmt: off
ATTEMPTS = {
    "killed-once": ("if attempts == 1: os.kill(run, 9)", 2),
    "always-killed": ("os.kill(run, 9)", 2),
    "terminated": ("os.kill(run, 15)", 1),
}
# fmt: on


@pytest.fixture
def make_councils(sample_workspace, tmp_path) -> Callable[..., list[Path]]:
    """make_councils("east", "west"): a workspace each."""
    return lambda *names: [sample_workspace(tmp_path / name) for name in names]


def remove_earlier_year(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "raw" / EARLIER_YEAR)


def reports(workspace: Path) -> dict[str, bytes]:
    """Each file of a workspace's reports that holds no time."""
    return untimed_bytes(workspace / "reports")


# Which council-years


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2021-22", [Year(2021)]),
        ("2019-20:2021-22", [Year(2019), Year(2020), Year(2021)]),
    ],
)
def test_year_range_has_a_first_and_a_last_year(text, years):
    assert parse_year_range(text) == years


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("2021-22:2019-20", "2019-20 is before 2021-22", "first one first: 2019-20:2021-22."),
        ("2021-23", '"2021-23" is not a financial year', "such as 2019-20:2023-24"),
    ],
)
def test_wrong_year_range_is_refused(text, what, remedy):
    with pytest.raises(Problem) as raised:
        parse_year_range(text)
    assert raised.value.where == "--years"
    assert what in raised.value.what
    assert remedy in raised.value.remedy


def test_each_workspace_comes_once_with_its_years_in_order(make_councils, tmp_path):
    east, west = make_councils("east", "west")
    remove_earlier_year(west)
    west_again = tmp_path / "west" / ".." / "west"
    planned = council_years([west, east, west_again], parse_year_range("2019-20:2021-22"))
    assert [(one.workspace.name, one.year, one.result) for one in planned] == [
        ("west", "2019-20", "no data"),
        ("west", "2020-21", "no data"),
        ("west", "2021-22", "to do"),
        ("east", "2019-20", "no data"),
        ("east", "2020-21", "to do"),
        ("east", "2021-22", "to do"),
    ]
    assert [(one.workspace.name, one.year) for one in council_years([west], None)] == [
        ("west", "2021-22")
    ]


def test_folder_that_is_no_workspace_fails_in_its_place(make_councils, tmp_path):
    (empty,) = make_councils("empty")
    for folder in (empty / "data" / "raw").glob("*/"):
        shutil.rmtree(folder)
    planned = council_years([tmp_path / "nowhere", empty], parse_year_range("2021-22"))
    assert [(one.name, one.result, one.problem.kind) for one in planned] == [
        ("nowhere", "failed", Kind.SETTINGS),
        ("empty", "failed", Kind.NOTHING_TO_DO),
    ]


# Results


@pytest.mark.slow
def test_failure_stops_no_other_and_only_the_rest_is_made_again(
    make_councils, sample_report, annual_report, temp_folder, tmp_path
):
    east, west = make_councils("east", "west")
    extract = west / "data" / "raw" / YEAR / "complaints.csv"
    replace_text(extract, ",not upheld,", ",not upehld,")
    page = tmp_path / "results" / "batch.html"
    page.parent.mkdir()
    options = ("--years", "2019-20:2021-22", "--formats", "html,data", "--page", page)

    first = annual_report("batch", east, west, *options, TMPDIR=str(temp_folder))
    assert first.returncode == Kind.SOME_FAILED, first.stderr
    table = first.stdout[first.stdout.index("Council  ") :].splitlines()
    assert [line.split()[2:-1] for line in table[1:7]] == [
        ["2019-20", "no", "data"],
        ["2020-21", "made"],
        ["2021-22", "made"],
        ["2019-20", "no", "data"],
        ["2020-21", "made"],
        ["2021-22", "failed"],
    ]
    assert "data/raw/2021-22/complaints.csv, outcome" in first.stdout
    assert "not upehld" in first.stdout
    assert "3 made, 1 failed, 2 no data" in first.stdout
    assert str(page) in first.stdout
    assert "Traceback" not in first.stdout + first.stderr
    report = east / "reports" / YEAR
    assert (report / "annual-report.html").read_bytes() == sample_report.html.read_bytes()
    assert not (west / "reports" / YEAR).exists()
    record = json.loads((report / "audit" / "run.json").read_text(encoding="utf-8"))
    # The earlier year was made first.
    assert "reports/2020-21/figures.csv" in [file["path"] for file in record["inputs"]]
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []
    check_page(page.read_text(encoding="utf-8"))

    replace_text(extract, ",not upehld,", ",not upheld,")
    second = annual_report("batch", east, west, *options)
    assert second.returncode == 0, second.stdout
    assert "1 made, 3 unchanged, 2 no data" in second.stdout
    assert reports(west) == reports(east)


def check_page(html: str) -> None:
    """The page links the report that was made, and says why the other was not."""
    assert page_faults(html) == []
    assert html.count('href="../east/reports/2021-22/annual-report.html"') == 1
    assert "west/reports/2021-22" not in html
    assert "not upehld" in html


@pytest.mark.parametrize(
    ("page", "what"),
    [
        ("east/data/raw/batch.html", "this is inside data/, reports/ or notebooks/"),
        ("east/reports/batch.html", "this is inside data/, reports/ or notebooks/"),
        ("east", "this is a folder"),
        ("nowhere/batch.html", "its folder does not exist"),
    ],
)
def test_page_in_a_wrong_place_is_refused_before_any_run(
    make_councils, annual_report, tmp_path, page, what
):
    finished = annual_report("batch", *make_councils("east"), "--page", tmp_path / page)
    assert finished.returncode == Kind.SETTINGS
    assert f"--page {tmp_path / page}: {what}" in finished.stderr
    assert not (tmp_path / "east" / "data" / "processed").exists()


@pytest.mark.slow
@on_posix
def test_killed_council_year_is_retried_once_and_terminated_one_not(
    make_councils, annual_report, temp_folder
):
    workspaces = dict(zip(ATTEMPTS, make_councils(*ATTEMPTS), strict=True))
    (unharmed,) = make_councils("unharmed")
    for workspace in (*workspaces.values(), unharmed):
        remove_earlier_year(workspace)
    for name, (action, _) in ATTEMPTS.items():
        marks = str(workspaces[name] / "marks")
        code = COUNT_ATTEMPTS.format(marks=marks, action=action)
        write_own_notebook(workspaces[name], "2_clean", "from pipeline", code)
    finished = annual_report(
        "batch",
        *workspaces.values(),
        unharmed,
        *("--formats", "html", "--page", temp_folder / "batch.html"),
        TMPDIR=str(temp_folder),
    )
    assert (finished.returncode, finished.stderr) == (Kind.SOME_FAILED, "")
    assert "2 made, 2 failed" in finished.stdout
    for name, (_, attempts) in ATTEMPTS.items():
        assert len((workspaces[name] / "marks").read_text()) == attempts, name
    for name in ("always-killed", "terminated"):
        heading = f"Calderbrook Council, 2021-22, in {workspaces[name]}\n"
        assert f"{heading}  2021-22: a process was killed" in finished.stdout
    assert (workspaces["killed-once"] / "reports" / YEAR / "annual-report.html").is_file()
    assert surviving_processes(temp_folder) == []
    assert [path.name for path in temp_folder.iterdir()] == ["batch.html"]


# Stopped


@dataclass(frozen=True)
class RunningBatch:
    """A batch past the first step of a year.

    reported: a workspace whose report was made before. untouched: its reports at that time.
    """

    command: subprocess.Popen
    workspaces: list[Path]
    reported: Path
    untouched: dict[str, bytes]


@pytest.fixture
def running_batch(make_councils, reported_workspace, temp_folder) -> RunningBatch:
    untouched = reports(reported_workspace)
    workspaces = [reported_workspace, *make_councils("new")]
    options = ("--formats", "html", "--force", "--page", temp_folder / "batch.html")
    command = start_command(temp_folder, "batch", *workspaces, *options)
    wait_until_under_way(command, *workspaces)
    return RunningBatch(command, workspaces, reported_workspace, untouched)


@on_posix
@pytest.mark.slow
def test_ctrl_c_leaves_the_last_reports_and_no_process(running_batch, temp_folder):
    press_ctrl_c(running_batch.command)
    _, errors = running_batch.command.communicate(timeout=STOP_SECONDS)
    assert (running_batch.command.returncode, errors.strip()) == (
        STOPPED_EXIT_CODE,
        STOPPED_MESSAGE,
    )
    assert reports(running_batch.reported) == running_batch.untouched
    assert [unfinished_folders(one) for one in running_batch.workspaces] == [[], []]
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


@pytest.mark.slow
@on_posix
def test_processes_of_a_killed_batch_clear_up_and_end(running_batch, temp_folder, annual_report):
    """The next command deletes the folder of its sockets, in which nothing else is."""
    running_batch.command.kill()
    running_batch.command.communicate(timeout=STOP_SECONDS)
    assert surviving_processes(temp_folder, STOP_SECONDS) == []
    assert reports(running_batch.reported) == running_batch.untouched
    assert [unfinished_folders(one) for one in running_batch.workspaces] == [[], []]
    left = [path for path in temp_folder.rglob("annual-report-*/**/*") if path.is_file()]
    assert [path.name for path in left if path.name != LOCK_NAME] == []
    annual_report("status", "--workspace", running_batch.workspaces[0], TMPDIR=str(temp_folder))
    assert list(temp_folder.glob("annual-report-*")) == []


@pytest.mark.slow
def test_invented_councils_of_any_size_get_their_reports(annual_report, tmp_path):
    """A safe report that is refused is a mistake of ours, which no analyst could fix."""
    workspaces = [tmp_path / f"council-{number:02d}" for number in (1, 2)]
    for number, workspace in enumerate(workspaces, 1):
        write_council(workspace, number)
    finished = annual_report("batch", *workspaces, "--page", tmp_path / "batch.html")
    assert finished.returncode == 0, finished.stdout
    counts = [len(list(one.glob("reports/*/annual-report.docx"))) for one in workspaces]
    assert counts == [2, 1]


# On a cluster


@pytest.mark.slow
def test_missing_scheduler_is_reported(make_councils, annual_report):
    finished = annual_report("batch", *make_councils("east"), "--scheduler", NO_SCHEDULER)
    assert finished.returncode == Kind.SETTINGS
    assert f"--scheduler: no Dask scheduler answers at {NO_SCHEDULER}" in finished.stderr


def test_jobs_on_a_cluster_are_refused(make_councils, annual_report):
    options = ("--scheduler", NO_SCHEDULER, "--jobs", "2")
    finished = annual_report("batch", *make_councils("east"), *options)
    assert finished.returncode == Kind.SETTINGS
    assert "the cluster decides how many workers there are\nLeave out --jobs." in finished.stderr


@pytest.fixture
def cluster(temp_folder) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, each under its nanny."""
    scheduler_file = temp_folder / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", scheduler_file]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *common]]
    commands += [["worker", "--nthreads", "1", "--local-directory", temp_folder, *common]] * 2
    with ExitStack() as processes:
        for command in commands:
            process = subprocess.Popen(
                [DASK, *command],
                env={"TMPDIR": str(temp_folder), "PATH": ""},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            processes.callback(process.wait, STOP_SECONDS)
            processes.callback(process.terminate)
        wait_until(lambda: scheduler_file.is_file() and scheduler_file.read_text().strip())
        yield json.loads(scheduler_file.read_text(encoding="utf-8"))["address"]


def busy_workers(temp_folder: Path) -> list[psutil.Process]:
    """The cluster's workers that make a report: each has a fork server, and that has a kernel."""
    servers = {psutil.Process(pid).ppid() for pid in kernel_pids(temp_folder)}
    return [psutil.Process(server).parent() for server in servers]


@pytest.mark.slow
@on_posix
def test_cluster_makes_the_same_bytes_though_a_worker_is_killed(
    make_councils, cluster, sample_report, annual_report, temp_folder, tmp_path
):
    spread = make_councils("north", "east")
    (alone,) = make_councils("alone")
    options = ("--years", YEAR, "--scheduler", cluster, "--page", tmp_path / "batch.html")
    batch = start_command(temp_folder, "batch", *spread, *options)

    def kill_a_worker() -> bool:
        with suppress(psutil.Error, IndexError):  # no worker has a kernel at this moment
            if is_under_way(spread[0]):
                busy_workers(temp_folder)[0].kill()
                return True
        return False

    wait_until(kill_a_worker, batch)
    output, errors = batch.communicate(timeout=CLUSTER_SECONDS)
    assert batch.returncode == 0, output + errors
    assert "2 made" in output
    options = ("--years", YEAR, "--page", tmp_path / "alone.html")
    finished = annual_report("batch", alone, *options)
    assert finished.returncode == 0
    expected = reports(alone)
    assert [reports(workspace) == expected for workspace in spread] == [True] * 2
    assert [unfinished_folders(workspace) for workspace in spread] == [[]] * 2
    assert kernel_pids(temp_folder) == []
    # As `annual-report run` makes the sample's report.
    by_run = reports(sample_report.workspace)
    assert {name: expected.get(name) for name in by_run} == by_run
