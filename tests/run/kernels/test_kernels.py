"""A notebook's kernel is a fresh process, forked or spawned, that ends with its notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from builders import COMMAND_SECONDS
from runs import (
    YEAR,
    has_word,
    is_fork_server,
    merge_streams,
    write_notebook,
    write_own_notebook,
)

from pipeline.artifacts import STEPS
from pipeline.problem import Kind, Problem
from pipeline.run.execute import execute_step
from pipeline.run.kernels import fork_server, managers, pool
from pipeline.run.kernels.engine import ENGINE_NAME
from pipeline.settings import load_settings
from pipeline.system.errors import machine_problem

PAPERMILL = Path(sys.executable).with_name("papermill")
KILLED_PROCESS = "a process was killed"


def printed_texts(
    source: Path, kernels: managers.Kernels, step: str = "2_clean", **options: Any
) -> list[str]:
    """What each cell of a notebook prints, run in one of the kernels.

    step: whose kernel; "" for a notebook that is not ours.
    """
    executed = papermill.execute_notebook(
        source,
        source.with_name("executed.ipynb"),
        engine_name=ENGINE_NAME,
        kernel_manager_class=kernels.manager_class(step),
        progress_bar=False,
        **options,
    )
    return [
        "".join(output.text for output in cell.outputs if output.get("text")).strip()
        for cell in executed.cells
    ]


def running_fork_server() -> psutil.Process | None:
    """The fork server of this process, if it runs."""
    servers = [child for child in psutil.Process().children() if is_fork_server(child)]
    return servers[0] if servers else None


@contextmanager
def no_process_left() -> Iterator[None]:
    """Fail if a process that starts in the block outlives it, the fork server aside."""
    this_process = psutil.Process()
    known = {process.pid for process in this_process.children(recursive=True)}
    yield
    processes = this_process.children(recursive=True)
    left = [process for process in processes if process.pid not in known]
    assert [process.cmdline() for process in left if not has_word(process, "multiprocessing")] == []
    server = running_fork_server()
    assert server is None or server.children() == []


@pytest.fixture(params=["forked", "spawned"])
def kernels(request, monkeypatch) -> Iterator[managers.Kernels]:
    """Kernels as on this machine, and as where no process can fork."""
    if request.param == "forked" and not fork_server.CAN_FORK:
        pytest.skip("no process can fork here")
    monkeypatch.setattr(managers, "CAN_FORK", request.param == "forked")
    with no_process_left(), managers.private_kernels() as private:
        yield private


def test_each_notebook_has_its_own_process_folder_and_environment(kernels, tmp_path, monkeypatch):
    source = write_notebook(
        tmp_path,
        "import os\nprint(os.getcwd())",
        "print(os.getpid())",
        "print(os.environ['NOTEBOOK_NAME'])",
        "print('variable' in globals()); variable = 1",
    )
    pids = {str(os.getpid())}
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.setenv("NOTEBOOK_NAME", name)
        cwd, pid, variable, is_set = printed_texts(source, kernels, cwd=folder)
        assert (cwd, variable, is_set) == (str(folder), name, "False")
        pids.add(pid)
    assert len(pids) == 3


def test_nobody_s_set_up_runs_before_a_notebook(kernels, tmp_path, monkeypatch):
    startup = tmp_path / "startup.py"
    startup.write_text("from_startup = True")
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    source = write_notebook(
        tmp_path, "import os\nprint('from_startup' in globals(), os.environ.get('PYTHONSTARTUP'))"
    )
    assert printed_texts(source, kernels)[0] in ("False None", "False")


def test_next_notebook_does_not_see_a_changed_library(kernels, tmp_path):
    source = write_notebook(
        tmp_path,
        "import pandas",
        "print(getattr(pandas, 'changed', 'unchanged')); pandas.changed = 'changed'",
    )
    assert [printed_texts(source, kernels)[1] for _ in range(2)] == ["unchanged"] * 2


def test_every_kernel_hashes_texts_alike(kernels, tmp_path):
    source = write_notebook(tmp_path, "print(hash('a child'), list({'red', 'green', 'blue'}))")
    assert printed_texts(source, kernels) == printed_texts(source, kernels)


@pytest.mark.slow
@pytest.mark.skipif(not fork_server.CAN_FORK, reason="no process can fork here")
def test_kernel_that_validates_loads_no_library_for_charts_or_tests(tmp_path):
    """Great Expectations names both; ipykernel asks every module for its file."""
    names = ["altair.vegalite", "scipy.stats._stats_py"]
    source = write_notebook(tmp_path, f"import sys\nprint([*map(sys.modules.get, {names})])")
    with managers.private_kernels() as private:
        assert printed_texts(source, private, step="1_validate") == ["[None, None]"]


def test_notebook_may_start_its_own_processes(kernels, tmp_path):
    source = write_notebook(
        tmp_path,
        "from concurrent.futures import ProcessPoolExecutor",
        "with ProcessPoolExecutor(1) as pool:\n    print(pool.submit(len, 'abc').result())",
    )
    assert printed_texts(source, kernels)[1] == "3"


def test_error_in_a_cell_is_raised_and_the_kernel_ends(kernels, tmp_path):
    source = write_notebook(tmp_path, "1 / 0")
    with pytest.raises(papermill.exceptions.PapermillExecutionError, match="ZeroDivisionError"):
        printed_texts(source, kernels)


def test_killed_kernel_is_reported_as_a_problem(kernels, tmp_path):
    source = write_notebook(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with pytest.raises(RuntimeError) as raised:
        printed_texts(source, kernels)
    assert KILLED_PROCESS in str(machine_problem(raised.value))


@pytest.mark.skipif(not fork_server.CAN_FORK, reason="no process can fork here")
@pytest.mark.slow
def test_kernel_that_cannot_fork_in_time_is_reported(monkeypatch, tmp_path):
    """When memory is short, a library may wait for more for ever while it is imported."""
    fork_server.stop()
    (tmp_path / "endless_import.py").write_text("import time\nwhile True:\n    time.sleep(1)\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(fork_server, "KERNEL_PRELOAD", "endless_import")
    monkeypatch.setattr(pool, "START_TIMEOUT_SECONDS", 2)
    source = write_notebook(tmp_path, "1")
    with managers.private_kernels() as private, pytest.raises(RuntimeError) as raised:
        printed_texts(source, private)
    assert KILLED_PROCESS in str(machine_problem(raised.value))
    children = psutil.Process().children()
    assert [child for child in children if has_word(child, "endless_import")] == []


@pytest.mark.skipif(not fork_server.CAN_FORK, reason="no process can fork here")
def test_unused_kernels_end_and_the_fork_server_stays(tmp_path):
    fork_server.start()
    server = running_fork_server()
    with managers.private_kernels() as private:
        # A server that still imports would be stopped with the kernels that it owes.
        printed_texts(write_notebook(tmp_path, "1"), private, step="")
        private.prepare(STEPS)
    assert running_fork_server() == server
    assert server.children() == []


def test_many_kernels_in_a_row_leave_no_file_open(tmp_path):
    source = write_notebook(tmp_path, "1")
    with managers.private_kernels() as private:
        printed_texts(source, private, step="")
        open_files = psutil.Process().num_fds()
        for _ in range(5):
            printed_texts(source, private, step="")
        assert psutil.Process().num_fds() <= open_files


def test_temporary_files_of_a_notebook_go_with_its_kernel(kernels, tmp_path):
    source = write_notebook(tmp_path, "import tempfile\nprint(tempfile.mkdtemp())")
    (folder,) = printed_texts(source, kernels)
    assert Path(folder).is_dir()
    assert Path(folder).is_relative_to(kernels.folder)


def test_outputs_have_the_order_of_a_plain_kernel(kernels, tmp_path):
    source = write_notebook(
        tmp_path,
        "import os, sys\nfrom IPython.display import display",
        "print('one'); display(1); print('two', end=''); print('three', file=sys.stderr)\n"
        "display(2); print('four'); 5",
        "for number in range(50):\n    print(number); display(-number)",
        "_ = os.system('echo a program')",
        "print('last')",
    )

    def outputs(**options: Any) -> list[list[tuple[str, str]]]:
        executed = papermill.execute_notebook(source, None, progress_bar=False, **options)
        return [merge_streams(cell.outputs) for cell in executed.cells]

    own = outputs(engine_name=ENGINE_NAME, kernel_manager_class=kernels.manager_class())
    assert own == outputs()


def test_kernel_keeps_no_history(kernels, tmp_path):
    printed_texts(write_notebook(tmp_path, "1", "2"), kernels)
    assert list(kernels.folder.rglob("*.sqlite*")) == []


@pytest.mark.slow
def test_papermill_offers_the_engine_by_its_name(tmp_path):
    """As an entry point: for any notebook, from papermill's own command line."""
    source = write_notebook(tmp_path, "import sys\nprint('pandas' in sys.modules)")
    executed = tmp_path / "executed.ipynb"
    finished = subprocess.run(
        [PAPERMILL, "--engine", ENGINE_NAME, "--no-progress-bar", source, executed],
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
    )
    assert finished.returncode == 0, finished.stderr
    assert nbformat.read(executed, as_version=4).cells[0].outputs[0].text == "True\n"


def test_cell_whose_outputs_do_not_arrive_is_named(workspace, monkeypatch):
    """It has ended, so that "this did not end" would be untrue."""
    monkeypatch.setattr("pipeline.run.execute.OUTPUT_SECONDS", 3)
    drop_outputs = (
        "import sys\n"
        "sys.stdout.flush_timeout = sys.stderr.flush_timeout = 0  # or a flush waits 10 seconds\n"
        "thread = get_ipython().kernel.iopub_thread\n"
        "thread.schedule(thread.close)"
    )
    write_own_notebook(
        workspace,
        "2_clean",
        "from pipeline.settings",
        f"{drop_outputs}\nfrom pipeline.settings",
    )
    settings = load_settings(workspace, YEAR)
    settings.processed.mkdir(parents=True)
    executed = settings.processed / "executed.ipynb"
    with managers.private_kernels() as kernels, pytest.raises(Problem) as stopped:
        execute_step("2_clean", settings, executed, kernels.manager_class("2_clean"))
    assert stopped.value.where.startswith("notebooks/2_clean.ipynb, cell 5")
    assert stopped.value.what.startswith("its outputs did not all arrive within 3 seconds")
    assert "Show less in one cell" in stopped.value.remedy


HOARD = "hoard = b'x' * 700_000_000; import time; time.sleep(600)"  # more than a kernel needs


@pytest.mark.parametrize(
    ("code", "limits", "what"),
    [
        ("while True: pass", {"cell_minutes": 1 / 30}, "did not end within"),
        (HOARD, {"memory_gigabytes": 0.6}, "took more than 0.6 GB of memory"),
    ],
)
def test_cell_that_exceeds_a_limit_is_stopped_and_named(workspace, code, limits, what):
    """Its kernel is ended, too."""
    write_own_notebook(
        workspace, "2_clean", "from pipeline.settings", f"{code}\nfrom pipeline.settings"
    )
    settings = load_settings(workspace, YEAR)
    settings.processed.mkdir(parents=True)
    run_limits = settings.council.run_limits.model_copy(update=limits)
    council = settings.council.model_copy(update={"run_limits": run_limits})
    settings = settings.model_copy(update={"council": council})
    executed = settings.processed / "executed.ipynb"
    with (
        no_process_left(),
        managers.private_kernels() as kernels,
        pytest.raises(Problem) as stopped,
    ):
        execute_step("2_clean", settings, executed, kernels.manager_class("2_clean"))
    assert stopped.value.kind == Kind.NOTEBOOK
    assert stopped.value.where == f'notebooks/2_clean.ipynb, cell 5 ("{code[:50]}")'
    assert what in stopped.value.what
    assert f"run_limits, {next(iter(limits))}" in stopped.value.remedy
