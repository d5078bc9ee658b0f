"""Ctrl-C, which a terminal sends to every process of a command: it is for the first of them, which ends the others."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process, resource_tracker
from multiprocessing.process import BaseProcess
from threading import Thread

CAN_BLOCK_SIGNALS = hasattr(signal, "pthread_sigmask")


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """What is started in the block never hears of it, not even while it begins; what comes meanwhile is heard after the block."""
    if not CAN_BLOCK_SIGNALS:
        yield
        return
    resource_tracker.ensure_running()  # which multiprocessing starts before all others, and then lets Ctrl-C be heard again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def unblock_sigint() -> None:
    """Let this process, which was forked unheard, hear of it from now on as any other."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what came before and was held back is forgotten
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
    os.kill(os.getpid(), signum)
