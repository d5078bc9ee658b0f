"""Imported by a waiting kernel: what `3_aggregate.ipynb` needs."""

from pipeline.aggregate import store, suppress  # noqa: F401
