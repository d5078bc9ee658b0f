"""Kernels forked from the fork server before they are needed, and how jupyter_client takes one."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any, NamedTuple

from jupyter_client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo, write_connection_file
from jupyter_client.provisioning import KernelProvisionerBase

from pipeline.run.kernels.fork_server import start_method_context, stop
from pipeline.run.kernels.process import kernel_main

CONNECTION_PORTS = {
    f"{channel}_port": number
    for number, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)
}
POLL_SECONDS = 0.005  # seconds between two looks at a process
FORK_GRACE_SECONDS = 5  # seconds that a fork which is under way may take when all is to end
START_TIMEOUT_SECONDS = 60  # seconds, as long as papermill waits for a kernel: where memory is short, a library may wait for more for ever


class ForkedKernel(NamedTuple):
    """A forked process that is a kernel, or is about to be; what it is reached by; where it takes its orders."""

    process: BaseProcess
    connection_info: KernelConnectionInfo
    channel: Connection

    def send_signal(self, signum: int) -> None:
        """To the process and to what it has started."""
        with suppress(ProcessLookupError):
            try:
                os.killpg(self.process.pid, signum)
            except ProcessLookupError:  # it leads no group yet
                os.kill(self.process.pid, signum)

    def kill(self) -> None:
        """Kill it, and leave nothing open."""
        self.send_signal(signal.SIGKILL)
        self.process.join()
        self.process.close()
        self.channel.close()


class KernelPool:
    """Kernels forked before they are needed, each for a step; for whatever else asks, one is forked then.

    folder: for their sockets. surroundings: what is added to their environment.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]):
        self.environment = dict(environment)
        self._folder, self._numbers = folder, count(1)
        self._kernels: list[ForkedKernel] = []
        self._fork_thread = ThreadPoolExecutor(
            1
        )  # the server answers only when it has imported everything
        self._prepared: dict[str, Future[ForkedKernel]] = {}
        self._last_taken: Future[ForkedKernel] | None = None  # the last that was taken

    def prepare(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each of the steps that has none waiting, in their order; returns at once."""
        for step in steps:
            if step not in self._prepared:
                self._prepared[step] = self._fork_thread.submit(self._fork, step)

    def take(self, step: str) -> ForkedKernel:
        """A step's kernel, maybe while it still imports; TimeoutError where none can be forked."""
        self._last_taken = self._prepared.pop(step, None) or self._fork_thread.submit(
            self._fork, step
        )
        return self._last_taken.result(START_TIMEOUT_SECONDS)

    def release(self, kernel: ForkedKernel) -> None:
        """End a kernel that was taken."""
        kernel.kill()
        self._kernels.remove(kernel)

    def close(self) -> None:
        """End every kernel, those too that nobody took."""
        self._fork_thread.shutdown(wait=False, cancel_futures=True)
        begun = [
            one
            for one in (self._last_taken, *self._prepared.values())
            if one and not one.cancelled()
        ]  # else waited for in vain
        if wait(begun, FORK_GRACE_SECONDS).not_done:
            stop()  # the server does not answer, and so will not fork
        self._fork_thread.shutdown()
        for kernel in self._kernels:
            kernel.kill()

    def _fork(self, step: str) -> ForkedKernel:
        """A kernel that imports ahead what its step will: `pipeline.run.kernels.preload.validate` for 1_validate."""
        file = self._folder / f"{next(self._numbers)}.json"
        # Sockets of its own: two kernels on one path answer each other's messages.
        key = os.urandom(16).hex().encode()
        _, reached_by = write_connection_file(
            str(file), transport="ipc", ip=str(file.with_suffix("")), key=key, **CONNECTION_PORTS
        )
        ours, theirs = start_method_context().Pipe()
        ahead = f"pipeline.run.kernels.preload.{step.partition('_')[2]}" if step else ""
        process = start_method_context().Process(
            target=kernel_main, args=(str(file), ahead, self.environment, theirs)
        )
        process.start()
        theirs.close()
        self._kernels.append(ForkedKernel(process, {**reached_by, "key": key}, ours))
        return self._kernels[-1]


class ForkedProvisioner(KernelProvisionerBase):
    """Hands jupyter_client a kernel that was forked ahead, in the folder and environment that a notebook asks for."""

    def __init__(self, pool: KernelPool, step: str, **kwargs: Any):
        super().__init__(**kwargs)
        self._pool, self._step = pool, step
        self._kernel: ForkedKernel | None = None

    @property
    def has_process(self) -> bool:
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        return {"cmd": [], **kwargs}

    async def launch_kernel(self, cmd: list[str], cwd: str | None = None, env: Mapping[str, str] | None = None,
                            **kwargs: Any) -> KernelConnectionInfo:  # fmt: skip
        try:
            self._kernel = self._pool.take(self._step)
            orders, begun = self._kernel.channel, time.monotonic()
            orders.send((str(cwd or Path.cwd()), {**(env or os.environ), **self._pool.environment}))
            while not orders.poll():
                if time.monotonic() > begun + START_TIMEOUT_SECONDS:
                    raise TimeoutError
                await asyncio.sleep(POLL_SECONDS)
            orders.recv()
        except (EOFError, ConnectionError, TimeoutError):
            raise RuntimeError("Kernel died before it was ready") from None
        return self._kernel.connection_info

    async def poll(self) -> int | None:
        return self._kernel.process.exitcode if self._kernel else 0

    async def wait(self) -> int | None:
        while (code := await self.poll()) is None:
            await asyncio.sleep(POLL_SECONDS)
        await self.kill()
        return code

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
        pass


class FastStartClient(AsyncKernelClient):
    """A client that goes on as soon as its kernel is ready; the stock one listens a fifth of a second longer."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        ends = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < ends:
            asked = self.kernel_info()
            with suppress(Empty):
                self._handle_kernel_info_reply(await self.get_shell_msg(timeout=1))
                while (said := await self.get_iopub_msg(timeout=0.2))["parent_header"].get(
                    "msg_id"
                ) != asked or (said["content"].get("execution_state") != "idle"):
                    pass  # what it says of earlier questions
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")
