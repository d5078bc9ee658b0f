"""Kernels that talk over sockets in a private folder, run this very Python, and know nothing of the user's own set-up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

from pipeline.run.kernels.fork_server import CAN_FORK, SURROUNDINGS, plain_matplotlib
from pipeline.run.kernels.pool import Ahead, ForkedProvisioner, PromptClient
from pipeline.system.temporary import scratch

HAS_SOCKET_FILES = os.name == "posix"


class Kernels:
    """For each step a class of kernel managers. Where a process can fork, kernels are forked ahead of need; elsewhere each is
    started when its notebook is run.

    folder: for sockets, settings, history and temporary files of the kernels.
    """

    def __init__(self, folder: str):
        self._folder = folder
        self._ahead = Ahead(Path(folder), _environment(folder)) if CAN_FORK else None
        self._started = None if CAN_FORK else _started_one_by_one(folder)

    def get_ready(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each of the steps that has none waiting."""
        if self._ahead:
            self._ahead.prepare(steps)

    def of(self, step: str = "") -> type[AsyncKernelManager]:
        """Managers of a step's kernel, or of one for any notebook."""
        return _forked(self._ahead, step, self._folder) if self._ahead else self._started

    def close(self) -> None:
        """End every kernel."""
        if self._ahead:
            self._ahead.close()


@contextmanager
def private_kernels() -> Iterator[Kernels]:
    """Kernels in a folder that only this user may open; none is left when the block ends."""
    with scratch() as folder:
        kernels = Kernels(str(folder))
        try:
            yield kernels
        finally:
            kernels.close()


def _environment(folder: str) -> dict[str, str]:
    """What is added to a kernel's environment."""
    places = dict.fromkeys(
        ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TMPDIR", "ANNUAL_REPORT_DRAWINGS"), folder
    )
    return SURROUNDINGS | places | {"MATPLOTLIBRC": plain_matplotlib()}


def _forked(ahead: Ahead, step: str, folder: str) -> type[AsyncKernelManager]:
    class ForkedKernelManager(AsyncKernelManager):
        """Takes the kernel that was forked for its step."""

        def __init__(self, **more: Any):
            super().__init__(**more)
            self.kernel_id = str(uuid4())
            self.connection_file = str(Path(folder) / f"{self.kernel_id}.json")
            self.client_factory = PromptClient
            self.provisioner = ForkedProvisioner(
                ahead=ahead, step=step, kernel_spec=self.kernel_spec, parent=self
            )

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=[], display_name="Python 3", language="python")

    return ForkedKernelManager


def _started_one_by_one(folder: str) -> type[AsyncKernelManager]:
    numbers = count(1)

    class PrivateKernelManager(AsyncKernelManager):
        """Starts a kernel as a program."""

        def __init__(self, **more: Any):
            super().__init__(**more)
            # A path of its own: two kernels on one path answer each other's messages.
            self.connection_file = str(Path(folder) / f"{next(numbers)}.json")
            if HAS_SOCKET_FILES:
                self.transport = "ipc"

        @property
        def kernel_spec(self) -> KernelSpec:
            # Not the one installed under the name "python3", which may be another environment's.
            return KernelSpec(
                argv=[sys.executable, "-m", "pipeline.run.kernels.process", "{connection_file}"],
                display_name="Python 3", language="python",
            )  # fmt: skip

        async def _async_pre_start_kernel(self, **kw: Any):
            kw["env"] = {**os.environ, **_environment(folder)}
            return await super()._async_pre_start_kernel(**kw)

        pre_start_kernel = _async_pre_start_kernel

    return PrivateKernelManager
