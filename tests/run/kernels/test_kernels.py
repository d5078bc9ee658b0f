"""A notebook's kernel: a fresh process with its own folder and environment, forked or not, that is gone when it is done."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
import psutil
import pytest

from pipeline.artifacts import STEPS
from pipeline.run.kernels import fork_server
from pipeline.run.kernels import managers as kernels
from pipeline.run.kernels import pool as forked
from pipeline.run.kernels.engine import ENGINE_NAME
from pipeline.system.errors import machine_problem

BIN = Path(sys.executable).parent


def notebook(folder: Path, *cells: str) -> Path:
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    )
    made.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(made, folder / "notebook.ipynb")
    return folder / "notebook.ipynb"


def printed(source: Path, ready: kernels.Kernels, **how) -> list[str]:
    """What each cell of a notebook printed, run in one of the kernels."""
    made = papermill.execute_notebook(
        source,
        source.with_name("executed.ipynb"),
        engine_name=ENGINE_NAME,
        kernel_manager_class=ready.manager_class(),
        progress_bar=False,
        **how,
    )
    return [
        "".join(output.text for output in cell.outputs if output.get("text")).strip()
        for cell in made.cells
    ]


@contextmanager
def none_left():
    """No process that began in the block outlives it, but for the fork server."""
    me = psutil.Process()
    before = {process.pid for process in me.children(recursive=True)}
    yield
    left = [process for process in me.children(recursive=True) if process.pid not in before]
    assert [
        process.cmdline()
        for process in left
        if not any("multiprocessing" in word for word in process.cmdline())
    ] == []
    servers = [
        process
        for process in me.children()
        if any("forkserver" in word for word in process.cmdline())
    ]
    assert [process for server in servers for process in server.children()] == []


@pytest.fixture(params=["forked", "started one by one"])
def ready(request, monkeypatch):
    """Kernels as on this machine, and as where no process can fork."""
    if request.param == "forked" and not fork_server.CAN_FORK:
        pytest.skip("no process can fork here")
    monkeypatch.setattr(kernels, "CAN_FORK", request.param == "forked")
    with none_left(), kernels.private_kernels() as made:
        yield made


def test_each_notebook_has_a_process_of_its_own_in_the_folder_and_environment_it_is_given(
    ready, tmp_path, monkeypatch
):
    source = notebook(tmp_path, "import os\nprint(os.getcwd())", "print(os.getpid())", "print(os.environ['FOR_ONE'])",
                      "print('kept' in globals()); kept = 1")  # fmt: skip
    seen = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("FOR_ONE", name)
        folder, process, given, kept = printed(source, ready, cwd=tmp_path / name)
        assert (folder, given, kept) == (str(tmp_path / name), name, "False")
        seen.append(process)
    assert len({*seen, str(os.getpid())}) == 3


def test_what_a_notebook_changes_in_a_library_the_next_does_not_see(ready, tmp_path):
    source = notebook(
        tmp_path,
        "import pandas",
        "print(getattr(pandas, 'spoilt', 'as it was')); pandas.spoilt = 'spoilt'",
    )
    assert [printed(source, ready)[1] for _ in range(2)] == ["as it was"] * 2


def test_texts_are_hashed_alike_in_each(ready, tmp_path):
    source = notebook(tmp_path, "print(hash('a child'), list({'red', 'green', 'blue'}))")
    assert printed(source, ready) == printed(source, ready)


def test_a_notebook_may_start_processes_of_its_own(ready, tmp_path):
    source = notebook(tmp_path, "from concurrent.futures import ProcessPoolExecutor",
                      "with ProcessPoolExecutor(1) as pool:\n    print(pool.submit(len, 'abc').result())")  # fmt: skip
    assert printed(source, ready)[1] == "3"


def test_an_error_is_told_and_the_kernel_is_gone(ready, tmp_path):
    with pytest.raises(papermill.exceptions.PapermillExecutionError, match="ZeroDivisionError"):
        printed(notebook(tmp_path, "1 / 0"), ready)


def test_a_kernel_that_is_lost_is_told_as_a_problem(ready, tmp_path):
    source = notebook(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RuntimeError) as raised:
        printed(source, ready)
    assert "ended from outside" in str(machine_problem(raised.value))


def test_a_kernel_that_cannot_be_forked_is_told_as_a_problem_within_a_while(monkeypatch, tmp_path):
    """As where memory is short: a library that waits for some while it is imported waits for ever."""
    fork_server.stop()
    (tmp_path / "waits.py").write_text("while True:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(fork_server, "SHARED", "waits")
    monkeypatch.setattr(fork_server.start, "__defaults__", ("waits",))
    monkeypatch.setattr(forked, "READY_WITHIN", 2)
    with kernels.private_kernels() as ready, pytest.raises(RuntimeError) as raised:
        printed(notebook(tmp_path, "1"), ready)
    assert "ended from outside" in str(machine_problem(raised.value))
    assert [
        child
        for child in psutil.Process().children()
        if any("waits" in word for word in child.cmdline())
    ] == []


def test_kernels_that_nobody_took_are_given_up_at_once_and_the_fork_server_serves_on():
    fork_server.start()
    server = fork_server.forkserver._forkserver._forkserver_pid
    with kernels.private_kernels() as ready:
        ready.prepare(STEPS)
    assert fork_server.forkserver._forkserver._forkserver_pid == server
    assert psutil.Process(server).children() == []


def test_many_kernels_one_after_the_other_leave_nothing_open(tmp_path):
    source = notebook(tmp_path, "1")
    with kernels.private_kernels() as ready:
        printed(source, ready)
        before = psutil.Process().num_fds()
        for _ in range(5):
            printed(source, ready)
        assert psutil.Process().num_fds() <= before


def test_temporary_files_of_a_notebook_go_with_its_kernel(ready, tmp_path):
    (place,) = printed(notebook(tmp_path, "import tempfile\nprint(tempfile.mkdtemp())"), ready)
    assert Path(place).is_dir()
    ready.close()
    assert place.startswith(ready._folder)


def test_what_is_printed_and_what_is_shown_stand_in_the_order_of_a_plain_kernel(ready, tmp_path):
    source = notebook(
        tmp_path, "import os, sys\nfrom IPython.display import display",
        "print('one'); display(1); print('two', end=''); print('three', file=sys.stderr); display(2); print('four'); 5",
        "for number in range(50):\n    print(number); display(-number)",
        "_ = os.system('echo a program')", "print('last')",
    )  # fmt: skip

    def outputs(**how) -> list:
        made = papermill.execute_notebook(source, None, progress_bar=False, **how)
        return [
            [one.get("text") or (one.data["text/plain"],) for one in cell.outputs]
            for cell in made.cells
        ]

    assert outputs(engine_name=ENGINE_NAME, kernel_manager_class=ready.of()) == outputs()


def test_no_history_of_what_was_run_is_kept(ready, tmp_path):
    printed(notebook(tmp_path, "1", "2"), ready)
    assert list(Path(ready._folder).rglob("*.sqlite*")) == []


def test_a_file_beside_the_user_hides_no_library(tmp_path, annual_report, sample_workspace):
    """A workspace that happens to hold pandas.py."""
    workspace = sample_workspace(tmp_path / "workspace")
    for name in ("pandas.py", "json.py"):
        (workspace / name).write_text("raise SystemExit('this is not the library')\n")
    ended = subprocess.run(
        [BIN / "annual-report", "run", "2020-21", "--formats", "html"],
        cwd=workspace,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr


def test_papermill_itself_takes_them_by_the_name_of_the_engine(tmp_path):
    """As an entry point: for any notebook, from the command line."""
    source = notebook(tmp_path, "import sys\nprint('pandas' in sys.modules)")
    ended = subprocess.run(
        [
            BIN / "papermill",
            "--engine",
            ENGINE_NAME,
            "--no-progress-bar",
            source,
            tmp_path / "executed.ipynb",
        ],
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert (
        nbformat.read(tmp_path / "executed.ipynb", as_version=4).cells[0].outputs[0].text
        == "True\n"
    )


@pytest.mark.slow
def test_a_forked_kernel_makes_the_same_bytes_as_one_that_is_started(
    sample_report, workspace, monkeypatch
):
    """Every table and every output of every notebook, though libraries were imported before there was a kernel."""
    from pipeline.run.chain import Progress
    from pipeline.settings import load_settings
    from pipeline.workflow import make_report, run_options

    monkeypatch.setattr(kernels, "CAN_FORK", False)
    settings = load_settings(workspace, "2021-22")
    assert make_report(settings, run_options(settings, "html", False), Progress())
    for name in ("1_validate", "2_clean", "3_aggregate", "4_report"):
        made, before = (
            (one / f"{name}.ipynb").read_bytes()
            for one in (settings.published_folder / "audit", sample_report.audit)
        )
        assert made == before, name
