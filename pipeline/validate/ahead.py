"""Imported by a waiting kernel: what `1_validate.ipynb` needs, Great Expectations above all, which takes longer than its work."""

from pipeline.validate import checklist, expectations, read, store  # noqa: F401

expectations.library()
