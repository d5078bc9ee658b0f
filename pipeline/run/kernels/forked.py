"""The main function of a forked kernel. What it imports late, only the kernel's process has."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import time
from importlib import import_module
from multiprocessing import current_process, set_start_method
from multiprocessing.connection import Connection
from threading import Thread

from pipeline.run.kernels.patches.fork_server import forget_parent
from pipeline.system.environment import drop_foreign_variables
from pipeline.system.imports import gc_paused_then_frozen
from pipeline.system.processes.parent import exit_with_parent
from pipeline.system.processes.signals import unblock_sigint

INITIAL_PATH = sys.path.copy()  # of the fork server, in which no program's script runs


def kernel_main(
    connection_file: str, preload: str, environment: dict[str, str], channel: Connection
) -> None:
    """Import ahead of need, then run a kernel: the main function of a forked process.

    preload: the module that imports what the notebook will; "" for a notebook that is not ours.
    environment: what is added to the environment until the notebook is known.
    channel: sends the notebook's folder and environment, and takes "ready" once both are set.
    """
    _leave_program()
    try:
        if preload:
            _run_own_notebook(connection_file, preload, environment, channel)
        else:
            _run_any_notebook(connection_file, channel)
    except OSError:
        # Such as a full disk: the run notices that the kernel has ended, and reports it.
        os._exit(1)


def _leave_program() -> None:
    """Let this process know nothing of the program whose fork server it comes from."""
    os.setsid()  # Ctrl-C is for the process that runs the chain
    unblock_sigint()  # which may then interrupt its kernels
    exit_with_parent()
    # The notebook's own processes start as from a program, not from our fork server.
    set_start_method(None, force=True)
    sys.path[:] = INITIAL_PATH
    current_process().name = "MainProcess"  # for what it logs
    logging.getLogger("multiprocessing").handlers.clear()  # that the calling program asked for


def _run_own_notebook(
    connection_file: str, preload: str, environment: dict[str, str], channel: Connection
) -> None:
    """Import while the notebook is not known yet."""
    drop_foreign_variables()
    os.environ.update(environment)
    with gc_paused_then_frozen():
        import_module(preload)
    from pipeline.run.kernels.process import launch_kernel

    Thread(target=_apply_notebook_environment, args=[channel], daemon=True).start()
    launch_kernel(connection_file)


def _run_any_notebook(connection_file: str, channel: Connection) -> None:
    """A standard kernel, which reads the environment while it starts, and clears up at its end."""
    forget_parent()
    _look_beside_the_notebook()
    _apply_notebook_environment(channel)
    from pipeline.run.kernels.process import launch_standard_kernel

    launch_standard_kernel(connection_file)
    # multiprocessing leaves its processes without this, until Python 3.12
    atexit._run_exitfuncs()


def _look_beside_the_notebook() -> None:
    """Let a notebook that is not ours import modules of its folder, as IPython does.

    In ours, a file that happens to be there must not hide a library.
    """
    places = [index for index, folder in enumerate(sys.path) if "site-packages" in folder]
    sys.path.insert(places[0] if places else 0, "")


def _apply_notebook_environment(channel: Connection) -> None:
    """Wait for the notebook's folder and environment, and set both."""
    try:
        folder, environment = channel.recv()
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        os.chdir(folder)
        channel.send("ready")
    except (EOFError, OSError):  # the run is ending: the channel is closed, or the folder is gone
        os._exit(1)
