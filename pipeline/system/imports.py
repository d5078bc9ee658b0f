"""Context managers that make importing and allocating faster."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Pause the garbage collector in the block.

    Code that allocates much and frees little runs about a quarter faster.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def gc_paused_then_frozen() -> Iterator[None]:
    """Pause the garbage collector in the block, and exempt all objects that exist after it.

    For imports: modules stay until the process ends, so scanning them is wasted.
    """
    with gc_paused():
        yield
        gc.freeze()


@contextmanager
def environment_variables(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for this process, and those started in the block."""
    previous = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in previous.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
