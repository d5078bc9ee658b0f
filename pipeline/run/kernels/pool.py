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

from pipeline.run.kernels.fork_server import forks, stop
from pipeline.run.kernels.process import forked

PORTS = {
    f"{channel}_port": number
    for number, channel in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)
}
A_MOMENT = 0.005  # seconds between two looks at a process
A_WHILE = 5  # seconds that a fork which is under way may take when all is to end
READY_WITHIN = 60  # seconds, as long as papermill waits for a kernel: where memory is short, a library may wait for more for ever


class Kernel(NamedTuple):
    """A forked process that is a kernel, or is about to be; what it is reached by; where it takes its orders."""

    process: BaseProcess
    reached_by: KernelConnectionInfo
    orders: Connection

    def signal(self, number: int) -> None:
        """To the process and to what it has started."""
        with suppress(ProcessLookupError):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:  # it leads no group yet
                os.kill(self.process.pid, number)

    def end(self) -> None:
        """Kill it, and leave nothing open."""
        self.signal(signal.SIGKILL)
        self.process.join()
        self.process.close()
        self.orders.close()


class Ahead:
    """Kernels forked before they are needed, each for a step; for whatever else asks, one is forked then.

    folder: for their sockets. surroundings: what is added to their environment.
    """

    def __init__(self, folder: Path, surroundings: Mapping[str, str]):
        self.surroundings = dict(surroundings)
        self._folder, self._numbers = folder, count(1)
        self._every: list[Kernel] = []
        self._forking = ThreadPoolExecutor(
            1
        )  # the server answers only when it has imported everything
        self._waiting: dict[str, Future[Kernel]] = {}
        self._forked: Future[Kernel] | None = None  # the last that was taken

    def prepare(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each of the steps that has none waiting, in their order; returns at once."""
        for step in steps:
            if step not in self._waiting:
                self._waiting[step] = self._forking.submit(self._fork, step)

    def take(self, step: str) -> Kernel:
        """A step's kernel, maybe while it still imports; TimeoutError where none can be forked."""
        self._forked = self._waiting.pop(step, None) or self._forking.submit(self._fork, step)
        return self._forked.result(READY_WITHIN)

    def end(self, kernel: Kernel) -> None:
        """End a kernel that was taken."""
        kernel.end()
        self._every.remove(kernel)

    def close(self) -> None:
        """End every kernel, those too that nobody took."""
        self._forking.shutdown(wait=False, cancel_futures=True)
        begun = [
            one for one in (self._forked, *self._waiting.values()) if one and not one.cancelled()
        ]  # else waited for in vain
        if wait(begun, A_WHILE).not_done:
            stop()  # the server does not answer, and so will not fork
        self._forking.shutdown()
        for kernel in self._every:
            kernel.end()

    def _fork(self, step: str) -> Kernel:
        """A kernel that imports ahead what its step will: `pipeline.run.kernels.preload.validate` for 1_validate."""
        file = self._folder / f"{next(self._numbers)}.json"
        # Sockets of its own: two kernels on one path answer each other's messages.
        key = os.urandom(16).hex().encode()
        _, reached_by = write_connection_file(
            str(file), transport="ipc", ip=str(file.with_suffix("")), key=key, **PORTS
        )
        ours, theirs = forks().Pipe()
        ahead = f"pipeline.run.kernels.preload.{step.partition('_')[2]}" if step else ""
        process = forks().Process(target=forked, args=(str(file), ahead, self.surroundings, theirs))
        process.start()
        theirs.close()
        self._every.append(Kernel(process, {**reached_by, "key": key}, ours))
        return self._every[-1]


class ForkedProvisioner(KernelProvisionerBase):
    """Hands jupyter_client a kernel that was forked ahead, in the folder and environment that a notebook asks for."""

    def __init__(self, ahead: Ahead, step: str, **more: Any):
        super().__init__(**more)
        self._ahead, self._step = ahead, step
        self._kernel: Kernel | None = None

    @property
    def has_process(self) -> bool:
        return self._kernel is not None

    async def pre_launch(self, **how: Any) -> dict[str, Any]:
        return {"cmd": [], **how}

    async def launch_kernel(self, cmd: list[str], cwd: str | None = None, env: Mapping[str, str] | None = None,
                            **how: Any) -> KernelConnectionInfo:  # fmt: skip
        try:
            self._kernel = self._ahead.take(self._step)
            orders, begun = self._kernel.orders, time.monotonic()
            orders.send(
                (str(cwd or Path.cwd()), {**(env or os.environ), **self._ahead.surroundings})
            )
            while not orders.poll():
                if time.monotonic() > begun + READY_WITHIN:
                    raise TimeoutError
                await asyncio.sleep(A_MOMENT)
            orders.recv()
        except (EOFError, ConnectionError, TimeoutError):
            raise RuntimeError("Kernel died before it was ready") from None
        return self._kernel.reached_by

    async def poll(self) -> int | None:
        return self._kernel.process.exitcode if self._kernel else 0

    async def wait(self) -> int | None:
        while (code := await self.poll()) is None:
            await asyncio.sleep(A_MOMENT)
        await self.kill()
        return code

    async def send_signal(self, signum: int) -> None:
        if self._kernel:
            self._kernel.signal(signum)

    async def kill(self, restart: bool = False) -> None:
        if self._kernel:
            self._ahead.end(self._kernel)
            self._kernel = None

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        pass


class PromptClient(AsyncKernelClient):
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
