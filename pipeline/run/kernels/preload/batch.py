"""Imported by the fork server where many reports are made, each in several formats: what makes them, beside everything else."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from pipeline.system.imports import kept, without_a_compiler

import_module("pipeline.run.kernels.preload.draft")
with kept():
    for name in ("docx", "gptables", "odfdo", "openpyxl", "pypandoc", "pypdfium2"):
        import_module(name)
    with (
        without_a_compiler(),
        suppress(OSError),
    ):  # a library that this machine lacks is told of when the PDF is made
        import_module("weasyprint")
