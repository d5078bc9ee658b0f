"""Where a batch is made: in processes of this machine, or on a Dask cluster."""

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
    """What runs a batch's tasks, each of which starts a process of its own.

    jobs: how many at once here, one a core unless given. scheduler: the address of a cluster's.
    """
    if scheduler:
        if jobs:
            raise Problem(
                Kind.SETTINGS,
                "--jobs",
                "a cluster's workers are as many as they are",
                "Leave out --jobs.",
            )
        with _dask_executor(scheduler) as cluster:
            yield cluster
        return
    fork_server.start(fork_server.BATCH_PRELOAD)
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    )  # those that we may use, or all
    with ThreadPoolExecutor(jobs or cores) as threads:  # each waits for a process
        yield threads


@contextmanager
def _dask_executor(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        how = "Install it, here and on each worker: pip install 'annual-report[cluster]'."
        raise Problem(
            Kind.SETTINGS, "--scheduler", "Dask's package `distributed` is not installed", how
        ) from None
    try:
        client = Client(address, timeout=CONNECT_TIMEOUT_SECONDS)
    except (OSError, ValueError) as error:
        how = "See that `dask scheduler` is running there, and give the address that it names, such as tcp://node1:8786."
        raise Problem(
            Kind.SETTINGS, "--scheduler", f"no Dask scheduler answers at {address}: {error}", how
        ) from None
    with client:
        yield client.get_executor(
            pure=False
        )  # a year that is made again is not the same as one that was made
