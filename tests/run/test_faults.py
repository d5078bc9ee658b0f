"""Whatever happens to a run, the last good report and the raw data are as they were, and the next run works."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from runs import COMMAND, surviving_processes

REPOSITORY = Path(__file__).resolve().parents[2]
YEAR = "2021-22"
MACHINE = 8
linux = pytest.mark.skipif(
    sys.platform != "linux", reason="ends processes, mounts and limits as Linux has them"
)


def started(
    workspace: Path, temp_folder: Path, command: list[str] | None = None, **how
) -> subprocess.Popen:
    """A run of HTML alone, the shortest there is, from the start. command: what to start in place of the project's own."""
    return subprocess.Popen(
        [*(command or [COMMAND]), "run", YEAR, "--workspace", workspace, "--formats", "html", "--force"],
        env=os.environ | {"TMPDIR": str(temp_folder)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **how,
    )  # fmt: skip


def folders(workspace: Path) -> dict[str, str]:
    """The digest of the tables and of the report, but for what holds the times; a missing folder is not there."""
    found = {}
    for name in ("data/processed", "reports"):
        told = hashlib.sha256()
        for path in sorted((workspace / name / YEAR).rglob("*")):
            if path.is_file() and path.name not in ("run.json", "ro-crate-metadata.json"):
                told.update(
                    f"{path.relative_to(workspace)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode()
                )
        if (workspace / name / YEAR).exists():
            found[name] = told.hexdigest()
    return found


def raw(workspace: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in (workspace / "data" / "raw").rglob("*")
        if path.is_file()
    }


def agrees_with_its_record(report: Path) -> bool:
    """Whether a report holds every file that its record names, as it names it, and no other."""
    named = {
        one["path"]: one["sha256"]
        for one in json.loads((report / "audit" / "run.json").read_text())["outputs"]
    }
    held = {
        path.relative_to(report).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in report.rglob("*") if path.is_file() and path != report / "audit" / "run.json"
    }  # fmt: skip
    return named == held


def taken_for_reports(workspace: Path) -> set[str]:
    """What a reader who lists the folder of reports sees."""
    return {
        path.name for path in (workspace / "reports").iterdir() if not path.name.startswith(".")
    }


# Killed -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_states(reported_workspace, temp_folder):
    """A workspace, and what its tables and its report are before and after a change of commentary and data; now it is before.

    `turn` changes the raw data from the one to the other.
    """
    places = {
        reported_workspace / "data" / "raw" / YEAR / "commentary.md": (
            "Behind each",
            "At the back of each",
        ),
        reported_workspace / "data" / "raw" / YEAR / "compliments.csv": (
            "treated our family with respect",
            "treated us with respect",
        ),
    }

    def turn() -> None:
        for path, (one, other) in places.items():
            text = path.read_text()
            assert (one in text) != (other in text)
            path.write_text(text.replace(one, other) if one in text else text.replace(other, one))

    states, seconds = [], 0.0
    for _ in range(2):
        turn()
        began = time.monotonic()
        run = started(reported_workspace, temp_folder)
        assert run.wait() == 0, run.stderr.read()
        seconds = time.monotonic() - began
        states.append(folders(reported_workspace))
    assert not set(states[0].values()) & set(states[1].values())
    return reported_workspace, turn, states, seconds


def check_after_a_kill(
    workspace: Path,
    states: list[dict[str, str]],
    before: dict[str, bytes],
    temp_folder: Path,
    annual_report,
):
    assert surviving_processes(temp_folder, 20) == []
    assert raw(workspace) == before
    assert taken_for_reports(workspace) <= {YEAR, "history"}
    now = folders(workspace)
    assert all(digest in {state[name] for state in states} for name, digest in now.items()), "torn"
    ended = annual_report(
        "trace", "complaints.received", "--workspace", workspace
    )  # the next command, whichever it is
    assert ended.returncode == 0, ended.stderr
    assert folders(workspace) in states, "tables and report are not of one run"
    reports = [
        workspace / "reports" / YEAR,
        *(workspace / "reports" / "history" / YEAR).glob("[0-9]*"),
    ]
    assert all(agrees_with_its_record(report) for report in reports)


# Ends the run with SIGKILL as it touches the disk for the n-th time, from when the last tables are moved away on.
IN_THE_SWAP = """
import os, signal, sys
from pipeline.cli import main
begun = False
def hook(event, given):
    global left, begun
    begun = begun or event == "os.rename" and str(given[1]).endswith(".old")
    if begun and event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    left = int(sys.argv.pop(1))
    sys.addaudithook(hook)
    main()
"""


@linux
@pytest.mark.slow
@pytest.mark.parametrize("half", range(2))
def test_a_run_killed_at_any_moment_leaves_a_whole_report_and_the_next_run_works(
    half, two_states, temp_folder, annual_report, tmp_path
):
    """44 moments over the whole run, and 8 from the first rename of the swap on.

    A run that ends before its moment is not counted, but measured: the next is killed at the same part of that time.
    """
    workspace, turn, states, seconds = two_states
    script = tmp_path / "killed.py"
    script.write_text(IN_THE_SWAP)
    chosen = random.Random(half)
    plan = [("part", (part + chosen.random()) / 22) for part in range(22)] + [
        ("touch", n) for n in range(half, 8, 2)
    ]
    chosen.shuffle(plan)
    killed = 0
    for kind, moment in plan:
        for _ in range(5):
            now = folders(workspace)
            if (now == states[0]) == (
                "Behind each"
                not in (workspace / "data" / "raw" / YEAR / "commentary.md").read_text()
            ):
                turn()  # so that a run makes another report than there is
            before, began = raw(workspace), time.monotonic()
            touch = [sys.executable, str(script), str(moment)]
            run = started(workspace, temp_folder, command=touch if kind == "touch" else None)
            with suppress(subprocess.TimeoutExpired):
                run.wait(timeout=moment * seconds if kind == "part" else 300)
                seconds = time.monotonic() - began
            run.kill()
            run.communicate(timeout=60)
            check_after_a_kill(workspace, states, before, temp_folder, annual_report)
            if run.returncode:
                break
        killed += run.returncode == -signal.SIGKILL
        if killed % 8 == 7:
            ended = annual_report("run", YEAR, "--workspace", workspace, "--formats", "html")
            assert ended.returncode == 0, ended.stderr
    assert killed == len(plan)


# A process lost, memory out ---------------------------------------------------------------------------------------------------


def spoil(workspace: Path, step: str, does: str) -> None:
    """Give a workspace a notebook of its own, whose last code cell does something more."""
    notebook = json.loads((REPOSITORY / "notebooks" / f"{step}.ipynb").read_text())
    last = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][-1]
    last["source"] = [f"{does}\n", *last["source"]]
    (workspace / "notebooks").mkdir()
    (workspace / "notebooks" / f"{step}.ipynb").write_text(json.dumps(notebook))


SLOW = pytest.mark.slow  # one of each kind is quick enough for every day
SPOILT = {
    "a kernel is lost": ("2_clean", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
                         ("notebooks/2_clean.ipynb: a process was killed", "ran out of memory")),
    "memory runs out": ("1_validate", "bytearray(1 << 60)", ("notebooks/1_validate.ipynb: the memory of this machine",)),
    "memory runs out in a table": ("3_aggregate", "import numpy\nnumpy.ones(1 << 55)", ("memory of this machine",)),
}  # fmt: skip


@linux
@pytest.mark.parametrize(
    ("step", "does", "said"),
    [
        pytest.param(*spoilt, marks=SLOW if "memory" in id else (), id=id)
        for id, spoilt in SPOILT.items()
    ],
)
def test_a_step_that_ends_early_is_said_in_words(reported_workspace, temp_folder, step, does, said):
    before = raw(reported_workspace), folders(reported_workspace)
    spoil(reported_workspace, step, does)
    run = started(reported_workspace, temp_folder)
    _, complained = run.communicate(timeout=120)
    assert run.returncode == MACHINE, complained
    assert all(part in complained for part in said), complained
    assert "Traceback" not in complained
    assert (raw(reported_workspace), folders(reported_workspace)) == before
    assert surviving_processes(temp_folder, 20) == []
    shutil.rmtree(reported_workspace / "notebooks")
    assert started(reported_workspace, temp_folder).wait() == 0


@linux
@pytest.mark.slow
@pytest.mark.parametrize("process", range(4))
def test_a_run_that_loses_any_of_its_processes_ends_and_says_so_or_does_not_need_it(
    reported_workspace, temp_folder, process
):
    before = raw(reported_workspace), folders(reported_workspace)
    run = started(reported_workspace, temp_folder)
    moments, found = random.Random(process), []
    while run.poll() is None and len(found) <= process:
        time.sleep(moments.uniform(0.05, 0.4))
        for one in psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []:
            if one not in found:
                found.append(one)
    with suppress(psutil.Error, IndexError):
        found[process].kill()
    _, complained = run.communicate(timeout=180)
    assert run.returncode in (0, MACHINE), (
        complained
    )  # Python's own helper processes may complain, but all comes to an end
    assert raw(reported_workspace) == before[0]
    assert run.returncode == 0 or folders(reported_workspace) == before[1]
    assert surviving_processes(temp_folder, 20) == []


@linux
@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [300, 450, 600, 800, 1000, 1400])
def test_a_run_with_little_memory_leaves_the_last_report(
    reported_workspace, temp_folder, megabytes
):
    before = raw(reported_workspace), folders(reported_workspace)
    most = megabytes << 20
    run = started(
        reported_workspace,
        temp_folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )
    try:
        run.communicate(timeout=60)
    except (
        subprocess.TimeoutExpired
    ):  # a library may wait for memory for ever, and somebody will end the run
        run.kill()
        run.communicate()
    assert raw(reported_workspace) == before[0]
    if run.returncode:
        assert folders(reported_workspace) == before[1]
    assert surviving_processes(temp_folder, 20) == []


# Full and closed disks --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def disk(tmp_path_factory, sample_report, lacking):
    """A disk of its own, of 40 megabytes, with a workspace and its report on it."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder], capture_output=True, text=True
    )
    if mounted.returncode:
        lacking(f"this needs the right to mount a disk: {mounted.stderr.strip()}")
    try:
        shutil.copytree(sample_report.workspace, folder / "workspace")
        (folder / "t").mkdir()
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def leave_free(disk: Path, kilobytes: int) -> Path:
    """Fill a disk but for so much."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    free = shutil.disk_usage(disk).free - (kilobytes << 10)
    with ballast.open("wb") as out:
        out.write(bytes(max(free, 0)))
    return ballast


def full_disk(disk: Path, kilobytes: int, temp_folder: Path) -> int:
    """The exit code of a run on a disk with so much left; whatever it is, the report is as it was, or is the new one whole."""
    workspace = disk / "workspace"
    before = raw(workspace), folders(workspace)
    ballast = leave_free(disk, kilobytes)
    run = started(workspace, temp_folder)
    _, complained = run.communicate(timeout=300)
    ballast.unlink()
    assert raw(workspace) == before[0]
    assert "Traceback" not in complained
    if run.returncode:
        assert run.returncode == MACHINE, complained
        assert "the disk is full\nFree some space there" in complained
        assert str(disk) in complained
        assert folders(workspace) == before[1]
    assert agrees_with_its_record(workspace / "reports" / YEAR)
    assert surviving_processes(temp_folder, 20) == []
    return run.returncode


@linux
@pytest.mark.parametrize("kilobytes", [0, 400])
def test_a_full_disk_is_said_and_the_last_report_stays(disk, temp_folder, kilobytes):
    assert full_disk(disk, kilobytes, temp_folder) == MACHINE


@linux
@pytest.mark.slow
def test_a_disk_that_fills_at_any_step_leaves_the_last_report_and_the_next_run_works(
    disk, temp_folder
):
    codes = [
        full_disk(disk, kilobytes, temp_folder)
        for kilobytes in (8, 64, 128, 256, 700, 1000, 1500, 2000, 2500, 3000, 4000)
    ]
    assert MACHINE in codes
    assert full_disk(disk, 30_000, temp_folder) == 0


@linux
@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [0, 8, 64])
def test_full_temporary_files_are_no_harm(reported_workspace, disk, kilobytes):
    before = raw(reported_workspace), folders(reported_workspace)
    ballast = leave_free(disk, kilobytes)
    run = started(reported_workspace, disk / "t")
    _, complained = run.communicate(timeout=300)
    ballast.unlink()
    assert "Traceback" not in complained
    assert run.returncode in (0, MACHINE), complained
    assert raw(reported_workspace) == before[0]
    assert agrees_with_its_record(reported_workspace / "reports" / YEAR)
    assert surviving_processes(disk / "t", 20) == []


@linux
def test_a_disk_that_can_only_be_read_is_said_and_reading_still_works(
    disk, temp_folder, annual_report
):
    workspace = disk / "workspace"
    before = folders(workspace)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    try:
        run = started(workspace, temp_folder)
        _, complained = run.communicate(timeout=120)
        assert run.returncode == MACHINE, complained
        assert "this disk can only be read" in complained
        assert "Traceback" not in complained
        assert (
            annual_report("trace", "complaints.received", "--workspace", workspace).returncode == 0
        )
        assert folders(workspace) == before
    finally:
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@linux
@pytest.mark.parametrize(
    "closed",
    [
        f"reports/{YEAR}",
        *(
            pytest.param(one, marks=SLOW)
            for one in ("reports", "data/processed", "reports/history")
        ),
    ],
)
def test_a_folder_that_may_not_be_written_is_said_and_the_last_report_stays(
    sample_report, temp_folder, another_user, closed
):
    workspace, files = temp_folder / "workspace", temp_folder / "t"
    shutil.copytree(sample_report.workspace, workspace)
    (workspace / "reports" / "history").mkdir()
    files.mkdir()
    command = [*another_user(temp_folder), COMMAND]
    (workspace / closed).chmod(0o555)
    before = raw(workspace), folders(workspace)
    run = started(workspace, files, command)
    _, complained = run.communicate(timeout=120)
    assert run.returncode == MACHINE, complained
    assert "you do not have permission to read or write here" in complained
    assert str(workspace / closed) in complained
    assert "Traceback" not in complained
    assert (raw(workspace), folders(workspace)) == before
    (workspace / closed).chmod(0o755)
    assert started(workspace, files, command).wait() == 0
