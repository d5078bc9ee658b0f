"""The processes of a command, and SIGINT (Ctrl-C), which a terminal sends to all of them.

Only the first process handles it; that one ends the others.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import parent_process, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from pipeline.system.errors import ProcessKilled
from pipeline.system.imports import calling_program_hidden
from pipeline.system.portability.programs import signal_this_process

P = ParamSpec("P")
R = TypeVar("R")
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


class SingleProcess(Executor):
    """Calls functions in one other process, in turn; the first call starts it.

    The pool of the standard library has semaphores, and if its process is killed Python complains
    of them. Ctrl-C is left to this process.

    context: how the process starts. initialise: what it calls first.
    """

    def __init__(self, context: BaseContext, initialise: Callable[[], object]) -> None:
        self._context = context
        self._initialise = initialise
        self._waiting = ThreadPoolExecutor(1)
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """The future result of a call; ProcessKilled if the process ends without one."""
        if self._process is None:
            self._start()
        return self._waiting.submit(self._call, function, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the process, whatever it is doing: nobody waits for a result any more."""
        if self._process is not None and self._connection is not None:
            self._process.kill()
            self._waiting.shutdown(cancel_futures=True)
            self._process.join()
            self._connection.close()

    def _start(self) -> None:
        self._connection, other_end = self._context.Pipe()
        # BaseContext does not say so, but every context has it.
        process: BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(other_end, self._initialise)
        )
        with sigint_blocked(), calling_program_hidden():
            process.start()
        other_end.close()
        self._process = process

    def _call(self, function: Callable[..., R], args: Any, kwargs: Any) -> R:
        assert self._connection is not None
        try:
            self._connection.send((function, args, kwargs))
            answer: tuple[R, Exception | None] = self._connection.recv()
        except (EOFError, OSError):
            raise ProcessKilled from None
        result, error = answer
        if error is not None:
            raise error
        return result


def _serve(connection: Connection, initialise: Callable[[], object]) -> None:
    """Answer each call with its result or its error, until nobody asks."""
    leave_sigint_to_parent()
    exit_with_parent()
    initialise()
    while True:
        try:
            function, args, kwargs = connection.recv()
        except EOFError:
            return
        try:
            result, failure = function(*args, **kwargs), None
        except Exception as error:
            error.add_note(traceback.format_exc())
            result, failure = None, error
        connection.send((result, failure))
