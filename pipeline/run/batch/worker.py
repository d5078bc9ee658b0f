"""One council-year of a batch in its own process, on this machine or in a cluster's worker."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from multiprocessing import current_process
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from pipeline.run.kernels import fork_server
from pipeline.system.errors import ProcessKilled
from pipeline.system.imports import calling_program_hidden
from pipeline.system.processes.parent import exit_with_parent
from pipeline.system.processes.signals import stop
from pipeline.system.temporary import temporary_folder, use_for_temporary_files

# A process that is killed, most likely because memory ran out, gets a second chance.
MAX_ATTEMPTS = 2
# The exit codes of a process that was told to end: after it cleared up, or before it could.
TERMINATED_EXIT_CODES = (128 + signal.SIGTERM, -signal.SIGTERM)


def run_in_subprocess(function: Callable[..., Any], *args: Any) -> Any:
    """The result of a function that is called in a new process, with a temporary folder of its own.

    The process has everything imported. However it ends, nothing of it is left.
    Raises ProcessKilled if it was told to end, or was killed twice.
    """
    # Dask's workers are daemons, which may start no process. Ours ends with the worker.
    if current_process().daemon:
        current_process().daemon = False
    fork_server.start(fork_server.BATCH_PRELOAD)
    context = fork_server.start_method_context()
    for _ in range(MAX_ATTEMPTS):
        with temporary_folder() as folder:
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_worker_main, args=(sender, folder, function, *args))
            with calling_program_hidden():
                process.start()
            sender.close()
            try:
                return receiver.recv()
            except EOFError:  # the process ended without a result
                pass
            finally:
                process.join()
                receiver.close()
        if process.exitcode in TERMINATED_EXIT_CODES:
            break
    raise ProcessKilled


def _worker_main(
    sender: Connection, folder: Path, function: Callable[..., Any], *args: Any
) -> None:
    """Send the result of a function: the main function of a worker."""
    # Ctrl-C is for the process that waits for this one, and ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    exit_with_parent(signal.SIGTERM)
    use_for_temporary_files(folder)
    try:
        sender.send(function(*args))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exit_on_sigterm(signum: int, _frame: FrameType | None) -> None:
    """Exit as on Ctrl-C, so that everything is cleared up, without a report of what was cut short.

    A second signal would interrupt the clearing up, so it is ignored.
    """
    signal.signal(signum, signal.SIG_IGN)
    if sys.__stderr__ is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno())
    stop(SystemExit(128 + signum))
