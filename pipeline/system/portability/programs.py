"""Programs in place of this one, and the end of this one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import NoReturn

from pipeline import system


def start_again() -> NoReturn:
    """Start this command again in its present environment, in place of this process."""
    command = [sys.executable, *sys.orig_argv[1:]]
    if system.IS_POSIX:
        os.execv(sys.executable, command)
    # There the shell would go on at once, as if the command had ended.
    # At once: with PYTHONINSPECT this process would wait for commands in its turn.
    os._exit(subprocess.run(command, check=False).returncode)


def signal_this_process(signum: int) -> None:
    """Have this process handle a signal, from any of its threads."""
    if system.IS_POSIX:
        os.kill(os.getpid(), signum)
    else:
        signal.raise_signal(signum)  # the other would end the process at once
