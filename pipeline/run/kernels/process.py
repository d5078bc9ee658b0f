"""The process of a kernel.

For our notebooks it is IPython's own kernel without what only an interactive user needs; for any
other it is as standard as papermill's.
"""

from __future__ import annotations

import logging
import sys
from importlib.util import find_spec
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from pipeline.run.kernels.patches import kernel as patches

MAX_TABLE_ROWS = 500  # of one table that a notebook shows
DECIMAL_PLACES = 2  # one more than the report prints
KERNEL_CONFIG = Config(
    {"HistoryManager": {"enabled": False}, "PlainTextFormatter": {"max_seq_length": 0}}
)
STANDARD_LAUNCHER = find_spec("ipykernel_launcher")
STANDARD_OPTIONS = ["--HistoryManager.hist_file=:memory:"]  # that nbclient gives a kernel


class KernelApp(IPKernelApp):
    """IPython's kernel without command-line options, and without anybody's own set-up."""

    def load_config_file(self, *_: object, **__: object) -> None:
        """Read no file, such as one for all users of a machine."""

    def init_code(self) -> None:
        """Run nothing before the notebook, such as the files of a startup folder."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read no options: the arguments of this process are those of the command."""


def launch_kernel(connection_file: str) -> None:
    """Run a kernel until a client shuts it down.

    connection_file: path of the JSON file with its sockets and its key.
    """
    sys.argv = [__file__, "-f", connection_file]
    patches.use_socket_only_iopub()
    _silence_closed_sockets()
    _show_whole_tables()
    KernelApp.launch_instance(
        argv=[], connection_file=connection_file, log_level=logging.CRITICAL, config=KERNEL_CONFIG
    )


def launch_standard_kernel(connection_file: str) -> None:
    """Run a kernel with the options and the user's set-up that papermill's has.

    connection_file: path of the JSON file with its sockets and its key.
    """
    options = ["-f", connection_file, *STANDARD_OPTIONS]
    launcher = STANDARD_LAUNCHER.origin if STANDARD_LAUNCHER else None
    sys.argv = [launcher or __file__, *options]
    _silence_closed_sockets()
    IPKernelApp.launch_instance(argv=options, log_level=logging.CRITICAL)


def _silence_closed_sockets() -> None:
    """Let tornado not report on standard error that a kernel was shut down before it answered."""
    logging.getLogger("tornado.general").setLevel(logging.CRITICAL)


def _show_whole_tables() -> None:
    """Let pandas print all columns, whole texts, and as many rows as an auditor may read."""
    import pandas as pd  # late: a forked kernel has it already

    for option in ("max_columns", "max_colwidth", "max_seq_items"):
        pd.set_option(f"display.{option}", None)
    for option in ("max_rows", "min_rows"):
        pd.set_option(f"display.{option}", MAX_TABLE_ROWS)
    pd.set_option("display.precision", DECIMAL_PLACES)


if __name__ == "__main__":
    # `python -m` puts the current folder first, where a file of the user could hide a library.
    if Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    launch_kernel(sys.argv[1])
