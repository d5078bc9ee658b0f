"""Imported by the fork server where many reports are made, each in several formats: what makes them, beside everything else."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from pipeline.system.imports import compiler_hidden, gc_paused_then_frozen

import_module("pipeline.run.kernels.preload.draft")
with gc_paused_then_frozen():
    for name in ("docx", "gptables", "odfdo", "openpyxl", "pypandoc", "pypdfium2"):
        import_module(name)
    with (
        compiler_hidden(),
        suppress(OSError),
    ):  # a library that this machine lacks is told of when the PDF is made
        import_module("weasyprint")
