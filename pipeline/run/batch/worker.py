"""One council-year of a batch, in a process forked for it: here, or in a worker of a cluster."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import current_process
from multiprocessing.connection import Connection
from typing import Any

from pipeline.run.kernels import fork_server
from pipeline.system.signals import exit_with_parent
from pipeline.system.temporary import temporary_folder


class ProcessKilled(Exception):
    """A process was ended from outside."""


MAX_ATTEMPTS = (
    2  # a process that is killed, most often because memory ran out, gets one more chance
)
TERMINATED_EXIT_CODES = (
    128 + signal.SIGTERM,
    -signal.SIGTERM,
)  # how a process ends that is told to: in order, or before it could hear


def run_in_subprocess(function: Callable[..., Any], *args: Any) -> Any:
    """What a function gives back that is called in a new process, with everything imported and a folder for temporary files.

    Nothing of it is left, however it ends, and whoever waits for it. Raises ProcessKilled where it was told to end, or killed twice.
    """
    if (
        current_process().daemon
    ):  # so Dask starts its workers, that they may leave no process behind: ours end with them
        current_process().daemon = False
    fork_server.start(fork_server.BATCH_PRELOAD)
    for _ in range(MAX_ATTEMPTS):
        with temporary_folder() as folder:
            ours, theirs = fork_server.start_method_context().Pipe(duplex=False)
            process = fork_server.start_method_context().Process(
                target=_worker_main, args=(theirs, str(folder), function, *args)
            )
            process.start()
            theirs.close()
            try:
                return ours.recv()
            except EOFError:
                pass
            finally:
                process.join()
                ours.close()
        if process.exitcode in TERMINATED_EXIT_CODES:
            break
    raise ProcessKilled


def _worker_main(answer: Connection, folder: str, function: Callable[..., Any], *args: Any) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for whoever waits for this process, and ends it
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    exit_with_parent(signal.SIGTERM)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        answer.send(function(*args))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _exit_on_sigterm(signum: int, _) -> None:
    """End as on Ctrl-C, with all cleared up; once is enough, and nobody needs to hear of what is cut short."""
    signal.signal(signum, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno())
    sys.exit(128 + signum)
