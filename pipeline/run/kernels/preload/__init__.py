"""What a process imports before it is given work: modules that import others, and do little else.

The fork server imports `kernel`, to withhold small numbers `suppression`, for a preview or several
reports `draft`, for a batch `batch`. A waiting kernel imports the module of its step.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.system.imports import gc_paused_then_frozen

IMPORTING_PROCESS = os.getpid()  # in a process that was forked from our server: the server


@contextmanager
def preloading() -> Iterator[None]:
    """Import libraries that stay; the garbage collector ignores them from then on.

    An import that fails is reported on standard error, which is the command's own, and ends the
    block: multiprocessing would ignore it, and each kernel would silently import all again.
    """
    with gc_paused_then_frozen():
        try:
            yield
        except ImportError as error:
            print(f"annual-report: preloading stopped: {error}", file=sys.stderr, flush=True)
