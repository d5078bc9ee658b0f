"""Ctrl-C, which a terminal sends to every process of a command: it is for the first of them, which ends the others."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

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
