"""Imported by the fork server before it forks: what every notebook's kernel needs, imported once for all of them."""

from __future__ import annotations

import gc

gc.disable()  # what is imported stays: searching it for rubbish would take a quarter of the time

import ipykernel.debugger  # noqa: E402
import ipykernel.kernelapp  # noqa: E402
import ipykernel.zmqshell  # noqa: E402, F401
import IPython.core.completerlib  # noqa: E402
import IPython.core.debugger  # noqa: E402
import IPython.extensions.storemagic  # noqa: E402, F401  with the debugger, what a kernel imports while it starts
import pandas  # noqa: E402
import pyarrow.parquet  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
import tornado.platform.asyncio  # noqa: E402, F401
import typer  # noqa: E402, F401  a forked process imports its parent's main module anew

import pipeline.settings  # noqa: E402, F401

pandas.set_option("display.max_columns", 20)  # as pandas has it in a kernel; imported before, it takes the terminal's width

gc.freeze()  # and forked processes need not look at it either
gc.enable()
