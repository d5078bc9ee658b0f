"""Imported by a waiting kernel: what `3_aggregate.ipynb` needs."""

from __future__ import annotations

from pipeline.aggregate import store
