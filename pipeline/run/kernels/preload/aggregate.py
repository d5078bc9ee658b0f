"""Imported by a waiting kernel: what `3_aggregate.ipynb` needs."""

from pipeline.aggregate import store  # noqa: F401
from pipeline.aggregate.disclosure import suppress  # noqa: F401
