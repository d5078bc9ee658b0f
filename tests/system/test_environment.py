"""What the user set up for other work does not reach this program's processes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipeline.system.environment import foreign_names


@pytest.mark.parametrize(
    ("name", "is_foreign"),
    [
        ("PYTHONSTARTUP", True),
        ("PYTHONINSPECT", True),
        ("PYTHONWARNINGS", True),
        ("IPYTHONDIR", True),
        ("JUPYTER_CONFIG_PATH", True),
        ("MPLBACKEND", True),
        ("SOURCE_DATE_EPOCH", True),
        ("PYTHONPATH", False),
        ("PYTHONUTF8", False),
        ("PATH", False),
        ("MY_PYTHONSTARTUP", False),
    ],
)
def test_set_up_of_other_work_is_told_from_the_rest(name, is_foreign):
    assert foreign_names({name: "value"}) == [name] * is_foreign


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTHONWARNINGS", "error"),
        ("PYTHONINSPECT", "1"),
        ("PYTHONOPTIMIZE", "2"),
        ("_ANNUAL_REPORT_COMPLETE", "x"),
    ],
)
def test_command_works_whatever_is_set_up_for_python(workspace, annual_report, name, value):
    plain = annual_report("status", "2021-22", "--workspace", workspace)
    finished = annual_report("status", "2021-22", "--workspace", workspace, **{name: value})
    assert (finished.returncode, finished.stdout) == (0, plain.stdout)
    assert finished.stderr == ""


def test_no_thread_waits_for_matrices_that_nobody_multiplies():
    """Such threads do not sleep: they took a twelfth of the processor time of `check`."""
    environment = {name: os.environ[name] for name in os.environ if name != "OPENBLAS_NUM_THREADS"}
    program = "import pipeline, numpy, psutil; print(psutil.Process().num_threads())"
    finished = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert (finished.stdout, finished.stderr) == ("1\n", "")
