"""Imported by the fork server where many reports are made, each in several formats: what makes them, beside everything else."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module

from pipeline.run.fork_server import EVERYTHING, surroundings

import_module(EVERYTHING)
gc.disable()
for name in ("docx", "gptables", "odfdo", "openpyxl", "pypandoc", "pypdfium2"):
    import_module(name)
with (
    surroundings({"PATH": os.devnull} if os.name == "posix" else {}),  # or ctypes looks for libraries with gcc and ld
    suppress(OSError),  # a library that this machine lacks is told of when the PDF is made
):
    import_module("weasyprint")
gc.freeze()
gc.enable()
