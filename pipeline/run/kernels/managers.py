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

from pipeline.run.kernels.fork_server import CAN_FORK, KERNEL_ENVIRONMENT, default_matplotlibrc
from pipeline.run.kernels.pool import FastStartClient, ForkedProvisioner, KernelPool
from pipeline.system.temporary import temporary_folder

HAS_UNIX_SOCKETS = os.name == "posix"


class Kernels:
    """For each step a class of kernel managers. Where a process can fork, kernels are forked ahead of need; elsewhere each is
    started when its notebook is run.

    folder: for sockets, settings, history and temporary files of the kernels.
    """

    def __init__(self, folder: str):
        self._folder = folder
        self._pool = KernelPool(Path(folder), _kernel_environment(folder)) if CAN_FORK else None
        self._spawning_manager_class = None if CAN_FORK else _spawned_manager_class(folder)

    def prepare(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each of the steps that has none waiting."""
        if self._pool:
            self._pool.prepare(steps)

    def manager_class(self, step: str = "") -> type[AsyncKernelManager]:
        """Managers of a step's kernel, or of one for any notebook."""
        return (
            _forked_manager_class(self._pool, step, self._folder)
            if self._pool
            else self._spawning_manager_class
        )

    def close(self) -> None:
        """End every kernel."""
        if self._pool:
            self._pool.close()


@contextmanager
def private_kernels() -> Iterator[Kernels]:
    """Kernels in a folder that only this user may open; none is left when the block ends."""
    with temporary_folder() as folder:
        kernels = Kernels(str(folder))
        try:
            yield kernels
        finally:
            kernels.close()


def _kernel_environment(folder: str) -> dict[str, str]:
    """What is added to a kernel's environment."""
    places = dict.fromkeys(
        ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TMPDIR", "ANNUAL_REPORT_DRAWINGS"), folder
    )
    return KERNEL_ENVIRONMENT | places | {"MATPLOTLIBRC": default_matplotlibrc()}


def _forked_manager_class(pool: KernelPool, step: str, folder: str) -> type[AsyncKernelManager]:
    class ForkedKernelManager(AsyncKernelManager):
        """Takes the kernel that was forked for its step."""

        def __init__(self, **more: Any):
            super().__init__(**more)
            self.kernel_id = str(uuid4())
            self.connection_file = str(Path(folder) / f"{self.kernel_id}.json")
            self.client_factory = FastStartClient
            self.provisioner = ForkedProvisioner(
                pool=pool, step=step, kernel_spec=self.kernel_spec, parent=self
            )

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=[], display_name="Python 3", language="python")

    return ForkedKernelManager


def _spawned_manager_class(folder: str) -> type[AsyncKernelManager]:
    numbers = count(1)

    class PrivateKernelManager(AsyncKernelManager):
        """Starts a kernel as a program."""

        def __init__(self, **more: Any):
            super().__init__(**more)
            # A path of its own: two kernels on one path answer each other's messages.
            self.connection_file = str(Path(folder) / f"{next(numbers)}.json")
            if HAS_UNIX_SOCKETS:
                self.transport = "ipc"

        @property
        def kernel_spec(self) -> KernelSpec:
            # Not the one installed under the name "python3", which may be another environment's.
            return KernelSpec(
                argv=[sys.executable, "-m", "pipeline.run.kernels.process", "{connection_file}"],
                display_name="Python 3", language="python",
            )  # fmt: skip

        async def _async_pre_start_kernel(self, **kw: Any):
            kw["env"] = {**os.environ, **_kernel_environment(folder)}
            return await super()._async_pre_start_kernel(**kw)

        pre_start_kernel = _async_pre_start_kernel

    return PrivateKernelManager
