"""How much is imported, or made, at once, without what that costs beside the work itself."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While the block lasts nothing is searched for rubbish, for it makes much and drops little: a quarter of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def kept() -> Iterator[None]:
    """What the block imports stays, so it is not searched for rubbish, now or later."""
    with uncollected():
        yield
        gc.freeze()


@contextmanager
def without_a_compiler() -> Iterator[None]:
    """While the block lasts ctypes finds no gcc and no ld, which it would ask for each library by names of other systems."""
    with environment({"PATH": os.devnull} if os.name == "posix" else {}):
        yield


@contextmanager
def environment(wanted: Mapping[str, str]) -> Iterator[None]:
    """What this process, and any that is started in the block, finds in its environment."""
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
