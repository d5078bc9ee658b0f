"""Imported by the fork server where many reports will be made: what the kernels of all steps need, and the documents, and
which code each step reaches."""

from __future__ import annotations

from importlib import import_module

import nbformat
from PIL import Image

from pipeline.artifacts import STEPS
from pipeline.run.freshness import reachable_code_digest
from pipeline.run.record import file_digest, package_digest
from pipeline.run.steps import PROJECT_ROOT, notebook_path
from pipeline.system.imports import gc_paused_then_frozen
from pipeline.workflow import import_documents

LAZY_IMPORTS = (  # what a notebook imports only when it comes to it
    "encodings.utf_8_sig", "holidays.countries.united_kingdom", "multiprocessing.synchronize",
    "pandas.core.arrays.arrow.extension_types", "pandas.core.methods.to_dict", "pandas.core.reshape.reshape",
    "pandas.io.formats.csvs", "pandas.io.formats.html", "pyarrow.dataset",
)  # fmt: skip
DOCUMENT_MODULES = ("pipeline.audit.site", "pipeline.release.personal_data")
RUN_MODULES = (
    "pipeline.run.chain",
    "pipeline.run.execute",
    "pipeline.run.record.crate",
    "concurrent.futures.process",
)

with gc_paused_then_frozen():
    steps = [f"pipeline.run.kernels.preload.{step.partition('_')[2]}" for step in STEPS]
    for name in (
        "pipeline.run.kernels.preload.kernel",
        *steps,
        *LAZY_IMPORTS,
        *DOCUMENT_MODULES,
        *RUN_MODULES,
    ):
        import_module(name)
    import_documents()
    Image.preinit()  # the formats of pictures
    for notebook in (notebook_path(step, PROJECT_ROOT) for step in STEPS):
        reachable_code_digest(notebook, file_digest(notebook), package_digest())
        nbformat.read(
            notebook, as_version=4
        )  # the first makes the checks of the format from its schema
