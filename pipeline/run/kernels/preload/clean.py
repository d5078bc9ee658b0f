"""Imported by a waiting kernel: what `2_clean.ipynb` needs."""

from pipeline.clean import store  # noqa: F401
