"""The standard library's fork server: one process imports the libraries, and kernels fork from it.

This module is imported before any library, so that the server imports while the command does.
"""

from __future__ import annotations

import atexit
import os
from importlib.util import find_spec
from multiprocessing import current_process, forkserver, get_all_start_methods, get_context
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.run.kernels.patches.fork_server import (
    reuse_inherited_server,
    server_pid,
    stop_server,
    use_folder_for_sockets,
)
from pipeline.system import IS_POSIX
from pipeline.system.folders import check_socket_address
from pipeline.system.imports import (
    calling_program_hidden,
    environment_variables,
)
from pipeline.system.processes.signals import sigint_blocked
from pipeline.system.temporary import command_folder

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext

CAN_FORK = IS_POSIX and "forkserver" in get_all_start_methods()
# Every kernel's environment, forked or not. The hash seed can only be set when a process starts.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# What the server imports: what all kernels need; for a preview or several reports, also what each
# step and the page need; for a batch, also what the other formats need. The last one searches for
# numbers to withhold, and is imported besides.
KERNEL_PRELOAD = "pipeline.run.kernels.preload.kernel"
DRAFT_PRELOAD = "pipeline.run.kernels.preload.draft"
BATCH_PRELOAD = "pipeline.run.kernels.preload.batch"
SUPPRESSION_PRELOAD = "pipeline.run.kernels.preload.suppression"
_starting_processes: set[int] = set()  # that started a server; one if this is a copy of another


def start(preload: str | None = None, withholds: bool = False) -> None:
    """Start the fork server and return at once; it imports in the meantime.

    Does nothing if the server is already running, or if this system cannot fork.

    preload: the module that the server imports; KERNEL_PRELOAD unless given.
    withholds: whether small numbers are withheld, for which it also imports what searches for them.
    """
    if not CAN_FORK or reuse_inherited_server():
        return
    folder = command_folder()
    check_socket_address(folder / "listener-12345678")
    use_folder_for_sockets(str(folder))
    atexit.unregister(stop)
    atexit.register(stop)
    variables = KERNEL_ENVIRONMENT | {
        "MATPLOTLIBRC": default_matplotlibrc(),
        "PYTHONSAFEPATH": "1",  # a file in the user's folder must not hide a library
    }
    with (
        sigint_blocked(),
        environment_variables(variables),
        calling_program_hidden(),
    ):
        modules = [preload or KERNEL_PRELOAD, *([SUPPRESSION_PRELOAD] if withholds else [])]
        forkserver.set_forkserver_preload(modules)
        forkserver.ensure_running()
        _starting_processes.add(os.getpid())


def is_available() -> bool:
    """Whether this process can fork from a server of ours.

    It cannot in a worker of multiprocessing.Pool, which may have no children; in a copy of the
    process that started the server; and in a program that started a server for its own ends, from
    which a kernel would have what that imported.
    """
    if not CAN_FORK or current_process().daemon:
        return False
    is_ours = server_pid() is None or os.getpid() in _starting_processes
    return is_ours or reuse_inherited_server()


def start_method_context() -> ForkServerContext | SpawnContext:
    """The multiprocessing context that forks from the server, or spawns where nothing can fork."""
    start()
    return get_context("forkserver") if CAN_FORK else get_context("spawn")


def stop() -> None:
    """Stop the fork server and wait until it has ended: a command leaves no process behind."""
    if os.getpid() in _starting_processes:
        stop_server()


def default_matplotlibrc() -> str:
    """The path of matplotlib's own settings, which replace the user's.

    Its list of fonts is still cached between runs, for building it takes seconds.
    """
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("matplotlib is not installed")
    return str(Path(spec.origin).parent / "mpl-data" / "matplotlibrc")
