"""Kernels that talk over sockets in a private folder, run this very Python, and know nothing of the user's own set-up."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec

SURROUNDINGS = {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
HAS_SOCKET_FILES = os.name == "posix"


@contextmanager
def private_kernels() -> Iterator[type[AsyncKernelManager]]:
    """A class of kernel managers whose sockets, settings and history lie in one folder that only this user may open.

    Each manager needs a socket path of its own: two kernels on one path answer each other's messages.
    """
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="annual-report-", ignore_cleanup_errors=True) as folder:

        class PrivateKernelManager(AsyncKernelManager):
            def __init__(self, **more: Any):
                super().__init__(**more)
                self.connection_file = str(Path(folder) / f"{next(numbers)}.json")
                if HAS_SOCKET_FILES:
                    self.transport = "ipc"

            @property
            def kernel_spec(self) -> KernelSpec:
                # Not the one installed under the name "python3", which may be another environment's.
                return KernelSpec(
                    argv=[sys.executable, "-m", "pipeline.run.kernel", "-f", "{connection_file}", "--log-level=50"],
                    display_name="Python 3", language="python",
                )  # fmt: skip

            async def _async_pre_start_kernel(self, **kw: Any):
                places = dict.fromkeys(("IPYTHONDIR", "JUPYTER_CONFIG_DIR"), folder)
                kw["env"] = {**os.environ, **SURROUNDINGS, **places, "MATPLOTLIBRC": _plain_matplotlib()}
                return await super()._async_pre_start_kernel(**kw)

            pre_start_kernel = _async_pre_start_kernel

        yield PrivateKernelManager


def _plain_matplotlib() -> str:
    """matplotlib's own settings, whatever the user's are; its list of fonts is kept between runs, for making it takes seconds."""
    return str(Path(find_spec("matplotlib").origin).parent / "mpl-data" / "matplotlibrc")
