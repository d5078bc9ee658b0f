"""Imported by a waiting kernel: what `2_clean.ipynb` needs."""

from __future__ import annotations

from pipeline.clean import store
