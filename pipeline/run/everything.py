"""Imported by the fork server where many reports will be made: what the kernels of all steps need, and the documents."""

from __future__ import annotations

import gc
from importlib import import_module

from pipeline.run.fork_server import SHARED
from pipeline.run.steps import STEPS

gc.disable()
steps = [f"pipeline.{step.partition('_')[2]}.ahead" for step in STEPS]
for name in (SHARED, *steps, "pipeline.run.execute", "pipeline.audit.pack"):
    import_module(name)
gc.freeze()
gc.enable()
