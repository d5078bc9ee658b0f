"""How much is imported, or made, at once, without what that costs beside the work itself."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """While the block lasts nothing is searched for rubbish, for it makes much and drops little: a quarter of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def gc_paused_then_frozen() -> Iterator[None]:
    """What the block imports stays, so it is not searched for rubbish, now or later."""
    with gc_paused():
        yield
        gc.freeze()


@contextmanager
def compiler_hidden() -> Iterator[None]:
    """While the block lasts ctypes finds no gcc and no ld, which it would ask for each library by names of other systems."""
    with environment_variables({"PATH": os.devnull} if os.name == "posix" else {}):
        yield


@contextmanager
def environment_variables(variables: Mapping[str, str]) -> Iterator[None]:
    """What this process, and any that is started in the block, finds in its environment."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
