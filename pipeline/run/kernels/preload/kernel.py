"""Imported by the fork server before it forks: what every notebook's kernel needs, imported once for all of them."""

from __future__ import annotations

from pipeline.system.imports import gc_paused_then_frozen

with gc_paused_then_frozen():
    import ipykernel.debugger
    import ipykernel.kernelapp
    import ipykernel.zmqshell  # noqa: F401
    import IPython.core.completerlib
    import IPython.core.debugger
    import IPython.extensions.storemagic  # noqa: F401  with the debugger, what a kernel imports while it starts
    import pandas
    import pyarrow.parquet  # noqa: F401
    import scipy.stats  # noqa: F401
    import tornado.platform.asyncio  # noqa: F401
    import typer  # noqa: F401  a forked process imports its parent's main module anew

    import pipeline.settings  # noqa: F401

    pandas.set_option(
        "display.max_columns", 20
    )  # as pandas has it in a kernel; imported before, it takes the terminal's width
