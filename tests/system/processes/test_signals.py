"""A request to stop is heeded even if a library drops it or makes another error of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from builders import COMMAND_SECONDS
from runs import (
    STOPPED_EXIT_CODE,
    STOPPED_MESSAGE,
    YEAR,
    unfinished_folders,
    year_files,
)

from pipeline.artifacts import AGGREGATE_STEP, DOCUMENTS_STEP

# Ways in which a library loses the Ctrl-C that comes while it works.
LOSSES = """
import signal
import numpy
import pydantic
from pipeline.problem import Kind, Problem
from pipeline.system.processes.signals import treat_as_ctrl_c

class Text:
    def __repr__(self):
        signal.raise_signal(signal.SIGINT)
        return "text"

class Deleted:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

class Model(pydantic.BaseModel):
    number: int = 1

    @pydantic.field_serializer("number")
    def text_of(self, number):
        signal.raise_signal(signal.SIGINT)
        return str(number)

def compare_types():
    numpy.dtype("O") == Text()

def delete_object():
    Deleted()

def serialise():
    Model().model_dump_json()

def read_file():
    try:
        serialise()
    except Exception:
        raise Problem(Kind.DATA, "file", "cannot be read", "Correct it.")
"""
COMMAND = """
from pipeline.cli import app, main

@app.command()
def lose():
    {loss}()

main()
"""
PREVIEW = """
import sys
from pathlib import Path
from threading import Event, Timer
from pipeline.run.preview.preview import run_preview
from pipeline.settings import load_settings

lines, stop = [], Event()

def print_line(line):
    lines.append(line)
    if len(lines) == 2:  # the address, and the draft; without the fault nothing follows
        Timer(1, stop.set).start()

def make(settings, kernels):
    {loss}()
    return True

treat_as_ctrl_c("SIGINT")
try:
    run_preview(load_settings(Path(sys.argv[1]), sys.argv[2]), make, 0, print_line, stop)
except KeyboardInterrupt:
    print("stopped")
"""
RUN = """
import sys
from pathlib import Path
from pipeline.run.chain import Progress
from pipeline.settings import load_settings
from pipeline.workflow import make_report, run_options

class InterruptedProgress(Progress):
    def step_finished(self, step):
        super().step_finished(step)
        if step == sys.argv[3]:
            {loss}()

treat_as_ctrl_c("SIGINT")
settings = load_settings(Path(sys.argv[1]), sys.argv[2])
progress = InterruptedProgress()
try:
    make_report(settings, run_options(settings, "html", False), progress, force=True)
except KeyboardInterrupt:
    print("stopped after", list(progress.seconds)[-1])
"""
BATCH = """
from pipeline.run.batch.worker import run_in_subprocess
from pipeline.system.errors import ProcessKilled

OF_PROCESS = '''
import signal
import numpy
from pipeline.system.processes.signals import raise_if_stop_requested

class Text:
    def __repr__(self):
        signal.raise_signal(signal.SIGTERM)
        return "text"

numpy.dtype("O") == Text()
raise_if_stop_requested()
'''
try:
    run_in_subprocess(exec, OF_PROCESS, {{}})
    print("went on")
except ProcessKilled:
    print("ended")
"""


def run_program(
    program: str, loss: str = "", *words: str | Path
) -> subprocess.CompletedProcess[str]:
    """A program in which a loss comes, after it has ended."""
    return subprocess.run(
        [sys.executable, "-c", LOSSES + program.format(loss=loss), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=COMMAND_SECONDS,
    )


@pytest.mark.parametrize("loss", ["compare_types", "delete_object", "serialise", "read_file"])
def test_command_says_that_it_was_stopped(loss):
    finished = run_program(COMMAND, loss, "lose")
    assert (finished.returncode, finished.stdout) == (STOPPED_EXIT_CODE, "")
    assert finished.stderr.strip() == STOPPED_MESSAGE


@pytest.mark.parametrize("loss", ["compare_types", "delete_object", "read_file"])
def test_preview_ends(workspace, loss):
    finished = run_program(PREVIEW, loss, workspace, YEAR)
    assert finished.stdout == "stopped\n", finished.stderr


@pytest.mark.slow
@pytest.mark.parametrize("step", [AGGREGATE_STEP, DOCUMENTS_STEP])
def test_run_in_which_it_was_lost_replaces_no_report(reported_workspace, step):
    files = year_files(reported_workspace)
    finished = run_program(RUN, "compare_types", reported_workspace, YEAR, step)
    assert finished.stdout == f"stopped after {step}\n", finished.stderr
    assert year_files(reported_workspace) == files
    assert unfinished_folders(reported_workspace) == []


def test_process_of_a_batch_ends_when_told_to():
    finished = run_program(BATCH)
    assert finished.stdout == "ended\n", finished.stderr
