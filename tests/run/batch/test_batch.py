"""A batch: each council-year in its order, one that fails stops no other, nothing is left behind, the same bytes anywhere."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from builders import replace_text
from other_councils import write_council
from runs import (
    is_under_way,
    kernel_pids,
    press_ctrl_c,
    start_command,
    surviving_processes,
    unfinished_folders,
    write_own_notebook,
)

from pipeline.problem import Kind, Problem
from pipeline.release.page_faults import page_faults
from pipeline.run.batch.batch import council_years, parse_year_range
from pipeline.year import Year

YEARS = ("2020-21", "2021-22")
TIMES = {
    "run.json",
    "ro-crate-metadata.json",
}  # when a report was made stands in these and nowhere else
STOPPED = 130
DASK = Path(sys.executable).with_name("dask")
on_posix = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed")


@pytest.fixture
def councils(sample_workspace, tmp_path):
    """councils("east", "west"): a workspace each."""
    return lambda *names: [sample_workspace(tmp_path / name) for name in names]


def only_the_latest_year(workspace: Path) -> None:
    shutil.rmtree(workspace / "data" / "raw" / YEARS[0])


def reports(workspace: Path) -> dict[str, bytes]:
    """Each file of a workspace's reports that has no time in it."""
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for path in (workspace / "reports").rglob("*") if path.is_file() and path.name not in TIMES
    }  # fmt: skip


# Which -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "years"), [
    ("2021-22", [Year(2021)]), ("2019-20:2021-22", [Year(2019), Year(2020), Year(2021)]),
])  # fmt: skip
def test_years_are_a_first_and_a_last(text, years):
    assert list(parse_year_range(text)) == years


@pytest.mark.parametrize(("text", "what", "how"), [
    ("2021-22:2019-20", "2019-20 is before 2021-22", "Give the first one first: 2019-20:2021-22."),
    ("2021-23", '"2021-23" is not a financial year', "such as 2019-20:2023-24"),
])  # fmt: skip
def test_other_years_are_refused(text, what, how):
    with pytest.raises(Problem) as refused:
        parse_year_range(text)
    assert refused.value.where == "--years"
    assert what in refused.value.what
    assert how in refused.value.remedy


def test_each_workspace_once_its_years_in_order_and_those_that_it_does_not_hold(councils, tmp_path):
    east, west = councils("east", "west")
    only_the_latest_year(west)
    asked = council_years(
        [west, east, tmp_path / "west" / ".." / "west"], parse_year_range("2019-20:2021-22")
    )
    assert [(one.workspace.name, one.year, one.result) for one in asked] == [
        ("west", "2019-20", "no data"), ("west", "2020-21", "no data"), ("west", "2021-22", "to do"),
        ("east", "2019-20", "no data"), ("east", "2020-21", "to do"), ("east", "2021-22", "to do"),
    ]  # fmt: skip
    assert [(one.workspace.name, one.year) for one in council_years([west], None)] == [
        ("west", "2021-22")
    ]


def test_a_folder_that_is_no_workspace_and_one_without_a_year_fail_in_their_place(
    councils, tmp_path
):
    (empty,) = councils("empty")
    for folder in (empty / "data" / "raw").glob("*/"):
        shutil.rmtree(folder)
    nowhere, without = council_years([tmp_path / "nowhere", empty], parse_year_range("2021-22"))
    assert (nowhere.name, nowhere.result, nowhere.problem.kind) == (
        "nowhere",
        "failed",
        Kind.SETTINGS,
    )
    assert (without.result, without.problem.kind) == ("failed", Kind.NOTHING_TO_DO)


# What becomes of it ------------------------------------------------------------------------------------------------------------


def test_one_that_fails_stops_no_other_and_given_again_only_the_rest_is_made(
    councils, sample_report, annual_report, temp_folder, tmp_path
):
    east, west = councils("east", "west")
    spoilt = west / "data" / "raw" / YEARS[1] / "complaints.csv"
    replace_text(spoilt, ",not upheld,", ",not upehld,")
    page = tmp_path / "results" / "batch.html"
    page.parent.mkdir()
    words = [
        "batch",
        east,
        west,
        "--years",
        "2019-20:2021-22",
        "--formats",
        "html,data",
        "--page",
        page,
    ]

    ended = annual_report(*words, TMPDIR=str(temp_folder))
    assert ended.returncode == Kind.SOME_FAILED, ended.stderr
    table = ended.stdout[ended.stdout.index("Council  ") :].splitlines()
    assert [line.split()[2:-1] for line in table[1:7]] == [
        ["2019-20", "no", "data"], ["2020-21", "made"], ["2021-22", "made"],
        ["2019-20", "no", "data"], ["2020-21", "made"], ["2021-22", "failed"],
    ]  # fmt: skip
    for part in (
        "data/raw/2021-22/complaints.csv, outcome",
        "not upehld",
        "3 made, 1 failed, 2 no data",
        str(page),
    ):
        assert part in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert (
        east / "reports" / YEARS[1] / "annual-report.html"
    ).read_bytes() == sample_report.html.read_bytes()
    assert not (west / "reports" / YEARS[1]).exists()
    read = json.loads(
        (east / "reports" / YEARS[1] / "audit" / "run.json").read_text(encoding="utf-8")
    )["inputs"]
    assert "reports/2020-21/figures.csv" in [one["path"] for one in read]  # which was made before
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []

    html = page.read_text(encoding="utf-8")
    assert page_faults(html) == []
    assert html.count('href="../east/reports/2021-22/annual-report.html"') == 1
    assert "west/reports/2021-22" not in html
    assert "not upehld" in html

    replace_text(spoilt, ",not upehld,", ",not upheld,")
    again = annual_report(*words)
    assert again.returncode == 0, again.stdout
    assert "1 made, 3 unchanged, 2 no data" in again.stdout
    assert reports(west) == reports(east)


@pytest.mark.parametrize(
    "page", ["east/data/raw/batch.html", "east/reports/batch.html", "east", "nowhere/batch.html"]
)
def test_the_page_is_refused_where_a_run_or_nobody_writes_before_anything_is_made(
    councils, annual_report, tmp_path, page
):
    ended = annual_report("batch", *councils("east"), "--page", tmp_path / page)
    assert ended.returncode == Kind.SETTINGS
    assert f"--page {tmp_path / page}: this is a folder, or in no folder" in ended.stderr
    assert not (tmp_path / "east" / "data" / "processed").exists()


@on_posix
def test_a_process_that_is_killed_gets_one_more_chance_and_one_that_is_told_to_end_does_not(
    councils, annual_report, temp_folder
):
    """As when memory runs out: once here, and each time there."""
    once, always, told, _ = workspaces = councils("once", "always", "told", "never")
    for workspace in workspaces:
        only_the_latest_year(workspace)
    for workspace, to_do in {
        once: "if begun == 1: os.kill(run, 9)",
        always: "os.kill(run, 9)",
        told: "os.kill(run, 15)",
    }.items():
        begun = f"""import multiprocessing, os, pathlib
run, mark = multiprocessing.parent_process().pid, pathlib.Path({str(workspace / "mark")!r})
with mark.open("a") as marks:
    marks.write("|")
begun = len(mark.read_text())
{to_do}
from pipeline"""
        write_own_notebook(workspace, "2_clean", "from pipeline", begun)
    ended = annual_report(
        "batch",
        *workspaces,
        "--formats",
        "html",
        "--page",
        temp_folder / "batch.html",
        TMPDIR=str(temp_folder),
    )
    assert (ended.returncode, ended.stderr) == (Kind.SOME_FAILED, "")
    assert "2 made, 2 failed" in ended.stdout
    assert [len((workspace / "mark").read_text()) for workspace in (once, always, told)] == [
        2,
        2,
        1,
    ]
    for workspace in (always, told):
        said = f"Calderbrook Council, 2021-22, in {workspace}\n  2021-22: a process was killed"
        assert said in ended.stdout
    assert (once / "reports" / YEARS[1] / "annual-report.html").is_file()
    assert surviving_processes(temp_folder) == []
    assert [path.name for path in temp_folder.iterdir()] == ["batch.html"]


@pytest.fixture
def under_way(councils, sample_report, temp_folder, tmp_path):
    """A batch past the first step of a year: its process, its workspaces, and what the report of one was before."""
    shutil.copytree(sample_report.workspace, tmp_path / "reported")
    before = reports(tmp_path / "reported")
    workspaces = [tmp_path / "reported", *councils("new")]
    batch = start_command(
        temp_folder,
        "batch",
        *workspaces,
        "--formats",
        "html",
        "--force",
        "--page",
        temp_folder / "batch.html",
    )
    while batch.poll() is None and not any(map(is_under_way, workspaces)):
        time.sleep(0.05)
    return batch, workspaces, before


@on_posix
def test_stopped_from_the_keyboard_it_leaves_the_last_good_reports_and_no_process(
    under_way, temp_folder
):
    batch, workspaces, before = under_way
    press_ctrl_c(batch)
    _, complained = batch.communicate(timeout=60)
    assert (batch.returncode, complained.strip()) == (
        STOPPED,
        "Stopped. The last good report is unchanged.",
    )
    assert reports(workspaces[0]) == before
    assert [unfinished_folders(workspace) for workspace in workspaces] == [[], []]
    assert surviving_processes(temp_folder) == []
    assert list(temp_folder.iterdir()) == []


@on_posix
def test_killed_itself_it_takes_its_processes_with_it_and_they_clear_up(under_way, temp_folder):
    batch, workspaces, before = under_way
    batch.kill()
    batch.communicate(timeout=60)
    assert surviving_processes(temp_folder, 60) == []
    assert reports(workspaces[0]) == before
    assert [unfinished_folders(workspace) for workspace in workspaces] == [[], []]
    assert list(temp_folder.glob("annual-report-*")) == []


@pytest.mark.slow
def test_councils_of_whatever_names_sizes_references_and_policies_get_their_reports(
    annual_report, tmp_path
):
    """What stops a report that gives nobody away is a mistake of ours, which no analyst could mend."""
    workspaces = [tmp_path / f"council-{number:02d}" for number in range(12)]
    for number, workspace in enumerate(workspaces):
        write_council(workspace, number)
    ended = annual_report("batch", *workspaces, "--page", tmp_path / "batch.html")
    assert ended.returncode == 0, ended.stdout
    made = [
        len(list((workspace / "reports").glob("*/annual-report.docx"))) for workspace in workspaces
    ]
    assert made == [3, 2, 1] * 4


# On a cluster ------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_said_to_be_so(councils, annual_report):
    ended = annual_report("batch", *councils("east"), "--scheduler", "tcp://127.0.0.1:9")
    assert ended.returncode == Kind.SETTINGS
    assert "--scheduler: no Dask scheduler answers at tcp://127.0.0.1:9" in ended.stderr


def test_a_clusters_workers_are_as_many_as_they_are(councils, annual_report):
    ended = annual_report(
        "batch", *councils("east"), "--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"
    )
    assert ended.returncode == Kind.SETTINGS
    assert "Leave out --jobs." in ended.stderr


@pytest.fixture
def cluster(temp_folder):
    """A Dask scheduler and four workers, each under its nanny, as the manual has them started: the scheduler's address."""
    told = temp_folder / "scheduler.json"
    common = ["--no-dashboard", "--scheduler-file", told]
    commands = [["scheduler", "--host", "127.0.0.1", "--port", "0", *common]]
    commands += [["worker", "--nthreads", "1", "--local-directory", temp_folder, *common]] * 4
    with ExitStack() as running:
        for command in commands:
            process = subprocess.Popen(
                [DASK, *command],
                env={"TMPDIR": str(temp_folder), "PATH": ""},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            running.callback(process.wait)
            running.callback(process.terminate)
        while not (told.is_file() and told.read_text().strip()):
            time.sleep(0.1)
        yield json.loads(told.read_text(encoding="utf-8"))["address"]


def at_work(temp_folder: Path) -> list[psutil.Process]:
    """The cluster's workers that make a report: each has a fork server, and that a kernel."""
    servers = {psutil.Process(kernel).ppid() for kernel in kernel_pids(temp_folder)}
    return [psutil.Process(server).parent() for server in servers]


@pytest.mark.slow
@on_posix
def test_a_cluster_makes_the_same_bytes_also_when_a_worker_is_killed(
    councils, cluster, sample_report, annual_report, temp_folder, tmp_path
):
    spread, (alone,) = councils("north", "east", "south", "west"), councils("alone")
    batch = start_command(
        temp_folder, "batch", *spread, "--scheduler", cluster, "--page", tmp_path / "batch.html"
    )
    killed = False
    while batch.poll() is None and not killed:
        time.sleep(0.1)
        with suppress(psutil.Error, IndexError):  # none of them has a kernel at this moment
            if is_under_way(spread[0]):
                at_work(temp_folder)[0].kill()
                killed = True
    said, complained = batch.communicate(timeout=600)
    assert batch.returncode == 0, said + complained
    assert killed
    assert "8 made" in said
    assert annual_report("batch", alone, "--page", tmp_path / "alone.html").returncode == 0
    assert [reports(workspace) == reports(alone) for workspace in spread] == [True] * 4
    assert [unfinished_folders(workspace) for workspace in spread] == [[]] * 4
    assert kernel_pids(temp_folder) == []
    made = reports(alone)
    run = reports(sample_report.workspace)
    assert {
        name: content for name, content in made.items() if name in run
    } == run  # as `annual-report run` makes it
