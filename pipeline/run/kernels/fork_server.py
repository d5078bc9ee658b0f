"""One process that imports what every notebook needs, and from which kernels are forked: the standard library's fork server."""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import suppress
from importlib.util import find_spec
from multiprocessing import context, forkserver, get_all_start_methods, get_context
from pathlib import Path

from pipeline.system.imports import environment_variables
from pipeline.system.signals import sigint_blocked

CAN_FORK = "forkserver" in get_all_start_methods()
# What a kernel is started with, forked or not. The hash seed can only be set when a process starts.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
KERNEL_PRELOAD = (
    "pipeline.run.kernels.preload.kernel"  # the module that imports what all kernels need
)
DRAFT_PRELOAD = "pipeline.run.kernels.preload.draft"  # what any of them needs, and the page: worth it where it is made again and again
BATCH_PRELOAD = "pipeline.run.kernels.preload.batch"  # and the other documents: worth it where many reports are made


def start(preload: str = KERNEL_PRELOAD) -> None:
    """Start the fork server and return at once: it imports meanwhile. Does nothing where it is running, or cannot be."""
    if CAN_FORK and not _reuse_inherited_server():
        atexit.unregister(stop)
        atexit.register(stop)
        # A file in the user's folder must not hide a library.
        with (
            sigint_blocked(),
            environment_variables(
                KERNEL_ENVIRONMENT | {"MATPLOTLIBRC": default_matplotlibrc(), "PYTHONSAFEPATH": "1"}
            ),
        ):
            forkserver.set_forkserver_preload([preload])
            forkserver.ensure_running()


def start_method_context() -> context.BaseContext:
    """What starts processes as forks of the server; without it, as programs."""
    start()
    return get_context("forkserver" if CAN_FORK else "spawn")


def _reuse_inherited_server() -> bool:
    """Whether this process was forked from the server, and so can fork from it too.

    The standard library means it to, and starts another all the same (python/cpython#86354).
    """
    server = forkserver._forkserver
    forked = server._forkserver_alive_fd is not None and server._forkserver_pid is None
    if forked and not hasattr(
        server, "_forkserver_authkey"
    ):  # Python 3.14 does not hand it on: there it is another server
        server.ensure_running = lambda: None
        return True
    return False


def stop() -> None:
    """End the fork server, though it may still be importing, and wait until it has ended: a command leaves no process behind."""
    server = forkserver._forkserver  # it would end with this process, but a moment after it
    if server._forkserver_pid is not None:
        with suppress(
            ProcessLookupError, FileNotFoundError
        ):  # its temporary files may be gone already
            os.kill(server._forkserver_pid, signal.SIGTERM)
            server._stop()


def default_matplotlibrc() -> str:
    """matplotlib's own settings, whatever the user's are; its list of fonts is kept between runs, for making it takes seconds."""
    return str(Path(find_spec("matplotlib").origin).parent / "mpl-data" / "matplotlibrc")
