"""Limits on the memory and the time of a process, which is watched from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from threading import Event, Thread

import psutil

from pipeline.problem import Kind, Problem

POLL_SECONDS = 0.2  # in which a process can take some hundred megabytes
GIGABYTE = 1_000_000_000
SECONDS_PER_MINUTE = 60
# The keys of the limits, in run_limits of council.yaml.
MEMORY_KEY = "memory_gigabytes"
CELL_MINUTES_KEY = "cell_minutes"
DOCUMENT_MINUTES_KEY = "document_minutes"


class LimitWatch:
    """Kills a process if it takes more memory or time than allowed.

    find_pid: its id; None as long as it has not started.
    is_too_large, is_too_slow: why it was killed, if it was.
    """

    def __init__(
        self, find_pid: Callable[[], int | None], gigabytes: float, minutes: float = inf
    ) -> None:
        self.is_too_large = False
        self.is_too_slow = False
        self._find_pid = find_pid
        self._bytes = gigabytes * GIGABYTE
        self._deadline = time.monotonic() + minutes * SECONDS_PER_MINUTE
        self._ended = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def start(self) -> LimitWatch:
        """Watch from now on."""
        self._thread.start()
        return self

    def stop(self, _: object = None) -> None:
        """Watch no longer. It may be the callback of a future."""
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            pid = self._find_pid()
            if pid is None:
                continue
            with suppress(psutil.Error):  # it has ended by itself
                process = psutil.Process(pid)
                self.is_too_large = process.memory_info().rss > self._bytes
                self.is_too_slow = time.monotonic() > self._deadline
                if self.is_too_large or self.is_too_slow:
                    process.kill()
                    return


def too_large_problem(kind: Kind, where: str, gigabytes: float) -> Problem:
    """The Problem of something that was stopped because of its memory."""
    return _limit_problem(
        kind, where, f"this took more than {gigabytes:g} GB of memory", MEMORY_KEY
    )


def too_slow_problem(kind: Kind, where: str, minutes: float, key: str) -> Problem:
    """The Problem of something that was stopped because of its time.

    key: of the limit.
    """
    return _limit_problem(kind, where, f"this did not end within {minutes:g} minutes", key)


def _limit_problem(kind: Kind, where: str, what: str, key: str) -> Problem:
    return Problem(
        kind=kind,
        where=where,
        what=what,
        remedy=f"Check what it does. If it needs more, raise run_limits, {key} in council.yaml.",
    )
