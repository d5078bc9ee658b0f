"""One council-year of a batch, in a process forked for it: here, or in a worker of a cluster."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import current_process, parent_process
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any

from pipeline.run.kernels import fork_server
from pipeline.system.temporary import scratch


class Ended(Exception):
    """A process was ended from outside."""


ATTEMPTS = 2  # a process that is killed, most often because memory ran out, gets one more chance
TOLD_TO_END = (
    128 + signal.SIGTERM,
    -signal.SIGTERM,
)  # how a process ends that is told to: in order, or before it could hear


def in_a_process_of_its_own(do: Callable[..., Any], *words: Any) -> Any:
    """What a function gives back that is called in a new process, with everything imported and a folder for temporary files.

    Nothing of it is left, however it ends, and whoever waits for it. Raises Ended where it was told to end, or killed twice.
    """
    if (
        current_process().daemon
    ):  # so Dask starts its workers, that they may leave no process behind: ours end with them
        current_process().daemon = False
    fork_server.start(fork_server.ALL_FORMATS)
    for _ in range(ATTEMPTS):
        with scratch() as folder:
            ours, theirs = fork_server.forks().Pipe(duplex=False)
            process = fork_server.forks().Process(
                target=_called, args=(theirs, str(folder), do, *words)
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
        if process.exitcode in TOLD_TO_END:
            break
    raise Ended


def _called(answer: Connection, folder: str, do: Callable[..., Any], *words: Any) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is for whoever waits for this process, and ends it
    signal.signal(signal.SIGTERM, _end)
    Thread(target=_end_with, args=[parent_process()], daemon=True).start()
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    try:
        answer.send(do(*words))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _end(number: int, _) -> None:
    """End as on Ctrl-C, with all cleared up; once is enough, and nobody needs to hear of what is cut short."""
    signal.signal(number, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno())
    sys.exit(128 + number)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
