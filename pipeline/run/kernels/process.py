"""The kernel of a step: IPython's own, but for the one TCP port that it would open."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from multiprocessing import set_start_method
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from pipeline.system.imports import gc_paused_then_frozen
from pipeline.system.signals import exit_with_parent, unblock_sigint


class SocketOnlyIOPub(IOPubThread):
    """Messages go out over the private socket only; ipykernel would also listen on 127.0.0.1 for what forked processes print."""

    def _setup_pipe_in(self) -> None:
        self._pipe_flag = False  # as ipykernel itself does where it cannot bind a port


class LazyFlushStream(OutStream):
    """What is printed goes out when it is asked to; where nothing was, nobody waits for the thread that sends it.

    ipykernel asks four times a cell, and twice for whatever is shown.
    """

    def flush(self) -> None:
        if self._flush_pending:
            super().flush()


class KernelApp(IPKernelApp):
    """IPython's kernel without what only a person needs: words of a command, a history, and a thread for subshells."""

    outstream_class = f"{__name__}.{LazyFlushStream.__name__}"

    def parse_command_line(self, argv=None) -> None:
        pass

    def init_control(self, context) -> None:
        super().init_control(context)
        self.shell_channel_thread = None


def launch_kernel(connection_file: str) -> None:
    """Be a kernel until told to end."""
    kernelapp.IOPubThread = SocketOnlyIOPub
    # A kernel that is told to end may close its output before it has answered, and says so among the words of the command.
    logging.getLogger("tornado.general").setLevel(logging.CRITICAL)
    no_history = Config({"HistoryManager": {"enabled": False}})
    KernelApp.launch_instance(
        argv=[], connection_file=connection_file, log_level=logging.CRITICAL, config=no_history
    )


def kernel_main(
    connection_file: str, preload: str, environment: dict[str, str], channel: Connection
) -> None:
    """What a forked process does: import ahead of need, then be a kernel, in the folder and environment that the orders name.

    ahead: a module that imports what the notebook will, if it is one of ours. surroundings: the environment until then. orders:
    sends a notebook's folder and environment once it is known, and takes a word when they hold.
    """
    os.setsid()  # Ctrl-C is for the process that runs the chain
    unblock_sigint()  # but it may tell its kernels
    exit_with_parent()
    set_start_method(
        None, force=True
    )  # what the notebook starts is started as from a program, not by our fork server
    os.environ.update(environment)
    with gc_paused_then_frozen():
        if preload:
            import_module(preload)
    Thread(target=_apply_notebook_environment, args=[channel], daemon=True).start()
    try:
        launch_kernel(connection_file)
    except OSError:  # such as a full disk: whoever waits for this kernel learns that it has ended, and says so in words
        os._exit(1)


def _apply_notebook_environment(channel: Connection) -> None:
    try:
        folder, environment = channel.recv()
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        channel.send("ready")
    except (
        EOFError,
        OSError,
    ):  # the run is being ended: nobody sends orders any more, or their folder is gone
        os._exit(1)


if __name__ == "__main__":
    if (
        Path(sys.path[0]) == Path.cwd()
    ):  # as `python -m` has it: a file in the tables' folder must not hide a library
        del sys.path[0]
    launch_kernel(sys.argv[1])
