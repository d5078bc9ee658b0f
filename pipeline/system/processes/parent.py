"""The process that started this one."""

from __future__ import annotations

import os
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess
from threading import Thread

from pipeline.system.portability.programs import signal_this_process


def exit_with_parent(signum: int | None = None) -> None:
    """End this process when its parent process ends, however that ends.

    signum: the signal that this process then sends itself, so that it can clear up. Without it,
    the process exits at once.
    Raises RuntimeError in a process that multiprocessing did not start.
    """
    parent = parent_process()
    if parent is None:
        raise RuntimeError("this process was not started by multiprocessing, so it has no parent")
    Thread(target=_exit_after, args=[parent, signum], daemon=True).start()


def _exit_after(parent: BaseProcess, signum: int | None) -> None:
    parent.join()
    if signum is None:
        os._exit(1)
    signal_this_process(signum)
