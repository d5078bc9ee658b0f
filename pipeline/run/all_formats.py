"""Imported by the fork server where many reports are made, each in several formats: what makes them, beside everything else."""

from __future__ import annotations

import gc
import os
from importlib import import_module

from pipeline.report.pdf import get_ready
from pipeline.run.fork_server import EVERYTHING, surroundings

import_module(EVERYTHING)
gc.disable()
with surroundings({"PATH": os.devnull} if os.name == "posix" else {}):  # or ctypes looks for libraries with gcc and ld
    get_ready()
for name in ("docx", "gptables", "odfdo", "openpyxl", "pypandoc", "pypdfium2"):
    import_module(name)
gc.freeze()
gc.enable()
