"""Patches of multiprocessing's fork server (written for Python 3.11 to 3.14).

They keep to the standard library, for this module is imported before the fork server starts.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from multiprocessing import forkserver, process
from typing import Any

PRELOAD_PACKAGE = "pipeline.run.kernels.preload"


def reuse_inherited_server() -> bool:
    """Whether this process was forked from our fork server and can fork from the same one.

    The library is meant to reuse it and starts a second one instead (python/cpython#86354), which
    would import everything again: some seconds for each year of a batch. Python 3.14 does not
    hand on the server's key, so there a second one starts.
    """
    server: Any = forkserver._forkserver
    preload = sys.modules.get(PRELOAD_PACKAGE)
    is_from_our_server = preload is not None and os.getppid() == preload.IMPORTING_PROCESS
    if not is_from_our_server or hasattr(server, "_forkserver_authkey"):
        return False
    server.ensure_running = lambda: None
    return True


def server_pid() -> int | None:
    """The id of the fork server that this process, or the one it is a copy of, has started."""
    server: Any = forkserver._forkserver
    pid: int | None = server._forkserver_pid
    return pid


def forget_parent() -> None:
    """Let this process look like a program's first one to what runs in it.

    A library may not start processes, or may print nothing, in what it takes for a worker.
    """
    process._parent_process = None  # type: ignore[attr-defined]


def use_folder_for_sockets(folder: str) -> None:
    """Let this process and those that it starts keep their sockets in a folder.

    The library makes one of its own, which nobody deletes if the process is killed.
    """
    process.current_process()._config["tempdir"] = folder  # type: ignore[attr-defined]


def stop_server() -> None:
    """Stop the fork server, even while it imports, and wait until it has ended.

    Without this it ends shortly after the command does. A server that is importing only notices
    that after its imports, and so would outlive a command that was stopped by some seconds.
    """
    server: Any = forkserver._forkserver
    if server._forkserver_pid is None:
        return
    with suppress(ProcessLookupError, FileNotFoundError):  # it or its socket may be gone already
        os.kill(server._forkserver_pid, signal.SIGTERM)
        server._stop()
