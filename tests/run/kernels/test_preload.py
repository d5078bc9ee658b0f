"""What is imported ahead exists, and a wrong name does not go unnoticed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import REPOSITORY

from pipeline.artifacts import STEPS
from pipeline.run.kernels import fork_server

PRELOADS = REPOSITORY / "pipeline" / "run" / "kernels" / "preload"
TIMEOUT_SECONDS = 120
# Starts the fork server with a module of this folder, and lets a process fork from it.
START_SERVER = """
from pipeline.run.kernels import fork_server
if __name__ == "__main__":
    fork_server.start("misspelt_preload")
    process = fork_server.start_method_context().Process(target=print, args=["forked"])
    process.start()
    process.join()
"""


def run_python(*arguments: str | Path, path: Path = REPOSITORY) -> subprocess.CompletedProcess:
    python_path = os.pathsep.join([str(REPOSITORY), str(path)])
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | fork_server.KERNEL_ENVIRONMENT | {"PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
    )


@pytest.mark.slow
def test_every_preload_imports_all_that_it_names():
    """The batch's preload imports all others."""
    stems = {path.stem for path in PRELOADS.glob("[!_]*.py")}
    names = [f"pipeline.run.kernels.preload.{stem}" for stem in sorted(stems)]
    assert len(names) == 9
    program = f"import sys, {fork_server.BATCH_PRELOAD}; print(*set({names}) - sys.modules.keys())"
    finished = run_python("-c", program)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "\n", "")


def test_scipy_is_imported_only_to_withhold_numbers():
    """Its import would take a tenth of the processor time of a run that withholds none."""
    answer = "print(*sorted({'scipy.optimize', 'scipy.linalg'} & sys.modules.keys()))"
    # The preload of a draft imports those of all steps.
    publishing = run_python("-c", f"import sys, {fork_server.DRAFT_PRELOAD}; {answer}")
    assert (publishing.stdout, publishing.stderr) == ("\n", "")
    withholding = run_python("-c", f"import sys, {fork_server.SUPPRESSION_PRELOAD}; {answer}")
    assert (withholding.stdout, withholding.stderr) == ("scipy.linalg scipy.optimize\n", "")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_has_a_preload(step):
    assert (PRELOADS / f"{step.partition('_')[2]}.py").is_file()


@pytest.mark.skipif(not fork_server.CAN_FORK, reason="no process can fork here")
def test_wrong_name_in_a_preload_is_reported_by_the_command(tmp_path):
    (tmp_path / "misspelt_preload.py").write_text(
        "from pipeline.run.kernels.preload import preloading\n"
        "with preloading():\n"
        "    import pandas_misspelt\n"
    )
    script = tmp_path / "start_server.py"
    script.write_text(START_SERVER)
    finished = run_python(script, path=tmp_path)
    assert finished.stdout == "forked\n"
    assert "preloading stopped: No module named 'pandas_misspelt'" in finished.stderr
