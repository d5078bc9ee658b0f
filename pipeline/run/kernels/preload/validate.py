"""Imported by a waiting kernel: what `1_validate.ipynb` needs, Great Expectations above all, which takes longer than its work."""

from pipeline.validate import checklist, store  # noqa: F401
from pipeline.validate.reading import read  # noqa: F401
from pipeline.validate.rules import great_expectations

great_expectations.load_gx()
