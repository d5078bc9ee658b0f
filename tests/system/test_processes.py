"""A process ends with its parent, and a killed one leaves nothing to complain of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing import get_context

import psutil
import pytest

from pipeline.system.errors import ProcessKilled
from pipeline.system.processes import SingleProcess, exit_with_parent

TIMEOUT_SECONDS = 30
# Starts a child that waits for a minute, and prints its process id once the child watches.
PARENT = """
import sys, time
from multiprocessing import get_context
from pipeline.system.processes import exit_with_parent

def wait(signum):
    exit_with_parent(signum)
    print("watching", flush=True)
    time.sleep(60)

if __name__ == "__main__":
    child = get_context("spawn").Process(target=wait, args=[int(sys.argv[1]) or None])
    child.start()
    print(child.pid, flush=True)
    child.join()
"""

# Is killed while its process works; what Python then complains of, it prints at the end.
KILLED_WITH_PROCESS = """
import os, signal, time
from multiprocessing import get_context
from pipeline.system.processes import SingleProcess

if __name__ == "__main__":
    process = SingleProcess(get_context("spawn"), os.getpid)
    print(process.submit(os.getpid).result(), flush=True)
    process.submit(time.sleep, 60)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process is killed")
@pytest.mark.parametrize("signum", [0, int(signal.SIGTERM)], ids=["at once", "by SIGTERM"])
def test_child_of_killed_parent_ends(signum, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, script, str(signum)], stdout=subprocess.PIPE, text=True
    )
    child = psutil.Process(int(parent.stdout.readline()))
    assert parent.stdout.readline() == "watching\n"
    parent.kill()
    parent.wait(TIMEOUT_SECONDS)
    child.wait(TIMEOUT_SECONDS)


def test_process_without_parent_is_refused():
    with pytest.raises(RuntimeError, match="not started by multiprocessing"):
        exit_with_parent()


def test_process_gives_results_and_errors_of_calls_in_turn():
    with SingleProcess(get_context("spawn"), os.getpid) as process:
        pids = [process.submit(os.getpid) for _ in range(2)]
        error = process.submit(int, "many").exception()
        assert pids[0].result() == pids[1].result() != os.getpid()
    assert "invalid literal" in str(error)
    assert "processes.py" in "".join(error.__notes__)
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
