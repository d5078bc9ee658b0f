"""A process ends with its parent, however that ends."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from pipeline.system.processes.parent import exit_with_parent

TIMEOUT_SECONDS = 30
# Starts a child that waits for a minute, and prints its process id once the child watches.
PARENT = """
import sys, time
from multiprocessing import get_context
from pipeline.system.processes.parent import exit_with_parent

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
