"""The papermill engine `annual-report`: each notebook in a kernel forked from a process that has imported what all need.

`papermill --engine annual-report IN OUT` takes it from here for any notebook; a run hands it the kernels it has forked ahead.
"""

from __future__ import annotations

from papermill.engines import NBClientEngine

from pipeline.run.kernels.managers import private_kernels

ENGINE_NAME = "annual-report"


class ForkedEngine(NBClientEngine):
    """papermill's own engine with our kernels, which are ended at once: they hold nothing that is not written."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, kernel_manager_class=None, **kwargs):
        def execute(kernels):
            return super(ForkedEngine, cls).execute_managed_notebook(
                nb_man,
                kernel_name,
                kernel_manager_class=kernels,
                shutdown_kernel="immediate",
                **kwargs,
            )

        if kernel_manager_class:
            return execute(kernel_manager_class)
        with private_kernels() as kernels:
            return execute(kernels.manager_class())
