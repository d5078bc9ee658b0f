"""The papermill engine `annual-report`: each notebook runs in a kernel from the fork server.

`papermill --engine annual-report IN OUT` uses it for any notebook. A run passes it the kernels
that it has forked ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any, Literal

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine

from pipeline.run.kernels import fork_server
from pipeline.run.kernels.managers import private_kernels
from pipeline.system.limits import LimitWatch

ENGINE_NAME = "annual-report"
OUR_KERNEL_NAMES = {"python3", "python", None}  # others name another language or environment


class CellExceededLimit(Exception):
    """A cell was stopped because it took too long or too much memory, or showed too much.

    notebook: as far as it ran. cell: the one that was stopped.
    """

    def __init__(self, notebook: NotebookNode, limit: Literal["memory", "time", "outputs"]) -> None:
        super().__init__("a cell was stopped, since it exceeded a limit")
        self.notebook = notebook
        self.limit = limit
        # papermill calls the others pending until the notebook is done.
        begun_cells = [
            cell for cell in notebook.cells if cell.metadata.papermill.status != "pending"
        ]
        self.cell = begun_cells[-1]


class ForkedEngine(NBClientEngine):
    """papermill's own engine with our kernels.

    Those of a run are killed without a goodbye, for they hold nothing that is not written. A kernel
    of another language, or of another Python, is started as papermill starts it, and so is any
    where no process may fork.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        kernel_manager_class: type[AsyncKernelManager] | None = None,
        memory_gigabytes: float = inf,
        **kwargs: Any,
    ) -> Any:
        run = super().execute_managed_notebook
        if kernel_manager_class is None:
            if kernel_name not in OUR_KERNEL_NAMES or not fork_server.is_available():
                return run(nb_man, kernel_name, **kwargs)
            with private_kernels() as kernels:
                return run(
                    nb_man, kernel_name, kernel_manager_class=kernels.manager_class(), **kwargs
                )
        noted_class, find_pid = _with_pid(kernel_manager_class)
        watch = LimitWatch(find_pid, memory_gigabytes).start()
        try:
            return run(
                nb_man,
                kernel_name,
                kernel_manager_class=noted_class,
                shutdown_kernel="immediate",
                **kwargs,
            )
        except CellTimeoutError as error:
            # It has ended, but some of its outputs did not arrive: a socket drops what is too much.
            limit: Literal["time", "outputs"] = "outputs" if "IOPub" in str(error) else "time"
            raise CellExceededLimit(nb_man.nb, limit) from None
        except DeadKernelError:
            if watch.is_too_large:
                raise CellExceededLimit(nb_man.nb, "memory") from None
            raise
        finally:
            watch.stop()


def _with_pid(
    manager_class: type[AsyncKernelManager],
) -> tuple[type[AsyncKernelManager], Callable[[], int | None]]:
    """The class of managers, and a function that gives the id of its kernel's process."""
    managers: list[AsyncKernelManager] = []

    class NotedManager(manager_class):  # type: ignore[valid-type,misc]
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            managers.append(self)

    def find_pid() -> int | None:
        provisioner: Any = managers[-1].provisioner if managers else None
        return getattr(provisioner, "pid", None)

    return NotedManager, find_pid
