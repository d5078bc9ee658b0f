"""SIGINT (Ctrl-C), which a terminal sends to every process of a command.

Only the first process handles it; that one ends the others.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import parent_process, resource_tracker
from multiprocessing.process import BaseProcess
from threading import Thread

from pipeline.system.portability.programs import signal_this_process

CAN_BLOCK_SIGNALS = hasattr(signal, "pthread_sigmask")


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Start processes in this block that ignore SIGINT from their first instruction.

    A Ctrl-C in the meantime is delivered to this process after the block.
    """
    if not CAN_BLOCK_SIGNALS:
        yield
        return
    # multiprocessing starts the tracker before any other process, and unblocks SIGINT after that.
    resource_tracker.ensure_running()
    previous_mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous_mask)


def leave_sigint_to_parent() -> None:
    """Let this process ignore SIGINT, if it could not be started with it blocked."""
    if not CAN_BLOCK_SIGNALS:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def unblock_sigint() -> None:
    """Make this process, which was forked with SIGINT blocked, handle it again."""
    # While SIGINT is ignored, unblocking drops one that is pending.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
    signal_this_process(signum)
