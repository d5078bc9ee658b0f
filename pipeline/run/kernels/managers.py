"""jupyter_client's managers of kernels that talk over sockets in a private folder.

The kernels run this Python and ignore the user's own set-up of Jupyter, IPython and matplotlib.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from nbclient.exceptions import DeadKernelError

from pipeline.run.kernels import pool
from pipeline.run.kernels.fork_server import CAN_FORK, KERNEL_ENVIRONMENT, default_matplotlibrc
from pipeline.run.kernels.patches.client import FastStartClient
from pipeline.run.kernels.pool import ForkedKernel, KernelPool
from pipeline.system import IS_POSIX
from pipeline.system.environment import foreign_names
from pipeline.system.temporary import temporary_folder

POLL_SECONDS = 0.005  # between two looks at a kernel that starts or ends


class Kernels:
    """A class of kernel managers for each step.

    Where processes can fork, kernels fork ahead of need. Elsewhere each starts with its notebook.

    folder: for the sockets, settings, history and temporary files of the kernels.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)
        self._pool = KernelPool(folder, _kernel_environment(folder)) if CAN_FORK else None

    def prepare(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each step that has none waiting; return at once."""
        if self._pool:
            self._pool.prepare(steps)

    def manager_class(self, step: str = "") -> type[AsyncKernelManager]:
        """Managers of a step's kernel, or of a kernel for any notebook."""
        if self._pool:
            return _forked_manager_class(self._pool, step, self.folder)
        return _spawned_manager_class(self.folder, self._numbers)

    def close(self) -> None:
        """End every kernel."""
        if self._pool:
            self._pool.close()


@contextmanager
def private_kernels() -> Iterator[Kernels]:
    """Kernels in a folder that only this user may open; all end with the block."""
    with temporary_folder() as folder:
        kernels = Kernels(folder)
        try:
            yield kernels
        finally:
            kernels.close()


def _kernel_environment(folder: Path) -> dict[str, str]:
    """What is added to a kernel's environment."""
    folders = ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "TMPDIR", "ANNUAL_REPORT_DRAWINGS")
    return {
        **KERNEL_ENVIRONMENT,
        **dict.fromkeys(folders, str(folder)),
        "MATPLOTLIBRC": default_matplotlibrc(),
    }


class ForkedProvisioner(KernelProvisionerBase):
    """Gives jupyter_client a kernel from the pool, in the notebook's folder and environment.

    step: whose kernel is taken; "" for any notebook.
    """

    def __init__(self, kernel_pool: KernelPool, step: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._pool = kernel_pool
        self._step = step
        self._kernel: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        return self._kernel is not None

    @property
    def pid(self) -> int | None:
        return self._kernel.process.pid if self._kernel else None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {"cmd": [], **kwargs}

    async def launch_kernel(
        self,
        cmd: list[str],
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> KernelConnectionInfo:
        try:
            self._kernel = self._pool.take(self._step)
            environment = dict(env or os.environ)
            if self._step:
                for name in foreign_names(environment):
                    del environment[name]
                environment |= self._pool.environment
            self._kernel.channel.send((str(cwd or Path.cwd()), environment))
            await self._wait_until_ready(self._kernel)
        except (EOFError, ConnectionError, TimeoutError):
            raise DeadKernelError("Kernel died before it was ready") from None
        return self._kernel.connection_info

    async def _wait_until_ready(self, kernel: ForkedKernel) -> None:
        deadline = time.monotonic() + pool.START_TIMEOUT_SECONDS
        while not kernel.channel.poll():
            if time.monotonic() > deadline:
                raise TimeoutError
            await asyncio.sleep(POLL_SECONDS)
        kernel.channel.recv()

    async def poll(self) -> int | None:
        return self._kernel.process.exitcode if self._kernel else 0

    async def wait(self) -> int | None:
        exit_code = await self.poll()
        while exit_code is None:
            await asyncio.sleep(POLL_SECONDS)
            exit_code = await self.poll()
        await self.kill()
        return exit_code

    async def send_signal(self, signum: int) -> None:
        if self._kernel:
            self._kernel.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        if self._kernel:
            self._pool.release(self._kernel)
            self._kernel = None

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave the kernel's files to the pool, whose folder goes with it."""


def _forked_manager_class(
    kernel_pool: KernelPool, step: str, folder: Path
) -> type[AsyncKernelManager]:
    """Managers that take the kernel that was forked for a step."""

    class ForkedKernelManager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.kernel_id = str(uuid4())
            self.connection_file = str(folder / f"{self.kernel_id}.json")
            self.client_factory = FastStartClient
            self.provisioner = ForkedProvisioner(
                kernel_pool, step, kernel_spec=self.kernel_spec, parent=self
            )

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(argv=[], display_name="Python 3", language="python")

    return ForkedKernelManager


def _spawned_manager_class(folder: Path, numbers: Iterator[int]) -> type[AsyncKernelManager]:
    """Managers that start each kernel as a program.

    numbers: for its files: two kernels on one path would answer each other's messages.
    """
    # jupyter_client replaces $NAME in these values.
    environment = dict.fromkeys(foreign_names(os.environ), "")  # it can set a name, not drop it
    for name, value in _kernel_environment(folder).items():
        environment[name] = value.replace("$", "$$")

    class SpawnedKernelManager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.connection_file = str(folder / f"{next(numbers)}.json")
            if IS_POSIX:  # otherwise over TCP, to which a kernel asks for its key
                self.transport = "ipc"

        @property
        def kernel_spec(self) -> KernelSpec:
            # Not the one installed under the name "python3", which may be another environment's.
            return KernelSpec(
                argv=[sys.executable, "-m", "pipeline.run.kernels.process", "{connection_file}"],
                display_name="Python 3",
                language="python",
                env=environment,
            )

    return SpawnedKernelManager
