"""Python on Linux as on Windows, as far as it can be: with this folder in PYTHONPATH.

Every process of a command imports it first. Then `os` and `signal` lack what only POSIX has, and
text is written in cp1252 with CRLF unless a call says otherwise. What the standard library needs
to work here (SIGKILL and getuid, for two) stays, and so do the modules that psutil and filelock
need on Linux (resource and fcntl).
"""

from __future__ import annotations

import builtins
import io
import multiprocessing
import os
import signal
import time
from typing import Any

OF_POSIX = ("fork", "forkpty", "killpg", "getpgid", "setsid")
LINE_END = "\r\n"
ENCODING = "cp1252"

for name in (*OF_POSIX, "sched_getaffinity"):
    delattr(os, name)
for name in ("SIGHUP", "pthread_sigmask"):
    delattr(signal, name)
del time.tzset
multiprocessing.set_start_method("spawn")
os.linesep = LINE_END
_open = io.open


def _open_as_on_windows(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    if "b" not in mode:
        encoding = ENCODING if encoding in (None, "locale") else encoding
        if newline is None and set(mode) & set("wax+"):
            newline = LINE_END
    return _open(file, mode, buffering, encoding, errors, newline, closefd, opener)


io.open = builtins.open = _open_as_on_windows  # type: ignore[assignment]
