"""Processes that a command starts: they end with it and leave nothing behind."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipeline.system.errors import ProcessKilled
from pipeline.system.imports import calling_program_hidden
from pipeline.system.processes.parent import exit_with_parent
from pipeline.system.processes.signals import leave_sigint_to_parent, sigint_blocked
from pipeline.system.temporary import temporary_folder, use_for_temporary_files

P = ParamSpec("P")
R = TypeVar("R")


class SingleProcess(Executor):
    """Calls functions in one other process, in turn; the first call starts it.

    The pool of the standard library has semaphores, and if its process is killed Python complains
    of them. Ctrl-C is left to this process. The other one has a folder for temporary files, so
    that none is left when it is killed.

    context: how the process starts. initialise: what it calls first.
    """

    def __init__(self, context: BaseContext, initialise: Callable[[], object]) -> None:
        self._context = context
        self._initialise = initialise
        self._waiting = ThreadPoolExecutor(1)
        self._folder = ExitStack()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """The future result of a call; ProcessKilled if the process ends without one."""
        if self._process is None:
            self._start()
        return self._waiting.submit(self._call, function, args, kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the process, whatever it is doing: nobody waits for a result any more."""
        with self._folder:
            if self._process is not None and self._connection is not None:
                self._process.kill()
                self._waiting.shutdown(cancel_futures=True)
                self._process.join()
                self._connection.close()

    def _start(self) -> None:
        folder = self._folder.enter_context(temporary_folder())
        self._connection, other_end = self._context.Pipe()
        # BaseContext does not say so, but every context has it.
        process: BaseProcess = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(other_end, folder, self._initialise)
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


def _serve(connection: Connection, folder: Path, initialise: Callable[[], object]) -> None:
    """Answer each call with its result or its error, until nobody asks."""
    leave_sigint_to_parent()
    exit_with_parent()
    use_for_temporary_files(folder)
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
