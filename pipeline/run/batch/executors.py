"""Where a batch runs: in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

from pipeline.problem import Kind, Problem
from pipeline.run.kernels import fork_server

CONNECT_TIMEOUT_SECONDS = 10


@contextmanager
def open_executor(jobs: int | None, scheduler: str | None) -> Iterator[Executor]:
    """An executor for a batch's tasks, each of which starts its own process.

    jobs: how many tasks run at once on this machine; one per core if None.
    scheduler: the address of a cluster's scheduler; None for this machine.
    Raises Problem if the two contradict each other, or if the cluster does not answer.
    """
    if not scheduler:
        fork_server.start(fork_server.BATCH_PRELOAD)
        with ThreadPoolExecutor(jobs or usable_cores()) as threads:  # each waits for a process
            yield threads
        return
    if jobs:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--jobs",
            what="the cluster decides how many workers there are",
            remedy="Leave out --jobs.",
        )
    with _dask_executor(scheduler) as cluster:
        yield cluster


def usable_cores() -> int:
    """The number of cores that this process may use; where no system tells that, of all cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--scheduler",
            what="Dask's package `distributed` is not installed",
            remedy="Install it, here and on each worker, in the folder of the checkout: "
            "pip install -e '.[cluster]'",
        ) from None
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise Problem(
            kind=Kind.SETTINGS,
            where="--scheduler",
            what=f"no Dask scheduler answers at {address}: {error}",
            remedy=(
                "Check that `dask scheduler` is running there, and give the address that it "
                "prints, such as tcp://node1:8786."
            ),
        ) from None
    with client:
        # A year that is made again has another result, so Dask must not reuse the last one.
        yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]
