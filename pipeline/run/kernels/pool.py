"""Kernels that fork from the fork server before they are needed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple, cast

from jupyter_client.connect import KernelConnectionInfo, write_connection_file

from pipeline.run.kernels import fork_server
from pipeline.run.kernels.forked import kernel_main
from pipeline.system.folders import check_socket_address
from pipeline.system.imports import calling_program_hidden

FORK_GRACE_SECONDS = 5  # for a fork that is under way when the pool closes
# As long as papermill waits for a kernel: when memory is short, a library can wait for more for
# ever while it is imported.
START_TIMEOUT_SECONDS = 60


class ForkedKernel(NamedTuple):
    """A forked process that is, or will soon be, a kernel.

    connection_info: what a client connects with.
    channel: sends the notebook's folder and environment, see `kernel_main`.
    """

    process: BaseProcess
    connection_info: KernelConnectionInfo
    channel: Connection

    def send_signal(self, signum: int) -> None:
        """Signal the process and all that it has started."""
        pid = self.process.pid
        assert pid is not None, "the process was started when it was forked"
        with suppress(ProcessLookupError):
            try:
                os.killpg(pid, signum)
            except ProcessLookupError:  # it does not lead a process group yet
                os.kill(pid, signum)

    def kill(self) -> None:
        """Kill the process and close what belongs to it."""
        self.send_signal(signal.SIGKILL)
        self.process.join()
        self.process.close()
        self.channel.close()


class KernelPool:
    """Kernels that are forked ahead, one per step; any other notebook's is forked on request.

    folder: for their connection files and sockets.
    environment: what is added to theirs.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        check_socket_address(folder / "999-5")
        self._folder = folder
        self._numbers = count(1)
        self._kernels: list[ForkedKernel] = []
        # In a thread, for the server answers only when it has imported everything.
        self._fork_thread = ThreadPoolExecutor(1)
        self._prepared: dict[str, Future[ForkedKernel]] = {}
        self._last_taken: Future[ForkedKernel] | None = None

    def prepare(self, steps: Iterable[str]) -> None:
        """Fork a kernel for each step that has none waiting, in this order; return at once."""
        for step in steps:
            if step not in self._prepared:
                self._prepared[step] = self._fork_thread.submit(self._fork, step)

    def take(self, step: str) -> ForkedKernel:
        """A step's kernel, perhaps while it still imports.

        step: "" for a notebook that is not ours.
        Raises TimeoutError if it cannot be forked in time.
        """
        future = self._prepared.pop(step, None)
        if future is None:
            future = self._fork_thread.submit(self._fork, step)
        self._last_taken = future
        return future.result(START_TIMEOUT_SECONDS)

    def release(self, kernel: ForkedKernel) -> None:
        """End a kernel that was taken."""
        kernel.kill()
        self._kernels.remove(kernel)

    def close(self) -> None:
        """End every kernel, whether it was taken or not."""
        self._fork_thread.shutdown(wait=False, cancel_futures=True)
        futures = [self._last_taken, *self._prepared.values()]
        # A cancelled future would never count as done.
        forks = [future for future in futures if future and not future.cancelled()]
        if wait(forks, FORK_GRACE_SECONDS).not_done:
            fork_server.stop()  # it does not answer, so it will not fork
        self._fork_thread.shutdown()
        for kernel in self._kernels:
            kernel.kill()

    def _fork(self, step: str) -> ForkedKernel:
        """A new kernel; for `1_validate` it imports `pipeline.run.kernels.preload.validate`."""
        # Each has its own sockets: two kernels on one path would answer each other's messages.
        path = self._folder / f"{next(self._numbers)}.json"
        key = os.urandom(16).hex().encode()
        connection_file, connection_info = write_connection_file(
            str(path),
            transport="ipc",
            ip=str(path.with_suffix("")),
            key=key,
            shell_port=1,
            iopub_port=2,
            stdin_port=3,
            hb_port=4,
            control_port=5,
        )
        context = fork_server.start_method_context()
        own_end, kernel_end = context.Pipe()
        preload = f"pipeline.run.kernels.preload.{step.partition('_')[2]}" if step else ""
        process = context.Process(
            target=kernel_main, args=(connection_file, preload, self.environment, kernel_end)
        )
        with calling_program_hidden():
            process.start()
        kernel_end.close()
        # A manager compares the key with its session's, which is in bytes.
        with_key = cast("KernelConnectionInfo", {**connection_info, "key": key})
        kernel = ForkedKernel(process, with_key, own_end)
        self._kernels.append(kernel)
        return kernel
