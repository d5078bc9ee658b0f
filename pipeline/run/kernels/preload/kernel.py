"""Imported by the fork server before it forks: what every notebook's kernel needs."""

from __future__ import annotations

from pipeline.run.kernels.preload import preloading

with preloading():
    # A kernel imports these while it starts.
    import ipykernel.debugger
    import ipykernel.zmqshell
    import IPython.core.completerlib
    import IPython.core.debugger
    import IPython.extensions.storemagic
    import pandas
    import pyarrow.parquet
    import tornado.platform.asyncio

    import pipeline.run.kernels.forked
    import pipeline.run.kernels.process
    import pipeline.settings

    # pandas' default in a kernel. In this process it would take the terminal's width instead.
    pandas.set_option("display.max_columns", 20)
