"""The kernel of a step: IPython's own, but for the one TCP port that it would open."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from ipykernel import kernelapp
from ipykernel.iostream import IOPubThread


class WithoutPort(IOPubThread):
    """Messages go out over the private socket only; ipykernel would also listen on 127.0.0.1 for what forked processes print."""

    def _setup_pipe_in(self) -> None:
        self._pipe_flag = False  # as ipykernel itself does where it cannot bind a port


if __name__ == "__main__":
    if Path(sys.path[0]) == Path.cwd():  # as `python -m` has it: a file in the tables' folder must not hide a library
        del sys.path[0]
    kernelapp.IOPubThread = WithoutPort
    # A kernel that is told to end may close its output before it has answered, and says so among the words of the command.
    logging.getLogger("tornado.general").setLevel(logging.CRITICAL)
    kernelapp.launch_new_instance()
