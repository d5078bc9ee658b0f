"""The papermill engine `annual-report`: each notebook runs in a kernel from the fork server.

`papermill --engine annual-report IN OUT` uses it for any notebook. A run passes it the kernels
that it has forked ahead.
"""

from __future__ import annotations

from typing import Any

from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError
from nbformat import NotebookNode
from papermill.engines import NBClientEngine

from pipeline.run.kernels.managers import private_kernels

ENGINE_NAME = "annual-report"


class CellTookTooLong(Exception):
    """A cell was stopped after the time allowed.

    notebook: as far as it ran. cell: the one that was stopped.
    """

    def __init__(self, notebook: NotebookNode) -> None:
        super().__init__("a cell was stopped after the time allowed")
        self.notebook = notebook
        # papermill calls the others pending until the notebook is done.
        begun_cells = [
            cell for cell in notebook.cells if cell.metadata.papermill.status != "pending"
        ]
        self.cell = begun_cells[-1]


class ForkedEngine(NBClientEngine):
    """papermill's own engine with our kernels.

    They are killed without a goodbye, for they hold nothing that is not written.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        kernel_manager_class: type[AsyncKernelManager] | None = None,
        **kwargs: Any,
    ) -> Any:
        if kernel_manager_class is None:
            with private_kernels() as kernels:
                return cls.execute_managed_notebook(
                    nb_man, kernel_name, kernels.manager_class(), **kwargs
                )
        try:
            return super().execute_managed_notebook(
                nb_man,
                kernel_name,
                kernel_manager_class=kernel_manager_class,
                shutdown_kernel="immediate",
                **kwargs,
            )
        except CellTimeoutError:
            raise CellTookTooLong(nb_man.nb) from None
