"""A process answers call by call, and a killed one leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

import psutil
import pytest

from pipeline.system.errors import ProcessKilled
from pipeline.system.processes.children import SingleProcess

TIMEOUT_SECONDS = 30
# Is killed while its process works; what Python then complains of, it prints at the end.
KILLED_WITH_PROCESS = """
import os, signal, time
from multiprocessing import get_context
from pipeline.system.processes.children import SingleProcess

if __name__ == "__main__":
    process = SingleProcess(get_context("spawn"), os.getpid)
    print(process.submit(os.getpid).result(), flush=True)
    process.submit(time.sleep, 60)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_process_gives_results_and_errors_of_calls_in_turn():
    with SingleProcess(get_context("spawn"), os.getpid) as process:
        pids = [process.submit(os.getpid) for _ in range(2)]
        error = process.submit(int, "many").exception()
        assert pids[0].result() == pids[1].result() != os.getpid()
    assert "invalid literal" in str(error)
    assert "children.py" in "".join(error.__notes__)
    assert not psutil.pid_exists(pids[0].result())


def test_call_of_a_process_that_is_killed_says_so():
    with SingleProcess(get_context("spawn"), os.getpid) as process:
        os.kill(process.submit(os.getpid).result(), signal.SIGTERM)
        with pytest.raises(ProcessKilled):
            process.submit(len, "abc").result()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed")
def test_killed_command_leaves_no_process_and_no_complaint(tmp_path):
    script = tmp_path / "command.py"
    script.write_text(KILLED_WITH_PROCESS)
    killed = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=TIMEOUT_SECONDS
    )
    assert killed.returncode == -signal.SIGKILL
    assert killed.stderr == ""  # its processes have closed it: none is left


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed")
def test_killed_process_leaves_no_temporary_file():
    """WeasyPrint has a folder for fonts, and a library's programs have files, while they work."""
    with SingleProcess(get_context("spawn"), os.getpid) as process:
        folder = Path(process.submit(tempfile.mkdtemp).result())
        program = [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"]
        of_program = process.submit(subprocess.check_output, program, text=True).result()
        assert folder.is_dir()
        assert Path(of_program.strip()).parent == folder.parent != Path(tempfile.gettempdir())
    assert not folder.parent.exists()
