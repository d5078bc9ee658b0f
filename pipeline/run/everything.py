"""Imported by the fork server where many reports will be made: what the kernels of all steps need, and the documents, and
which code each step reaches."""

from __future__ import annotations

import gc
from importlib import import_module

import nbformat

from pipeline.run.fork_server import SHARED
from pipeline.run.record import code_digest, digest
from pipeline.run.state import reached_digest
from pipeline.run.steps import PROJECT, STEPS, notebook_of

LATE = ("pyarrow.dataset", "holidays.countries.united_kingdom")  # what a notebook imports only when it comes to it

gc.disable()
steps = [f"pipeline.{step.partition('_')[2]}.ahead" for step in STEPS]
for name in (SHARED, *steps, *LATE, "pipeline.run.execute", "pipeline.audit.pack"):
    import_module(name)
for notebook in (notebook_of(step, PROJECT) for step in STEPS):
    reached_digest(notebook, digest(notebook), code_digest())
    nbformat.read(notebook, as_version=4)  # the first makes the checks of the format from its schema
gc.freeze()
gc.enable()
