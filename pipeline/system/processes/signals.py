"""Requests to stop what a process does: Ctrl-C (SIGINT), and signals that end a process.

A terminal sends Ctrl-C to all processes of a command. Only the first one handles it and ends the
others.

Python raises an exception wherever the main thread is at that moment. In a library, that may be
where errors are dropped, as numpy does when it compares types, or replaced by the library's own,
as pydantic does. So a request is remembered, and code that waits, begins a step or is about to
replace a report asks for it.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

CAN_BLOCK_SIGNALS = hasattr(signal, "pthread_sigmask")
_requests: list[BaseException] = []


def stop(error: BaseException) -> NoReturn:
    """Raise the error that stops this process, and remember it. For the handler of a signal."""
    _requests.append(error)
    raise error


def is_stop_requested() -> bool:
    return bool(_requests)


def raise_if_stop_requested() -> None:
    """Raise the error of the last request, which a library may have lost."""
    if _requests:
        raise _requests[-1]


def treat_as_ctrl_c(*signal_names: str) -> None:
    """Let signals raise KeyboardInterrupt, unless they are ignored, as `nohup` ignores SIGHUP.

    signal_names: such as SIGTERM; those that this system lacks are left out.
    """
    sys.unraisablehook = _report_unraisable
    for name in signal_names:
        signum = getattr(signal, name, None)
        # Python gives SIGINT a handler of its own, unless it is ignored.
        if signum and signal.getsignal(signum) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(signum, _interrupt)


def _report_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """Print no traceback of a Ctrl-C that Python drops, as it does while it deletes an object."""
    if unraisable.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(unraisable)


def _interrupt(_signum: int, _frame: FrameType | None) -> NoReturn:
    stop(KeyboardInterrupt())


@contextmanager
def sigint_blocked() -> Iterator[None]:
    """Start processes in this block that ignore SIGINT from their first instruction.

    A Ctrl-C in the meantime is delivered to this process after the block.
    """
    if not CAN_BLOCK_SIGNALS:
        yield
        return
    from multiprocessing import resource_tracker  # late: a command's help starts no process

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
