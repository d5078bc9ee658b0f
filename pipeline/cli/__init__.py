"""The command line. Each command imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

import gc
import signal
import sys
from contextlib import suppress
from typing import NoReturn

import typer

from pipeline.cli import inputs, mapping, reports, review, evidence, data, machine  # isort: skip  the order of the help
from pipeline.cli.app import app
from pipeline.problem import Problem
from pipeline.system.environment import start_again_without_foreign_variables
from pipeline.system.output import check_output_written, prepare_output, use_utf_8_names
from pipeline.system.temporary import remove_abandoned_folders

__all__ = ["app", "data", "evidence", "inputs", "machine", "main", "mapping", "reports", "review"]

# Imports and tables allocate much and free little, so the collector would search in vain.
OBJECTS_BETWEEN_COLLECTIONS = 200_000
# The last one on Windows, when its window is closed.
ENDING_SIGNALS = ("SIGTERM", "SIGHUP", "SIGBREAK")
SIGINT_EXIT_CODE = 130  # typer's exit code for Ctrl-C, which it does not explain


def main() -> None:
    """Run a command; a Problem ends it with its message and exit code, without a traceback."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    for name in ENDING_SIGNALS:
        if hasattr(signal, name):
            _treat_as_ctrl_c(getattr(signal, name))
    start_again_without_foreign_variables()
    use_utf_8_names()
    prepare_output()
    remove_abandoned_folders()
    try:
        _run_command()
    except Problem as problem:
        _exit_with(problem)
    except SystemExit as exit_request:
        if exit_request.code == SIGINT_EXIT_CODE:
            typer.echo("\nStopped. The last good report is unchanged.", err=True)
        raise
    except Exception as error:
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


def _treat_as_ctrl_c(signum: int) -> None:
    """Stop on this signal as on Ctrl-C, unless it is ignored, as `nohup` ignores SIGHUP."""
    if signal.getsignal(signum) == signal.SIG_DFL:
        signal.signal(signum, signal.default_int_handler)


def _exit_with(problem: Problem) -> NoReturn:
    with suppress(Problem):  # of the standard error itself
        typer.echo(f"\n{problem}", err=True)
    sys.exit(problem.kind)
