"""The command line. Each command imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from typing import NoReturn

import typer

from pipeline.cli import inputs, mapping, reports, review, evidence, data, machine  # isort: skip  the order of the help
from pipeline.cli.app import app
from pipeline.problem import Problem
from pipeline.system.environment import start_again_without_foreign_variables
from pipeline.system.output import check_output_written, prepare_output, use_utf_8_names
from pipeline.system.processes.signals import is_stop_requested, treat_as_ctrl_c
from pipeline.system.temporary import remove_abandoned_folders

__all__ = ["app", "data", "evidence", "inputs", "machine", "main", "mapping", "reports", "review"]

# Imports and tables allocate much and free little, so the collector would search in vain.
OBJECTS_BETWEEN_COLLECTIONS = 200_000
# Ctrl-C, and what ends a process; the last one on Windows, when its window is closed.
STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGINT_EXIT_CODE = 130  # typer's exit code for Ctrl-C, which it does not explain


def main() -> None:
    """Run a command; a Problem ends it with its message and exit code, without a traceback."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    treat_as_ctrl_c(*STOP_SIGNALS)
    start_again_without_foreign_variables()
    use_utf_8_names()
    prepare_output()
    remove_abandoned_folders()
    try:
        _run_command()
    except SystemExit as exit_request:
        if is_stop_requested() or exit_request.code == SIGINT_EXIT_CODE:
            _exit_stopped()
        raise
    except Exception as error:
        if is_stop_requested():
            _exit_stopped()
        if isinstance(error, Problem):
            _exit_with(error)
        import traceback

        from pipeline.system.errors import internal_problem, machine_problem

        message = f"{type(error).__name__}: {error}"
        trace_text = "".join(traceback.format_exception(error))
        _exit_with(machine_problem(error) or internal_problem(message, trace_text))


def _run_command() -> None:
    try:
        app()
    finally:
        gc.freeze()  # or Python would search all objects once more before it ends
        check_output_written()


def _exit_stopped() -> NoReturn:
    """Exit as typer does on Ctrl-C, even if a library lost it or made another error of it."""
    typer.echo("\nStopped. The last good report is unchanged.", err=True)
    sys.exit(SIGINT_EXIT_CODE)


def _exit_with(problem: Problem) -> NoReturn:
    with suppress(Problem):  # of the standard error itself
        typer.echo(f"\n{problem}", err=True)
    sys.exit(problem.kind)
